import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterEach, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { PlanInput } from '../../src/contract/plan.ts';
import { CHAPTERS } from '../../src/main/app/chapters.ts';
import { LabSession } from '../../src/main/app/lab-session.ts';
import { maasServer } from '../../src/main/guide/maas-server.ts';
import { type PracticeHost, startPracticeHost } from '../../src/main/practice/practice-host.ts';
import { connectSsh2 } from '../../src/main/ssh/ssh2-connection.ts';
import { MemoryVault } from '../../src/main/vault/vault.ts';

const PASSWORD = 'correct "horse" $battery';

let host: PracticeHost;
let session: LabSession | undefined;
let directory: string;
let vault: MemoryVault;

afterEach(async () => {
  await session?.close();
  session = undefined;
  await host.close();
  if (directory) rmSync(directory, { recursive: true, force: true });
});

async function start(release: 'trusty' | 'jammy') {
  host = await startPracticeHost({ hostname: 'maas', release, sudo: 'no-password' });
  return host;
}

/** A lab around a simulated server, with everything in it that its folder holds. */
async function open(
  release: 'trusty' | 'jammy',
  maas: Partial<PlanInput['maas']>,
): Promise<LabSession> {
  directory = mkdtempSync(join(tmpdir(), 'labwright-maas-host-'));
  const keys = ssh2.utils.generateKeyPairSync('ed25519');
  host = await startPracticeHost({
    hostname: 'maas',
    release,
    sudo: 'no-password',
    authorizedKeys: [keys.public],
  });
  await mkdir(join(directory, '.labwright'));
  writeFileSync(join(directory, '.labwright/key'), keys.private, { mode: 0o600 });
  const known = `[${host.address}]:${host.port} ${host.hostKeyPublic}\n`;
  writeFileSync(join(directory, '.labwright/known_hosts'), known);
  const path = join(directory, 'lab.yaml');
  const { address, port, user } = host;
  const auth = { key_file: '.labwright/key' };
  const plan = {
    version: 1,
    name: 'practice maas',
    hosts: { maas: { role: 'maas', address, port, user, auth } },
    maas: { host: 'maas', admin: { email: 'admin@example.org' }, ...maas },
  };
  writeFileSync(path, stringify(plan));
  vault = new MemoryVault();
  session = await LabSession.open({
    path,
    practice: true,
    chapters: CHAPTERS,
    vault,
    connect: connectSsh2,
    userKnownHosts: undefined,
    now: Date.now,
    wait: (milliseconds) => new Promise((done) => setTimeout(done, Math.min(milliseconds, 20))),
    who: 'ann',
  });
  return session;
}

/** Of the chapter on the server; there is no API behind it here. */
const states = (of: LabSession) =>
  Object.fromEntries(
    of.findings
      .instances()
      .filter(({ step }) => maasServer.steps.includes(step))
      .map(({ id }) => [id, of.state.findings[id]?.state]),
  );

async function applyAll(of: LabSession): Promise<void> {
  for (;;) {
    const { digest, steps } = await of.runs.preview(undefined);
    if (steps.length === 0) return;
    const { id } = await of.runs.apply(undefined, digest);
    await of.runs.settled();
    const run = of.state.runs.find((each) => each.id === id);
    const failures = run?.steps.flatMap(({ failure }) => (failure ? [failure] : []));
    expect({ state: run?.state, failures }).toEqual({ state: 'succeeded', failures: [] });
  }
}

test.each([
  ['trusty', { line: '1.7' }, '1.7.6'],
  ['jammy', { line: '3.x', database: 'test-db' }, '3.7.3'],
] as const)(
  'a practice server with %s is walked to a MAAS whose key is in the vault',
  async (release, maas, version) => {
    const lab = await open(release, maas);
    await lab.findings.check({ fresh: false });
    expect(states(lab)).toMatchObject({
      // The store is asked at once; apt's lists of a fresh server are not there yet.
      'maas.source@maas': release === 'trusty' ? 'todo' : 'done',
      'maas.up-to-date@maas': release === 'trusty' ? 'blocked' : 'todo',
      'maas.install@maas': 'blocked',
      'maas.api-key@maas': 'blocked',
    });
    await applyAll(lab);
    expect(lab.state.findings['maas.admin@maas']).toMatchObject({
      state: 'manual',
      reason: { key: 'maas.admin.no-password' },
    });
    await vault.set('maas-admin-password', PASSWORD);
    await lab.findings.check({ fresh: false });
    await applyAll(lab);
    expect(states(lab)).toEqual(
      Object.fromEntries(Object.keys(states(lab)).map((id) => [id, 'done'])),
    );
    expect(lab.state.findings['maas.answers@maas']?.reason.params).toMatchObject({ version });
    const tool = release === 'trusty' ? 'maas-region-admin' : '/snap/bin/maas';
    const key = (await host.run(`${tool} apikey --username admin`)).stdout.trim();
    expect(await vault.get('maas-api-key')).toBe(key);
    const told = JSON.stringify([
      lab.state,
      lab.journal.runs(9).map((id) => lab.journal.ofRun(id)),
    ]);
    for (const secret of [key, PASSWORD, JSON.stringify(PASSWORD).slice(1, -1)]) {
      expect(told).not.toContain(secret);
      expect(host.commandLog.join('\n')).not.toContain(secret);
    }
  },
  30_000,
);

test('the guide can be typed: it asks for a password twice, as MAAS 1.7 does', async () => {
  await start('trusty');
  const run = async (script: string) => {
    const { stdout, stderr, exitCode } = await host.run(script);
    return { said: stdout + stderr, exitCode };
  };
  expect((await run('maas-region-admin apikey')).exitCode).toBe(127);
  await run('apt-get update; apt-get install -y maas maas-dhcp maas-dns');
  expect((await run('grep maas /etc/passwd')).said).toBe(
    'maas:x:106:113::/var/lib/maas:/bin/false\n',
  );
  expect(await run('maas-region-admin apikey --username root')).toEqual({
    said: 'CommandError: User does not exist.\n',
    exitCode: 1,
  });
  const create = 'maas-region-admin createadmin --username root --email r@example.org';
  expect((await run(`printf 'a\\nb\\n' | ${create}`)).said).toContain(
    'CommandError: Passwords do not match',
  );
  expect(await run(`printf 'a\\na\\n' | ${create}`)).toMatchObject({ exitCode: 0 });
  expect((await run(`printf 'a\\na\\n' | ${create}`)).said).toContain('already exists');
  const keys = (await run('maas-region-admin apikey --username root')).said;
  expect(keys).toMatch(/^\w{18}:\w{18}:\w{32}\n$/);
  await run(`maas-region-admin apikey --username root --delete ${keys.trim()}`);
  expect((await run('maas-region-admin apikey --username root')).said).toBe('');
  // A question without an answer is asked for ever, as the real one does.
  expect((await run(`timeout 0.2 ${create.replace('root', 'ann')} </dev/null`)).exitCode).toBe(124);
  expect((await run('curl -s http://localhost/MAAS/api/1.0/version/')).said).toContain('"1.7.6"');
  expect((await run('initctl list')).said).toContain('maas-dhcp-server stop/waiting');
  await run('service apache2 stop');
  expect((await run('curl -sS http://localhost/MAAS/api/1.0/version/')).said).toContain('refused');
});

test('a snap is initialised with a database that is there, and with no other', async () => {
  await start('jammy');
  const run = async (script: string) => {
    const { stdout, stderr, exitCode } = await host.run(script);
    return { said: stdout + stderr, exitCode };
  };
  // Ubuntu's own package has only been a way to the snap since 20.04.
  expect((await run('apt-cache policy maas')).said).toContain('Candidate: 1:0.7');
  expect(
    (await run('snap list maas; snap info nothing; snap install maas --channel=9.9/stable'))
      .exitCode,
  ).toBe(1);
  await run('snap install maas --channel=3.7/stable');
  expect(await run('/snap/bin/maas status')).toEqual({
    said: 'MAAS is not configured\n',
    exitCode: 1,
  });
  const init = '/snap/bin/maas init region+rack --maas-url http://10.0.0.2:5240/MAAS';
  const refused = await run(`printf 'postgres://maas:x@localhost/maas\\n' | ${init}`);
  expect(refused).toMatchObject({
    exitCode: 1,
    said: expect.stringContaining('Connection refused'),
  });
  expect((await run(`${init} --database-uri mysql://x`)).said).toContain(
    "needs to be either 'maas-test-db:///'",
  );
  expect((await run(`${init} --database-uri maas-test-db:///`)).exitCode).toBe(1);
  await run('snap install maas-test-db');
  expect((await run(`${init} --database-uri maas-test-db:///`)).exitCode).toBe(0);
  expect((await run('/snap/bin/maas status')).said).toMatch(/^regiond +enabled +active/m);
  expect((await run('curl -s http://localhost:5240/MAAS/api/2.0/version/')).said).toContain(
    '"3.7.3"',
  );
  await run('/snap/bin/maas config --maas-url=http://10.0.0.9:5240/MAAS');
  expect((await run('/snap/bin/maas config --show --parsable')).said).toBe(
    'mode=region+rack\nmaas_url=http://10.0.0.9:5240/MAAS\n',
  );
});
