import { expect, test } from 'vitest';
import type { Finding } from '../../src/contract/finding.ts';
import { lastLook } from '../../src/renderer/guide/guide-order.ts';

const finding = (state: Finding['state'], at: number, seen: boolean): Finding => ({
  id: `a${at}@host`,
  step: `a${at}`,
  target: 'host',
  state,
  reason: { key: 'x' },
  notes: [],
  evidence: seen ? [{ target: 'host', command: 'true', output: '', at }] : [],
  waitsFor: [],
  at,
});

test('what is known from before a restart is as old as the last look at a host', () => {
  const findings = { a: finding('done', 100, true), b: finding('todo', 300, true) };
  // A step that waits was compared now, and not looked at.
  expect(lastLook({ ...findings, c: finding('blocked', 900, false) })).toBe(300);
});

test('a lab that was never looked at has no such age', () => {
  expect(lastLook({})).toBeUndefined();
  expect(lastLook({ c: finding('blocked', 900, false) })).toBeUndefined();
});
