import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type JobNews, jobNews, startJob } from '../../src/main/ssh/durable-job.ts';
import { HostLink } from '../../src/main/ssh/host-link.ts';
import { KnownHosts } from '../../src/main/ssh/known-hosts.ts';
import { connectSsh2 } from '../../src/main/ssh/ssh2-connection.ts';
import { type Bed, type Host, openBed, type Source, until } from '../bed/bed.ts';
import { mirrorPlan, RealLab, type RunningCli } from './real-lab.ts';

/** What the product promises, and what a loaded machine may take on top of it. */
const NOTICED_MS = 30_000;
const TOLERANCE_MS = 2000;
const SHORT_MS = 5000;

let bed: Bed;
let source: Source;
let host: Host;
let lab: RealLab;
const links: HostLink[] = [];

beforeAll(async () => {
  bed = await openBed();
  [host, source] = await Promise.all([
    bed.host({ name: 'half-open' }),
    bed.source({ imageBytes: 3_000_000, lookalikeRelease: false }),
  ]);
  const base = mirrorPlan(host, source, 'v2');
  const filters = { arch: '=amd64', subarch: '=generic', release: '=trusty' };
  lab = await RealLab.make({ ...base, mirror: { ...base.mirror!, filters } });
  await lab.trust(host);
});

afterAll(async () => {
  await Promise.all(links.map((link) => link.close()));
  await lab?.remove();
  await bed?.stop();
});

/** The product's own link to the host. Whose key it is, is not what these tests are about. */
function openLink(): HostLink {
  const link = new HostLink('mirror', {
    connect: (options) => connectSsh2({ ...options, verify: async () => {} }),
    knownHosts: new KnownHosts(join(lab.directory, 'none')),
    login: async () => ({
      name: 'mirror',
      address: host.address,
      port: host.port,
      user: host.user,
      privateKey: await readFile(host.privateKeyPath, 'utf8'),
    }),
    sudoPassword: async () => '',
  });
  links.push(link);
  return link;
}

/**
 * From now on what sshd sends gets lost: no answer, no reset, no refusal, also for new connections.
 * All other traffic of the host goes on.
 */
async function silenceSsh(): Promise<void> {
  const done = await host.root('ip rule add ipproto 6 sport 22 blackhole');
  expect(done).toMatchObject({ code: 0, stderr: '' });
}

const unsilenceSsh = () => host.root('ip rule del ipproto 6 sport 22 blackhole');

interface Ended {
  readonly code: string;
  readonly detail: string;
  readonly at: number;
}

/** How a call ends that must fail, and when. */
async function ended(call: Promise<unknown>): Promise<Ended> {
  const error = (await call.then(
    () => ({ code: 'none' }),
    (reason: unknown) => reason,
  )) as { code: string; detail?: string } | undefined;
  return { code: error?.code ?? 'none', detail: error?.detail ?? '', at: performance.now() };
}

describe('a link that goes silent in the middle of everything', () => {
  const job = { id: 'silent-link', sudo: true };
  let link: HostLink;
  let before: JobNews;
  let running: RunningCli;
  /** How each call ended, with milliseconds since the link went silent. */
  const seen: Record<string, { code: string; detail: string; ms: number }> = {};

  beforeAll(async () => {
    // A job of the product's own kind, which ends when it is told to, and not when time has passed.
    link = openLink();
    await host.root('mkfifo -m 644 /run/go /run/never');
    await startJob(link, { ...job, script: 'echo begun; cat /run/go; echo end\n' });
    before = await jobNews(link, job, 0);
    const [brief, other, fresh] = [openLink(), openLink(), openLink()];
    await Promise.all([brief, other].map((one) => one.control()));
    const idle = await openLink().openConnection();
    const wish = new AbortController();
    const calls: Record<string, Promise<Ended>> = {
      idle: ended(idle.ended.then((error) => Promise.reject(error))),
      followed: ended(jobNews(link, job, before.offset, undefined, 50)),
    };

    source.setThrottle(300_000);
    running = lab.launch('apply', '--yes');
    await running.waitFor('the image on its way', 60_000, () =>
      source.requests.some(({ path, bytesSent }) => /root-image/.test(path) && bytesSent > 200_000)
        ? true
        : undefined,
    );
    // In the middle of a call, not before it: each says on the host that it has begun.
    const waits = (name: string, deadlineMs: number, more: { signal?: AbortSignal } = {}) =>
      brief.run({
        script: `: >"$HOME/${name}"; read x </run/never`,
        sudo: false,
        deadlineMs,
        ...more,
      });
    const short = waits('short', SHORT_MS);
    calls.short = ended(short);
    calls.cancelled = ended(waits('cancelled', 120_000, { signal: wish.signal }));
    await until('both have begun', SHORT_MS, async () =>
      (await host.root('cd /home/ubuntu && [ -e short ] && [ -e cancelled ]')).code === 0
        ? true
        : undefined,
    );
    await silenceSsh();
    const silentAt = performance.now();
    wish.abort();
    const look = { script: 'id', sudo: false };
    calls.afterwards = ended(short.catch(() => brief.run({ ...look, deadlineMs: SHORT_MS })));
    calls.unanswered = ended(other.run({ ...look, deadlineMs: 120_000 }));
    calls.connecting = ended(fresh.run({ ...look, deadlineMs: 120_000 }));
    for (const [name, call] of Object.entries(calls)) {
      const { at, ...how } = await call;
      seen[name] = { ...how, ms: at - silentAt };
    }
    source.setThrottle(undefined);
    await unsilenceSsh();
  });

  test.each([
    ['a call that waits for an answer', 'followed'],
    ['a connection that nobody asks anything', 'idle'],
  ])('is noticed within 30 s on %s', (_what, name) => {
    expect(seen[name]).toMatchObject({ code: 'host-closed', detail: 'Keepalive timeout' });
    expect(seen[name]?.ms).toBeLessThan(NOTICED_MS + TOLERANCE_MS);
  });

  test.each([
    ['a call under way', 'short', 'host-timeout', SHORT_MS],
    ['a call that is made then', 'afterwards', 'host-timeout', 2 * SHORT_MS],
    ['a call that is cancelled', 'cancelled', 'cancelled', 0],
    ['a channel that cannot be opened', 'unanswered', 'host-timeout', 15_000],
    ['a connection that cannot be made', 'connecting', 'host-unreachable', 10_000],
  ])('does not hold %s past its deadline', (_what, name, code, limitMs) => {
    expect(seen[name]).toMatchObject({ code });
    expect(seen[name]?.ms).toBeLessThan(limitMs + TOLERANCE_MS);
  });

  test('leaves a durable job alone, which is found again where it was', async () => {
    const found = await jobNews(link, job, before.offset, undefined, 1);
    expect(found).toMatchObject({ state: { state: 'running' }, offset: before.offset });
    await host.root('echo told >/run/go');
    let log = before.bytes.toString();
    let news = found;
    while (news.state.state === 'running') {
      news = await jobNews(link, job, news.offset);
      log += news.bytes.toString();
    }
    expect({ state: news.state, log }).toEqual({
      state: { state: 'exited', exitCode: 0 },
      log: 'begun\ntold\nend\n',
    });
  });

  test('does not end an apply, which goes on by itself and fetches nothing twice', async () => {
    const { code, stderr } = await running.ended;
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    const rows = lab.rows().map(({ entry }) => entry);
    expect(rows.filter(({ kind }) => kind === 'run-resumed')).toEqual([]);
    const mirrored = rows.filter(
      (entry) => entry.kind === 'action-ended' && entry.action === 'mirror-images',
    );
    expect(mirrored).toMatchObject([{ state: 'succeeded', exitCode: 0 }]);
    expect(source.requests.filter(({ path }) => /root-image/.test(path))).toHaveLength(1);
  });
});
