import { expect, test } from 'vitest';
import { differentLines } from '../../src/renderer/guide/different-lines.ts';

test('lines that the other text has too are not marked, wherever they stand', () => {
  expect([...differentLines('a\nb\nc', 'c\na\nx')]).toEqual([1]);
  expect([...differentLines('a', 'a')]).toEqual([]);
});

test('a line that is there once more than in the other is marked once', () => {
  expect([...differentLines('a\na\na', 'a\na')]).toEqual([2]);
  expect([...differentLines('a', '')]).toEqual([0]);
});
