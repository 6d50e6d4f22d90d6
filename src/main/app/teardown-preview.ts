import type { Action, PlannedStep, Preview } from '../../contract/action.ts';
import { message } from '../../contract/message.ts';
import { asPreview, digestOf } from '../engine/preview.ts';
import type { PastRun } from './past-runs.ts';
import {
  outOfReach,
  type Undoable,
  type UndoScene,
  undoActions,
  undoables,
  undoStep,
} from './undo-preview.ts';

/**
 * Everything that runs made and that is still there, taken back in one run: each step once, from what
 * was there before the first of them. What rests on others goes first, which is the guide's order from
 * its end; the runs themselves may have come in another one.
 */
export function teardownPreview(
  pasts: readonly PastRun[],
  keepData: boolean,
  scene: UndoScene,
): Preview {
  const left: Preview['left'] = [];
  const leave = (id: string, key: string, params?: Record<string, string>) =>
    left.push({ id, reason: message(key, params) });
  const made = pasts.toReversed().flatMap((past) => undoables(past, scene));
  const steps: PlannedStep[] = [];
  for (const [id, youngestFirst] of Map.groupBy(made, ({ step }) => step.id)) {
    const [youngest] = youngestFirst;
    if (youngest === undefined) continue;
    const { target } = youngest.step;
    if (youngest.instance.step.undo === undefined) {
      if (youngest.made.some(changesSomething)) leave(id, 'teardown.stays');
      continue;
    }
    const all = together(youngestFirst, scene, false);
    if (all.length === 0) continue;
    const away = outOfReach(target, scene.present);
    const actions = keepData ? together(youngestFirst, scene, true) : all;
    if (away !== undefined) left.push({ id, reason: away });
    else if (actions.length === 0) leave(id, 'teardown.kept');
    else steps.push(undoStep(youngest.step, actions));
  }
  const removed = new Set(steps.filter(removesMachine).map(({ id }) => ownerOf(id)));
  const needed = steps.filter(({ id, step, target }) => {
    // What is inside a machine goes with it, and so do its snapshots.
    if (removed.has(target)) leave(id, 'teardown.goes-with', { name: target });
    return !removed.has(target) && !(step === 'nodes.snapshot' && removed.has(ownerOf(id)));
  });
  const order = scene.chapters.flatMap((chapter) => chapter.steps.map(({ id }) => id));
  const place = ({ step }: PlannedStep) => order.indexOf(step);
  return asPreview(
    needed.toSorted((a, b) => place(b) - place(a)),
    left,
  );
}

const ownerOf = (id: string) => id.slice(id.indexOf('@') + 1);
const removesMachine = ({ actions }: PlannedStep) =>
  actions.some(({ id }) => id === 'remove-machine');
const changesSomething = ({ kind }: Action) => kind !== 'wait' && kind !== 'manual';

/**
 * One step of several runs. Where taking back the first of them already brings back what was there
 * before all (the machine that one made and another resized), that is all there is to do. Where it
 * was about something else by then (a bridge of another name), each is taken back, youngest first.
 */
function together(
  youngestFirst: readonly Undoable[],
  scene: UndoScene,
  keepData: boolean,
): Action[] {
  const [youngest] = youngestFirst;
  const oldest = youngestFirst.at(-1);
  if (youngest === undefined || oldest === undefined) return [];
  const first = undoActions(oldest, scene, keepData);
  if (youngest === oldest) return first;
  const { run, plan } = youngest.past;
  const { before } = oldest.past;
  const made = youngestFirst.toReversed().flatMap((each) => each.made);
  const merged = { ...youngest, past: { ...youngest.past, run, plan, before }, made };
  if (digestOf(undoActions(merged, scene, keepData)) === digestOf(first)) return first;
  const seen = new Set<string>();
  return youngestFirst
    .flatMap((each) => undoActions(each, scene, keepData))
    .map((action) => {
      let id = action.id;
      for (let n = 2; seen.has(id); n++) id = `${action.id}-${n}`;
      seen.add(id);
      return { ...action, id };
    });
}
