import type { Inventory, Machine } from '../../contract/inventory.ts';
import { type Message, message } from '../../contract/message.ts';
import { bootOrder, type MachineSpec } from '../engine/machine-specs.ts';

/** jammy and later copy their root image to memory: less and the ephemeral system never reports (D42). */
export const NODE_MEMORY_FLOOR_MIB = 2048;
/** VMware's firmware boots the lowest PCI slot, which the fourth card and later ones get (D38). */
const BOOT_NICS = 3;
/** Cards whose drivers or boot ROMs are missing somewhere on the way (D40). */
const POOR_NICS = new Set(['rtl8139', 'ne2k_pci', 'pcnet', 'vlance']);

/** One thing in which a machine differs from its plan, and whether we can mend it while it is off. */
export interface Departure {
  readonly reason: Message;
  readonly mendable: boolean;
}

/** Holds a machine against its plan and against what makes PXE work (users.md D36–D42). */
export function departures(spec: MachineSpec, found: Machine): Departure[] {
  const { name } = spec;
  const list: Departure[] = [];
  const add = (reason: Message, mendable: boolean) => list.push({ reason, mendable });
  // Of several cards or disks in a row the order of their kinds is what counts.
  const boot = found.boot.filter((device, place) => device !== found.boot[place - 1]);
  const order = boot.join(', ') || '–';
  if (spec.role === 'node') {
    const wanted = bootOrder(spec);
    if (wanted.some((device, place) => boot[place] !== device)) {
      add(message('machine.boot-order', { name, order }), true);
    }
  } else if (found.boot[0] !== 'disk') {
    add(message('machine.boot-order-server', { name, order }), true);
  }
  if (found.cpus !== spec.cpus) {
    add(message('machine.cpus', { name, found: found.cpus, wanted: spec.cpus }), true);
  }
  if (found.memoryMib !== spec.memoryMib) {
    add(message('machine.memory', { name, found: found.memoryMib, wanted: spec.memoryMib }), true);
  }
  if (spec.nested && !found.nested) add(message('machine.nested-off', { name }), true);
  if (found.firmware !== spec.firmware) {
    const params = { name, found: found.firmware, wanted: spec.firmware };
    add(message('machine.firmware', params), false);
  }
  const [first] = spec.nics;
  const at = found.nics.findIndex(({ mac }) => mac === first?.mac);
  if (first !== undefined && at < 0) {
    add(message('machine.no-such-nic', { name, mac: first.mac }), false);
  } else if (first !== undefined && at > 0) {
    add(message('machine.nic-not-first', { name, mac: first.mac, at: at + 1 }), false);
  }
  spec.nics.forEach(({ mac, bridge }) => {
    const nic = found.nics.find((each) => each.mac === mac);
    if (nic !== undefined && nic.network !== bridge) {
      const params = { name, mac, found: nic.network || '–', wanted: bridge };
      add(message('machine.other-network', params), false);
    }
  });
  const poor = found.nics.find(({ model }) => POOR_NICS.has(model));
  if (poor) add(message('machine.nic-model', { name, model: poor.model }), false);
  const nameless = found.disks.filter(({ serial, bus }) => !serial && bus !== 'scsi');
  if (nameless.length > 0 && found.disks.length > 1) {
    add(message('machine.no-serial', { name }), false);
  }
  if (found.disks.length < spec.disksGib.length) {
    const params = { name, found: found.disks.length, wanted: spec.disksGib.length };
    add(message('machine.disks', params), false);
  }
  return list;
}

/** What is unwise in the plan itself; said, not forbidden. */
export function specNotes(spec: MachineSpec, inventory: Inventory): Message[] {
  const { name } = spec;
  const notes: Message[] = [];
  if (spec.role === 'node' && spec.memoryMib < NODE_MEMORY_FLOOR_MIB) {
    notes.push(
      message('machine.memory-floor', {
        name,
        memory: spec.memoryMib,
        floor: NODE_MEMORY_FLOOR_MIB,
      }),
    );
  }
  if (spec.nics.length > BOOT_NICS) notes.push(message('machine.many-nics', { name }));
  if (spec.nested && !inventory.nested) notes.push(message('machine.host-not-nested', { name }));
  if (!inventory.accelerated) notes.push(message('machine.emulated', { name }));
  return notes;
}

/** Who has one of these hardware addresses already, other than the machine itself. */
export function macTakenBy(spec: MachineSpec, inventory: Inventory): string | undefined {
  const ours = new Set(spec.nics.map(({ mac }) => mac));
  return inventory.machines.find(
    ({ uuid, nics }) => uuid !== spec.uuid && nics.some(({ mac }) => ours.has(mac)),
  )?.name;
}

export interface Forecast {
  readonly machines: number;
  readonly cpus: number;
  readonly memoryMib: number;
  readonly diskBytes: number;
}

/** What the machines of the plan will take that are not there yet. */
export function forecast(
  specs: readonly MachineSpec[],
  inventory: Pick<Inventory, 'machines'>,
): Forecast {
  const missing = specs.filter(
    ({ uuid, adopted }) => !adopted && !inventory.machines.some((each) => each.uuid === uuid),
  );
  const sum = (of: (spec: MachineSpec) => number) =>
    missing.reduce((total, spec) => total + of(spec), 0);
  return {
    machines: missing.length,
    cpus: sum(({ cpus }) => cpus),
    memoryMib: sum(({ memoryMib }) => memoryMib),
    diskBytes: sum(({ disksGib }) => disksGib.reduce((a, b) => a + b, 0)) * 1024 ** 3,
  };
}
