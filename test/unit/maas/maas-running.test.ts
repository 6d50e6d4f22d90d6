import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ScriptAction } from '../../../src/contract/action.ts';
import {
  type InstalledMaas,
  maasAnswer,
  maasConfig,
  maasServices,
  maasUser,
} from '../../../src/main/engine/probes/maas-server.ts';
import { postgres } from '../../../src/main/engine/probes/postgres.ts';
import { admin, apiKey } from '../../../src/main/guide/maas-admin.ts';
import { address, answers, services } from '../../../src/main/guide/maas-services.ts';
import { deb, MaasFacts, maasPlan, OLD, PPA, SNAP, snap } from '../support/maas-facts.ts';
import { SHELLS } from '../support/shells.ts';

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

  test('of a snap that nobody has set up are not to be started', () => {
    const facts = new MaasFacts(PPA, snap('3.7.3')).put(maasServices('snap'), {
      services: [],
      by: 'snap',
      configured: false,
    });
    expect(facts.check(services)).toMatchObject({ state: 'manual', reason: 'maas.init.todo' });
    expect(facts.actions(services)).toEqual([]);
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
