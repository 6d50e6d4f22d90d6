import type { PlannedStep } from '../../contract/action.ts';
import { Plan } from '../../contract/plan.ts';
import type { Run, RunKind } from '../../contract/run.ts';
import type { Journal } from '../engine/journal.ts';
import { restoreRun } from './restore-run.ts';

/** A run of the journal, with what is needed to take it back. */
export interface PastRun {
  readonly run: Run;
  readonly planned: readonly PlannedStep[];
  /** Answers before each step. */
  readonly before: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** The plan that it was made from; the present one where an older version did not note it. */
  readonly plan: Plan;
  /** Its steps that were taken back since. */
  readonly takenBack: ReadonlySet<string>;
}

/** Runs that make something which can be taken back. */
const MAKING: ReadonlySet<RunKind> = new Set(['apply', 'mark']);

export function pastRun(journal: Journal, id: string, present: Plan): PastRun | undefined {
  const rows = journal.ofRun(id);
  const restored = restoreRun(rows);
  const start = rows[0]?.entry;
  if (restored === undefined || start?.kind !== 'run-started') return undefined;
  const plan = Plan.safeParse(start.plan).data ?? present;
  return { ...restored, plan, takenBack: takenBack(journal, id, restored.planned) };
}

/** All runs that made something, oldest first. */
export function makingRuns(journal: Journal, present: Plan): PastRun[] {
  return journal.ofKinds('run-started').flatMap(({ entry }) => {
    if (entry.kind !== 'run-started' || !MAKING.has(entry.what)) return [];
    return pastRun(journal, entry.run, present) ?? [];
  });
}

/** Plans of earlier runs, youngest first, each once: what left the plan is still known by them. */
export function pastPlans(journal: Journal): Plan[] {
  const found = new Map<string, Plan>();
  for (const { entry } of journal.ofKinds('run-started').toReversed()) {
    const plan = entry.kind === 'run-started' ? Plan.safeParse(entry.plan).data : undefined;
    if (plan !== undefined) found.set(JSON.stringify(plan), plan);
  }
  return [...found.values()];
}

/**
 * Steps of a run that were taken back. Once more would remove what others made since; a step whose
 * undo failed may be tried again.
 */
function takenBack(
  journal: Journal,
  id: string,
  planned: readonly PlannedStep[],
): ReadonlySet<string> {
  const madeAt = new Map<string, number>();
  for (const { seq, entry } of journal.ofRun(id)) {
    if (entry.kind === 'step-started') madeAt.set(entry.id, seq);
  }
  const steps = journal.ofKinds('run-started').flatMap(({ seq, entry }) => {
    if (entry.kind !== 'run-started') return [];
    const { what, of } = entry;
    if (what !== 'teardown' && !((what === 'undo' || what === 'revert') && of === id)) return [];
    const ended = restoreRun(journal.ofRun(entry.run))?.run.steps ?? [];
    // What was made under the same name on another host is still there.
    const there = (each: Run['steps'][number]) =>
      planned.some(({ id: step, target }) => step === each.id && target === each.target);
    const done = new Set(
      ended.filter((each) => each.state === 'done' && there(each)).map((step) => step.id),
    );
    // What a snapshot was taken before is gone with everything since.
    const covered =
      what === 'revert' ? planned.filter(({ after = [] }) => after.some((id) => done.has(id))) : [];
    // A run that was resumed after its undo has made the step anew.
    return [...done, ...covered.map((step) => step.id)].filter(
      (step) => seq > (madeAt.get(step) ?? Number.MAX_SAFE_INTEGER),
    );
  });
  return new Set(steps);
}
