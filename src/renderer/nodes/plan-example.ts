/** What teaches most in the fewest lines: a host, a network of its own, three machines. */
export const PLAN_EXAMPLE = `hosts:
  rack:
    role: kvm
    address: 192.168.10.10
    user: ubuntu
    auth: { agent: true }
networks:
  pxe:
    on: rack
    bridge: br1
    provisioning: true
machines:
  node:
    on: rack
    count: 3
    memory_mib: 4096
    networks: [pxe]
`;
