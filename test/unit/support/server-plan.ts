/** A KVM host with an image server and a MAAS server, both installed by their cloud image. */
export const serverPlanText = () => `version: 1
name: bed
id: bed-1
hosts:
  rack:
    role: kvm
    address: 192.0.2.7
    user: ubuntu
    auth: { agent: true }
  images:
    role: mirror
    address: 192.0.2.12
    user: ubuntu
    auth: { agent: true }
networks:
  lan:
    on: rack
    bridge: br0
    uplink: eno1
    address: 192.0.2.7/24
    gateway: 192.0.2.1
  pxe:
    on: rack
    bridge: br1
    provisioning: true
machines:
  images:
    on: rack
    role: mirror
    networks: [lan]
    install:
      authorized_keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA me@here]
      addresses: { lan: 192.0.2.12/24 }
      nameservers: [192.0.2.1]
  maas:
    on: rack
    role: maas
    networks: [lan, pxe]
    install:
      release: trusty
      user: admin
      authorized_keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA me@here]
      addresses: { pxe: 10.0.0.1/22 }
`;
