import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ItemFilter,
  imageFilters,
  plainAlternatives,
  planFilter,
} from '../../src/main/drivers/simplestreams/filters.ts';
import { selectInWorker } from '../../src/main/drivers/simplestreams/select-in-worker.ts';
import { clearText, productPaths, select } from '../../src/main/drivers/simplestreams/streams.ts';
import { planOf, planText } from './support/plans.ts';

interface Image {
  readonly release: string;
  readonly arch?: string;
  readonly subarch?: string;
  readonly versions: readonly string[];
  readonly path?: string;
}

/** A products file of the shape that MAAS's streams have. */
function products(images: readonly Image[], more: Record<string, unknown> = {}): string {
  const entries = images.map(({ release, arch = 'amd64', subarch, versions, path }) => [
    `com.ubuntu.maas:boot:${release}:${arch}:${subarch ?? '-'}`,
    {
      release,
      arch,
      ...(subarch === undefined ? {} : { subarch }),
      versions: Object.fromEntries(
        versions.map((version) => [
          version,
          {
            items: {
              'boot-kernel': {
                path: path ?? `${release}/${arch}/${version}/${subarch ?? '-'}/kernel`,
                size: 1000,
                sha256: 'ab',
                ftype: 'boot-kernel',
              },
            },
          },
        ]),
      ),
    },
  ]);
  return JSON.stringify({
    format: 'products:1.0',
    content_id: 'com.ubuntu.maas:v2:download',
    ...more,
    products: Object.fromEntries(entries),
  });
}

const pick = (text: string, filters: readonly ItemFilter[], max = 1) =>
  select({ files: { p: text }, passes: [filters], max });
const filter = (word: string): ItemFilter => {
  const [, key = '', rest = ''] = /^(\w+)(.*)$/s.exec(word) ?? [];
  return planFilter(key, rest);
};
const paths = (text: string, words: readonly string[], max = 1) =>
  pick(text, words.map(filter), max).files.map(({ path }) => path);

test('the text inside a signature is taken out, and plain text is left alone', () => {
  const signed = `-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA512

{"a": 1,
- -----dashed
"b": 2}
-----BEGIN PGP SIGNATURE-----

xyz
-----END PGP SIGNATURE-----
`;
  expect(clearText(signed)).toBe('{"a": 1,\n-----dashed\n"b": 2}');
  expect(clearText('{"a": 1}')).toBe('{"a": 1}');
});

test('an index names its products files, and one with a path outside is refused', () => {
  const index = (path: string) =>
    JSON.stringify({ format: 'index:1.0', index: { a: { path, format: 'products:1.0' } } });
  expect(productPaths(index('streams/v1/a.sjson'))).toEqual(['streams/v1/a.sjson']);
  for (const path of ['../../etc/passwd', '/etc/passwd', 'a/../b', 'a$(id)', 'a\nb']) {
    expect(() => productPaths(index(path))).toThrow();
  }
  expect(() => productPaths('{"format": "products:1.0"}')).toThrow();
});

describe('the selection', () => {
  const text = products([
    { release: 'trusty', subarch: 'generic', versions: ['20160101', '20160120'] },
    { release: 'trusty', subarch: 'hwe-t', versions: ['20160120'] },
    { release: 'trusty-proposed', subarch: 'generic', versions: ['20160120'] },
    { release: 'precise', arch: 'i386', subarch: 'generic', versions: ['20160120'] },
  ]);

  test('takes the newest versions of each product and then what passes every filter', () => {
    expect(paths(text, ['arch=amd64', 'release=trusty'])).toEqual([
      'trusty/amd64/20160120/generic/kernel',
      'trusty/amd64/20160120/hwe-t/kernel',
    ]);
    expect(paths(text, ['subarch=generic', 'release=trusty'], 2)).toHaveLength(2);
  });

  test('counts versions before it filters, as sstream-mirror does', () => {
    const image = { release: 'a', versions: ['1', '2'] };
    const only = JSON.parse(products([image]));
    const [product] = Object.values(only.products) as { versions: Record<string, object> }[];
    Object.assign(product!.versions['2']!, { label: 'daily' });
    expect(paths(JSON.stringify(only), ['label!=daily'])).toEqual([]);
    expect(paths(JSON.stringify(only), ['label!=daily'], 2)).toEqual(['a/amd64/1/-/kernel']);
  });

  test.each([
    ['arch=amd64', 3],
    ['arch!=amd64', 1],
    ['release~trusty', 3],
    ['release~^trusty$', 2],
    ['release~(trusty|precise)', 4],
    ['subarch~hwe', 1],
    // A missing attribute counts as empty.
    ['label=', 4],
    ['label!=daily', 4],
    ['label~.', 0],
  ])('%s takes %i', (word, count) => {
    expect(paths(text, [word])).toHaveLength(count);
  });

  test('sees attributes of the file, the product, the version and the item, the nearest first', () => {
    const tree = products([{ release: 'a', versions: ['1'] }], { arch: 'file', label: 'stable' });
    expect(paths(tree, ['label=stable', 'arch=amd64', 'ftype=boot-kernel'])).toHaveLength(1);
  });

  test('notes searches that take more than they name', () => {
    expect(pick(text, [filter('release~(trusty|precise)')]).unanchored).toEqual([
      { filter: 'release~(trusty|precise)', also: ['trusty-proposed'] },
    ]);
    expect(pick(text, [filter('release~^(trusty|precise)$')]).unanchored).toEqual([]);
    expect(pick(text, [filter('release~trusty.*')]).unanchored).toEqual([]);
    expect(plainAlternatives(filter('release~(a|b)'))).toEqual(['a', 'b']);
    expect(plainAlternatives(filter('release~a.b'))).toEqual(['a.b']);
    expect(plainAlternatives(filter('release=a'))).toBeUndefined();
  });

  test('says what the stream offers and how many each pass takes', () => {
    const { offered, counts } = select({
      files: { p: text },
      passes: [[filter('release=nothing')], [filter('arch=amd64')]],
      max: 1,
    });
    expect(offered.release).toEqual(['precise', 'trusty', 'trusty-proposed']);
    expect(counts).toEqual([0, 3]);
  });

  test('names a file that several products share once', () => {
    const shared = products([
      { release: 'a', versions: ['1'], path: 'same' },
      { release: 'b', versions: ['1'], path: 'same' },
    ]);
    expect(paths(shared, [])).toEqual(['same']);
  });

  test.each(['../../etc/cron.d/x', '/etc/passwd', 'a/../../b', 'x;rm', 'x\ny', "x'y"])(
    'never names the path %j on a host',
    (path) => {
      const bad = products([{ release: 'a', versions: ['1'], path }]);
      expect(paths(bad, [])).toEqual([]);
    },
  );

  test('passes over files of another format', () => {
    expect(pick('{"format": "index:1.0", "index": {}}', []).files).toEqual([]);
  });
});

const images = fc.array(
  fc.record({
    release: fc.constantFrom('trusty', 'precise', 'trusty-proposed'),
    arch: fc.constantFrom('amd64', 'i386'),
    subarch: fc.constantFrom('generic', 'hwe-t'),
    versions: fc.uniqueArray(fc.constantFrom('1', '2', '3'), { minLength: 1 }),
  }),
  { maxLength: 8 },
);

test('a negated filter takes exactly what the plain one leaves', () => {
  fc.assert(
    fc.property(images, fc.constantFrom('=trusty', '~^(trusty|precise)$'), (list, word) => {
      const text = products(list);
      const plain = planFilter('release', word);
      const not = { ...plain, operator: `!${plain.operator}` as '!=' | '!~' };
      const [all, yes, no] = [[], [plain], [not]].map((filters) => pick(text, filters).counts[0]!);
      expect((yes ?? 0) + (no ?? 0)).toBe(all);
    }),
  );
});

test('the worker gives the same as the main thread, and the same error', async () => {
  const text = products(
    Array.from({ length: 900 }, (_, i) => ({
      release: i % 2 ? 'trusty' : `r${i}`,
      subarch: `s${i}`,
      versions: ['1', '2'],
    })),
  );
  const request = { files: { p: text }, passes: [[filter('release~trusty')]], max: 1 };
  expect(text.length).toBeGreaterThan(256 * 1024);
  expect(await selectInWorker(request)).toEqual(select(request));
  const broken = { ...request, files: { p: `${text}}` } };
  expect(() => select(broken)).toThrow(SyntaxError);
  await expect(selectInWorker(broken)).rejects.toThrow(/JSON/);
  const hostile = { ...request, passes: [[filter('release~(')]] };
  await expect(selectInWorker(hostile)).rejects.toThrow(/regular expression/i);
});

test('the filters of the plan are the words of the guide', () => {
  expect(imageFilters(planOf(planText()).mirror!)).toEqual([
    { key: 'arch', operator: '=', value: 'amd64' },
    { key: 'subarch', operator: '~', value: '(generic|hwe-t)' },
  ]);
});
