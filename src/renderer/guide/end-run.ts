import type { Run } from '../../contract/run.ts';
import { calls } from '../core/core-connection.ts';

/** Ends a run that waits for a person: one that is paused still goes on, an interrupted one does not. */
export function endRun(lab: string, run: Run): Promise<void> {
  const which = { lab, run: run.id };
  return run.state === 'paused' ? calls.runs.cancel(which) : calls.runs.dismiss(which);
}
