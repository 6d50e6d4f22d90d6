import type { Action, PlannedStep, Preview, Risk } from '../../contract/action.ts';
import type { Change } from '../../contract/change.ts';
import { LabwrightError } from '../../contract/error.ts';
import type { Inventory, Machine } from '../../contract/inventory.ts';
import { message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import { labId, type MachineSpec, machineSpecs } from '../engine/machine-specs.ts';
import { asPreview, digestOf } from '../engine/preview.ts';
import { instanceId } from '../engine/step.ts';
import { isMadeByUs, leftoversOf } from '../guide/leftovers.ts';
import { storagePlace } from '../guide/machine-storage.ts';
import type { PastRun } from './past-runs.ts';
import type { SnapshotScene } from './snapshot-first.ts';
import { teardownPreview } from './teardown-preview.ts';
import { type UndoScene, undoActions, undoables } from './undo-preview.ts';

export interface ChangeScene extends SnapshotScene, UndoScene {
  /** A run of the journal; throws for one that is not there. */
  readonly past: (run: string) => PastRun;
  /** All that made something, oldest first. */
  readonly pasts: () => readonly PastRun[];
}

/** What a change would do. Nothing of it is ever done unasked. */
export function changePreview(change: Change, scene: ChangeScene): Preview {
  switch (change.what) {
    case 'revert':
      return revert(scene.past(change.run), scene);
    case 'drop-snapshots':
      return dropSnapshots(change.run, scene);
    case 'mark':
      return mark(change, scene);
    case 'remove':
      return remove(change, scene);
    case 'teardown':
      return teardownPreview(scene.pasts(), change.keepData, scene);
  }
}

function planned(
  step: string,
  owner: string,
  target: string,
  actions: readonly Action[],
  risks: readonly Risk[],
): PlannedStep {
  const id = instanceId(step, owner);
  const digest = digestOf(actions);
  return { id, step, target, actions: [...actions], risks: [...risks], predicted: false, digest };
}

const onHost = (host: string, { inventories }: SnapshotScene): Inventory | undefined =>
  inventories[host]?.inventory;

/** A machine that has left the plan, by what there is to see of it; its disks bear its first name. */
function leftoverSpec(machine: Machine, host: string, plan: Plan): MachineSpec {
  const { name, uuid, owner, cpus, memoryMib, disks, firmware, nested } = machine;
  const mark = owner ?? { lab: labId(plan), machine: name };
  const disksGib = disks.map(() => 0);
  const seen = { uuid, mark, cpus, memoryMib, disksGib, firmware, nested, nics: [] };
  return { ...seen, name: mark.machine, on: host, role: 'other', leftover: true };
}

/**
 * Back to the snapshots of a run, which are of no use after that. Where it ran then, it runs again: a
 * snapshot without memory leaves it switched off.
 */
function revert(past: PastRun, scene: ChangeScene): Preview {
  const { run, plan, before, planned: steps } = past;
  const left: Preview['left'] = [];
  const taken = run.steps.filter(
    ({ step, state }) => step === 'nodes.snapshot' && state === 'done',
  );
  const specs = machineSpecs(plan);
  const back = taken.flatMap(({ id, step, target }) => {
    const owner = id.slice(step.length + 1);
    const spec = specs.find(({ name }) => name === owner);
    const machine = onHost(target, scene)?.machines.find(({ uuid }) => uuid === spec?.uuid);
    if (spec === undefined || !machine?.snapshots?.includes(run.id)) {
      left.push({ id, reason: message('snapshot.gone', { name: owner }) });
      return [];
    }
    const hypervisor = scene.driver(plan, target);
    const then = before[id]?.[hypervisor.inventory.key] as Inventory | undefined;
    const ran = then?.machines.find(({ uuid }) => uuid === spec.uuid)?.power === 'on';
    const actions = [
      ...hypervisor.revertToSnapshot(spec, run.id),
      ...(ran ? hypervisor.power(spec, 'on') : []),
      ...hypervisor.removeSnapshot(spec, run.id),
    ];
    return [planned(step, owner, target, actions, ['removes-data', 'changes-power'])];
  });
  const covers = new Set(back.map(({ id }) => id));
  const covered = new Set(
    steps.filter(({ after = [] }) => after.some((id) => covers.has(id))).map(({ id }) => id),
  );
  for (const each of undoables(past, scene)) {
    const { id } = each.step;
    if (covers.has(id) || covered.has(id) || undoActions(each, scene).length === 0) continue;
    left.push({ id, reason: message('snapshot.not-covered') });
  }
  return asPreview(back, left);
}

function dropSnapshots(run: string, scene: ChangeScene): Preview {
  const { inventories, plan, driver } = scene;
  const specs = machineSpecs(plan);
  const steps = Object.entries(inventories).flatMap(([host, { inventory }]) => {
    const left = leftoversOf(plan, host, inventory).machines;
    return inventory.machines.flatMap((machine) => {
      if (!machine.snapshots?.includes(run)) return [];
      const spec = specs.find(({ on, uuid }) => on === host && uuid === machine.uuid);
      if (spec !== undefined && machine.owner?.lab === spec.mark.lab) {
        const actions = driver(plan, host).removeSnapshot(spec, run);
        return [planned('nodes.snapshot', spec.name, host, actions, [])];
      }
      if (!left.includes(machine)) return [];
      const actions = driver(plan, host).removeSnapshot(leftoverSpec(machine, host, plan), run);
      return [planned('nodes.leftovers', host, host, actions, [])];
    });
  });
  return asPreview(steps);
}

function mark(
  { host, uuid }: { readonly host: string; readonly uuid: string },
  scene: ChangeScene,
): Preview {
  const { plan, driver } = scene;
  const spec = machineSpecs(plan).find((each) => each.on === host && each.uuid === uuid);
  const machine = onHost(host, scene)?.machines.find((each) => each.uuid === uuid);
  const name = spec?.name ?? machine?.name ?? uuid;
  if (spec?.adopted === undefined || machine === undefined) {
    throw new LabwrightError('machine-not-ours', { name });
  }
  assertNobodyElse(machine, plan);
  if (machine.owner !== undefined) return asPreview([]);
  const actions = driver(plan, host).mark(spec);
  return asPreview([planned('nodes.mark', name, host, actions, ['takes-over'])]);
}

/** A machine that another lab looks after is never touched, and its name is told. */
export function assertNobodyElse({ name, owner }: Machine, plan: Plan): void {
  if (owner === undefined || owner.lab === labId(plan)) return;
  throw new LabwrightError('machine-of-other-lab', { name, lab: owner.lab });
}

function remove(
  { host, machines, networks }: Extract<Change, { what: 'remove' }>,
  scene: ChangeScene,
): Preview {
  const { plan, driver } = scene;
  const inventory = onHost(host, scene);
  const found = inventory && leftoversOf(plan, host, inventory);
  const hypervisor = driver(plan, host);
  const risks = new Set<Risk>();
  const removals = machines.map((uuid) => {
    const machine = found?.machines.find((each) => each.uuid === uuid);
    if (machine === undefined) throw new LabwrightError('machine-not-ours', { name: uuid });
    const spec = leftoverSpec(machine, host, plan);
    const place = storagePlace(plan, host, inventory?.storages ?? [], undefined);
    // Who bears our mark and was not made by us only loses that.
    if (!isMadeByUs(machine) || place === undefined) return hypervisor.unmark(spec);
    risks.add('removes-data');
    return hypervisor.remove(spec, place);
  });
  const lab = labId(plan);
  const taken = networks.map((name) => {
    if (!found?.networks.some((each) => each.name === name)) {
      throw new LabwrightError('machine-not-ours', { name });
    }
    risks.add('touches-network-path');
    return hypervisor.removeNetwork(host, name, undefined, lab);
  });
  // Machines first: a network that one of them uses stays as long as it does.
  const actions = [...removals, ...taken]
    .flat()
    .map((action, index) => ({ ...action, id: `${action.id}-${index + 1}` }));
  const steps =
    actions.length === 0 ? [] : [planned('nodes.leftovers', host, host, actions, [...risks])];
  return asPreview(steps);
}
