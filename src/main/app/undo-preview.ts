import type { Action, PlannedStep, Preview } from '../../contract/action.ts';
import type { LabState } from '../../contract/lab-state.ts';
import { message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import type { StepRun } from '../../contract/run.ts';
import { contextOf } from '../engine/compare.ts';
import type { FactView } from '../engine/facts.ts';
import { type MachineSpec, machineSpecs } from '../engine/machine-specs.ts';
import { asPreview, digestOf } from '../engine/preview.ts';
import { type Chapter, everyInstance, type StepInstance } from '../engine/step.ts';
import type { PastRun } from './past-runs.ts';

/** What taking back is held against. */
export interface UndoScene {
  readonly chapters: readonly Chapter[];
  /** The plan of now: whoever left it cannot be reached any more. */
  readonly present: Plan;
  readonly facts: () => FactView;
  readonly inventories: LabState['inventories'];
}

/** A step of a run that changed something and was not taken back, as the plan had it then. */
export interface Undoable {
  readonly past: PastRun;
  readonly step: StepRun;
  readonly instance: StepInstance;
  readonly made: readonly Action[];
}

/** In reverse order. */
export function undoables(past: PastRun, { chapters }: UndoScene): Undoable[] {
  const known = new Map(everyInstance(chapters, past.plan).map((each) => [each.id, each]));
  return past.run.steps.toReversed().flatMap((step) => {
    const instance = known.get(step.id);
    const made = step.actions
      .filter(({ state }) => state === 'succeeded')
      .map(({ action }) => action);
    if (instance === undefined || made.length === 0 || past.takenBack.has(step.id)) return [];
    return [{ past, step, instance, made }];
  });
}

/** What puts back what was there before, from what was recorded then. */
export function undoActions(
  { past, step, instance, made }: Undoable,
  { facts }: UndoScene,
  keepData = false,
): Action[] {
  const context = contextOf(instance, past.plan, facts());
  const before = past.before[step.id] ?? {};
  return [
    ...(instance.step.undo?.({ ...context, before, made, run: past.run.id, keepData }) ?? []),
  ];
}

export function undoStep({ id, step, target }: StepRun, actions: readonly Action[]): PlannedStep {
  const digest = digestOf(actions);
  const base = { id, step, target, predicted: false, risks: ['removes-data' as const] };
  return { ...base, actions: [...actions], digest };
}

/** Takes back what a run made, in reverse order. */
export function undoPreview(past: PastRun, scene: UndoScene): Preview {
  const left: Preview['left'] = [];
  const wanted = undoables(past, scene).flatMap((each) => {
    const actions = undoActions(each, scene);
    if (actions.length > 0) return [{ each, step: undoStep(each.step, actions) }];
    left.push({ id: each.step.id, reason: message('undo.stays') });
    return [];
  });
  return reachable(wanted, scene, left);
}

export interface WantedUndo {
  readonly each: Undoable;
  readonly step: PlannedStep;
}

/** What can be taken back: where its host is still known, and no machine that stays rests on it. */
export function reachable(
  wanted: readonly WantedUndo[],
  scene: UndoScene,
  left: Preview['left'] = [],
): Preview {
  const removed = new Set(
    wanted.flatMap(({ each, step }) => removedMachine(each, step)?.uuid ?? []),
  );
  const steps = wanted.filter(({ each: { instance, past }, step: { id, target, actions } }) => {
    // A site may be changed by the shell of another name.
    const gone = [target, ...actions.map((action) => action.target)].find(
      (name) => scene.present.hosts[name] === undefined && scene.present.sites[name] === undefined,
    );
    if (gone !== undefined) {
      left.push({ id, reason: message('undo.host-gone', { host: gone }) });
      return false;
    }
    const context = contextOf(instance, past.plan, scene.facts());
    const machines = scene.inventories[target]?.inventory.machines ?? [];
    const resting = machines.filter(
      (machine) => !removed.has(machine.uuid) && instance.step.carries?.(context, machine),
    );
    if (resting.length === 0) return true;
    const names = resting.map(({ name }) => name).join(', ');
    left.push({ id, reason: message('undo.in-use', { names }) });
    return false;
  });
  return asPreview(
    steps.map(({ step }) => step),
    left,
  );
}

/** The machine that an undo removes. */
export function removedMachine(
  { past, instance }: Undoable,
  step: PlannedStep,
): MachineSpec | undefined {
  if (!step.actions.some(({ id }) => id === 'remove-machine')) return undefined;
  return machineSpecs(past.plan).find(({ name }) => name === instance.owner);
}
