import type { Run, RunState } from '../../contract/run.ts';

/** Who starts something longer looks away. */
export const LONG_RUN_MS = 60_000;

/** The states in which a run goes on no more by itself. */
const STOPPED: ReadonlySet<RunState> = new Set(['succeeded', 'failed', 'cancelled', 'paused']);

/** Whether a run that has just changed its state should be told outside the window. */
export function worthTelling(
  was: RunState | undefined,
  run: Pick<Run, 'state' | 'startedAt' | 'endedAt'>,
  seen: { readonly hidden: boolean; readonly now: number },
): boolean {
  // One that was never seen under way is history.
  if (was !== 'running' || !STOPPED.has(run.state)) return false;
  return seen.hidden || (run.endedAt ?? seen.now) - run.startedAt > LONG_RUN_MS;
}
