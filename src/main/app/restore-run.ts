import type { PlannedStep } from '../../contract/action.ts';
import type { JournalRow } from '../../contract/journal.ts';
import type { Run } from '../../contract/run.ts';
import { plannedRun } from '../engine/execute.ts';

export interface RestoredRun {
  readonly run: Run;
  readonly planned: PlannedStep[];
  /** Actions that began and whose end is not in the journal. */
  readonly inFlight: { step: string; action: string; job: string }[];
  /** Answers before each step, for undo. */
  readonly before: Record<string, Record<string, unknown>>;
}

/** Builds a run from its rows. A run without an end was interrupted, whatever it was doing. */
export function restoreRun(rows: readonly JournalRow[]): RestoredRun | undefined {
  const start = rows[0];
  if (start?.entry.kind !== 'run-started') return undefined;
  const { run: id, what, of, steps, digest } = start.entry;
  const run = plannedRun(id, what, steps, digest, start.at, of);
  const before: RestoredRun['before'] = {};
  const open = new Map<string, { step: string; action: string; job: string }>();
  let ended = false;
  for (const { at, entry } of rows) {
    switch (entry.kind) {
      case 'step-started': {
        const step = run.steps.find((item) => item.id === entry.id);
        // A resumed step keeps what was true before its first attempt.
        before[entry.id] ??= entry.before;
        if (step) {
          step.actions = entry.planned.actions.map((action) => ({
            id: `${entry.id}/${action.id}`,
            action,
            state: 'waiting',
            tail: '',
          }));
        }
        break;
      }
      case 'action-started': {
        const action = findAction(run, entry.id, entry.action);
        if (action) Object.assign(action, { state: 'running', startedAt: at, job: entry.job });
        if (entry.job !== undefined) {
          open.set(`${entry.id}/${entry.action}`, {
            step: entry.id,
            action: entry.action,
            job: entry.job,
          });
        }
        break;
      }
      case 'action-ended': {
        open.delete(`${entry.id}/${entry.action}`);
        const action = findAction(run, entry.id, entry.action);
        if (!action) break;
        Object.assign(action, { state: entry.state, endedAt: at, tail: entry.output });
        if (entry.exitCode !== undefined) action.exitCode = entry.exitCode;
        if (entry.failure !== undefined) action.failure = entry.failure;
        break;
      }
      case 'step-ended': {
        const step = run.steps.find((item) => item.id === entry.id);
        if (!step) break;
        step.state = entry.state;
        for (const action of step.actions) {
          if (action.state === 'waiting') action.state = 'not-run';
        }
        if (entry.failure !== undefined) step.failure = entry.failure;
        break;
      }
      case 'run-ended':
        run.state = entry.state;
        run.endedAt = at;
        ended = true;
        break;
      default:
        break;
    }
  }
  if (!ended) {
    run.state = 'interrupted';
    run.endedAt = rows.at(-1)?.at ?? start.at;
  }
  return { run, planned: steps, inFlight: [...open.values()], before };
}

function findAction(run: Run, step: string, action: string) {
  const found = run.steps.find((item) => item.id === step);
  return found?.actions.find((item) => item.action.id === action);
}
