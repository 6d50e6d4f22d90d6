import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ESXI_RELEASES, type EsxiRelease } from '../../src/main/guide/esxi-releases.ts';
import { patchLevel, patchNotes, patchSentence } from '../../src/main/guide/patch-level.ts';
import { sentence } from '../../src/messages/sentence.ts';

const table: readonly EsxiRelease[] = [
  {
    line: '8.0',
    version: '8.0.3',
    name: '8.0 U3x',
    build: 25_000_000,
    released: '2026-01-01',
    source: 'test',
    confirmed: true,
  },
];

test('the table has one row a line, in order, each with a whole build and a place that it comes from', () => {
  const lines = ESXI_RELEASES.map(({ line }) => line);
  expect(lines).toEqual([...new Set(lines)].toSorted());
  expect(lines).toEqual(['5.5', '6.0', '6.5', '6.7', '7.0', '8.0', '9.0', '9.1']);
  for (const { line, version, build, released, source } of ESXI_RELEASES) {
    expect(version.startsWith(`${line}.`)).toBe(true);
    expect(Number.isSafeInteger(build)).toBe(true);
    expect(released).toMatch(/^20\d\d-\d\d/);
    expect(source).not.toBe('');
  }
});

test.each([
  ['8.0.3', '25000000', 'newest'],
  ['8.0.3', '24999999', 'older'],
  ['8.0.3', '25000001', 'newer'],
  // A late patch of an older update release has the higher build, and is still the older one.
  ['8.0.2', '25626445', 'older'],
  ['8.0.4', '1', 'newer'],
  ['8.0', '25000000', 'older'],
  ['8.1.0', '25000000', 'unknown'],
  ['8.0.3', '', 'unknown'],
  ['8.0.3', 'x', 'unknown'],
  ['', '', 'unknown'],
])('%s build %s is %s', (version, build, is) => {
  expect(patchLevel(version, build, table).is).toBe(is);
});

test('whatever a host calls its version, the answer is one of the four', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (version, build) => {
      expect(['newest', 'newer', 'older', 'unknown']).toContain(patchLevel(version, build).is);
    }),
  );
});

test('each answer is a sentence with what was found and what is known, and says where the table is unsure', () => {
  const found = { version: '6.5.0', build: '4564106' };
  const level = patchLevel(found.version, found.build);
  const said = sentence('en', patchSentence('rack', found, level));
  expect(said).toContain('rack has 6.5.0 build 4564106');
  expect(said).toContain('ESXi650-202403001');
  expect(patchNotes(level).map(({ key }) => key)).toEqual(['esxi.version.unconfirmed']);
  expect(patchNotes(patchLevel('7.0.3', '1'))).toEqual([]);
  const other = patchSentence('rack', { version: '4.1.0', build: '1' }, patchLevel('4.1.0', '1'));
  expect(sentence('ja', other)).toContain('4.1.0');
});
