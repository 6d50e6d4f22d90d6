import { expect, test } from 'vitest';
import { RunState } from '../../src/contract/run.ts';
import { LONG_RUN_MS, worthTelling } from '../../src/renderer/guide/worth-telling.ts';

const seen = { hidden: false, now: 10_000_000 };
const run = (state: RunState, lastedMs: number) => ({
  state,
  startedAt: 1000,
  endedAt: 1000 + lastedMs,
});

test('the end of long work is told, and of short work only while the window is hidden', () => {
  expect(worthTelling('running', run('succeeded', LONG_RUN_MS + 1), seen)).toBe(true);
  expect(worthTelling('running', run('succeeded', LONG_RUN_MS), seen)).toBe(false);
  expect(worthTelling('running', run('failed', 10), { ...seen, hidden: true })).toBe(true);
});

test('a run that waits for a decision has not ended, and is told by how long it went on', () => {
  const paused = { state: 'paused' as const, startedAt: seen.now - LONG_RUN_MS - 1 };
  expect(worthTelling('running', paused, seen)).toBe(true);
  expect(worthTelling('running', { ...paused, startedAt: seen.now }, seen)).toBe(false);
});

test('what goes on, what was interrupted and what is history is not told', () => {
  const hidden = { ...seen, hidden: true };
  expect(worthTelling('running', run('running', LONG_RUN_MS * 2), hidden)).toBe(false);
  expect(worthTelling('running', run('interrupted', LONG_RUN_MS * 2), hidden)).toBe(false);
  for (const was of [undefined, ...RunState.options.filter((state) => state !== 'running')]) {
    expect(worthTelling(was, run('failed', LONG_RUN_MS * 2), hidden)).toBe(false);
  }
});
