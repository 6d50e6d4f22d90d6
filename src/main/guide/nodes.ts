import type { Inventory, Machine } from '../../contract/inventory.ts';
import { type Message, message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import { startOfRun } from '../../contract/snapshot-name.ts';
import type { Hypervisor, InstallMedia } from '../engine/hypervisor.ts';
import { type MachineSpec, machineSpecs } from '../engine/machine-specs.ts';
import { on } from '../engine/probe.ts';
import type { Owner, Step, StepContext } from '../engine/step.ts';
import { departures, forecast, macTakenBy, specNotes } from './machine-rules.ts';
import { machineStorage, storagePlace } from './machine-storage.ts';

const MIB = 1024 ** 2;

export const specOf = ({ plan, owner }: StepContext): MachineSpec => {
  const spec = machineSpecs(plan).find(({ name }) => name === owner);
  if (spec === undefined) throw new RangeError(`no machine ${owner} in the plan`);
  return spec;
};

/** Machines that MAAS or a person puts a system on. */
const machines = (plan: Plan): Owner[] =>
  machineSpecs(plan)
    .filter(({ install }) => install === undefined)
    .map(({ name, on: target }) => ({ owner: name, target }));

const hostsOfMachines = (plan: Plan): string[] => [
  ...new Set(Object.values(plan.machines).map(({ on: host }) => host)),
];

/** In what the step of one kind of machine differs from that of another. */
export interface MachineStep {
  readonly id: string;
  readonly targets: Step['targets'];
  readonly needs: readonly string[];
  /** What it is installed from; a machine is not made before that is there. */
  readonly media?: (context: StepContext) => InstallMedia | undefined;
}

/** By its UUID; one that was only called so before stands in the way. An adopted one is that one alone. */
function foundAs({ uuid, name, adopted }: MachineSpec, { machines }: Inventory) {
  const same = machines.find((each) => each.uuid === uuid);
  return adopted ? same : (same ?? machines.find((each) => each.name === name));
}

/** A snapshot that stays grows, and VMware lets no disk grow while there is one. */
function snapshotNotes(found: Machine | undefined): Message[] {
  const { name = '', snapshots = [] } = found ?? {};
  return snapshots.map((run) => {
    const at = new Date(startOfRun(run)).toISOString().slice(0, 16).replace('T', ' ');
    return message('snapshot.stays', { name, run, at: `${at} UTC` });
  });
}

/** The machines of the plan; the driver is chosen by where they run and what is allowed there. */
export function nodeSteps(driver: (context: StepContext) => Hypervisor): {
  readonly room: Step;
  readonly machine: Step;
  readonly machineStep: (own: MachineStep) => Step;
} {
  const read = (context: StepContext) => on(context.target, driver(context).inventory);
  const description = (context: StepContext) =>
    on(context.target, driver(context).description(specOf(context).uuid));

  const room: Step = {
    id: 'nodes.room',
    targets: hostsOfMachines,
    needs: ['kvm.storage', 'esxi.storage', 'site.storage', 'site.licence', 'site.shell'],
    reads: (context) => [read(context)],
    check: (context) => {
      const { plan, target, facts } = context;
      const inventory = facts.need(read(context));
      const specs = machineSpecs(plan).filter((spec) => spec.on === target);
      const wanted = forecast(specs, inventory);
      const { storages } = inventory;
      const shares = Map.groupBy(specs, ({ datastore }) =>
        machineStorage(plan, target, storages, datastore),
      );
      const available = [...shares.keys()].reduce((sum, at) => sum + (at?.availableBytes ?? 0), 0);
      const params = {
        machines: wanted.machines,
        memory: wanted.memoryMib * MIB,
        hostMemory: inventory.memoryMib * MIB,
        disk: wanted.diskBytes,
        available,
      };
      const largest = specs.find(({ memoryMib }) => memoryMib > inventory.memoryMib);
      if (largest !== undefined) {
        const size = { name: largest.name, memory: largest.memoryMib * MIB };
        const reason = message('nodes.room.too-large', { ...params, ...size });
        return { state: 'manual', reason };
      }
      // A KVM host's pool is another step's, which this one waits for.
      if (shares.has(undefined) && plan.hosts[target]?.role !== 'kvm') {
        const wantedName = specs.find(({ datastore }) => datastore)?.datastore ?? '–';
        const known = storages.map(({ name }) => name).join(', ') || '–';
        const reason = message('nodes.room.no-storage', { name: wantedName, known });
        return { state: 'manual', reason };
      }
      if (inventory.maintenance && wanted.machines > 0) {
        return { state: 'manual', reason: message('nodes.room.maintenance') };
      }
      const notes = [];
      const running = inventory.machines.reduce(
        (sum, { power, memoryMib }) => sum + (power === 'off' ? 0 : memoryMib),
        0,
      );
      if (running + wanted.memoryMib > inventory.memoryMib) {
        notes.push(message('nodes.room.memory-over', params));
      }
      // Disks grow as they are written to, so more can be promised than there is; it must be said.
      for (const [at, share] of shares) {
        const disk = forecast(share, inventory).diskBytes;
        const free = at?.availableBytes ?? 0;
        if (disk <= free) continue;
        notes.push(message('nodes.room.disk-over', { ...params, disk, available: free }));
      }
      return { state: 'done', reason: message('nodes.room.done', params), notes };
    },
  };

  const machineStep = ({ id, targets, needs, media }: MachineStep): Step => ({
    id,
    targets,
    needs,
    reads: (context) => {
      const inventory = read(context);
      const { uuid } = specOf(context);
      const known = context.facts.maybe(inventory)?.machines.some((each) => each.uuid === uuid);
      return known ? [inventory, description(context)] : [inventory];
    },
    check: (context) => {
      const spec = specOf(context);
      const { name } = spec;
      const inventory = context.facts.need(read(context));
      const found = foundAs(spec, inventory);
      const notes = [...specNotes(spec, inventory), ...snapshotNotes(found)];
      const bridges = spec.nics.map(({ bridge }) => bridge);
      const absent = bridges.filter((each) => !inventory.networks.some((n) => n.name === each));
      if (absent.length > 0) {
        const params = { name, bridges: absent.join(', ') };
        return { state: 'manual', reason: message('machine.no-network', params), notes };
      }
      const taken = macTakenBy(spec, inventory);
      if (taken !== undefined && taken !== found?.name) {
        const params = { name, other: taken };
        return { state: 'manual', reason: message('machine.mac-taken', params), notes };
      }
      if (found === undefined) {
        return spec.adopted
          ? { state: 'manual', reason: message('adopt.absent', { name, uuid: spec.uuid }), notes }
          : { state: 'todo', reason: message('machine.absent', { name }), notes };
      }
      const ours = found.owner?.lab === spec.mark.lab;
      if (spec.adopted && found.owner !== undefined && !ours) {
        const reason = message('adopt.other-lab', { name, lab: found.owner.lab });
        return { state: 'manual', reason, notes };
      }
      const list = departures(spec, found);
      const said = list.map(({ reason }) => reason);
      if (list.length === 0) {
        const { uuid } = found;
        const foreign = spec.adopted ? 'adopt.done' : 'machine.done-foreign';
        return {
          state: 'done',
          reason: message(ours ? 'machine.done' : foreign, { name, uuid }),
          notes,
        };
      }
      if (!ours) {
        const reason = message(spec.adopted ? 'adopt.unmarked' : 'machine.foreign', { name });
        return { state: 'manual', reason, notes: [...said, ...notes] };
      }
      const by = list.some(({ mendable }) => mendable);
      if (!by || found.power !== 'off') {
        const key = by ? 'machine.switch-off-first' : 'machine.only-anew';
        return { state: 'manual', reason: message(key, { name }), notes: [...said, ...notes] };
      }
      const [first, ...rest] = said;
      return {
        state: 'todo',
        reason: first ?? message('machine.absent', { name }),
        notes: [...rest, ...notes],
      };
    },
    plan: (context) => {
      const spec = specOf(context);
      const inventory = context.facts.need(read(context));
      const found = inventory.machines.find(({ uuid }) => uuid === spec.uuid);
      if (found === undefined) {
        if (spec.adopted) return [];
        const place = storagePlace(
          context.plan,
          context.target,
          inventory.storages,
          spec.datastore,
        );
        const free = !inventory.machines.some(({ name }) => name === spec.name);
        const known = spec.nics.every(({ bridge }) =>
          inventory.networks.some(({ name }) => name === bridge),
        );
        const from = media?.(context);
        if (media !== undefined && from === undefined) return [];
        return free && known && place && macTakenBy(spec, inventory) === undefined
          ? driver(context).create(spec, inventory, place, from)
          : [];
      }
      const mends = departures(spec, found).some(({ mendable }) => mendable);
      if (found.owner?.lab !== spec.mark.lab || found.power !== 'off' || !mends) return [];
      return driver(context).mend(spec, context.facts.need(description(context)));
    },
    explain: (context, { exitCode }) => driver(context).explain?.(exitCode, context.owner),
    undo: (context) => {
      const spec = specOf(context);
      const hypervisor = driver(context);
      const now = context.facts.maybe(read(context));
      const gone = now !== undefined && !now.machines.some(({ uuid }) => uuid === spec.uuid);
      const was = context.before[hypervisor.description(spec.uuid).key];
      if (typeof was === 'string') return gone ? [] : hypervisor.restore(spec, was);
      if (spec.adopted) return [];
      // What is gone already needs no taking back; one that was only begun has left files.
      const whole = context.made.some(({ id }) => id === 'create-machine');
      if (gone && whole && spec.install === undefined) return [];
      const then = context.before[hypervisor.inventory.key] as Inventory | undefined;
      const { plan, target } = context;
      const place = storagePlace(plan, target, then?.storages ?? [], spec.datastore);
      return place === undefined ? [] : hypervisor.remove(spec, place);
    },
  });
  const machine = machineStep({
    id: 'nodes.machine',
    targets: machines,
    needs: ['nodes.room', 'network.bridge', 'network.isolated', 'network.portgroup'],
  });
  return { room, machine, machineStep };
}
