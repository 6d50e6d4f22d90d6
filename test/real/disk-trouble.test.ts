import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { StepRun } from '../../src/contract/run.ts';
import { cancelJob, jobNews, startJob } from '../../src/main/ssh/durable-job.ts';
import { HostLink } from '../../src/main/ssh/host-link.ts';
import { describeKey, KnownHosts } from '../../src/main/ssh/known-hosts.ts';
import { connectSsh2 } from '../../src/main/ssh/ssh2-connection.ts';
import { type Bed, type Host, openBed, type Source } from '../bed/bed.ts';
import { mirrorPlan, notDone, RealLab } from './real-lab.ts';

const DISK = '/var/www/html/mirror';
const STATE = '/var/lib/labwright';

let bed: Bed;
let source: Source;
let host: Host;
let lab: RealLab;

beforeAll(async () => {
  bed = await openBed();
  [host, source] = await Promise.all([
    bed.host({ name: 'disk', diskTmpfs: { path: DISK, sizeBytes: 5_000_000 } }),
    bed.source({ imageBytes: 6_000_000, lookalikeRelease: false }),
  ]);
  const plan = mirrorPlan(host, source, 'v2');
  const filters = { arch: '=amd64', subarch: '=generic', release: '=trusty' };
  lab = await RealLab.make({ ...plan, mirror: { ...plan.mirror!, filters } });
  await lab.trust(host);
});

afterAll(async () => {
  await lab?.remove();
  await bed?.stop();
});

const resize = async (size: string) => {
  const { code, stderr } = await host.root(`mount -o remount,size=${size} ${DISK}`);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
};

/** The steps of the run that an `apply --json` made. */
async function stepsOf(applying: Promise<{ stdout: string }>): Promise<Record<string, StepRun>> {
  const { run } = JSON.parse((await applying).stdout) as { run: { steps: StepRun[] } };
  return Object.fromEntries(run.steps.map((step) => [step.step, step]));
}

describe('the disk of the mirror', () => {
  test('that is too small is said beforehand, with what is needed, and nothing is fetched', async () => {
    const { code, findings } = await lab.check();
    expect(code).toBe(1);
    expect(findings['mirror.disk']).toMatchObject({
      state: 'manual',
      reason: { key: 'mirror.disk.short', params: { mount: DISK, files: 3, total: 6_120_000 } },
    });
    expect(Number(findings['mirror.disk']?.reason.params?.available)).toBeLessThan(5_100_000);
    source.clearRequests();
    const planned = JSON.parse((await lab.run('plan', '--json')).stdout) as {
      steps: { step: string }[];
    };
    expect(planned.steps.map(({ step }) => step)).not.toContain('mirror.images');
    expect(source.requests.filter(({ path }) => !path.includes('/streams/'))).toEqual([]);
  });

  test('that fills up under the run is named, and what was fetched is kept', async () => {
    await resize('2G');
    source.setThrottle(1_500_000);
    const applying = lab.launch('apply', '--yes', '--json');
    await applying.waitFor('the image on its way', 60_000, () =>
      source.requests.some(({ path, bytesSent }) => /root-image/.test(path) && bytesSent > 1e6)
        ? true
        : undefined,
    );
    await resize('4M');
    const steps = await stepsOf(applying.ended);
    source.setThrottle(undefined);
    expect((await applying.ended).code).toBe(2);
    expect(steps['mirror.images']?.failure).toMatchObject({
      code: 'job-failed',
      reason: { key: 'mirror.fail.disk-full' },
      output: expect.stringContaining('No space left on device'),
    });
    expect(steps['mirror.refresh']?.state).toBe('skipped');
    const part = await host.root(`find ${DISK} -name '*root-image*.part' -size +900k`);
    expect(part.stdout).not.toBe('');
    expect((await lab.check()).findings['mirror.disk']?.state).toBe('manual');
  });

  test('that has room again lets the next apply go on where the last one ended', async () => {
    await resize('2G');
    source.clearRequests();
    const { code, stderr } = await lab.run('apply', '--yes');
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    const fetched = source.requests.filter(({ path }) => !path.includes('/streams/'));
    expect(fetched).toMatchObject([
      {
        path: expect.stringContaining('root-image'),
        range: expect.stringMatching(/^bytes=\d{6,}-$/),
      },
    ]);
    expect(notDone(await lab.states())).toEqual({});
  });

  test('that turned read-only is named, and nothing is taken for done', async () => {
    await host.root(`rm $(find ${DISK} -name root-image.gz); mount -o remount,ro ${DISK}`);
    const applied = lab.run('apply', '--yes', '--json');
    const steps = await stepsOf(applied);
    expect((await applied).code).toBe(2);
    expect(steps['mirror.images']?.failure).toMatchObject({
      reason: { key: 'mirror.fail.read-only' },
      output: expect.stringContaining('Read-only file system'),
    });
    await host.root(`mount -o remount,rw ${DISK}`);
    expect((await lab.run('apply', '--yes')).code).toBe(0);
  });
});

describe('the folder of our jobs on the host', () => {
  let folder: string;
  let link: HostLink;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'labwright-disk-'));
    const privateKey = await readFile(host.privateKeyPath, 'utf8');
    const { address, port, user } = host;
    const knownHosts = new KnownHosts(join(folder, 'known_hosts'));
    const key = (await host.root('cat /etc/ssh/ssh_host_ed25519_key.pub')).stdout.split(' ')[1];
    await knownHosts.add(address, port, describeKey(Buffer.from(key ?? '', 'base64')));
    link = new HostLink('disk', {
      connect: connectSsh2,
      knownHosts,
      login: async () => ({ name: 'disk', address, port, user, privateKey }),
      sudoPassword: async () => '',
    });
    return async () => {
      await link.close();
      await rm(folder, { recursive: true, force: true });
    };
  });

  beforeEach(async () => {
    await host.root(`mkdir -p ${STATE}; mount -t tmpfs -o size=64k tmpfs ${STATE}`);
    return async () => {
      await host.root(`umount ${STATE}`);
    };
  });

  test('on a full disk makes what needs a job unknown, with the reason, and all else known', async () => {
    await host.root(`head -c 1M /dev/zero >${STATE}/fill; rm -rf ${STATE}/jobs`);
    const { code, findings } = await lab.check();
    expect(code).toBe(2);
    expect(findings['mirror.disk']).toMatchObject({
      state: 'unknown',
      reason: { key: 'error.disk-full' },
    });
    expect(findings['mirror.packages']?.state).toBe('done');
  });

  test('where no file can be made is a full disk too, and where all is read-only is not', async () => {
    const job = { id: 'test-unmade', script: 'touch /root/ran\n', sudo: true };
    await host.root(`mount -o remount,nr_inodes=2 ${STATE}`);
    await expect(startJob(link, job)).rejects.toMatchObject({ code: 'disk-full' });
    await host.root(`mount -o remount,nr_inodes=100,ro ${STATE}`);
    await expect(startJob(link, job)).rejects.toMatchObject({
      code: 'job-failed',
      detail: expect.stringContaining('Read-only file system'),
    });
    expect((await host.root('ls /root/ran')).code).not.toBe(0);
  });

  test('that fills up under a job still tells how the job ended', async () => {
    const job = { id: 'test-filled', sudo: true };
    const script = `echo begun; cat /dev/zero >${STATE}/fill; exit 7\n`;
    await startJob(link, { ...job, script });
    let offset = 0;
    let output = '';
    for (;;) {
      const news = await jobNews(link, job, offset);
      offset = news.offset;
      output += news.bytes.toString();
      if (news.state.state === 'running') continue;
      expect(news.state).toEqual({ state: 'exited', exitCode: 7 });
      break;
    }
    expect(output).toMatch(/^begun\n/);
    await cancelJob(link, job);
  });
});
