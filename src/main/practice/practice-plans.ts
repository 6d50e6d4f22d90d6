import type { EsxiSettings, PlanInput } from '../../contract/plan.ts';
import type { PracticeHost } from './practice-host.ts';

/** How the only host of a room is reached. */
const login = ({ address, port, user }: PracticeHost) => ({
  address,
  port,
  user,
  auth: { key_file: '.labwright/practice-key' },
});

/** A server that shall hold a mirror of Ubuntu's images. */
export function mirrorRoomPlan(host: PracticeHost, line: 'v2' | 'v3'): PlanInput {
  const v2 = line === 'v2';
  return {
    version: 1,
    name: 'Practice lab',
    hosts: {
      mirror: { role: 'mirror', ...login(host) },
    },
    mirror: {
      host: 'mirror',
      line,
      source: v2
        ? 'http://maas.ubuntu.com/images/ephemeral-v2/releases/'
        : 'https://images.maas.io/ephemeral-v3/stable/',
      directory: v2
        ? '/var/www/html/mirror/images/ephemeral-v2/releases'
        : '/var/www/html/maas/images/ephemeral-v3/stable',
      filters: v2
        ? { arch: '=amd64', subarch: '~(generic|hwe-t)', release: '~^(trusty|precise)$' }
        : { arch: '=amd64', release: '~^(jammy|noble)$' },
      max: 1,
      refresh: 'nightly',
    },
  };
}

/** A server that shall run machines: a bridge to the wire, a wire of their own, and two of them. */
export function kvmRoomPlan(host: PracticeHost): PlanInput {
  return {
    version: 1,
    name: 'Practice lab: KVM',
    hosts: { kvm: { role: 'kvm', ...login(host) } },
    networks: {
      lan: { on: 'kvm', bridge: 'br0', uplink: 'eth0' },
      pxe: { on: 'kvm', bridge: 'br1', provisioning: true },
    },
    machines: {
      node: {
        on: 'kvm',
        count: 2,
        cpus: 1,
        memory_mib: 2048,
        disks_gib: [16],
        networks: ['pxe', 'lan'],
      },
    },
  };
}

/** Two nodes and a machine for machines, on a host that lags behind on patches; its own shell does all. */
export function esxiRoomPlan(host: PracticeHost, esxi: EsxiSettings): PlanInput {
  return {
    version: 1,
    name: 'Practice room: ESXi',
    id: 'practice-esxi',
    hosts: { esxi: { role: 'esxi', ...login(host), esxi } },
    networks: {
      lan: { on: 'esxi', portgroup: 'VM Network', switch: 'vSwitch0' },
      pxe: { on: 'esxi', portgroup: 'PROV', provisioning: true },
    },
    machines: {
      node: { on: 'esxi', count: 2, networks: ['pxe'] },
      builder: {
        on: 'esxi',
        role: 'kvm',
        cpus: 4,
        memory_mib: 8192,
        disks_gib: [40, 100],
        networks: ['pxe', 'lan'],
        nested: true,
      },
    },
  };
}
