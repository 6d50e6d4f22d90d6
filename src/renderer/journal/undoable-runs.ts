import type { JournalRow } from '../../contract/journal.ts';
import type { Run } from '../../contract/run.ts';
import { undoneRuns } from '../guide/run-states.ts';

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
  const applied = [
    ...started.filter((entry) => entry.what === 'apply').map((entry) => entry.run),
    ...runs.filter((run) => run.kind === 'apply').map((run) => run.id),
  ];
  const undone = new Set(undoneRuns(runs));
  for (const entry of started) {
    if (entry.what === 'undo' && entry.of !== undefined && succeeded.has(entry.run)) {
      undone.add(entry.of);
    }
  }
  return new Set(applied.filter((run) => !undone.has(run)));
}
