import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { Plan } from '../../src/contract/plan.ts';
import { nearestKey } from '../../src/main/plan/nearest-key.ts';
import { knownKeysAt, planJsonSchema } from '../../src/main/plan/plan-schema.ts';
import { readPlan } from '../../src/main/plan/read-plan.ts';
import { kvmPlanText } from './support/kvm-plan.ts';
import { planText } from './support/plans.ts';

const GOOD = planText();

/** Problems as `line:column path key`, which is what a person is shown. */
const problems = (text: string) =>
  readPlan(text).problems.map(
    ({ line, column, path, reason }) => `${line}:${column} ${path} ${reason.key}`,
  );
const swap = (from: string, to: string) => {
  expect(GOOD).toContain(from);
  return GOOD.replace(from, to);
};

test('a good plan has no problems and its defaults filled in', () => {
  const { plan, problems: none } = readPlan(GOOD);
  expect(none).toEqual([]);
  expect(plan).toMatchObject({
    version: 1,
    hosts: { mirror: { role: 'mirror', port: 22 } },
    mirror: { max: 1, refresh: 'nightly', web_root: '/var/www/html' },
  });
});

describe('an unknown key', () => {
  test('is named with its place and the key that was probably meant', () => {
    const text = swap('    address: 10.0.0.9\n', '    adress: 10.0.0.9\n');
    const found = readPlan(text).problems;
    expect(found).toContainEqual({
      line: 7,
      column: 5,
      path: 'hosts.mirror.adress',
      reason: { key: 'plan.unknown-key-near', params: { key: 'adress', near: 'address' } },
    });
    expect(problems(text)).toContain('6:5 hosts.mirror.address plan.missing-key');
  });

  test('with no likeness to a known one is named alone', () => {
    expect(problems(`${GOOD}zzzzzzzzzz: 1\n`)).toEqual(['19:1 zzzzzzzzzz plan.unknown-key']);
  });

  test.each([
    ['hots', 'hosts'],
    ['Mirror', 'mirror'],
    ['no-proxy', 'no_proxy'],
    ['keyfile', 'key_file'],
    ['sudopassword', 'sudo_password'],
  ])('%s is taken for %s', (wrong, right) => {
    expect(
      nearestKey(wrong, ['hosts', 'mirror', 'no_proxy', 'key_file', 'sudo_password', 'name']),
    ).toBe(right);
  });

  test('is compared with the keys that its own place may have', () => {
    expect(knownKeysAt(['hosts', 'any-name', 'auth'])).toEqual(
      expect.arrayContaining(['password', 'key', 'key_file', 'agent']),
    );
    expect(knownKeysAt(['mirror', 'filters'])).toEqual(['arch', 'subarch', 'release']);
    expect(knownKeysAt(['nowhere'])).toEqual([]);
  });
});

describe('a wrong value is shown where it stands', () => {
  test.each([
    [
      'a port out of range',
      '    address: 10.0.0.9\n',
      '    address: 10.0.0.9\n    port: 70000\n',
      '8:11 hosts.mirror.port plan.too-big',
    ],
    ['an unknown role', 'role: mirror', 'role: mirorr', '6:11 hosts.mirror.role plan.not-one-of'],
    [
      'a filter without operator',
      "'=amd64'",
      'amd64',
      '17:11 mirror.filters.arch plan.want.filter',
    ],
    [
      'a password in an address',
      'source: http://',
      'source: http://me:pw@',
      '14:11 mirror.source plan.want.no-credentials',
    ],
    [
      'a path with ..',
      '/var/www/html/mirror/',
      '/var/www/html/../',
      '15:14 mirror.directory plan.want.no-parent',
    ],
    [
      'a path that a shell would read',
      '/var/www/html/mirror/',
      '/var/www/html/$(id)/',
      '15:14 mirror.directory plan.want.directory',
    ],
    [
      'no way to log in',
      '      agent: true',
      '      agent: false',
      '10:7 hosts.mirror.auth plan.want.auth',
    ],
    ['a key without value', 'user: ubuntu', 'user:', '8:10 hosts.mirror.user plan.not-of-type'],
    [
      'a host that is not there',
      'host: mirror\n',
      'host: miror\n',
      '12:9 mirror.host plan.unknown-host',
    ],
    [
      'a directory outside the web root',
      '/var/www/html/mirror/',
      '/srv/mirror/',
      '15:14 mirror.directory plan.directory-outside',
    ],
    [
      'the address of an index',
      'v2/releases/\n',
      'v2/releases/streams/v1/index.json\n',
      '14:11 mirror.source plan.source-is-index',
    ],
    [
      'a filter that is no regular expression',
      "'=amd64'",
      "'~(amd64'",
      '17:11 mirror.filters.arch plan.bad-regex',
    ],
  ])('%s', (_what, from, to, expected) => {
    expect(problems(swap(from, to))).toContain(expected);
    expect(readPlan(swap(from, to)).plan).toBeNull();
  });

  test('a directory that only begins like the web root is outside', () => {
    const text = swap('/var/www/html/mirror/', '/var/www/html-old/');
    expect(problems(text)).toEqual(['15:14 mirror.directory plan.directory-outside']);
  });
});

test.each([
  ['the name of a host', 'hosts:\n  mirror:', 'hosts:\n  "a b":', 'plan.want.name'],
  ['the address of a host', 'address: ', 'address: "a b" # ', 'plan.want.address'],
  ['a login name', 'user: ubuntu', 'user: "a b"', 'plan.want.login'],
  ['the address of a source', 'source: http', 'source: ftp', 'plan.want.url'],
  [
    'the name of a secret',
    'user: ubuntu',
    'user: ubuntu\n    sudo_password: "a b"',
    'plan.want.secret',
  ],
])('%s that is wrong is told in a sentence of every language', (_what, from, to, expected) => {
  expect(readPlan(swap(from, to)).problems.map(({ reason }) => reason.key)).toContain(expected);
});

describe('the version', () => {
  test.each([
    ['missing', 'version: 1\n', '', '2:1 version plan.missing-key'],
    ['newer than this build', 'version: 1', 'version: 2', '2:10 version plan.newer-version'],
    [
      'of no kind that was ever written',
      'version: 1',
      'version: 0',
      '2:10 version plan.bad-version',
    ],
    ['a word', 'version: 1', 'version: new', '2:10 version plan.bad-version'],
  ])('%s', (_what, from, to, expected) => {
    expect(problems(swap(from, to))).toEqual([expected]);
  });
});

describe('what is no plan at all', () => {
  test.each([
    ['nothing', '', '1:1  plan.empty'],
    ['a list', '- a\n', '1:1  plan.empty'],
    ['a word', 'hello\n', '1:1  plan.empty'],
    ['a comment', '# nothing\n', '1:1  plan.empty'],
    ['broken YAML', 'a: [1,\n', '2:1  plan.syntax'],
    ['a key twice', 'version: 1\nname: a\nname: b\n', '3:1  plan.syntax'],
    ['two documents', 'version: 1\n---\nversion: 1\n', '2:1  plan.syntax'],
    ['a megabyte and more', '#'.repeat(1024 * 1024 + 1), '1:1  plan.too-large'],
  ])('%s is said to be so', (_what, text, expected) => {
    expect(readPlan(text).plan).toBeNull();
    expect(problems(text)).toContain(expected);
  });

  test('an anchor bomb is refused, not expanded', () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 12; i++) {
      const before = String.fromCharCode(96 + i);
      const name = String.fromCharCode(97 + i);
      lines.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`);
    }
    const started = performance.now();
    expect(problems(`version: 1\n${lines.join('\n')}\n`)).toEqual(['1:1  plan.syntax']);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

test('a mapping used as a key is an unknown key, without a warning on the console', async () => {
  const warnings: Error[] = [];
  const listen = (warning: Error) => warnings.push(warning);
  process.on('warning', listen);
  expect(problems(`${GOOD}? {a: b}\n: c\n`)).toHaveLength(1);
  await new Promise(setImmediate);
  process.off('warning', listen);
  expect(warnings).toEqual([]);
});

test('a file that is half written is read without throwing, at every length', () => {
  for (let length = 0; length <= GOOD.length; length++) {
    const { plan, problems: found } = readPlan(GOOD.slice(0, length));
    // Exactly one of them: a plan to use, or a reason why not.
    expect(plan === null).toBe(found.length > 0);
    for (const { line, column } of found) expect(Math.min(line, column)).toBeGreaterThan(0);
  }
});

test('a file with anything typed into it is read without throwing', () => {
  const typed = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('&a', '*a', '<<: ', '!!', '\t', ': ', '- ', '{', '}', '"', "'", '|', '? '),
  );
  fc.assert(
    fc.property(fc.nat(GOOD.length), typed, fc.nat(20), (at, text, removed) => {
      const { plan, problems: found } = readPlan(
        GOOD.slice(0, at) + text + GOOD.slice(at + removed),
      );
      expect(plan === null).toBe(found.length > 0);
    }),
    { numRuns: 300 },
  );
});

test('an adopted machine is one that exists: no number of them, nothing installed, and only once', () => {
  const uuid = '564df94f-9756-1a1b-44e7-23b2dbe7916f';
  const about = (machines: string) => {
    const text = `${kvmPlanText().split('machines:')[0]}machines:\n${machines}`;
    return readPlan(text).problems.map(({ path, reason }) => [path, reason.key]);
  };
  const one = (name: string, more = '') =>
    `  ${name}:\n    adopt: ${uuid}\n    on: rack\n    role: other\n    networks: [pxe]\n${more}`;
  expect(about(one('old'))).toEqual([]);
  expect(about(one('old', '    count: 2\n'))).toEqual([['machines.old.count', 'plan.adopt-alone']]);
  const install =
    '    install: { authorized_keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA me], addresses: { pxe: 10.0.0.2/24 } }\n';
  expect(about(one('old', install))).toEqual([['machines.old.install', 'plan.adopt-alone']]);
  expect(about(one('old') + one('new'))).toEqual([
    ['machines.old.adopt', 'plan.adopt-twice'],
    ['machines.new.adopt', 'plan.adopt-twice'],
  ]);
  expect(about(one('old').replace(uuid, uuid.toUpperCase()))).toEqual([
    ['machines.old.adopt', 'plan.want.uuid'],
  ]);
});

describe('the published JSON Schema', () => {
  test('describes every key', () => {
    const undescribed: string[] = [];
    const visit = (schema: Record<string, unknown>, path: string) => {
      if (path !== '' && schema.description === undefined) undescribed.push(path);
      const properties = (schema.properties ?? {}) as Record<string, Record<string, unknown>>;
      for (const [key, value] of Object.entries(properties)) visit(value, `${path}.${key}`);
      const { additionalProperties: other } = schema;
      if (other && typeof other === 'object') visit(other as Record<string, unknown>, `${path}.*`);
    };
    visit(planJsonSchema(), '');
    expect(undescribed).toEqual([]);
  });

  test('takes what the parser takes, and refuses what it refuses by form', () => {
    const schema = z.fromJSONSchema(planJsonSchema() as Parameters<typeof z.fromJSONSchema>[0]);
    const good = parse(GOOD) as Record<string, unknown>;
    expect(schema.safeParse(good).error).toBeUndefined();
    expect(schema.safeParse({ ...good, hots: {} }).success).toBe(false);
    expect(schema.safeParse({ ...good, version: 2 }).success).toBe(false);
    const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
    const url = fc.constantFrom('http://proxy:3128', 'https://images.maas.io/x/', 'ftp://x', '');
    const change = fc.record({
      name: fc.string({ maxLength: 90 }),
      proxy: maybe(fc.record({ http: maybe(url), no_proxy: maybe(fc.array(fc.string())) })),
      mirror: maybe(
        fc.record({
          host: fc.constantFrom('mirror', 'a b', ''),
          line: fc.constantFrom('v2', 'v3', 'v4'),
          source: url,
          directory: fc.constantFrom('/var/www/html/x', 'relative', '/a b'),
          filters: fc.record({ arch: maybe(fc.constantFrom('=amd64', '~(a|b)', 'amd64')) }),
          max: maybe(fc.integer({ min: -1, max: 12 })),
        }),
      ),
    });
    let taken = 0;
    fc.assert(
      fc.property(change, (values) => {
        const plan = JSON.parse(JSON.stringify({ ...good, ...values })) as unknown;
        if (!Plan.safeParse(plan).success) return;
        taken += 1;
        expect(schema.safeParse(plan).error).toBeUndefined();
      }),
      { numRuns: 500 },
    );
    expect(taken).toBeGreaterThan(10);
  });

  test('asks for what the parser asks for, and allows what it fills in', () => {
    const { required, additionalProperties, properties } = planJsonSchema();
    expect(required).toEqual(['version', 'name']);
    expect(additionalProperties).toBe(false);
    expect(properties?.mirror).toMatchObject({
      required: ['host', 'line', 'source', 'directory', 'filters'],
    });
  });
});
