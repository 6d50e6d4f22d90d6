import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PlanInput } from '../../src/contract/plan.ts';
import { type Bed, type Host, openBed } from '../bed/bed.ts';
import { runCommand } from '../bed/run-command.ts';
import { RealLab } from './real-lab.ts';

type Auth = NonNullable<PlanInput['hosts']>[string]['auth'];

let bed: Bed;
let host: Host;
let lab: RealLab;

beforeAll(async () => {
  bed = await openBed();
  host = await bed.host({ name: 'logins', passwordLogin: true });
});

afterAll(async () => {
  await lab?.remove();
  await host?.stop();
  await bed?.stop();
});

function plan(auth: Auth): PlanInput {
  const { address, port, user } = host;
  return {
    version: 1,
    name: 'logins',
    hosts: { mirror: { role: 'mirror', address, port, user, auth } },
    mirror: {
      host: 'mirror',
      line: 'v3',
      source: 'http://10.77.0.1/nothing/',
      directory: '/var/www/html/x',
      filters: {},
    },
  };
}

/** Whether the first step, which only logs in, is done. */
async function logsIn(auth: Auth, secrets: Record<string, string> = {}, environment = {}) {
  await lab?.remove();
  lab = await RealLab.make(plan(auth));
  const options: string[] = [];
  for (const [name, value] of Object.entries(secrets)) {
    const path = join(lab.directory, `${name}.secret`);
    await writeFile(path, value, { mode: 0o600 });
    options.push('--secret', `${name}=@${path}`);
  }
  await lab.run('trust', '--host', 'mirror', '--fingerprint', host.hostKeyFingerprint, ...options);
  const child = lab.start(
    ['check', '--lab', lab.path, '--step', 'mirror.reachable', '--json', ...options],
    environment,
  );
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  const code = await new Promise((resolve) => {
    child.once('close', resolve);
  });
  return { code, out };
}

test('a password logs in', async () => {
  expect((await logsIn({ password: 'pw' }, { pw: host.password })).code).toBe(0);
});

test('a private key kept in the vault logs in', async () => {
  const key = await readFile(host.privateKeyPath, 'utf8');
  expect((await logsIn({ key: 'the-key' }, { 'the-key': key })).code).toBe(0);
});

test('an encrypted OpenSSH key logs in with its passphrase, and says so without', async () => {
  const path = join(lab.directory, '..', `encrypted-${process.pid}`);
  await runCommand('cp', [host.privateKeyPath, path]);
  await runCommand('ssh-keygen', ['-p', '-q', '-P', '', '-N', 'open sesame', '-f', path]);
  const key = await readFile(path, 'utf8');
  await runCommand('rm', ['-f', path]);
  const auth = { key: 'the-key', key_passphrase: 'phrase' };
  const right = await logsIn(auth, { 'the-key': key, phrase: 'open sesame' });
  expect(right.code).toBe(0);
  const wrong = await logsIn(auth, { 'the-key': key, phrase: 'not this' });
  expect(wrong.code).toBe(2);
  expect(wrong.out).toContain('key-unreadable');
});

test('an RSA key in PEM form logs in', async () => {
  const path = join(lab.directory, '..', `pem-${process.pid}`);
  await runCommand('ssh-keygen', [
    '-q',
    '-t',
    'rsa',
    '-b',
    '2048',
    '-m',
    'PEM',
    '-N',
    '',
    '-f',
    path,
  ]);
  const key = await readFile(path, 'utf8');
  const line = await readFile(`${path}.pub`, 'utf8');
  await host.root('cat >> ~ubuntu/.ssh/authorized_keys', { stdin: line });
  await runCommand('rm', ['-f', path, `${path}.pub`]);
  expect((await logsIn({ key: 'the-key' }, { 'the-key': key })).code).toBe(0);
});

test('the keys of a running agent are offered', async () => {
  const socket = `/tmp/labwright-agent-${process.pid}`;
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    await new Promise((resolve) => {
      agent.stdout.once('data', resolve);
    });
    const added = await runCommand('env', [
      `SSH_AUTH_SOCK=${socket}`,
      'ssh-add',
      '-q',
      host.privateKeyPath,
    ]);
    expect(added.code).toBe(0);
    expect((await logsIn({ agent: true }, {}, { SSH_AUTH_SOCK: socket })).code).toBe(0);
  } finally {
    agent.kill();
  }
});

test('a server that only asks questions (keyboard-interactive) gets the password', async () => {
  await host.root(
    'printf "PasswordAuthentication no\\nKbdInteractiveAuthentication yes\\nUsePAM yes\\n" > /etc/ssh/sshd_config.d/00-kbd.conf',
  );
  await host.restartSshd();
  const answer = await logsIn({ password: 'pw' }, { pw: host.password });
  await host.root('rm /etc/ssh/sshd_config.d/00-kbd.conf');
  await host.restartSshd();
  expect({ code: answer.code, out: answer.code === 0 ? '' : answer.out }).toEqual({
    code: 0,
    out: '',
  });
});
