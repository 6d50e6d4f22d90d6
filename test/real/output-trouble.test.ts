import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { quote } from '../../src/contract/shell-quote.ts';
import { FactStore } from '../../src/main/engine/facts.ts';
import { Observer } from '../../src/main/engine/observe.ts';
import { on, quick } from '../../src/main/engine/probe.ts';
import type { Login } from '../../src/main/ssh/connection.ts';
import { cancelJob, jobNews, startJob } from '../../src/main/ssh/durable-job.ts';
import { HostLink } from '../../src/main/ssh/host-link.ts';
import { describeKey, KnownHosts } from '../../src/main/ssh/known-hosts.ts';
import { connectSsh2 } from '../../src/main/ssh/ssh2-connection.ts';
import { uploadFile } from '../../src/main/ssh/upload.ts';
import { type Bed, type Host, openBed, until } from '../bed/bed.ts';
import { bedAddress } from '../bed/places.ts';

let bed: Bed;
let host: Host;
let folder: string;
let privateKey: string;
let passwordsAsked = 0;
const links: HostLink[] = [];

/** A link as the app makes it, to the host or to what stands in front of it. */
async function linkTo(to: Host, change: Partial<Login> = {}): Promise<HostLink> {
  const login = {
    name: to.name,
    address: to.address,
    port: 22,
    user: 'ubuntu',
    privateKey,
    ...change,
  };
  const known = new KnownHosts(join(folder, `known-${links.length}`));
  const line = (await to.root('cat /etc/ssh/ssh_host_ed25519_key.pub')).stdout.split(' ')[1] ?? '';
  await known.add(login.address, login.port, describeKey(Buffer.from(line, 'base64')));
  const link = new HostLink(to.name, {
    connect: connectSsh2,
    knownHosts: known,
    login: async () => login,
    sudoPassword: async () => {
      passwordsAsked += 1;
      return 'canary-password';
    },
  });
  links.push(link);
  return link;
}

/** Follows a job to its end and gives all that it printed. */
async function followToEnd(link: HostLink, job: { id: string; sudo: boolean }) {
  const chunks: Buffer[] = [];
  let offset = 0;
  for (;;) {
    const news = await jobNews(link, job, offset);
    chunks.push(news.bytes);
    offset = news.offset;
    if (news.state.state !== 'running') return { state: news.state, output: Buffer.concat(chunks) };
  }
}

const jobId = () => `test-${randomBytes(6).toString('hex')}`;

beforeAll(async () => {
  bed = await openBed();
  folder = await mkdtemp(join(tmpdir(), 'labwright-output-'));
  host = await bed.host({ name: 'output' });
  privateKey = await readFile(host.privateKeyPath, 'utf8');
});

afterAll(async () => {
  await Promise.all(links.map((link) => link.close()));
  await bed?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('output that is too much or not text', () => {
  test('a gigabyte without a line end is stopped early, and memory stays small', async () => {
    const link = await linkTo(host);
    await link.run({ script: ':', sudo: false, deadlineMs: 20_000 });
    const before = process.memoryUsage().rss;
    let peak = before;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss);
    }, 20);
    const script = "head -c 1G /dev/zero | tr '\\0' a";
    const began = Date.now();
    await expect(link.run({ script, sudo: false, deadlineMs: 60_000 })).rejects.toMatchObject({
      code: 'output-too-large',
    });
    clearInterval(watch);
    expect(Date.now() - began).toBeLessThan(15_000);
    expect(peak - before).toBeLessThan(160 * 1024 * 1024);
    // The link is as good as before, and what flooded it has ended.
    const after = await link.run({ script: 'echo fine', sudo: false, deadlineMs: 20_000 });
    expect(after.stdout.toString()).toBe('fine\n');
    await until('the flood ended', 10_000, async () =>
      (await host.root('pgrep -x head || pgrep -x tr')).code === 0 ? undefined : true,
    );
  });

  test('the same on standard error is read past, and the end of it is known', async () => {
    const link = await linkTo(host);
    const script = "head -c 100M /dev/zero | tr '\\0' a >&2; exit 7";
    const result = await link.run({ script, sudo: false, deadlineMs: 60_000 });
    expect(result.exitCode).toBe(7);
    expect(result.stderr.length).toBeLessThan(256 * 1024);
  });

  test('a probe that floods makes its facts unknown, and says why', async () => {
    const link = await linkTo(host);
    const store = new FactStore();
    const flood = quick({ key: 'flood', script: 'yes', seconds: 5, parse: () => true });
    const observer = observerOf(store, link);
    await observer.observe([on('output', flood)], { fresh: true });
    expect(store.get(on('output', flood))?.error?.code).toBe('output-too-large');
  });

  test('bytes that are no UTF-8, and escape sequences, break no frame and stay inert', async () => {
    const link = await linkTo(host);
    const store = new FactStore();
    const raw = quick({
      key: 'raw',
      script:
        "printf 'a\\377\\376\\303z\\n'; printf '\\033[2J\\033]0;owned\\007\\033[31mred\\033[0m\\n'",
      parse: ({ text }) => text.length,
    });
    const cut = quick({ key: 'cut', script: "printf '\\342\\202'", parse: ({ text }) => text });
    const plain = quick({ key: 'plain', script: 'echo héllo', parse: ({ text }) => text.trim() });
    const failing = quick({
      key: 'failing',
      script: "printf '\\033[1mloud\\033[0m\\n'",
      parse: () => {
        throw new Error('not this');
      },
    });
    const reads = [raw, cut, plain, failing].map((probe) => on<unknown>('output', probe));
    await observerOf(store, link).observe(reads, { fresh: true });
    expect(reads.map((read) => store.get(read)?.error?.code)).toEqual([
      undefined,
      undefined,
      undefined,
      'output-unexpected',
    ]);
    expect(store.get(on('output', plain))?.value).toBe('héllo');
    const shown = reads.map((read) => store.get(read)?.output ?? '');
    expect(shown[0]).toBe('a���z\nred');
    expect(store.get(on('output', failing))?.error?.detail).toBe('loud');
    expect(shown.join('')).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
  });

  function observerOf(store: FactStore, link: HostLink): Observer {
    return new Observer({
      store,
      link: () => link,
      redact: (text) => text,
      now: Date.now,
      machineId: () => undefined,
      askSite: () => Promise.reject(new Error('no site')),
      askVault: () => Promise.reject(new Error('no vault')),
      closed: new AbortController().signal,
      elapsed: () => performance.now(),
      wait: async () => {},
    });
  }
});

describe('login shells', () => {
  afterEach(async () => {
    await host.root('rm -f /home/ubuntu/.bashrc; usermod -s /bin/bash ubuntu');
  });

  test('noise of start-up files on both outputs is not taken for an answer', async () => {
    const noise = "echo 'lw labwright welcome'; printf 'no line end'; echo trouble >&2\n";
    await host.root('cat >/home/ubuntu/.bashrc', { stdin: noise });
    const link = await linkTo(host);
    for (const sudo of [false, true]) {
      const result = await link.run({ script: 'echo out; echo err >&2', sudo, deadlineMs: 20_000 });
      expect(result.stdout.toString()).toBe('out\n');
      // What came before on standard error may arrive after the mark on standard output.
      expect(result.stderr).toMatch(/^(trouble\n)?err\n$/);
    }
  });

  test('an endless greeting is stopped', async () => {
    await host.root('cat >/home/ubuntu/.bashrc', { stdin: 'yes\n' });
    const link = await linkTo(host);
    const run = link.run({ script: ':', sudo: false, deadlineMs: 20_000 });
    await expect(run).rejects.toMatchObject({ code: 'output-too-large' });
  });

  test.each(['/bin/false', '/usr/sbin/nologin'])('%s is said to be no shell', async (shell) => {
    await host.root(`usermod -s ${shell} ubuntu`);
    const link = await linkTo(host);
    for (const sudo of [false, true]) {
      const run = link.run({ script: 'echo ran', sudo, deadlineMs: 20_000 });
      await expect(run).rejects.toMatchObject({ code: 'host-no-shell' });
    }
  });
});

describe('what is sent to a host', () => {
  const path = '/etc/labwright-test.conf';
  const sum = async () => (await host.root(`sha256sum <${path}`)).stdout.slice(0, 64);
  const digest = (text: string) => createHash('sha256').update(text).digest('hex');

  test('a megabyte arrives as it was sent, with its mode and nothing beside it', async () => {
    const link = await linkTo(host);
    const content = `${randomBytes(512 * 1024).toString('hex')}\n'"$(touch /root/x)\`é\u0001\n`;
    await uploadFile(link, { path, content, mode: '640' });
    expect(await sum()).toBe(digest(content));
    const listed = await host.root(`stat -c '%a %U' ${path}; ls /etc | grep -c labwright-test`);
    expect(listed.stdout).toBe('640 root\n1\n');
  });

  test('a script reads its standard input byte for byte', async () => {
    const link = await linkTo(host);
    const stdin = randomBytes(300_000);
    const result = await link.run({ script: 'cat', sudo: true, stdin, deadlineMs: 20_000 });
    expect(result.stdout.equals(stdin)).toBe(true);
  });

  test('an upload that is cut off leaves the old file as it was', async () => {
    const link = await linkTo(host);
    await uploadFile(link, { path, content: 'old\n', mode: '644' });
    const cut = await cutAfter(600_000);
    const doomed = await linkTo(host, { address: bedAddress, port: cut.port });
    const upload = uploadFile(doomed, { path, content: 'x'.repeat(4_000_000), mode: '644' });
    await expect(upload).rejects.toMatchObject({ code: 'host-closed' });
    await cut.close();
    await until('the loader ended', 10_000, async () =>
      (await host.root('pgrep -f "sh -c .*[l]abwright"')).code === 0 ? undefined : true,
    );
    expect((await host.root(`cat ${path}`)).stdout).toBe('old\n');
  });

  test('a job whose script arrived only in part is not started', async () => {
    const cut = await cutAfter(600_000);
    const doomed = await linkTo(host, { address: bedAddress, port: cut.port });
    const job = { id: jobId(), sudo: true };
    const script = `touch /root/half-ran\n${`# ${'x'.repeat(98)}\n`.repeat(20_000)}touch /root/all-ran\n`;
    const start = startJob(doomed, { ...job, script });
    await expect(start).rejects.toMatchObject({ code: 'host-closed' });
    await cut.close();
    await until('the loader ended', 10_000, async () =>
      (await host.root('pgrep -f "sh -c .*[l]abwright"')).code === 0 ? undefined : true,
    );
    const link = await linkTo(host);
    expect((await jobNews(link, job, 0, undefined, 0)).state).toEqual({ state: 'absent' });
    expect((await host.root('ls /root/half-ran')).code).not.toBe(0);
    // The same start again is then a first one.
    await startJob(link, { ...job, script });
    expect((await followToEnd(link, job)).state).toEqual({ state: 'exited', exitCode: 0 });
    expect((await host.root('ls /root/all-ran')).code).toBe(0);
  });

  const servers: { server: Server; sockets: Set<Socket> }[] = [];

  /** A way to the host that breaks after so many bytes were sent. */
  async function cutAfter(bytes: number): Promise<{ port: number; close(): Promise<void> }> {
    const sockets = new Set<Socket>();
    const server = createServer((near) => {
      const far = connectTcp(host.port, host.address);
      let sent = 0;
      for (const socket of [near, far]) sockets.add(socket.on('error', () => {}));
      far.pipe(near);
      near.on('data', (chunk: Buffer) => {
        sent += chunk.length;
        far.write(chunk);
        if (sent <= bytes) return;
        near.destroy();
        far.end();
      });
    });
    servers.push({ server, sockets });
    await new Promise<void>((resolve) => server.listen(0, bedAddress, resolve));
    const address = server.address();
    return {
      port: typeof address === 'object' && address ? address.port : 0,
      close: () =>
        new Promise((resolve) => {
          server.close(() => resolve());
          for (const socket of sockets) socket.destroy();
        }),
    };
  }
});

describe('secrets', () => {
  const value = `canary-$(id)'"\\ \`x\` é\nsecond line ${randomBytes(8).toString('hex')}`;

  test('a password is never sent to a sudo that does not ask for one', async () => {
    passwordsAsked = 0;
    const link = await linkTo(host);
    const result = await link.run({ script: 'id -u; cat', sudo: true, deadlineMs: 20_000 });
    expect(result.stdout.toString()).toBe('0\n');
    expect(passwordsAsked).toBe(0);
  });

  test('a job has its secret, and no one can see it or find it afterwards', async () => {
    const link = await linkTo(host);
    const job = { id: jobId(), sudo: true };
    const flag = `/tmp/go-${job.id}`;
    const script = `printf %s "$TOKEN" | sha256sum | cut -c1-64
env | grep -c canary
while [ ! -e ${flag} ]; do sleep 0.1; done
`;
    await startJob(link, { ...job, script, secrets: [{ variable: 'TOKEN', value }] });
    await until('the job is under way', 10_000, async () => {
      const { stdout } = await host.root(`wc -l </var/lib/labwright/jobs/${job.id}/log`);
      return stdout.trim() === '2' ? true : undefined;
    });
    // The scan must not find itself: what is looked for is in no argument of it.
    const scan = (where: string) =>
      host.root(
        `cat >/dev/shm/word; { ${where}; } | tr '\\n' '\\0' | xargs -0 grep -rlaF -f /dev/shm/word 2>/dev/null; rm /dev/shm/word; echo scanned`,
        { stdin: `${value.slice(-16)}\n` },
      );
    const places = 'ls -d /var/lib/labwright /run /tmp /var/log /root /home';
    const all = await scan(`ls -d /proc/[0-9]*/environ /proc/[0-9]*/cmdline; ${places}`);
    expect(all.stdout).toBe('scanned\n');
    await host.root(`printf 'found %s' ${quote(value)} >/tmp/planted`);
    expect((await scan(places)).stdout).toBe('/tmp/planted\nscanned\n');
    await host.root(`rm /tmp/planted; touch ${flag}`);
    const { state, output } = await followToEnd(link, job);
    expect(state).toEqual({ state: 'exited', exitCode: 0 });
    const digest = createHash('sha256').update(value).digest('hex');
    expect(output.toString()).toBe(`${digest}\n0\n`);
    expect((await scan(places)).stdout).toBe('scanned\n');
    expect((await host.root('ls -A /run/labwright')).stdout).toBe('');
  });

  test('where no tmpfs is private to the user, a secret is rather not handed over', async () => {
    const link = await linkTo(host);
    const job = { id: jobId(), sudo: false };
    const secrets = [{ variable: 'TOKEN', value }];
    const start = startJob(link, { ...job, script: 'echo ran\n', secrets });
    await expect(start).rejects.toMatchObject({
      code: 'job-failed',
      detail: expect.stringContaining('no private tmpfs'),
    });
    expect((await host.root('ls -A /home/ubuntu/.local/state/labwright/jobs')).stdout).toBe('');
  });
});

describe('ports of a host', () => {
  const banner = async (to: Host, port: number) => {
    const stream = await (await linkTo(to)).forward('127.0.0.1', port);
    const [first] = (await once(stream, 'data')) as [Buffer];
    stream.destroy();
    return first.toString();
  };

  test('are reached through it, though it alone can see them', async () => {
    expect(await banner(host, 22)).toMatch(/^SSH-2.0-OpenSSH/);
  });

  test('are said to be silent where nothing listens', async () => {
    await expect(banner(host, 9)).rejects.toMatchObject({ code: 'host-forward-refused' });
  });
});

describe('a server that allows little', () => {
  test('runs what it has no session for a moment later, and forbids the way to ports', async () => {
    const sshdConfig = ['MaxSessions 2', 'AllowTcpForwarding no'];
    const narrow = await bed.host({ name: 'narrow', sshdConfig });
    try {
      const link = await linkTo(narrow);
      await expect(link.forward('127.0.0.1', 22)).rejects.toMatchObject({
        code: 'host-forward-forbidden',
      });
      const runs = Array.from({ length: 12 }, (_, index) =>
        link.run({ script: `echo ${index}`, sudo: false, deadlineMs: 20_000 }),
      );
      const said = (await Promise.all(runs)).map(({ stdout }) => stdout.toString().trim());
      expect(said).toEqual(runs.map((_, index) => String(index)));
    } finally {
      await narrow.stop();
    }
  });
});

describe('the end of a job', () => {
  test('cancelling is never mistaken for a job that was lost', async () => {
    const link = await linkTo(host);
    const cancelled = Array.from({ length: 6 }, async () => {
      const job = { id: jobId(), sudo: true };
      await startJob(link, { ...job, script: 'echo begun\nsleep 300\n' });
      await until('begun', 10_000, async () =>
        (await jobNews(link, job, 0, undefined, 1)).bytes.length > 0 ? true : undefined,
      );
      const [{ state }] = await Promise.all([followToEnd(link, job), cancelJob(link, job)]);
      return state;
    });
    const states = await Promise.all(cancelled);
    expect(states).toEqual(states.map(() => ({ state: 'cancelled' })));
    expect((await host.root('pgrep -x sleep -a | grep 300')).stdout).toBe('');
  });

  test('a job that the system killed is lost, and the reason says so', async () => {
    const link = await linkTo(host);
    const job = { id: jobId(), sudo: true };
    await startJob(link, { ...job, script: 'echo begun\nsleep 300\n' });
    const folderOf = `/var/lib/labwright/jobs/${job.id}`;
    await until('the job has its pid', 10_000, async () =>
      (await host.root(`[ -s ${folderOf}/log ]`)).code === 0 ? true : undefined,
    );
    await host.root(`systemctl kill -s KILL labwright-${job.id}`);
    expect((await followToEnd(link, job)).state).toEqual({ state: 'lost', why: 'killed' });
  });
});
