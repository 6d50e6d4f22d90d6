/** A KVM host with two networks, three nodes and a machine that runs machines. */
export const kvmPlanText = () => `version: 1
name: bed
id: bed-1
hosts:
  rack:
    role: kvm
    address: 192.0.2.7
    user: ubuntu
    auth: { agent: true }
networks:
  lan:
    on: rack
    bridge: br0
    uplink: eno1
  pxe:
    on: rack
    bridge: br1
    provisioning: true
machines:
  node:
    on: rack
    count: 3
    networks: [pxe]
  builder:
    on: rack
    role: kvm
    cpus: 4
    memory_mib: 8192
    disks_gib: [40, 100]
    networks: [pxe, lan]
    nested: true
`;
