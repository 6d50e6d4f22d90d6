import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ScriptAction } from '../../../src/contract/action.ts';
import { unitState } from '../../../src/main/engine/probes/files.ts';
import { maasConfig, snapOffer } from '../../../src/main/engine/probes/maas-server.ts';
import {
  aptCandidates,
  dpkg,
  pendingUpdates,
  restartWanted,
} from '../../../src/main/engine/probes/packages.ts';
import { listeners } from '../../../src/main/engine/probes/ports.ts';
import { type Postgres, postgres } from '../../../src/main/engine/probes/postgres.ts';
import { database } from '../../../src/main/guide/maas-database.ts';
import { init, install } from '../../../src/main/guide/maas-install.ts';
import { maasServer } from '../../../src/main/guide/maas-server.ts';
import {
  deb,
  MaasFacts,
  maasPlan,
  OLD,
  offers,
  SNAP,
  snap,
  TEST_DB,
} from '../support/maas-facts.ts';
import { SHELLS } from '../support/shells.ts';

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

  test('snapd is told the proxy of the plan, because it fetches by itself', () => {
    const text = 'proxy:\n  http: http://proxy.example:3128\n  https: http://proxy.example:3128\n';
    const plan = maasPlan('  line: "3.x"\n', text);
    const facts = new MaasFacts(plan).put(maasConfig, {
      mode: undefined,
      url: undefined,
      addresses: [],
    });
    expect(facts.scripts(install)).toEqual([
      `snap set system proxy.http=http://proxy.example:3128 proxy.https=http://proxy.example:3128 || exit
snap install maas --channel=3.7/stable
`,
    ]);
    expect(new MaasFacts(SNAP).scripts(install)).toEqual([
      'snap install maas --channel=3.7/stable\n',
    ]);
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
