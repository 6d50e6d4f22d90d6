import { describe, expect, test } from 'vitest';
import type { JournalRow } from '../../src/contract/journal.ts';
import { Run } from '../../src/contract/run.ts';
import { restoreRun } from '../../src/main/app/restore-run.ts';
import { FakeRun, plannedStep } from './support/fake-run.ts';
import { script } from './support/steps.ts';

/** The rows of a real run: two hosts, several actions, one failure. */
async function rowsOf(fail: boolean): Promise<{ rows: JournalRow[]; run: Run }> {
  const actions = [script('one', 'a', 'make q'), script('two', 'a', 'make x@a')];
  const planned = [plannedStep('x@a', actions), plannedStep('y@a'), plannedStep('x@b')];
  const fake = new FakeRun(planned, { 'y@a': ['x@a'] });
  fake.journal.append({
    kind: 'run-started',
    run: fake.run.id,
    what: 'apply',
    steps: planned,
    digest: 'digest',
  });
  const { work } = fake.host('a');
  fake.host('a').work = (text, print) => (fail && text === 'make x@a' ? 2 : work(text, print));
  await fake.executor.execute();
  return { rows: fake.journal.ofRun(fake.run.id), run: fake.run };
}

describe.each([
  ['well', false],
  ['badly', true],
])('a run that ended %s', (_how, fail) => {
  test('is restored as it was', async () => {
    const { rows, run } = await rowsOf(fail);
    const restored = restoreRun(rows);
    expect(restored?.inFlight).toEqual([]);
    expect(restored?.run.state).toBe(fail ? 'failed' : 'succeeded');
    const shape = (from: Run) =>
      from.steps.map(({ id, state, actions, failure }) => ({
        id,
        state,
        failure: failure?.code,
        actions: actions.map((action) => [action.id, action.state, action.exitCode]),
      }));
    // Exit status 0 is not written down: it is what `succeeded` says.
    const zeroless = (from: Run) =>
      JSON.parse(
        JSON.stringify(shape(from)).replaceAll(',0]', ',null]').replaceAll('",null]', '"]'),
      );
    expect(zeroless(restored!.run)).toEqual(zeroless(run));
  });

  test('and was cut off after any row is restored as interrupted, with what was under way', async () => {
    const { rows } = await rowsOf(fail);
    for (let length = 1; length < rows.length; length++) {
      const prefix = rows.slice(0, length);
      const restored = restoreRun(prefix);
      expect(Run.parse(restored?.run).state).toBe('interrupted');
      const count = (kind: string) => prefix.filter(({ entry }) => entry.kind === kind).length;
      expect(restored?.inFlight).toHaveLength(count('action-started') - count('action-ended'));
      for (const { step, action, job } of restored!.inFlight) {
        const found = restored?.run.steps.find(({ id }) => id === step);
        expect(found?.actions.find((item) => item.action.id === action)).toMatchObject({
          state: 'running',
          job,
        });
      }
      const over = new Set(['done', 'failed', 'skipped', 'cancelled']);
      expect(restored?.run.steps.filter(({ state }) => over.has(state))).toHaveLength(
        count('step-ended'),
      );
      expect(Object.keys(restored!.before)).toHaveLength(count('step-started'));
      expect(restored?.planned.map(({ id }) => id)).toEqual(['x@a', 'y@a', 'x@b']);
    }
  });
});

test('rows that do not begin with a start are no run', async () => {
  const { rows } = await rowsOf(false);
  expect(restoreRun([])).toBeUndefined();
  expect(restoreRun(rows.slice(1))).toBeUndefined();
});

test('a step tried twice keeps what was true before the first try', async () => {
  const { rows } = await rowsOf(false);
  const started = rows.find(({ entry }) => entry.kind === 'step-started')!;
  const again = structuredClone(started);
  Object.assign(again.entry, { before: { later: true } });
  const restored = restoreRun([...rows.slice(0, 3), again]);
  expect(restored?.before[(started.entry as { id: string }).id]).toEqual(
    (started.entry as { before: unknown }).before,
  );
});
