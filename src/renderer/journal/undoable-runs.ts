import type { JournalRow } from '../../contract/journal.ts';
import type { Run, RunKind } from '../../contract/run.ts';
import { mayBeUndone, undoneRuns } from '../guide/run-states.ts';

const MAKING: ReadonlySet<RunKind> = new Set(['apply', 'mark']);

/** Runs that applied something and have not been taken back, as far as the rows shown reach. */
export function undoableRuns(
  rows: readonly JournalRow[],
  runs: readonly Run[],
): ReadonlySet<string> {
  const started = rows.flatMap(({ entry }) => (entry.kind === 'run-started' ? [entry] : []));
  const succeeded = new Set(
    rows.flatMap(({ entry }) =>
      entry.kind === 'run-ended' && entry.state === 'succeeded' ? [entry.run] : [],
    ),
  );
  const known = new Set(runs.map((run) => run.id));
  const applied = [
    // Of runs that are long over only the rows are known; what they made is seen in the preview.
    ...started
      .filter((entry) => MAKING.has(entry.what) && !known.has(entry.run))
      .map((entry) => entry.run),
    ...runs.filter((run) => mayBeUndone(run, runs)).map((run) => run.id),
  ];
  const undone = new Set(undoneRuns(runs));
  // Rows come youngest first: what stands below a teardown is older.
  const down = started.findIndex(({ what, run }) => what === 'teardown' && succeeded.has(run));
  if (down >= 0) for (const { run } of started.slice(down)) undone.add(run);
  for (const entry of started) {
    if (entry.what === 'undo' && entry.of !== undefined && succeeded.has(entry.run)) {
      undone.add(entry.of);
    }
  }
  return new Set(applied.filter((run) => !undone.has(run)));
}
