import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ScriptAction } from '../../../src/contract/action.ts';
import { unitState } from '../../../src/main/engine/probes/files.ts';
import {
  type InstalledMaas,
  maasAnswer,
  maasConfig,
  maasServices,
  maasUser,
  snapOffer,
} from '../../../src/main/engine/probes/maas-server.ts';
import {
  aptCandidates,
  dpkg,
  pendingUpdates,
  restartWanted,
} from '../../../src/main/engine/probes/packages.ts';
import { type Listener, listeners } from '../../../src/main/engine/probes/ports.ts';
import { type Postgres, postgres } from '../../../src/main/engine/probes/postgres.ts';
import { admin, apiKey } from '../../../src/main/guide/maas-admin.ts';
import { database } from '../../../src/main/guide/maas-database.ts';
import { init, install } from '../../../src/main/guide/maas-install.ts';
import { lineOf, postgresFor } from '../../../src/main/guide/maas-installed.ts';
import { ports } from '../../../src/main/guide/maas-ports.ts';
import { restart, timeDaemon, upToDate } from '../../../src/main/guide/maas-ready.ts';
import { maasServer } from '../../../src/main/guide/maas-server.ts';
import { address, answers, services } from '../../../src/main/guide/maas-services.ts';
import { source } from '../../../src/main/guide/maas-source.ts';
import { MaasFacts, maasPlan, NOTHING } from '../support/maas-facts.ts';
import { SHELLS } from '../support/shells.ts';

const OLD = maasPlan('  line: "1.7"\n');
const SNAP = maasPlan('  line: "3.x"\n');
const PPA = maasPlan('  line: "3.x"\n  from: ppa\n');
const TEST_DB = maasPlan('  line: "3.x"\n  database: test-db\n');

const deb = (version: string): InstalledMaas => ({ ...NOTHING, deb: { version } });
const snap = (version: string, channel = '3.7/stable'): InstalledMaas => ({
  ...NOTHING,
  snap: { version, channel },
});
const offers = (version: string | undefined, origins: string[] = [], listsCurrent = true) => ({
  versions: version === undefined ? {} : { maas: version },
  origins: { maas: origins },
  listsCurrent,
  apt: true,
});

test.each([
  ['1.7.6+bzr3376-0ubuntu2~14.04.1', '1.7'],
  ['1.9.5+bzr4599', '1.7'],
  ['1:3.4.2-14353-g.5a5221d57-0ubuntu1~22.04.1', '3.x'],
  ['3.7.3-17668-g.a', '3.x'],
  ['2.9.2', '3.x'],
])('%s is of line %s', (version, line) => {
  expect(lineOf(version)).toBe(line);
});

test.each([
  ['1.7.6', [9]],
  ['2.9.2', [10, 11, 12, 13, 14]],
  ['3.3.11', [10, 11, 12, 13, 14]],
  ['3.5.0', [14]],
  ['3.6', [14, 16]],
  ['3.7.3', [16]],
  ['4.0', [16]],
  ['9.9', undefined],
])('MAAS %s works with PostgreSQL %s', (version, majors) => {
  expect(postgresFor(version)).toEqual(majors);
});

describe('where MAAS comes from', () => {
  const archive = ['http://archive.ubuntu.com/ubuntu trusty-updates/main'];

  test('the candidate is told before it is installed, with a note where the system is another', () => {
    const facts = new MaasFacts(OLD).put(aptCandidates('maas'), offers('1.7.6+b', archive));
    expect(facts.check(source)).toEqual({
      state: 'done',
      reason: 'maas.source.candidate',
      notes: [],
    });
    expect(facts.params(source)).toMatchObject({ version: '1.7.6+b', origin: archive[0] });
    const debian = new MaasFacts(maasPlan('  line: "3.x"\n  from: archive\n')).put(
      aptCandidates('maas'),
      offers('1:3.4.2', ['http://x bookworm/main']),
    );
    expect(debian.check(source).notes).toEqual(['maas.source.other-ubuntu']);
  });

  test.each([
    ['lists that are old', offers('1.7.6', [], false), 'todo', 'maas.source.lists-old'],
    ['nothing offered', offers(undefined), 'manual', 'maas.source.not-offered'],
    ['a way to the snap', offers('1:0.7', ['x']), 'manual', 'maas.source.transitional'],
    ['another line', offers('1:3.4.2', ['x']), 'manual', 'maas.source.offers-other-line'],
    ['no apt', { ...offers('1.7.6'), apt: false }, 'manual', 'packages.no-apt'],
  ])('%s', (_what, offer, state, reason) => {
    const facts = new MaasFacts(OLD).put(aptCandidates('maas'), offer);
    expect(facts.check(source)).toMatchObject({ state, reason });
    expect(facts.scripts(source)).toHaveLength(state === 'todo' ? 1 : 0);
  });

  test('a PPA is added when its version would not be the one that comes', () => {
    const other = offers('1:3.5.0', ['http://archive.ubuntu.com/ubuntu noble/universe']);
    const facts = new MaasFacts(PPA).put(aptCandidates('maas'), other);
    expect(facts.check(source)).toMatchObject({ state: 'todo', reason: 'maas.source.no-ppa' });
    expect(facts.scripts(source)[0]).toContain('add-apt-repository -y ppa:maas/3.7');
    const context = facts.context(source, 'maas', { [aptCandidates('maas').key]: other });
    const made = facts.actions(source) as ScriptAction[];
    expect(source.undo?.({ ...context, made })).toMatchObject([
      { script: 'add-apt-repository -y --remove ppa:maas/3.7\n' },
    ]);
    // A mere update of the lists takes nothing away again.
    expect(source.undo?.(context)).toEqual([]);
    facts.put(
      aptCandidates('maas'),
      offers('1:3.7.3', ['https://ppa.launchpadcontent.net/maas/3.7/ubuntu noble/main']),
    );
    expect(facts.check(source)).toMatchObject({ state: 'done', notes: [] });
    const failed = { action: made[0]!, exitCode: 1, output: "Cannot add PPA: 'ppa:~maas/…'" };
    expect(source.explain?.(context, failed)?.key).toBe('maas.source.no-such-ppa');
  });

  test('a snap is looked for in its channel; snapd comes first', () => {
    const facts = new MaasFacts(SNAP, { ...NOTHING, snapd: false });
    expect(facts.check(source).reason).toBe('maas.source.no-snapd');
    expect(facts.scripts(source)[0]).toContain('apt-get install');
    const there = new MaasFacts(SNAP);
    const offer = snapOffer('maas', '3.7/stable');
    there.put(offer, { version: undefined, said: 'error: unable to contact snap store' });
    expect(there.check(source)).toMatchObject({
      state: 'manual',
      reason: 'maas.source.no-channel',
    });
    there.put(offer, { version: '3.7.3-17668-g.a', said: '' });
    expect(there.check(source)).toMatchObject({ state: 'done', reason: 'maas.source.channel' });
  });

  test.each([
    [OLD, deb('1:3.4.2'), 'manual', 'maas.source.other-line', []],
    [SNAP, deb('1.7.6'), 'manual', 'maas.source.other-line', []],
    [SNAP, deb('1:3.7.3-1'), 'done', 'maas.source.installed-deb', ['maas.source.is-deb']],
    [PPA, snap('3.7.3-1'), 'done', 'maas.source.installed-snap', ['maas.source.is-snap']],
    [
      SNAP,
      snap('3.5.1-1', '3.5/stable'),
      'done',
      'maas.source.installed-snap',
      ['maas.source.other-version'],
    ],
    [OLD, deb('1.7.6'), 'done', 'maas.source.installed-deb', []],
  ])(
    'a MAAS that is there is kept, whatever the plan says (%#)',
    (plan, found, state, reason, notes) => {
      const facts = new MaasFacts(plan, found);
      expect(facts.check(source)).toEqual({ state, reason, notes });
      expect(facts.scripts(source)).toEqual([]);
      // Nothing that follows installs over it either.
      if (found.snap !== undefined || plan === SNAP) {
        facts.put(dpkg('maas'), { maas: { installed: false, status: '', version: '' } });
        expect(facts.check(install).state).toBe('done');
        expect(facts.scripts(install)).toEqual([]);
      }
    },
  );
});

describe('before MAAS is installed', () => {
  const updates = (names: string[], listsCurrent = true) => ({ names, listsCurrent, apt: true });
  const wanted = { wanted: true, packages: ['linux-image-3.13'] };

  test('packages are brought up to date; afterwards that is only told', () => {
    const many = ['a', 'b', 'c', 'd', 'e', 'f'];
    const facts = new MaasFacts(OLD).put(pendingUpdates, updates(many));
    expect(facts.check(upToDate)).toMatchObject({
      state: 'todo',
      reason: 'maas.up-to-date.pending',
    });
    expect(facts.params(upToDate)).toEqual({ count: 6, names: 'a, b, c, d, e, … (6)' });
    expect(facts.scripts(upToDate)[0]).toContain('apt-get upgrade -y');
    const there = new MaasFacts(OLD, deb('1.7.6')).put(pendingUpdates, updates(many));
    expect(there.check(upToDate)).toEqual({
      state: 'done',
      reason: 'maas.up-to-date.before',
      notes: ['maas.up-to-date.pending'],
    });
    expect(there.scripts(upToDate)).toEqual([]);
    const fresh = new MaasFacts(OLD).put(pendingUpdates, updates([], false));
    expect(fresh.check(upToDate).state).toBe('todo');
    expect(new MaasFacts(OLD).put(pendingUpdates, updates([])).check(upToDate).state).toBe('done');
  });

  test('a restart that the system wants is done with a wait for the host; under a MAAS it is not', () => {
    const facts = new MaasFacts(OLD).put(pendingUpdates, updates([])).put(restartWanted, wanted);
    expect(facts.check(restart)).toMatchObject({ state: 'todo', reason: 'maas.restart.wanted' });
    expect(facts.actions(restart)).toMatchObject([
      { kind: 'script', cancel: 'never' },
      { kind: 'wait', finding: 'maas.restart@maas' },
    ]);
    expect(restart.risks).toEqual(['changes-power']);
    const there = new MaasFacts(OLD, deb('1.7.6'))
      .put(pendingUpdates, updates([]))
      .put(restartWanted, wanted);
    expect(there.check(restart)).toEqual({
      state: 'done',
      reason: 'maas.restart.later',
      notes: ['maas.restart.wanted'],
    });
    expect(there.scripts(restart)).toEqual([]);
  });

  test('whether updates will want a restart is not promised before they are there', () => {
    const quiet = { wanted: false, packages: [] };
    const facts = new MaasFacts(OLD)
      .put(aptCandidates('maas'), offers('1.7.6', ['x']))
      .put(pendingUpdates, updates(['libc6']))
      .put(restartWanted, quiet)
      .put(listeners, []);
    const { steps, left } = facts.preview([maasServer]);
    expect(steps.map(({ id }) => id)).toEqual(['maas.up-to-date@maas']);
    expect(left.map(({ id }) => id)).toContain('maas.install@maas');
  });

  test('two services that set the clock are one too many, and undo brings the other back', () => {
    const on = { enabled: true, active: true };
    const off = { enabled: false, active: false };
    const facts = (other: typeof on, chrony: typeof on) =>
      new MaasFacts(SNAP)
        .put(unitState('systemd-timesyncd'), other)
        .put(unitState('chrony'), chrony);
    expect(facts(on, on).check(timeDaemon).reason).toBe('maas.time-daemon.both');
    expect(facts(on, off).check(timeDaemon).reason).toBe('maas.time-daemon.timesyncd');
    expect(facts(off, on).check(timeDaemon).state).toBe('done');
    expect(facts(off, off).check(timeDaemon).state).toBe('done');
    const before = { [unitState('systemd-timesyncd').key]: on };
    const context = facts(on, off).context(timeDaemon, 'maas', before);
    expect(timeDaemon.undo?.(context)).toMatchObject([
      { script: 'systemctl enable --now systemd-timesyncd\n' },
    ]);
    expect(timeDaemon.targets(OLD)).toEqual([]);
  });
});

describe('the ports of MAAS', () => {
  const taken = (
    port: number,
    protocol: 'tcp' | 'udp',
    owner: string,
    where = '0.0.0.0',
  ): Listener => ({
    port,
    protocol,
    address: where,
    owners: [owner],
  });
  const check = (plan: typeof OLD, ...found: Listener[]) =>
    new MaasFacts(plan).put(listeners, found).check(ports);

  test('belong to nobody, or to MAAS itself', () => {
    expect(check(OLD).state).toBe('done');
    expect(
      check(
        SNAP,
        taken(53, 'udp', 'named'),
        taken(67, 'udp', 'dhcpd'),
        taken(69, 'udp', 'python3'),
        taken(5240, 'tcp', 'nginx'),
        taken(8000, 'tcp', 'squid'),
        taken(53, 'udp', 'systemd-resolve', '127.0.0.53%lo'),
        // What MAAS does not ask for is nobody's business.
        taken(80, 'tcp', 'nginx'),
      ),
    ).toEqual({ state: 'done', reason: 'maas.ports.done', notes: [] });
  });

  test.each([
    [taken(53, 'udp', 'dnsmasq', '192.168.122.1'), ['maas.ports.dnsmasq']],
    [taken(53, 'tcp', 'systemd-resolve', '192.0.2.1'), ['maas.ports.resolved']],
    [taken(69, 'udp', 'in.tftpd'), []],
    [taken(80, 'tcp', 'nginx'), []],
  ])('that another has are named (%#)', (one, notes) => {
    const facts = new MaasFacts(OLD).put(listeners, [one]);
    expect(facts.check(ports)).toEqual({ state: 'manual', reason: 'maas.ports.taken', notes });
    expect(facts.params(ports).list).toContain(one.owners[0]);
  });

  test('port 80 of a mirror on the same host is explained, on either line', () => {
    const mirror = `mirror:
  host: maas
  line: v2
  source: http://maas.ubuntu.com/images/ephemeral-v2/releases/
  directory: /var/www/html/mirror
  filters: {}
`;
    const web = taken(80, 'tcp', 'apache2');
    expect(check(maasPlan('  line: "1.7"\n', mirror), web)).toMatchObject({
      state: 'done',
      notes: ['maas.ports.mirror-1.7'],
    });
    expect(check(maasPlan('  line: "3.x"\n', mirror), web)).toMatchObject({
      state: 'done',
      notes: ['maas.ports.mirror-3.x'],
    });
    expect(check(OLD, web).notes).toEqual([]);
  });
});

describe('the database of a MAAS from a snap', () => {
  const none: Postgres = { version: undefined, used: 0, most: 0, role: undefined, database: false };
  const server = (more: Partial<Postgres> = {}): Postgres => ({
    ...none,
    version: '16.2',
    ...more,
  });
  const facts = (found: Postgres, held: Record<string, string | undefined>, offered = '16+257') =>
    new MaasFacts(SNAP, snap('3.7.3-1'))
      .vault(held)
      .put(maasConfig, { mode: 'none', url: undefined, addresses: [] })
      .put(postgres, found)
      .put(dpkg('postgresql'), {
        postgresql: { installed: found.version !== undefined, status: '', version: '' },
      })
      .put(aptCandidates('postgresql'), {
        versions: { postgresql: offered },
        origins: {},
        listsCurrent: true,
        apt: true,
      });
  const PASSWORD = { 'maas-database-password': undefined };
  const OURS = 'labwright maas-1';

  test.each([
    ['no server', none, {}, 'todo', 'maas.database.no-server'],
    ['no role', server(), {}, 'todo', 'maas.database.no-role'],
    ['another’s role', server({ role: '' }), {}, 'manual', 'maas.database.foreign'],
    ['our role, password lost', server({ role: OURS }), {}, 'todo', 'maas.database.password-lost'],
    ['no database', server({ role: '' }), PASSWORD, 'todo', 'maas.database.no-database'],
    ['everything', server({ role: '', database: true }), PASSWORD, 'done', 'maas.database.done'],
    ['too old', server({ version: '14.11' }), {}, 'manual', 'maas.database.unfit'],
  ])('%s', (_what, found, held, state, reason) => {
    expect(facts(found, held).check(database)).toMatchObject({ state, reason });
  });

  test('a system that would bring the wrong server is told so before it does', () => {
    const old = facts(none, {}, '14+238');
    expect(old.check(database).reason).toBe('maas.database.unfit');
    expect(old.params(database)).toMatchObject({ version: '14+238', wanted: '16' });
    expect(old.scripts(database)).toEqual([]);
  });

  test('the password is made up where the vault has none, and goes through no argument list', () => {
    const actions = facts(none, {}).actions(database) as ScriptAction[];
    expect(actions.map(({ id }) => id)).toEqual(['install', 'make-password', 'make-database']);
    expect(actions[1]?.outputs).toEqual([{ name: 'password', secret: 'maas-database-password' }]);
    expect(actions[2]).toMatchObject({
      secrets: [],
      refs: [{ variable: 'PW', action: 'make-password', output: 'password' }],
    });
    const own = facts(server(), PASSWORD).actions(database) as ScriptAction[];
    expect(own.map(({ id }) => id)).toEqual(['make-database']);
    expect(own[0]?.secrets).toEqual([{ variable: 'PW', name: 'maas-database-password' }]);
    // Only the role of this lab is ever given another password.
    const setting = (script = '') => script.split('\\password').length - 1;
    expect(setting(own[0]?.script)).toBe(1);
    const lost = facts(server({ role: OURS }), {}).actions(database) as ScriptAction[];
    expect(setting(lost.at(-1)?.script)).toBe(2);
  });

  test('made-up passwords are long, plain, and never the same', () => {
    const [, make] = facts(none, {}).actions(database) as ScriptAction[];
    const out = mkdtempSync(join(tmpdir(), 'labwright-out-'));
    const passwords = SHELLS.map(([program = '', ...words]) => {
      const env = { ...process.env, OUT: out };
      expect(spawnSync(program, words, { input: make?.script, env }).status).toBe(0);
      return readFileSync(join(out, 'password'), 'utf8');
    });
    rmSync(out, { recursive: true });
    for (const one of passwords) expect(one).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(new Set(passwords).size).toBe(passwords.length);
  });

  test('a MAAS from packages, or one that is initialised, has its own', () => {
    expect(new MaasFacts(SNAP, deb('1:3.7.3')).check(database).reason).toBe('maas.database.deb');
    const used = facts(none, {}).put(maasConfig, {
      mode: 'region+rack',
      url: 'http://10.0.0.2:5240/MAAS',
      addresses: [],
    });
    expect(used.check(database).reason).toBe('maas.database.in-use');
    expect(used.scripts(database)).toEqual([]);
  });

  test('for a lab it may be the test database', () => {
    const lab = new MaasFacts(TEST_DB).put(maasConfig, {
      mode: undefined,
      url: undefined,
      addresses: [],
    });
    expect(lab.check(database).reason).toBe('maas.database.no-test-db');
    expect(lab.scripts(database)).toEqual(['snap install maas-test-db\n']);
  });
});

describe('maas init', () => {
  const config = (mode: string | undefined) => ({
    mode,
    url: 'http://10.0.0.2:5240/MAAS',
    addresses: [],
  });
  const facts = (plan: typeof SNAP, mode: string | undefined) =>
    new MaasFacts(plan, snap('3.7.3-1')).vault({}).put(maasConfig, config(mode));

  test.each([
    ['none', 'todo', 'maas.init.todo'],
    [undefined, 'todo', 'maas.init.todo'],
    ['region+rack', 'done', 'maas.init.done'],
    ['rack', 'manual', 'maas.init.other-mode'],
  ])('mode %s is %s', (mode, state, reason) => {
    const found = facts(SNAP, mode);
    expect(found.check(init)).toMatchObject({ state, reason });
    expect(found.actions(init)).toHaveLength(state === 'todo' ? 2 : 0);
  });

  test('the test database needs no secret', () => {
    expect(facts(TEST_DB, 'none').actions(init)[0]).toMatchObject({
      secrets: [],
      script: expect.stringContaining('--database-uri maas-test-db:///'),
    });
  });

  test.each([
    ['password authentication failed for user "maas"', 1, 'maas.init.wrong-password'],
    ['could not connect to server: Connection refused', 1, 'maas.init.no-database'],
    ['Database URI: Database URI: ', 124, 'maas.init.timeout'],
    ['error: something else', 1, 'maas.init.said'],
    ['', 1, undefined],
  ])('"%s" is explained', (output, exitCode, key) => {
    const context = facts(SNAP, 'none').context(init);
    const [action] = init.plan?.(context) ?? [];
    expect(init.explain?.(context, { action: action!, exitCode, output })?.key).toBe(key);
  });

  const folder = mkdtempSync(join(tmpdir(), 'labwright-init-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(SHELLS)('any password reaches it whole, on its input alone (%s)', (...shell) => {
    const tool = join(folder, 'maas');
    writeFileSync(
      tool,
      `#!/bin/sh\nprintf '%s\\n' "$@" >"${folder}/args"\nIFS= read -r l; printf '%s' "$l" >"${folder}/uri"\n`,
    );
    chmodSync(tool, 0o755);
    const [action] = facts(SNAP, 'none').actions(init) as ScriptAction[];
    expect(action?.secrets).toEqual([{ variable: 'PW', name: 'maas-database-password' }]);
    const password = `p'"@:/?#%$\\ ä\`x`;
    const [program = '', ...words] = shell;
    const script = `PW='${password.replaceAll("'", "'\\''")}'\n${action?.script.replaceAll('/snap/bin/maas', tool)}`;
    const ran = spawnSync(program, words, { input: script, encoding: 'utf8' });
    expect(ran.status).toBe(0);
    const uri = readFileSync(join(folder, 'uri'), 'utf8');
    expect(uri).toMatch(/^postgres:\/\/maas:[%0-9a-f]+@localhost\/maas$/);
    expect(
      decodeURIComponent(uri.slice('postgres://maas:'.length, -'@localhost/maas'.length)),
    ).toBe(password);
    expect(readFileSync(join(folder, 'args'), 'utf8')).toBe(
      'init\nregion+rack\n--maas-url\nhttp://10.0.0.2:5240/MAAS\n',
    );
  });
});

describe('the services of MAAS', () => {
  const running = (...names: string[]) =>
    names.map((name) => ({ name, state: 'running' as const }));
  const stopped = (...names: string[]) =>
    names.map((name) => ({ name, state: 'stopped' as const }));
  const failed = (...names: string[]) => names.map((name) => ({ name, state: 'failed' as const }));

  test('of 1.7 are those of its packages, by upstart', () => {
    const facts = new MaasFacts(OLD, deb('1.7.6')).put(maasServices('deb'), {
      services: [
        ...running('apache2', 'postgresql', 'bind9', 'maas-clusterd'),
        ...stopped('maas-dhcp-server'),
      ],
      by: 'upstart',
      configured: true,
    });
    expect(facts.check(services)).toEqual({
      state: 'done',
      reason: 'maas.services.done',
      notes: ['maas.services.idle'],
    });
    facts.put(maasServices('deb'), {
      services: [...running('postgresql', 'bind9'), ...stopped('apache2', 'maas-clusterd')],
      by: 'upstart',
      configured: true,
    });
    expect(facts.params(services).names).toBe('apache2, maas-clusterd');
    expect(facts.scripts(services)).toEqual([
      'service apache2 restart\nservice maas-clusterd restart\n',
    ]);
  });

  test('of 3.x are region and rack; what has failed is named too, what rests is not', () => {
    const facts = new MaasFacts(PPA, deb('1:3.7.3')).put(maasServices('deb'), {
      services: [
        ...running('maas-regiond', 'named'),
        ...failed('maas-proxy'),
        ...stopped('maas-dhcpd'),
      ],
      by: 'systemd',
      configured: true,
    });
    // A region with its database elsewhere has none here.
    expect(facts.params(services).names).toBe('maas-rackd, maas-proxy');
    expect(facts.scripts(services)[0]).toContain('systemctl restart maas-rackd maas-proxy');
  });

  test('of a snap are started by snap', () => {
    const facts = new MaasFacts(SNAP, snap('3.7.3')).put(maasServices('snap'), {
      services: [...running('regiond'), ...failed('rackd')],
      by: 'snap',
      configured: true,
    });
    expect(facts.params(services).names).toBe('rackd');
    expect(facts.scripts(services)).toEqual(['snap restart maas\n']);
  });

  test('a database of the wrong version, or without room for another connection, is told', () => {
    const facts = new MaasFacts(PPA, deb('1:3.7.3'))
      .put(maasServices('deb'), {
        services: running('maas-regiond', 'maas-rackd'),
        by: 'systemd',
        configured: true,
      })
      .put(postgres, { version: '14.1', used: 95, most: 100, role: '', database: false });
    expect(facts.check(services)).toMatchObject({
      state: 'done',
      notes: ['maas.database.unfit', 'maas.services.connections'],
    });
  });
});

describe('what MAAS answers', () => {
  const url = 'http://localhost:5240/MAAS/api/2.0/version/';
  const check = (status: number, version?: string) =>
    new MaasFacts(SNAP, snap('3.7.3'))
      .put(maasAnswer(url), { status, version, detail: 'curl: (7) no' })
      .check(answers);

  test.each([
    [200, '3.7.3', 'done', 'maas.answers.done'],
    [502, undefined, 'todo', 'maas.answers.status'],
    [0, undefined, 'todo', 'maas.answers.silent'],
    [200, '1.7.6', 'manual', 'maas.source.other-line'],
  ])('%s %s', (status, version, state, reason) => {
    expect(check(status, version)).toMatchObject({ state, reason });
  });

  test.each([
    ['http://10.0.0.2:5240/MAAS', ['10.0.0.2'], 'done', 'maas.address.done'],
    // Another address of the same host is as good.
    ['http://192.168.1.2:5240/MAAS', ['10.0.0.2', '192.168.1.2'], 'done', 'maas.address.done'],
    ['http://10.0.0.99:5240/MAAS', ['10.0.0.2'], 'todo', 'maas.address.other'],
    [undefined, ['10.0.0.2'], 'manual', 'maas.address.unknown'],
  ])('machines are told %s', (told, addresses, state, reason) => {
    const facts = new MaasFacts(SNAP, snap('3.7.3')).put(maasConfig, {
      mode: 'region+rack',
      url: told,
      addresses,
    });
    expect(facts.check(address)).toMatchObject({ state, reason });
    expect(facts.scripts(address)).toEqual(
      state === 'todo' ? ['/snap/bin/maas config --maas-url=http://10.0.0.2:5240/MAAS\n'] : [],
    );
  });

  test('an address that the plan names is the only right one; packages are told how to change theirs', () => {
    const plan = maasPlan('  line: "1.7"\n  url: http://192.168.1.2/MAAS\n');
    const facts = new MaasFacts(plan, deb('1.7.6')).put(maasConfig, {
      mode: undefined,
      url: 'http://10.0.0.2/MAAS',
      addresses: ['10.0.0.2', '192.168.1.2'],
    });
    expect(facts.check(address)).toMatchObject({
      state: 'manual',
      reason: 'maas.address.other-1.7',
    });
    expect(facts.scripts(address)).toEqual([]);
  });
});

describe('administrator and API key', () => {
  const hash = 'c'.repeat(64);
  const facts = (
    plan: typeof OLD,
    found: InstalledMaas,
    user: { exists: boolean; keys: string[] },
    held: Record<string, string | undefined>,
  ) => {
    const tool = found.snap ? '/snap/bin/maas' : plan === OLD ? 'maas-region-admin' : 'maas';
    return new MaasFacts(plan, found).vault(held).put(maasUser(tool, 'admin'), user);
  };
  const nobody = { exists: false, keys: [] };
  const there = { exists: true, keys: [hash] };
  const password = { 'maas-admin-password': undefined };

  test.each([
    [OLD, deb('1.7.6'), 'maas-region-admin'],
    [PPA, deb('1:3.7.3'), 'maas'],
    [SNAP, snap('3.7.3'), '/snap/bin/maas'],
  ])('are made by the command of their kind of MAAS (%#)', (plan, found, tool) => {
    const [create] = facts(plan, found, nobody, password).actions(admin) as ScriptAction[];
    expect(create?.script).toContain(
      `${tool} createadmin --username admin --email admin@example.org\n`,
    );
    expect(create?.secrets).toEqual([{ variable: 'PW', name: 'maas-admin-password' }]);
    const [take] = facts(plan, found, there, {}).actions(apiKey) as ScriptAction[];
    expect(take?.script).toContain(`${tool} apikey --username admin`);
    expect(take?.outputs).toEqual([{ name: 'key', secret: 'maas-api-key' }]);
  });

  test('without a password in the vault a person is asked, and nothing is done', () => {
    const missing = facts(OLD, deb('1.7.6'), nobody, {});
    expect(missing.check(admin)).toMatchObject({
      state: 'manual',
      reason: 'maas.admin.no-password',
    });
    expect(missing.actions(admin)).toEqual([]);
    expect(facts(OLD, deb('1.7.6'), there, {}).check(admin).state).toBe('done');
  });

  test.each([
    [{}, 'todo', 'maas.api-key.absent'],
    [{ 'maas-api-key': undefined }, 'todo', 'maas.api-key.other'],
    [{ 'maas-api-key': 'd'.repeat(64) }, 'todo', 'maas.api-key.other'],
    [{ 'maas-api-key': hash }, 'done', 'maas.api-key.done'],
  ])('what the vault holds is held against what MAAS has (%#)', (held, state, reason) => {
    const found = facts(OLD, deb('1.7.6'), there, held);
    expect(found.check(apiKey)).toMatchObject({ state, reason });
    expect(found.actions(apiKey)).toHaveLength(state === 'done' ? 0 : 1);
  });

  test.each([
    ['CommandError: A user with the email a@b already exists.', 1, 'maas.admin.taken'],
    [
      'duplicate key value violates unique constraint "auth_user_username_key"',
      1,
      'maas.admin.taken',
    ],
    ['Password: Again: Something new: ', 124, 'maas.admin.timeout'],
    ['CommandError: Passwords cannot be empty', 1, 'maas.admin.said'],
    ['Killed', 137, undefined],
  ])('"%s" is explained', (output, exitCode, key) => {
    const found = facts(OLD, deb('1.7.6'), nobody, password);
    const [action] = found.actions(admin);
    expect(admin.explain?.(found.context(admin), { action: action!, exitCode, output })?.key).toBe(
      key,
    );
  });

  const folder = mkdtempSync(join(tmpdir(), 'labwright-key-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const key = `${'a'.repeat(18)}:${'b'.repeat(18)}:${'c'.repeat(32)}`;

  describe.each(SHELLS)('taken by %s', (...shell) => {
    const take = (body: string) => {
      const tool = join(folder, 'maas-region-admin');
      writeFileSync(tool, `#!/bin/sh\n${body}`);
      chmodSync(tool, 0o755);
      const [action] = facts(OLD, deb('1.7.6'), there, {}).actions(apiKey) as ScriptAction[];
      const [program = '', ...words] = shell;
      const env = { PATH: `${folder}:${process.env.PATH}`, OUT: folder };
      const ran = spawnSync(program, words, { input: action?.script, encoding: 'utf8', env });
      return { code: ran.status, said: ran.stdout + ran.stderr };
    };

    test('the first key is handed on, and nothing of it is said', () => {
      const { code, said } = take(
        `echo "a warning" >&2; echo ${key}; echo ${key.replace('a', 'x')}`,
      );
      expect({ code, said }).toEqual({ code: 0, said: '' });
      expect(readFileSync(join(folder, 'key'), 'utf8')).toBe(key);
    });

    test('one is made where there is none, and a MAAS that fails is quoted without its keys', () => {
      expect(take(`[ "$4" = --generate ] && echo ${key}`).code).toBe(0);
      const { code, said } = take(`echo "${key}: odd" >&2; echo "could not connect" >&2; exit 1`);
      expect({ code, said }).toEqual({ code: 51, said: 'could not connect\n' });
      const context = facts(OLD, deb('1.7.6'), there, {}).context(apiKey);
      const [action] = apiKey.plan?.(context) ?? [];
      const why = apiKey.explain?.(context, { action: action!, exitCode: 51, output: said });
      expect(why).toMatchObject({
        key: 'maas.api-key.none',
        params: { said: 'could not connect' },
      });
    });
  });
});

describe('one preview', () => {
  const fresh = (plan: typeof OLD) =>
    new MaasFacts(plan)
      .vault({ 'maas-admin-password': undefined })
      .put(pendingUpdates, { names: [], listsCurrent: true, apt: true })
      .put(restartWanted, { wanted: false, packages: [] })
      .put(listeners, [])
      .put(unitState('systemd-timesyncd'), { enabled: true, active: true })
      .put(unitState('chrony'), { enabled: false, active: false });

  test('goes from a bare Ubuntu 14.04 to an API key in the vault', () => {
    const names = ['maas', 'maas-dhcp', 'maas-dns'];
    const facts = fresh(OLD)
      .put(aptCandidates('maas'), offers('1.7.6', ['x']))
      .put(
        dpkg(...names),
        Object.fromEntries(
          names.map((name) => [name, { installed: false, status: '', version: '' }]),
        ),
      )
      .put(aptCandidates(...names), {
        versions: Object.fromEntries(names.map((name) => [name, '1.7.6'])),
        origins: {},
        listsCurrent: true,
        apt: true,
      });
    const { steps, left } = facts.preview([maasServer]);
    expect(steps.map(({ id }) => id)).toEqual([
      'maas.install@maas',
      'maas.admin@maas',
      'maas.api-key@maas',
    ]);
    expect(left).toEqual([]);
    expect(steps[0]?.actions).toMatchObject([
      {
        script: expect.stringContaining(
          'apt-get install -y -o DPkg::Lock::Timeout=60 maas maas-dhcp maas-dns',
        ),
      },
      { kind: 'wait', finding: 'maas.answers@maas' },
    ]);
  });

  test('does the same for a snap with the PostgreSQL of the system', () => {
    const facts = fresh(SNAP)
      .put(snapOffer('maas', '3.7/stable'), { version: '3.7.3', said: '' })
      .put(maasConfig, { mode: undefined, url: undefined, addresses: ['10.0.0.2'] })
      .put(postgres, { version: undefined, used: 0, most: 0, role: undefined, database: false })
      .put(dpkg('postgresql'), { postgresql: { installed: false, status: '', version: '' } })
      .put(aptCandidates('postgresql'), {
        versions: { postgresql: '16+257' },
        origins: {},
        listsCurrent: true,
        apt: true,
      });
    const { steps, left } = facts.preview([maasServer]);
    expect(steps.map(({ id }) => id)).toEqual([
      'maas.time-daemon@maas',
      'maas.database@maas',
      'maas.install@maas',
      'maas.init@maas',
      'maas.admin@maas',
      'maas.api-key@maas',
    ]);
    expect(left).toEqual([]);
  });
});
