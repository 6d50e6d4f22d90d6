import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LabwrightError } from '../../../src/contract/error.ts';
import { openRawDisk } from '../../../src/main/images/raw-disk.ts';
import { qcow2Image } from '../support/qcow2-image.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/qcow2');
const MEBIBYTE = 1024 * 1024;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'labwright-qcow2-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

async function bytesOf(path: string): Promise<Buffer> {
  const disk = await openRawDisk(path, 'image');
  try {
    const pieces: Uint8Array[] = [];
    // Zeros are one buffer, lent again and again.
    for await (const piece of disk.pieces()) pieces.push(Buffer.from(piece));
    const whole = Buffer.concat(pieces);
    expect(whole.length).toBe(disk.size);
    return whole;
  } finally {
    await disk.close();
  }
}

function written(bytes: Uint8Array): string {
  const path = join(folder, 'image');
  writeFileSync(path, bytes);
  return path;
}

async function refusal(bytes: Uint8Array): Promise<string> {
  const error = await bytesOf(written(bytes)).catch((caught: unknown) => caught);
  if (!(error instanceof LabwrightError)) throw new Error(`not refused: ${error}`);
  return [error.code, error.params.feature ?? error.detail ?? ''].join(' ').trim();
}

const fixture = (name: string) => readFileSync(join(FIXTURES, name));

/** As large as VMFS likes it. */
const padded = (bytes: Uint8Array) =>
  Buffer.concat([bytes], Math.ceil(bytes.length / MEBIBYTE) * MEBIBYTE);

describe('what qemu-img wrote', () => {
  test.each(
    ['0.10', '1.1'].flatMap((version) =>
      ['512', '4096'].flatMap((cluster) => [
        `plain-${version}-${cluster}.qcow2`,
        `packed-${version}-${cluster}.qcow2`,
      ]),
    ),
  )('is read back byte for byte: %s', async (name) => {
    const whole = await bytesOf(join(FIXTURES, name));
    expect(whole.equals(padded(fixture('disk.raw')))).toBe(true);
  });

  test('has zeros where clusters were zeroed that keep their place', async () => {
    const whole = await bytesOf(join(FIXTURES, 'zeroed.qcow2'));
    expect(whole.equals(padded(fixture('zeroed.raw')))).toBe(true);
    expect(whole.equals(padded(fixture('disk.raw')))).toBe(false);
  });

  test.each([
    ['backing.qcow2', 'image-unfit backing file'],
    ['encrypted.qcow2', 'image-unfit encryption'],
    ['zstd.qcow2', 'image-unfit compression type'],
    ['extended.qcow2', 'image-unfit extended L2 entries'],
  ])('is refused by its name when only QEMU can read it: %s', async (name, said) => {
    expect(await refusal(fixture(name))).toBe(said);
  });
});

describe('any image', () => {
  test('is read as the disk that it was made of', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          clusterBits: fc.constantFrom(9, 10, 12),
          version: fc.constantFrom(2, 3),
          tail: fc.integer({ min: 1, max: 512 }),
          clusters: fc.array(
            fc.record({
              kind: fc.constantFrom('hole', 'plain', 'packed', 'zero', 'kept-zero'),
              fill: fc.integer({ min: 0, max: 255 }),
            }),
            { minLength: 1, maxLength: 160 },
          ),
        }),
        async (shape) => {
          const { image, disk } = qcow2Image(shape);
          const whole = await bytesOf(written(image));
          expect(whole.equals(padded(disk))).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('that was cut off or changed gives an error of ours, or some disk; never another error', async () => {
    const { image } = qcow2Image({
      clusterBits: 9,
      version: 3,
      tail: 512,
      clusters: Array.from({ length: 70 }, (_, fill) => ({
        kind: fill % 2 === 0 ? ('packed' as const) : ('plain' as const),
        fill,
      })),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 4, max: 2000 }),
        fc.integer({ min: 0, max: 255 }),
        fc.integer({ min: 4, max: image.length }),
        async (at, value, length) => {
          const other = Buffer.from(image.subarray(0, length));
          if (at < length) other[at] = value;
          // A size that nobody has the time to read is not what this is about.
          if (other.length >= 32) other.writeUInt32BE(0, 24);
          const error = await bytesOf(written(other)).then(
            () => undefined,
            (caught: unknown) => caught,
          );
          if (error !== undefined) expect(error).toBeInstanceOf(LabwrightError);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('what is no disk', () => {
  test('is refused: a page of a proxy, an empty file, a file without a boot sector', async () => {
    expect(await refusal(Buffer.from('<html>login</html>'))).toBe('image-no-disk');
    expect(await refusal(Buffer.alloc(0))).toBe('image-no-disk');
    expect(await refusal(Buffer.alloc(4096))).toBe('image-no-disk');
  });

  test('a raw disk is one by its boot sector', async () => {
    const raw = Buffer.alloc(3 * 512, 7);
    raw.writeUInt16BE(0x55aa, 510);
    expect((await bytesOf(written(raw))).equals(padded(raw))).toBe(true);
  });

  test('newer and damaged headers are told apart', async () => {
    const { image } = qcow2Image({
      clusterBits: 9,
      version: 3,
      tail: 512,
      clusters: [{ kind: 'plain', fill: 1 }],
    });
    const changed = (change: (head: Buffer) => void) => {
      const other = Buffer.from(image);
      change(other);
      return refusal(other);
    };
    expect(await changed((head) => head.writeUInt32BE(4, 4))).toBe('image-unfit qcow2 version 4');
    expect(await changed((head) => head.writeUInt8(4, 79))).toBe('image-unfit external data file');
    expect(await changed((head) => head.writeUInt8(2, 79))).toBe('image-unfit corrupt');
    expect(await changed((head) => head.writeUInt8(1, 73))).toBe(
      'image-unfit incompatible feature 48',
    );
    expect(await changed((head) => head.writeUInt32BE(40, 20))).toBe(
      'image-damaged cluster_bits 40',
    );
    expect(await changed((head) => head.writeUInt32BE(0, 36))).toBe('image-damaged l1_size 0');
    expect(await refusal(image.subarray(0, 100))).toBe('image-damaged the header is incomplete');
    // Unclean after a crash: only reference counts may be wrong, and nobody reads those.
    const dirty = Buffer.from(image);
    dirty.writeUInt8(1, 79);
    expect((await bytesOf(written(dirty))).length).toBe(MEBIBYTE);
  });
});
