import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import type { JournalRow } from '../../src/contract/journal.ts';
import type { PlanInput } from '../../src/contract/plan.ts';
import { Plan } from '../../src/contract/plan.ts';
import { supportBundle } from '../../src/main/app/support-bundle.ts';
import { withoutPlaces } from '../../src/main/app/without-places.ts';
import { Journal } from '../../src/main/engine/journal.ts';

const MACHINE_ID = '0123456789abcdef0123456789abcdef';
const HERE = { user: 'eva', hostname: 'evas-desk.example.org' };
const PLAN: PlanInput = {
  version: 1,
  name: 'Rack',
  proxy: { http: 'http://proxy.corp.example:3128', no_proxy: ['.inside.example'] },
  hosts: {
    mirror: { role: 'mirror', address: '10.1.2.3', user: 'bo', auth: { agent: true } },
    'tanakas-pc': { role: 'kvm', address: 'pc.example.net', user: 'ubuntu', auth: { agent: true } },
  },
  sites: { lab: { address: '2001:db8::7', user: 'admin@vsphere.local', password: 'lab-password' } },
  mirror: {
    host: 'mirror',
    line: 'v3',
    source: 'http://images.corp.example/v3/',
    directory: '/var/www/html/images',
    filters: {},
  },
};

function stateOf(plan: PlanInput = PLAN) {
  const read = Plan.parse(plan);
  const state = { text: '', sha256: '', plan: read, problems: [] };
  return { plan: state, hosts: {} };
}

function clean(text: string): string {
  return withoutPlaces({ output: text }, stateOf(), [], HERE).output;
}

let journal: Journal;
beforeEach(() => {
  journal = Journal.open(':memory:', { now: () => 1, who: 'eva' });
  return () => journal.close();
});

test('login names go as whole words, however short, quoted or not', () => {
  expect(clean('LOGIN=ubuntu SHELL=/bin/bash')).toBe('LOGIN=user-2 SHELL=/bin/bash');
  expect(clean('bo:x:1000 ~bo bob boat -u bo')).toBe('user-1:x:1000 ~user-1 bob boat -u user-1');
  expect(clean('Ubuntu 24.04')).toBe('Ubuntu 24.04');
});

test('so do those that only an answer or a path names', () => {
  expect(clean('/home/mika/.ssh held by mika')).toBe('/home/user-7/.ssh held by user-7');
  expect(clean('LOGIN=root and root again')).toBe('LOGIN=user-7 and user-7 again');
});

test('who did something has a stand-in, the same as in the text', () => {
  const body = { who: 'zoe', entry: { output: 'zoe was here, eva too' } };
  expect(withoutPlaces(body, stateOf(), [], HERE)).toMatchObject({
    who: 'user-7',
    entry: { output: 'user-7 was here, user-6 too' },
  });
});

test('hosts, sites, proxies and sources go by name and address, and stay tellable apart', () => {
  expect(clean('10.1.2.3 pc.example.net PC.Example.net tanakas-pc 10.1.2.33')).toBe(
    'host-1 host-2 host-2 host-2 address-1',
  );
  expect(clean('[2001:db8::7]:443 http://proxy.corp.example:3128 images.corp.example')).toBe(
    '[host-3]:443 http://proxy-1:3128 source-1',
  );
  expect(clean('git.inside.example evas-desk')).toBe('git.host-4 host-6');
});

test('every other address goes too, of both kinds', () => {
  expect(clean('from 192.168.7.9 to 192.168.7.9:80 via 172.16.0.1.')).toBe(
    'from address-1 to address-1:80 via address-2.',
  );
  expect(clean('inet6 fe80::1%eth0/64, FE80::1 and ::ffff:192.168.7.9.')).toBe(
    'inet6 address-1%eth0/64, address-1 and address-2.',
  );
  expect(clean('ether 52:54:00:12:34:56')).toBe('ether mac-1');
});

test('machine-ids go', () => {
  expect(clean(`id ${MACHINE_ID}`)).toBe('id machine-id-1');
  expect(clean('uuid 5f3c0a1b-1234-5678-9abc-0123456789ab')).toBe('uuid machine-id-1');
});

test('what only looks like an address stays readable', () => {
  const text = 'Acquire::http::Proxy 12:34:56 sha256:abc 3.141 6.8.0-45 foo::bar -- ::';
  expect(clean(text)).toBe(text);
});

test('our own words stay: steps, states, keys of messages', () => {
  const finding = {
    id: 'mirror.ubuntu@tanakas-pc',
    step: 'mirror.ubuntu',
    target: 'tanakas-pc',
    state: 'done',
    reason: { key: 'ubuntu.found', params: { ubuntu: 'ubuntu' } },
  };
  expect(withoutPlaces(finding, stateOf(), [], HERE)).toEqual({
    id: 'mirror.ubuntu@host-2',
    step: 'mirror.ubuntu',
    target: 'host-2',
    state: 'done',
    reason: { key: 'ubuntu.found', params: { 'user-2': 'user-2' } },
  });
});

test('the whole bundle tells neither who nor where, and no secret', () => {
  journal.append({
    kind: 'trust',
    target: 'tanakas-pc',
    what: 'machine-id-recorded',
    value: MACHINE_ID,
  });
  journal.append({ kind: 'claim', id: 'a@mirror', what: 'claimed', who: 'eva', why: 'bo did it' });
  const state = {
    ...stateOf(),
    path: '/home/eva/lab.yaml',
    practice: false,
    access: 'owner' as const,
    chapters: [],
    findings: {},
    inventories: {},
    maas: {},
    runs: [],
    checking: [],
    notices: [],
  };
  const { text } = supportBundle({
    version: '1',
    state,
    journal,
    redact: (each) => each.replaceAll('did', '••••••'),
    here: HERE,
    now: 0,
  });
  expect(text).not.toMatch(/\b(eva|bo|tanakas-pc|did)\b/);
  expect(text).not.toContain(MACHINE_ID);
  expect(JSON.parse(text).journal.map(({ who }: JournalRow) => who)).toEqual(['user-6', 'user-6']);
});

test('no login name and no address is left in any text around them', () => {
  const user = fc.stringMatching(/^[a-z_][a-z0-9_.-]{0,8}[a-z0-9]$/);
  const glue = fc.constantFrom(' ', '=', '"', '/', ':\n', ',', ' (', '@', "'", '\t', '-');
  fc.assert(
    fc.property(
      user.filter((name) => !/^(host|user|address|proxy|source|mac|machine|id)$/.test(name)),
      fc.oneof(fc.ipV4(), fc.ipV6()).filter((each) => each !== '::'),
      fc.array(glue, { minLength: 3, maxLength: 3 }),
      (name, address, [a = '', b = '', c = '']) => {
        const plan = structuredClone(PLAN);
        const hosts = plan.hosts ?? {};
        hosts['tanakas-pc'] = { ...hosts['tanakas-pc'], user: name } as (typeof hosts)[string];
        const text = `begin${a}${name}${b}${address}${c} end`;
        const { output } = withoutPlaces({ output: text }, stateOf(plan), [], HERE);
        const whole = new RegExp(`(?<![a-z0-9_])${name.replace(/[.-]/g, '\\$&')}(?![a-z0-9_])`);
        const without = output.replaceAll(/\b(host|user|address|machine-id)-\d+/g, '');
        expect(without.replace('begin', '').replace(' end', '')).not.toMatch(whole);
        expect(output).not.toContain(address);
      },
    ),
    { numRuns: 500 },
  );
});
