import { expect, test } from 'vitest';
import type { JournalEntry, JournalRow } from '../../src/contract/journal.ts';
import type { Run, RunKind } from '../../src/contract/run.ts';
import { mayBeUndone } from '../../src/renderer/guide/run-states.ts';
import { undoableRuns } from '../../src/renderer/journal/undoable-runs.ts';

const madeStep: Run['steps'][number] = {
  id: 'nodes.machine@node-1',
  step: 'nodes.machine',
  target: 'rack',
  state: 'done',
  actions: [
    {
      id: 'nodes.machine@node-1/create-machine',
      action: {
        kind: 'manual',
        id: 'create-machine',
        title: { key: 'machine.create' },
        target: 'rack',
        instructions: { key: 'machine.create' },
      },
      state: 'succeeded',
      tail: '',
    },
  ],
};

const run = (id: string, kind: RunKind, startedAt: number, more: Partial<Run> = {}): Run => ({
  id,
  kind,
  state: 'succeeded',
  steps: [madeStep],
  startedAt,
  digest: '',
  cancelRequested: false,
  ...more,
});

/** Youngest first, as the journal lists them. */
const rowsOf = (...runs: readonly Run[]): JournalRow[] =>
  runs.toReversed().flatMap(({ id, kind, of, state }, index): JournalRow[] => {
    const ended: JournalEntry = { kind: 'run-ended', run: id, state: state as 'succeeded' };
    const started: JournalEntry = {
      kind: 'run-started',
      run: id,
      what: kind,
      ...(of === undefined ? {} : { of }),
      steps: [],
      digest: '',
    };
    const row = (entry: JournalEntry) => ({ seq: 100 - index, at: 0, who: 'ann', entry });
    return [row(ended), row(started)];
  });

test('what made something can be taken back once: by itself, or with the whole lab', () => {
  const runs = [
    run('1', 'apply', 1),
    run('2', 'mark', 2),
    run('3', 'apply', 3),
    run('4', 'undo', 4, { of: '3' }),
    run('5', 'power', 5),
  ];
  expect(runs.filter((each) => mayBeUndone(each, runs)).map(({ id }) => id)).toEqual(['1', '2']);
  expect([...undoableRuns(rowsOf(...runs), [])]).toEqual(['2', '1']);
  const down = [...runs, run('6', 'teardown', 6), run('7', 'apply', 7)];
  expect(down.filter((each) => mayBeUndone(each, down)).map(({ id }) => id)).toEqual(['7']);
  expect([...undoableRuns(rowsOf(...down), [])]).toEqual(['7']);
  const failed = [...runs, run('6', 'teardown', 6, { state: 'failed' })];
  expect(failed.filter((each) => mayBeUndone(each, failed)).map(({ id }) => id)).toEqual([
    '1',
    '2',
  ]);
  expect([...undoableRuns(rowsOf(...failed), [])]).toEqual(['2', '1']);
});
