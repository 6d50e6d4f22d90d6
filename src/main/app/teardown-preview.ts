import type { Action, Preview } from '../../contract/action.ts';
import { message } from '../../contract/message.ts';
import { digestOf } from '../engine/preview.ts';
import type { PastRun } from './past-runs.ts';
import {
  reachable,
  removedMachine,
  type Undoable,
  type UndoScene,
  undoActions,
  undoables,
  undoStep,
  type WantedUndo,
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
  const wanted: WantedUndo[] = [];
  for (const [id, all] of Map.groupBy(made, ({ step }) => step.id)) {
    const [each] = all;
    if (each === undefined) continue;
    const youngestFirst = all.filter(({ step }) => step.target === each.step.target);
    const elsewhere = all.find((other) => !youngestFirst.includes(other))?.step.target;
    if (elsewhere !== undefined) leave(id, 'teardown.again', { host: elsewhere });
    if (each.instance.step.undo === undefined) {
      if (each.made.some(changesSomething)) leave(id, 'teardown.stays');
      continue;
    }
    const whole = together(youngestFirst, scene, false);
    if (whole.length === 0) {
      // Images on this computer are every lab's, so no undo takes one away.
      if (each.made.some(({ kind }) => kind === 'image')) leave(id, 'teardown.stays');
      continue;
    }
    const actions = keepData ? together(youngestFirst, scene, true) : whole;
    if (actions.length === 0) leave(id, 'teardown.kept');
    else wanted.push({ each, step: undoStep(each.step, actions) });
  }
  const removed = new Map(
    wanted.flatMap(({ each, step }) => {
      const spec = removedMachine(each, step);
      return spec === undefined ? [] : [[spec.name, spec] as const];
    }),
  );
  const needed = wanted.filter(({ each, step: { id, step, target } }) => {
    // What is inside a machine goes with it, and so do its snapshots.
    const inside = removed.get(target)?.install !== undefined;
    if (inside) leave(id, 'teardown.goes-with', { name: target });
    return !inside && !(step === 'nodes.snapshot' && removed.has(each.instance.owner));
  });
  const order = scene.chapters.flatMap((chapter) => chapter.steps.map(({ id }) => id));
  const place = ({ step }: WantedUndo) => order.indexOf(step.step);
  return reachable(
    needed.toSorted((a, b) => place(b) - place(a)),
    scene,
    left,
  );
}

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
