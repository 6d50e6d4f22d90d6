import { writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { PlanInput } from '../../src/contract/plan.ts';
import { type Bed, type Host, openBed, type Source } from '../bed/bed.ts';
import { bedAddress } from '../bed/places.ts';
import { mirrorPlan, RealLab } from './real-lab.ts';

let bed: Bed;
let source: Source;
const hosts: Host[] = [];
const labs: RealLab[] = [];

type HostInput = NonNullable<PlanInput['hosts']>[string];

/** A lab for the host whose way in differs from the usual one. */
async function labFor(host: Host, change: Partial<HostInput> = {}): Promise<RealLab> {
  const plan = mirrorPlan(host, source, 'v2');
  const mirror = { ...plan.hosts!.mirror!, ...change };
  const lab = await RealLab.make({ ...plan, hosts: { mirror } });
  labs.push(lab);
  return lab;
}

/** The option that gives a secret from a file. */
async function secretFile(lab: RealLab, name: string, value: string): Promise<string[]> {
  const path = join(lab.directory, `secret-${name}`);
  await writeFile(path, `${value}\n`, { mode: 0o600 });
  return ['--secret', `${name}=@${path}`];
}

/** A point in the host's log, to look only at what comes after. */
async function logMark(host: Host): Promise<string> {
  const { stdout } = await host.root('journalctl -n 0 --show-cursor -q; journalctl --sync');
  return /cursor: (\S+)/.exec(stdout)?.[1] ?? '';
}

async function logSince(host: Host, mark: string): Promise<string> {
  const { stdout } = await host.root(`journalctl --sync; journalctl -q --after-cursor='${mark}'`);
  return stdout;
}

const count = (text: string, what: RegExp) => text.match(what)?.length ?? 0;
/** What we would have left on a host that we wrote to. */
const traces = (host: Host) => host.root('ls -A /var/lib/labwright 2>/dev/null; :');

beforeAll(async () => {
  bed = await openBed();
  source = await bed.source();
});

afterAll(async () => {
  await Promise.all(labs.map((lab) => lab.remove()));
  await bed?.stop();
});

describe('a host that takes passwords, with a sudo that asks for one', () => {
  let host: Host;
  const byPassword: Partial<HostInput> = { auth: { password: 'mirror-login' } };

  beforeAll(async () => {
    host = await bed.host({ name: 'ask', sudo: 'password', keyLogin: false });
    hosts.push(host);
  });

  test('a wrong login password is said to be refused, after one attempt', async () => {
    const lab = await labFor(host, byPassword);
    const wrong = await secretFile(lab, 'mirror-login', 'wrong-Password-4711');
    await lab.trust(host, 'mirror', ...wrong);
    const mark = await logMark(host);
    const { code, findings } = await lab.check(...wrong);
    expect(code).toBe(2);
    expect(findings['mirror.reachable']).toMatchObject({
      state: 'unknown',
      reason: { key: 'error.host-auth-failed', params: { user: 'ubuntu' } },
    });
    expect(findings['mirror.packages']?.state).toBe('blocked');
    const log = await logSince(host, mark);
    expect(count(log, /Failed password for ubuntu/g)).toBe(1);
    const applied = await lab.run('apply', '--yes', ...wrong);
    expect(applied.code).toBe(2);
    expect(applied.stdout + applied.stderr).not.toContain('wrong-Password-4711');
    expect((await traces(host)).stdout).toBe('');
  });

  test('a password that was not given is asked for by its name, and nothing is tried', async () => {
    const lab = await labFor(host, byPassword);
    const trust = ['--host', 'mirror', '--fingerprint', host.hostKeyFingerprint];
    const untrusted = await lab.run('trust', ...trust, '--json');
    expect(untrusted.code).toBe(2);
    expect(JSON.parse(untrusted.stdout)).toMatchObject({ error: { code: 'secret-missing' } });
    const mark = await logMark(host);
    const { code, findings } = await lab.check();
    expect(code).toBe(2);
    expect(findings['mirror.reachable']?.reason).toEqual({
      key: 'error.secret-missing',
      params: { name: 'mirror-login' },
    });
    expect(await logSince(host, mark)).not.toMatch(/Failed password/);
  });

  test('the right password logs in and is what sudo is given', async () => {
    const lab = await labFor(host, byPassword);
    const right = await secretFile(lab, 'mirror-login', host.password);
    await lab.trust(host, 'mirror', ...right);
    const { findings } = await lab.check(...right);
    expect(findings['mirror.reachable']?.state).toBe('done');
    expect(findings['mirror.sudo']?.state).toBe('done');
    expect(findings['mirror.packages']?.state).toBe('todo');
    const recorded = JSON.stringify([findings, lab.rows()]);
    expect(recorded).not.toContain(host.password);
  });

  test('a wrong sudo password is said once, tried once, and stops only what needs sudo', async () => {
    const lab = await labFor(host, { ...byPassword, sudo_password: 'mirror-sudo' });
    const right = await secretFile(lab, 'mirror-login', host.password);
    await lab.trust(host, 'mirror', ...right);
    const wrong = await secretFile(lab, 'mirror-sudo', 'wrong-Sudo-4711');
    const mark = await logMark(host);
    const { code, findings } = await lab.check(...right, ...wrong);
    expect(code).toBe(2);
    expect(findings['mirror.reachable']?.state).toBe('done');
    expect(findings['mirror.sudo']).toMatchObject({
      state: 'unknown',
      reason: { key: 'error.sudo-wrong-password' },
    });
    expect(findings['mirror.packages']?.state).toBe('blocked');
    const log = await logSince(host, mark);
    // PAM writes one such line for each password it refuses.
    expect(count(log, /pam_unix\(sudo:auth\): authentication failure/g)).toBe(1);
    expect(JSON.stringify([findings, lab.rows()]) + log).not.toContain('wrong-Sudo-4711');
  });
});

test('sudo without the right is named as such, and nothing is offered to be done', async () => {
  const host = await bed.host({ name: 'denied', sudo: 'denied' });
  const lab = await labFor(host, { sudo_password: 'mirror-sudo' });
  await lab.trust(host);
  const secret = await secretFile(lab, 'mirror-sudo', host.password);
  const { code, findings } = await lab.check(...secret);
  expect(code).toBe(2);
  expect(findings['mirror.reachable']?.state).toBe('done');
  expect(findings['mirror.clock']?.state).toBe('done');
  expect(findings['mirror.sudo']).toMatchObject({
    state: 'unknown',
    reason: { key: 'error.sudo-denied' },
  });
  const planned = await lab.run('plan', '--json', ...secret);
  expect(JSON.parse(planned.stdout)).toMatchObject({ steps: [] });
  await host.stop();
});

describe('a host whose identity changes', () => {
  let host: Host;
  let lab: RealLab;

  beforeAll(async () => {
    host = await bed.host({ name: 'changing' });
    lab = await labFor(host);
    await lab.trust(host);
    expect((await lab.check()).findings['mirror.reachable']?.state).toBe('done');
  });

  test('another machine behind the same host key is refused, and nothing is written', async () => {
    await host.root('cp /etc/machine-id /root/machine-id; rm -rf /var/lib/labwright');
    const changed = await host.root('tr 0-9a-f 1-9a-f0 </root/machine-id >/etc/machine-id');
    expect(changed).toMatchObject({ code: 0, stderr: '' });
    const { code, findings } = await lab.check();
    expect(code).toBe(2);
    expect(findings['mirror.reachable']).toMatchObject({
      state: 'unknown',
      reason: { key: 'error.host-identity-changed' },
    });
    const applied = await lab.run('apply', '--yes', '--json');
    expect(applied.code).toBe(2);
    expect(JSON.parse(applied.stdout)).not.toHaveProperty('run');
    expect((await traces(host)).stdout).toBe('');
    await host.root('cat /root/machine-id >/etc/machine-id');
    expect((await lab.check()).findings['mirror.reachable']?.state).toBe('done');
  });

  test('a machine that was reinstalled is accepted by its new machine ID, deliberately', async () => {
    await host.root('tr 0-9a-f 1-9a-f0 </root/machine-id >/etc/machine-id');
    const id = (await host.root('cat /etc/machine-id')).stdout.trim();
    const trust = (...more: string[]) =>
      lab.run('trust', '--host', 'mirror', '--fingerprint', ...more);
    expect((await trust(id)).code).toBe(2);
    expect((await trust('0'.repeat(32), '--replace')).stderr).toContain(id);
    expect((await trust(id, '--replace')).code).toBe(0);
    expect((await lab.check()).findings['mirror.reachable']?.state).toBe('done');
    await host.root('cat /root/machine-id >/etc/machine-id');
    const back = (await host.root('cat /etc/machine-id')).stdout.trim();
    expect((await trust(back, '--replace')).code).toBe(0);
  });

  test('a machine that is exchanged under a run is refused by the write itself', async () => {
    source.setThrottle(undefined);
    const before = lab.lastSeq();
    const applying = lab.launch('apply', '--yes', '--step', 'mirror.packages', '--json');
    await applying.waitFor('the run', 20_000, () =>
      lab.rows(before).find(({ entry }) => entry.kind === 'run-started'),
    );
    await host.root('tr 0-9a-f 1-9a-f0 </root/machine-id >/etc/machine-id');
    const { code, stdout } = await applying.ended;
    expect(code).toBe(2);
    expect(stdout).toContain('host-identity-changed');
    expect((await host.root('dpkg-query -W apache2')).code).not.toBe(0);
    await host.root('cat /root/machine-id >/etc/machine-id');
  });

  test('a changed host key stops all before a credential is sent, until it is replaced', async () => {
    const rekeyed = await host.root(
      "ssh-keygen -q -t ed25519 -N '' -f /root/new && cp /root/new /etc/ssh/ssh_host_ed25519_key && cp /root/new.pub /etc/ssh/ssh_host_ed25519_key.pub && ssh-keygen -l -f /root/new.pub",
    );
    expect(rekeyed.code).toBe(0);
    const fingerprint = rekeyed.stdout.split(' ')[1] ?? '';
    await host.restartSshd();
    const mark = await logMark(host);
    const { code, findings } = await lab.check();
    expect(code).toBe(2);
    expect(findings['mirror.reachable']).toMatchObject({
      state: 'unknown',
      reason: { key: 'error.host-key-changed', params: { fingerprint } },
    });
    expect(await logSince(host, mark)).not.toMatch(/Accepted|Failed|publickey/);
    const trust = ['--host', 'mirror', '--fingerprint', fingerprint];
    const plain = await lab.run('trust', ...trust);
    expect(plain.code).toBe(2);
    const old = ['--host', 'mirror', '--fingerprint', host.hostKeyFingerprint, '--replace'];
    expect((await lab.run('trust', ...old)).code).toBe(2);
    const replaced = await lab.run('trust', ...trust, '--replace');
    expect(replaced.code).toBe(0);
    expect((await lab.check()).findings['mirror.reachable']?.state).toBe('done');
    expect(lab.rows().map(({ entry }) => entry)).toContainEqual({
      kind: 'trust',
      target: 'mirror',
      what: 'host-key-replaced',
      value: fingerprint,
      old: host.hostKeyFingerprint,
    });
  });
});

describe('an address where no SSH server answers as one', () => {
  const sockets = new Set<Socket>();
  let server: Server | undefined;

  /** A TCP server in the bed that does with a connection what it is told. */
  async function listen(behave: (socket: Socket) => void): Promise<number> {
    const made = createServer((socket) => {
      sockets.add(socket.on('error', () => {}));
      behave(socket);
    });
    server = made;
    await new Promise<void>((resolve) => made.listen(0, bedAddress, resolve));
    const address = made.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  async function close(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
    server = undefined;
  }

  afterEach(close);

  async function reasonAt(port: number): Promise<{ key?: string; ms: number }> {
    const lab = await labFor(hosts[0]!, { address: bedAddress, port });
    const began = Date.now();
    const { code, findings } = await lab.check();
    expect(code).toBe(2);
    expect(findings['mirror.reachable']?.state).toBe('unknown');
    const key = findings['mirror.reachable']?.reason.key;
    return { ...(key === undefined ? {} : { key }), ms: Date.now() - began };
  }

  test('a closed port is said to refuse', async () => {
    const port = await listen(() => {});
    await close();
    expect((await reasonAt(port)).key).toBe('error.host-refused');
  });

  test('a server that closes at once is said to have closed', async () => {
    const port = await listen((socket) => socket.destroy());
    expect((await reasonAt(port)).key).toBe('error.host-closed');
  });

  test('another protocol is not mistaken for SSH', async () => {
    const port = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect((await reasonAt(port)).key).toBe('error.host-closed');
  });

  test('a server that accepts and never speaks is given up within its limit', async () => {
    const port = await listen(() => {});
    const { key, ms } = await reasonAt(port);
    expect(key).toBe('error.host-silent');
    expect(ms).toBeLessThan(28_000);
  });
});
