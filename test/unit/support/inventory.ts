import type { Inventory, Machine, OwnerMark } from '../../../src/contract/inventory.ts';
import type { PlannedMachine } from '../../../src/contract/machines.ts';

/** A machine exactly as it was planned, switched off. */
export function asMachine(planned: PlannedMachine, owner?: OwnerMark): Machine {
  const { name, uuid, cpus, memoryMib, firmware, nested, nics, disksGib } = planned;
  return {
    name,
    uuid,
    ...(owner === undefined ? {} : { owner }),
    power: 'off',
    cpus,
    memoryMib,
    firmware,
    nested,
    boot: ['network', 'disk'],
    nics: nics.map(({ mac, bridge }) => ({ mac, network: bridge, model: 'virtio' })),
    disks: disksGib.map((_, index) => ({
      path: `/var/lib/libvirt/images/${name}-${index}.qcow2`,
      bus: 'scsi',
      serial: true,
    })),
  };
}

/** A host with the networks br0 (uplink eno1) and br1, and these machines. */
export function inventoryWith(machines: Machine[], more: Partial<Inventory> = {}): Inventory {
  return {
    identity: '',
    product: 'libvirt',
    version: '10.0.0',
    accelerated: true,
    nested: true,
    cpus: 32,
    memoryMib: 131_072,
    storages: [
      {
        name: 'default',
        path: '/var/lib/libvirt/images',
        active: true,
        capacityBytes: 1e12,
        availableBytes: 200e9,
      },
    ],
    networks: [
      { name: 'br0', kind: 'bridge', dhcp: false, ports: ['eno1'], forwardDelaySeconds: 0 },
      { name: 'br1', kind: 'bridge', dhcp: false, ports: [], forwardDelaySeconds: 0 },
    ],
    machines,
    unreadable: [],
    ...more,
  };
}
