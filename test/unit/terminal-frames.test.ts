import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeCount,
  decodeFrame,
  decodeSize,
  encodeCount,
  encodeFrame,
  encodeSize,
  FLOW,
  FrameKind,
} from '../../src/contract/terminal.ts';

const kind = fc.constantFrom(...Object.values(FrameKind));
const terminal = fc.nat(0xffff_ffff);

describe('a frame', () => {
  test('of any kind, terminal and payload comes out as it went in', () => {
    fc.assert(
      fc.property(kind, terminal, fc.uint8Array({ maxLength: 300 }), (k, id, payload) => {
        const frame = decodeFrame(encodeFrame(k, id, payload));
        expect({ ...frame, payload: [...frame.payload] }).toEqual({
          kind: k,
          terminal: id,
          payload: [...payload],
        });
      }),
    );
  });

  test('is read at its place inside a larger buffer', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.uint8Array({ maxLength: 30 }), (before, payload) => {
        const frame = encodeFrame(FrameKind.data, 7, payload);
        const pool = new Uint8Array(before + frame.length + 3);
        pool.set(frame, before);
        const found = decodeFrame(pool.subarray(before, before + frame.length));
        expect([found.terminal, ...found.payload]).toEqual([7, ...payload]);
      }),
    );
  });

  test('is what is documented: kind, four bytes of id, payload', () => {
    expect([...encodeFrame(FrameKind.input, 0x01020304, Buffer.from('a'))]).toEqual([
      18, 1, 2, 3, 4, 97,
    ]);
  });

  test('that is none is refused with a RangeError, never misread', () => {
    const known = new Set<number>(Object.values(FrameKind));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (rubbish) => {
        const good = rubbish.length >= 5 && known.has(rubbish[0]!);
        if (good) expect(decodeFrame(rubbish).kind).toBe(rubbish[0]);
        else expect(() => decodeFrame(rubbish)).toThrow(RangeError);
      }),
    );
  });
});

test('sizes and counts come out as they went in', () => {
  const size = fc.record({
    columns: fc.integer({ min: 2, max: 1000 }),
    rows: fc.integer({ min: 1, max: 500 }),
  });
  fc.assert(
    fc.property(size, terminal, (value, count) => {
      expect(decodeSize(encodeSize(value))).toEqual(value);
      expect(decodeCount(encodeCount(count))).toBe(count);
    }),
  );
});

test.each([
  ['no columns', encodeSize({ columns: 0, rows: 24 })],
  ['too many columns', encodeSize({ columns: 5000, rows: 24 })],
  ['no rows', encodeSize({ columns: 80, rows: 0 })],
  ['three bytes', new Uint8Array(3)],
  ['five bytes', new Uint8Array(5)],
])('a size of %s is refused', (_what, payload) => {
  expect(() => decodeSize(payload)).toThrow();
});

test('a count of another length is refused', () => {
  expect(() => decodeCount(new Uint8Array(3))).toThrow(RangeError);
});

test('a page that acknowledges as agreed can never leave the shell paused for good', () => {
  expect(FLOW.acknowledgeBytes).toBeLessThan(FLOW.lowWaterBytes);
  expect(FLOW.lowWaterBytes).toBeLessThan(FLOW.highWaterBytes);
});
