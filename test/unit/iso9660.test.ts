import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type IsoFile, isoImage } from '../../src/main/seed/iso9660.ts';

const SECTOR = 2048;
const bytesOf = (text: string) => new TextEncoder().encode(text);
const seed = (files: readonly IsoFile[], at = 0) => isoImage({ volume: 'cidata', files, at });

const SEED: readonly IsoFile[] = [
  { name: 'user-data', content: bytesOf('#cloud-config\n') },
  { name: 'meta-data', content: bytesOf('instance-id: 1\n') },
  { name: 'network-config', content: bytesOf('version: 2\n') },
];

/** Numbers that are written twice must be the same both times (ECMA-119, 7.2.3 and 7.3.3). */
function both(view: DataView, at: number, bits: 16 | 32): number {
  const [little, big] =
    bits === 16
      ? [view.getUint16(at, true), view.getUint16(at + 2)]
      : [view.getUint32(at, true), view.getUint32(at + 4)];
  expect(little).toBe(big);
  return little;
}

/** A small reader of its own: from a descriptor over its root directory to the bytes of the files. */
function read(image: Uint8Array, sector: 16 | 17) {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const at = sector * SECTOR;
  const wide = sector === 17;
  const text = (start: number, length: number) => {
    const bytes = image.subarray(start, start + length);
    return new TextDecoder(wide ? 'utf-16be' : 'utf-8').decode(bytes);
  };
  expect(new TextDecoder().decode(image.subarray(at + 1, at + 6))).toBe('CD001');
  const total = both(view, at + 80, 32);
  const root = both(view, at + 156 + 2, 32);
  const length = both(view, at + 156 + 10, 32);
  const littleTable = view.getUint32(at + 140, true);
  const bigTable = view.getUint32(at + 148);
  expect(view.getUint32(littleTable * SECTOR + 2, true)).toBe(root);
  expect(view.getUint32(bigTable * SECTOR + 2)).toBe(root);
  const files: { name: string; rockRidge: string | undefined; content: Uint8Array }[] = [];
  for (let position = 0; position < length; ) {
    const start = root * SECTOR + position;
    const size = image[start] ?? 0;
    if (size === 0) {
      // The rest of a sector that the next record did not fit into.
      position = (Math.floor(position / SECTOR) + 1) * SECTOR;
      continue;
    }
    expect(size % 2).toBe(0);
    expect((position % SECTOR) + size).toBeLessThanOrEqual(SECTOR);
    const extent = both(view, start + 2, 32);
    const bytes = both(view, start + 10, 32);
    const identifier = image[start + 32] ?? 0;
    const directory = ((image[start + 25] ?? 0) & 2) !== 0;
    if (!directory) {
      let rockRidge: string | undefined;
      let use = start + 33 + identifier + (identifier % 2 === 0 ? 1 : 0);
      while (use + 4 <= start + size && image[use] !== 0) {
        const signature = new TextDecoder().decode(image.subarray(use, use + 2));
        const entry = image[use + 2] ?? 0;
        if (signature === 'NM') {
          rockRidge = new TextDecoder().decode(image.subarray(use + 5, use + entry));
        }
        use += entry;
      }
      files.push({
        name: text(start + 33, identifier),
        rockRidge,
        content: image.slice(extent * SECTOR, extent * SECTOR + bytes),
      });
    } else expect([extent, bytes]).toEqual([root, length]);
    position += size;
  }
  return { volume: text(at + 40, 32).trimEnd(), total, files };
}

describe('a seed image', () => {
  test('bears the label that cloud-init looks for, in both descriptors', () => {
    const image = seed(SEED);
    expect(read(image, 16).volume).toBe('cidata');
    expect(read(image, 17).volume).toBe('cidata');
  });

  test('has the files under exactly their names by Rock Ridge and by Joliet', () => {
    const image = seed(SEED);
    const names = ['meta-data', 'network-config', 'user-data'];
    expect(read(image, 16).files.map(({ rockRidge }) => rockRidge)).toEqual(names);
    expect(read(image, 17).files.map(({ name }) => name)).toEqual(names.map((n) => `${n};1`));
    expect(read(image, 16).files.map(({ name }) => name)).toEqual([
      'META_DATA.;1',
      'NETWORK_CONFIG.;1',
      'USER_DATA.;1',
    ]);
  });

  test('is the same bytes for the same input, and differs in its dates alone at another time', () => {
    expect(seed(SEED)).toEqual(seed(SEED));
    const later = seed(SEED, 1_700_000_000);
    expect(later).not.toEqual(seed(SEED));
    expect(later.length).toBe(seed(SEED).length);
    expect(new TextDecoder().decode(later.subarray(16 * SECTOR + 813, 16 * SECTOR + 829))).toBe(
      '2023111422132000',
    );
  });
});

const name = fc.stringMatching(/^[A-Za-z0-9_-]([A-Za-z0-9._-]{0,62}[A-Za-z0-9_-])?$/);
const contents = fc.oneof(
  fc.uint8Array({ maxLength: 100 }),
  // Around the ends of sectors.
  fc.integer({ min: 2040, max: 4100 }).map((length) => new Uint8Array(length).fill(length % 251)),
);
const files = fc.uniqueArray(fc.record({ name, content: contents }), {
  selector: (file) => file.name,
  maxLength: 60,
});

test('whatever the files are, all come back from both directories, byte by byte', () => {
  fc.assert(
    fc.property(files, fc.integer({ min: 0, max: 4_000_000_000 }), (list, at) => {
      const image = seed(list, at);
      const wanted = new Map(list.map((file) => [file.name, [...file.content]]));
      const [plain, joliet] = [read(image, 16), read(image, 17)];
      expect(plain.total * SECTOR).toBe(image.length);
      expect(joliet.total).toBe(plain.total);
      expect(new Map(plain.files.map((f) => [f.rockRidge, [...f.content]]))).toEqual(wanted);
      expect(new Map(joliet.files.map((f) => [f.name.replace(/;1$/, ''), [...f.content]]))).toEqual(
        wanted,
      );
      const identifiers = plain.files.map((file) => file.name);
      expect(new Set(identifiers).size).toBe(list.length);
      expect(identifiers).toEqual([...identifiers].sort());
      for (const each of identifiers) expect(each).toMatch(/^[A-Z0-9_]{0,20}\.[A-Z0-9_]{0,3};1$/);
    }),
    { numRuns: 60 },
  );
});

test.each([
  ['a path', [{ name: 'a/b', content: bytesOf('') }]],
  ['a name that ends in a dot, which Linux cuts off', [{ name: 'a.', content: bytesOf('') }]],
  ['no name', [{ name: '', content: bytesOf('') }]],
  ['a name twice', [SEED[0]!, SEED[0]!]],
])('%s is refused', (_what, list) => {
  expect(() => seed(list)).toThrow(RangeError);
});
