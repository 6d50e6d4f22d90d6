import type { Domain, Domains } from '../libvirt/domains.ts';
import { childOf, childrenOf } from '../libvirt/xml-tree.ts';
import type { Iron } from './lifecycle.ts';
import type { RegionMachine } from './machine.ts';

/** In the words of MAAS's virsh driver for a machine that virsh does not know (drivers/power/virsh.py). */
const NO_SUCH = { failed: 'Failed to login to virsh console.' } as const;
const DISK_BYTES = 16 * 1024 ** 3;

/**
 * The machines of a practice KVM host as what MAAS drives: virsh's own power, and the network first in
 * their boot order, without which they start from their disk and MAAS never hears of them.
 */
export function libvirtIron(domains: Domains): Iron {
  const domainOf = ({ powerParameters }: RegionMachine): Domain | undefined => {
    const id = String(powerParameters.power_id ?? '');
    return domains.list().find(({ uuid, name }) => uuid === id || name === id);
  };
  return {
    query: (machine) => {
      const domain = domainOf(machine);
      if (domain === undefined) return NO_SUCH;
      return domain.state === 'shut off' ? 'off' : 'on';
    },
    power: (machine, to) => {
      const domain = domainOf(machine);
      if (domain === undefined) return NO_SUCH;
      const off = domain.state === 'shut off';
      if (to === 'on' && off) domains.start(domain);
      if (to === 'off' && !off) domains.destroy(domain);
      return 'done';
    },
    hardware: (machine) => {
      const description = domainOf(machine)?.description;
      const text = (name: string) =>
        description === undefined ? undefined : childOf(description, name)?.text;
      const devices = description === undefined ? undefined : childOf(description, 'devices');
      const disks = devices === undefined ? [] : childrenOf(devices, 'disk');
      return {
        cpus: Number(text('vcpu') ?? 1),
        memoryMib: Math.round(Number(text('memory') ?? 2_097_152) / 1024),
        // What a disk holds is not in a description; MAAS asks the disk.
        disksBytes: disks.map(() => DISK_BYTES),
      };
    },
  };
}
