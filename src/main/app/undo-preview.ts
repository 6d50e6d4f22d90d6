import type { Action, PlannedStep, Preview } from '../../contract/action.ts';
import { message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import type { StepRun } from '../../contract/run.ts';
import { contextOf } from '../engine/compare.ts';
import type { FactView } from '../engine/facts.ts';
import { asPreview, digestOf } from '../engine/preview.ts';
import { type Chapter, everyInstance, type StepInstance } from '../engine/step.ts';
import type { PastRun } from './past-runs.ts';

/** What taking back is held against. */
export interface UndoScene {
  readonly chapters: readonly Chapter[];
  /** The plan of now: whoever left it cannot be reached any more. */
  readonly present: Plan;
  readonly facts: () => FactView;
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

/** Why nothing can be done there, where that is so. */
export function outOfReach(
  target: string,
  present: Plan,
): Preview['left'][number]['reason'] | undefined {
  const known = present.hosts[target] !== undefined || present.sites[target] !== undefined;
  return known ? undefined : message('undo.host-gone', { host: target });
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
  const steps = undoables(past, scene).flatMap((each) => {
    const actions = undoActions(each, scene);
    if (actions.length === 0) return [];
    const reason = outOfReach(each.step.target, scene.present);
    if (reason === undefined) return [undoStep(each.step, actions)];
    left.push({ id: each.step.id, reason });
    return [];
  });
  return asPreview(steps, left);
}
