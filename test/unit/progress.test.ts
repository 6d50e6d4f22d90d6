import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProgressMeter, SstreamMirrorProgress } from '../../src/main/engine/progress.ts';

/** The shape of what `sstream-mirror --progress` prints into a log. */
const FILES = [
  ['precise/amd64/20160120/generic/boot-initrd', 3000, 0, 0],
  ['precise/amd64/20160120/generic/boot-kernel', 2000, 0, 0],
  ['precise/amd64/20160120/root-image.gz', 200_000, 0, 77],
  ['trusty/amd64/20160120/generic/boot-initrd', 3000, 25, 0],
  ['trusty/amd64/20160120/root-image.gz', 200_000, 26, 80],
] as const;
const PLAN_LINES = FILES.map(
  ([path]) => `+ com.ubuntu.maas:v2:boot:12.04:amd64:generic 20160120 item ${path} 0 Mb\n`,
).join('');
const LOG = `${PLAN_LINES}0 Mb change\n${FILES.map(
  ([path, size, percent, dots]) =>
    `=> ${path} [${size}] ${String(percent).padStart(2)}%\n${'.'.repeat(dots)}\n`,
).join('')}`;
const TOTAL = FILES.reduce((sum, [, size]) => sum + size, 0);

function parts(text: string, cuts: readonly number[]): string[] {
  const places = [0, ...cuts.map((cut) => cut % text.length), text.length].sort((a, b) => a - b);
  return places.slice(1).map((end, index) => text.slice(places[index], end));
}

describe('the log of a mirror run', () => {
  test('counts whole files and the dots of the current one', () => {
    const progress = new SstreamMirrorProgress();
    progress.feed(`${PLAN_LINES}0 Mb change\n`);
    expect([progress.doneBytes, progress.item]).toEqual([0, undefined]);
    progress.feed('=> a/initrd [3000]  0%\n');
    expect([progress.doneBytes, progress.item]).toEqual([0, 'a/initrd']);
    progress.feed('\n=> a/root [200000]  1%\n');
    expect([progress.doneBytes, progress.item]).toEqual([3000, 'a/root']);
    progress.feed('.'.repeat(40));
    expect(progress.doneBytes).toBe(103_000);
    progress.feed(`${'.'.repeat(20)}`);
    expect(progress.doneBytes).toBe(153_000);
    progress.feed('\n');
    expect(progress.doneBytes).toBe(203_000);
  });

  test('comes to its total, never goes back and is the same, in whatever parts it arrives', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(10_000), { maxLength: 30 }), (cuts) => {
        const progress = new SstreamMirrorProgress();
        let before = 0;
        for (const part of parts(LOG, cuts)) {
          progress.feed(part);
          expect(progress.doneBytes).toBeGreaterThanOrEqual(before);
          before = progress.doneBytes;
        }
        expect(progress.doneBytes).toBe(TOTAL);
        expect(progress.item).toBe('trusty/amd64/20160120/root-image.gz');
      }),
    );
  });

  test('of any other kind says nothing and does not grow without end', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (texts) => {
        const progress = new SstreamMirrorProgress();
        for (const text of texts) progress.feed(text);
        expect(Number.isFinite(progress.doneBytes)).toBe(true);
      }),
    );
    const progress = new SstreamMirrorProgress();
    for (let i = 0; i < 50; i++) progress.feed('x'.repeat(5000));
    expect(progress.doneBytes).toBe(0);
  });
});

describe('the meter', () => {
  const meter = (totalBytes?: number) =>
    new ProgressMeter({
      parser: 'sstream-mirror',
      ...(totalBytes === undefined ? {} : { totalBytes }),
    });

  test('tells rate and time left once it has watched for a second', () => {
    const log = meter(1_000_000);
    expect(log.feed('=> a [1000000]  0%\n', 0)).toEqual({
      doneBytes: 0,
      totalBytes: 1_000_000,
      item: 'a',
    });
    expect(log.feed('.'.repeat(8), 2000)).toEqual({
      doneBytes: 100_000,
      totalBytes: 1_000_000,
      bytesPerSecond: 50_000,
      secondsLeft: 18,
      item: 'a',
    });
  });

  test('counts what our own scripts have fetched, however their lines are cut', () => {
    const log = new ProgressMeter({ parser: 'bytes-so-far', totalBytes: 4000 });
    expect(log.feed('have 10', 0).doneBytes).toBe(0);
    expect(log.feed('00\nhave 2000\ncut off (curl 18); going on\nha', 1000)).toMatchObject({
      doneBytes: 2000,
      bytesPerSecond: 2000,
    });
    expect(log.feed('ve 9000\n', 2000).doneBytes).toBe(4000);
  });

  test('takes the rate of the last seconds only', () => {
    const log = meter();
    log.feed('=> a [8000000]  0%\n', 0);
    for (let at = 1000; at <= 60_000; at += 1000) log.feed('', at);
    log.feed('.'.repeat(8), 61_000);
    const { bytesPerSecond = 0 } = log.feed('.'.repeat(8), 75_000);
    expect(bytesPerSecond).toBeGreaterThan(90_000);
  });

  test('never claims more than there is, nor a negative time', () => {
    const log = meter(1000);
    log.feed('=> a [5000]  0%\n', 0);
    expect(log.feed(`${'.'.repeat(60)}\n`, 5000)).toMatchObject({
      doneBytes: 1000,
      secondsLeft: 0,
    });
  });

  test('while nothing moves offers no time left', () => {
    const log = meter(1000);
    log.feed('=> a [500]  0%\n', 0);
    expect(log.feed('', 5000)).not.toHaveProperty('secondsLeft');
  });
});
