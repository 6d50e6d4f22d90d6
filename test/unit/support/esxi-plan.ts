/** An ESXi host with two portgroups, three nodes and a machine that runs machines. */
export const esxiPlanText = () => `version: 1
name: rack
id: rack-1
hosts:
  esxi:
    role: esxi
    address: 192.0.2.8
    user: root
    auth: { password: esxi-password }
networks:
  lan:
    on: esxi
    portgroup: VM Network
    switch: vSwitch0
  pxe:
    on: esxi
    portgroup: PROV
    provisioning: true
machines:
  node:
    on: esxi
    count: 3
    networks: [pxe]
  builder:
    on: esxi
    role: kvm
    cpus: 4
    memory_mib: 8192
    disks_gib: [40, 100]
    networks: [pxe, lan]
    nested: true
`;
