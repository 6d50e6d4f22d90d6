import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRawDisk } from '../../src/main/images/raw-disk.ts';
import { flatName, vmdkDescriptor } from '../../src/main/images/vmdk-descriptor.ts';
import { mustRun } from '../bed/run-command.ts';

/** As large as its reader makes every disk. */
const MEBIBYTE = 1024 ** 2;

let folder: string;
let raw: string;
let image: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'labwright-disks-'));
  [raw, image] = ['disk.raw', 'disk.qcow2'].map((name) => join(folder, name)) as [string, string];
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function fileHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}

async function ourHash(path: string): Promise<{ size: number; hash: string }> {
  const disk = await openRawDisk(path, 'image');
  const hash = createHash('sha256');
  for await (const piece of disk.pieces()) hash.update(piece);
  await disk.close();
  return { size: disk.size, hash: hash.digest('hex') };
}

interface Shape {
  readonly mebibytes: number;
  readonly stretches: readonly {
    readonly at: number;
    readonly length: number;
    readonly text: boolean;
  }[];
  readonly compat: string;
  readonly cluster: number;
  readonly packed: boolean;
  readonly snapshot: boolean;
  readonly preallocation: string;
}

const shapes: fc.Arbitrary<Shape> = fc.record({
  mebibytes: fc.integer({ min: 1, max: 24 }),
  stretches: fc.array(
    fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.integer({ min: 1, max: 600_000 }),
      text: fc.boolean(),
    }),
    { maxLength: 12 },
  ),
  compat: fc.constantFrom('0.10', '1.1'),
  cluster: fc.constantFrom(512, 4096, 65_536, 2 * MEBIBYTE),
  packed: fc.boolean(),
  snapshot: fc.boolean(),
  preallocation: fc.constantFrom('off', 'metadata'),
});

/** A sparse disk with data here and there, and an image of it that qemu-img made. */
async function make({ mebibytes, stretches, ...shape }: Shape): Promise<void> {
  const size = mebibytes * MEBIBYTE;
  await rm(raw, { force: true });
  await rm(image, { force: true });
  const file = await open(raw, 'w');
  await file.truncate(size);
  for (const { at, length, text } of stretches) {
    const from = Math.floor(at * (size - 1));
    const bytes = text ? Buffer.alloc(length, 'labwright ') : randomBytes(length);
    await file.write(bytes, 0, Math.min(length, size - from), from);
  }
  await file.close();
  const { compat, cluster, packed, snapshot, preallocation } = shape;
  const options = [
    `compat=${compat}`,
    `cluster_size=${cluster}`,
    ...(packed ? [] : [`preallocation=${preallocation}`]),
  ];
  await mustRun('qemu-img', [
    'convert',
    ...(packed ? ['-c'] : []),
    ...['-f', 'raw', '-O', 'qcow2', '-o', options.join(), raw, image],
  ]);
  // Keeps clusters of another time in the file, which are not of the disk.
  if (snapshot) {
    await mustRun('qemu-img', ['snapshot', '-c', 'then', image]);
    await mustRun('qemu-io', ['-f', 'qcow2', '-c', `write -P 0x5a 0 ${MEBIBYTE / 2}`, image]);
    await mustRun('qemu-img', ['convert', '-f', 'qcow2', '-O', 'raw', image, raw]);
  }
}

test('any image of qemu-img is the disk that qemu-img takes it for, byte for byte', async () => {
  await fc.assert(
    fc.asyncProperty(shapes, async (shape) => {
      await make(shape);
      const { size, hash } = await ourHash(image);
      expect(size).toBe(shape.mebibytes * MEBIBYTE);
      expect(hash).toBe(await fileHash(raw));
    }),
    { numRuns: 40 },
  );
}, 200_000);

test('what is grown beyond its image has zeros there', async () => {
  const shape = { compat: '1.1', cluster: 65_536, packed: true, snapshot: false } as const;
  const stretches = [{ at: 0.5, length: 100_000, text: false }];
  await make({ ...shape, mebibytes: 3, stretches, preallocation: 'off' });
  await mustRun('qemu-img', ['resize', '-f', 'qcow2', image, '5M']);
  await mustRun('qemu-img', ['convert', '-f', 'qcow2', '-O', 'raw', image, raw]);
  expect((await ourHash(image)).hash).toBe(await fileHash(raw));
});

test('QEMU opens our descriptor with its bytes as the same disk', async () => {
  const shape = { compat: '1.1', cluster: 65_536, packed: true, snapshot: false } as const;
  const stretches = [{ at: 0.1, length: 300_000, text: true }];
  await make({ ...shape, mebibytes: 8, stretches, preallocation: 'off' });
  const descriptor = join(folder, 'images-9f86d081.vmdk');
  const disk = await openRawDisk(image, 'image');
  const flat = await open(flatName(descriptor), 'w');
  for await (const piece of disk.pieces()) await flat.write(piece);
  await flat.close();
  await disk.close();
  await writeFile(descriptor, vmdkDescriptor(descriptor, disk.size));
  const said = await mustRun('qemu-img', ['info', '--output=json', descriptor]);
  expect(JSON.parse(said)).toMatchObject({
    format: 'vmdk',
    'virtual-size': disk.size,
    'format-specific': {
      data: { 'create-type': 'vmfs', extents: [{ format: 'VMFS', 'virtual-size': disk.size }] },
    },
  });
  const compared = await mustRun('qemu-img', [
    'compare',
    '-f',
    'vmdk',
    '-F',
    'qcow2',
    descriptor,
    image,
  ]);
  expect(compared).toContain('Images are identical.');
});
