import { access, mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  cancelJob,
  jobNews,
  removeJob,
  startJob,
  takeOutputs,
} from '../../src/main/ssh/durable-job.ts';
import type { HostLink, HostScript } from '../../src/main/ssh/host-link.ts';
import { LocalHost } from './support/local-link.ts';

let host: LocalHost;
let jobs: string;

beforeEach(async () => {
  host = await LocalHost.start();
  jobs = join(host.home, '.local/state/labwright/jobs');
});

afterEach(() => host.close());

const job = { id: 'test-1', sudo: false };

/** Follows a job to its end. */
async function follow(id = job.id) {
  let text = '';
  let offset = 0;
  for (;;) {
    const news = await jobNews(host.link, { id, sudo: false }, offset);
    text += news.bytes.toString();
    offset = news.offset;
    if (news.state.state !== 'running') return { ...news.state, text };
  }
}

test('a job runs to its end, and its log and exit status can be had from any byte', async () => {
  await startJob(host.link, { ...job, script: 'echo one; echo two >&2; exit 7' });
  expect(await follow()).toEqual({ state: 'exited', exitCode: 7, text: 'one\ntwo\n' });
  const rest = await jobNews(host.link, job, 4);
  expect(rest.bytes.toString()).toBe('two\n');
});

test('starting the same job again does not run it twice', async () => {
  const spec = { ...job, script: 'echo ran >>"$HOME/count"' };
  await startJob(host.link, spec);
  await startJob(host.link, spec);
  await follow();
  await startJob(host.link, spec);
  expect(await readFile(join(host.home, 'count'), 'utf8')).toBe('ran\n');
});

test('old folders go with the next start: of looks after two days, of other jobs after a month', async () => {
  const DAY = 86_400_000;
  const old = async (id: string, days: number, files: Record<string, string> = { exit: '0' }) => {
    const folder = join(jobs, id);
    await mkdir(folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const at = new Date(Date.now() - days * DAY - 60_000);
    await utimes(folder, at, at);
  };
  await old('probe-killed', 2, { pid: '999999999', boot: 'another' });
  await old('probe-young', 1, {});
  await old('run-of-last-week', 8);
  await old('run-forgotten', 31);
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  await old('run-that-still-runs', 31, { pid: `${process.pid}`, boot });
  await startJob(host.link, { ...job, script: 'echo fine' });
  expect(await follow()).toMatchObject({ state: 'exited', exitCode: 0, text: 'fine\n' });
  expect((await readdir(jobs)).sort()).toEqual([
    'probe-young',
    'run-of-last-week',
    'run-that-still-runs',
    job.id,
  ]);
});

test('a job whose script arrived only in part is not run, and can be started again', async () => {
  const script = `echo begun >"$HOME/begun"\n${'# filler\n'.repeat(100)}`;
  const cut = {
    name: 'mirror',
    run: (request: HostScript) =>
      host.link.run({ ...request, stdin: (request.stdin as Buffer).subarray(0, 200) }),
  } as unknown as HostLink;
  await expect(startJob(cut, { ...job, script })).rejects.toMatchObject({ code: 'job-failed' });
  await expect(access(join(host.home, 'begun'))).rejects.toThrow();
  expect((await jobNews(host.link, job, 0)).state).toEqual({ state: 'absent' });
  await startJob(host.link, { ...job, script });
  expect(await follow()).toMatchObject({ state: 'exited', exitCode: 0 });
});

test('cancelling ends the job and what it started, and is told from an exit', async () => {
  await startJob(host.link, { ...job, script: 'sleep 300 & echo $!; wait' });
  const first = await jobNews(host.link, job, 0);
  const child = Number(first.bytes.toString());
  expect(child).toBeGreaterThan(1);
  await cancelJob(host.link, job);
  expect(await follow()).toMatchObject({ state: 'cancelled' });
  const alive = () => {
    const state = host.link.run({
      script: `cut -d' ' -f3 /proc/${child}/stat 2>/dev/null || echo gone`,
      sudo: false,
      deadlineMs: 10_000,
    });
    return state.then(({ stdout }) => stdout.toString().trim());
  };
  // A container without an init keeps the dead as zombies.
  expect(['gone', 'Z']).toContain(await alive());
  await cancelJob(host.link, job);
  expect(await follow()).toMatchObject({ state: 'cancelled' });
});

test('a job that was killed without an exit status is lost, not done', async () => {
  await startJob(host.link, { ...job, script: 'kill -9 $$' });
  expect(await follow()).toMatchObject({ state: 'lost', why: 'killed' });
});

test('a machine that is another one is not touched', async () => {
  const spec = { ...job, script: 'echo', machineId: 'ffffffffffffffffffffffffffffffff' };
  await expect(startJob(host.link, spec)).rejects.toMatchObject({ code: 'host-identity-changed' });
  await expect(access(jobs)).rejects.toThrow();
});

test('what is not ours to name is refused before anything is sent', async () => {
  for (const id of ['', '../x', 'a b', 'A', 'x'.repeat(81)]) {
    await expect(startJob(host.link, { id, sudo: false, script: '' })).rejects.toThrow(RangeError);
  }
  expect(host.commands).toEqual([]);
});

test('a removed job leaves nothing', async () => {
  await startJob(host.link, { ...job, script: 'true' });
  await follow();
  await removeJob(host.link, job);
  expect(await readdir(jobs)).toEqual([]);
  expect((await jobNews(host.link, job, 0)).state).toEqual({ state: 'absent' });
});

test('what a job hands on is read by name, and a secret one is removed as it is read', async () => {
  const script = `printf 'plain\\nlines' >"$OUT/address"; printf 's3cret' >"$OUT/token"; umask`;
  await startJob(host.link, { ...job, script });
  // What a script makes must be readable as if root had made it by hand.
  expect(await follow()).toMatchObject({ state: 'exited', exitCode: 0, text: '0022\n' });
  const wanted = [{ name: 'address' }, { name: 'token', secret: 'api-token' }];
  const values = await takeOutputs(host.link, job, wanted);
  expect([...values]).toEqual([
    ['address', 'plain\nlines'],
    ['token', 's3cret'],
  ]);
  expect(await readdir(join(jobs, job.id, 'out'))).toEqual(['address']);
  await expect(takeOutputs(host.link, job, [{ name: 'nothing' }])).rejects.toMatchObject({
    code: 'output-unexpected',
  });
});
