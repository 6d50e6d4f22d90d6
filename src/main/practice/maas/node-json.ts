import { addressesOf, type RegionMachine, STATUS } from './machine.ts';

/** From allocated to the end of its use a node is "allocated", which is 6; the rest is as it is. */
const FOLDED: ReadonlySet<number> = new Set([6, 9, 10, 11, 12, 13, 14, 15]);
const ALLOCATED = 6;

/** A machine as API 1.0 shows it: whole host name, folded state, MAC addresses without names. */
export function nodeJson(machine: RegionMachine): object {
  const [substatus] = STATUS[machine.status];
  const path = `/MAAS/api/1.0/nodes/${machine.id}/`;
  return {
    system_id: machine.id,
    hostname: `${machine.hostname}.maas`,
    owner: machine.owner,
    macaddress_set: machine.nics.map(({ mac }) => ({
      mac_address: mac,
      resource_uri: `${path}macs/${encodeURIComponent(mac)}/`,
    })),
    architecture: machine.architecture,
    cpu_count: machine.hardware?.cpus ?? 0,
    memory: machine.hardware?.memoryMib ?? 0,
    storage: Math.round((machine.hardware?.disksBytes ?? []).reduce((a, b) => a + b, 0) / 1e6),
    status: FOLDED.has(substatus) ? ALLOCATED : substatus,
    substatus,
    osystem: machine.series === '' ? '' : 'ubuntu',
    distro_series: machine.series,
    netboot: machine.netboot,
    // What later versions call manual is no type at all.
    power_type: machine.powerType === 'manual' ? '' : machine.powerType,
    power_state: machine.powerState,
    tag_names: machine.tags,
    ip_addresses: addressesOf(machine),
    routers: [],
    zone: { name: 'default', description: '', resource_uri: '/MAAS/api/1.0/zones/default/' },
    disable_ipv4: false,
    resource_uri: path,
  };
}
