import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bed, type Host, openBed, type Source } from '../bed/bed.ts';
import { type Findings, mirrorPlan, notDone, RealLab, RunningCli } from './real-lab.ts';

const LIBRARY = '/usr/lib/*/faketime/libfaketime.so.1';

let bed: Bed;
let source: Source;
let host: Host;
let lab: RealLab;

beforeAll(async () => {
  bed = await openBed();
  [host, source] = await Promise.all([
    bed.host({ name: 'clock' }),
    bed.source({ imageBytes: 1_500_000, lookalikeRelease: false }),
  ]);
  const base = mirrorPlan(host, source, 'v2');
  const filters = { arch: '=amd64', subarch: '=generic', release: '=trusty' };
  lab = await RealLab.make({ ...base, mirror: { ...base.mirror!, filters } });
  await lab.trust(host);
  // Logins, what sudo starts and what systemd starts are told the time by a library from now on.
  const done = await host.root(`l=$(echo ${LIBRARY}) && [ -e "$l" ] && echo +0 >/etc/faketimerc &&
echo LD_PRELOAD=$l >>/etc/environment && systemctl set-environment LD_PRELOAD=$l FAKETIME_NO_CACHE=1 &&
echo 'Defaults env_file=/etc/environment' >/etc/sudoers.d/zz-clock && chmod 440 /etc/sudoers.d/zz-clock`);
  expect(done).toMatchObject({ code: 0, stderr: '' });
});

afterAll(async () => {
  await lab?.remove();
  await bed?.stop();
});

/** Sets the host's idea of the time; this machine's clock, which is also the host's, stays. */
const setClock = (off: string) => host.root(`echo ${off} >/etc/faketimerc`);

interface Applied {
  run: { state: string; steps: { step: string; failure?: { reason: unknown; output?: string } }[] };
}

async function failureOf(step: string) {
  const { stdout } = await lab.run('apply', '--yes', '--json', '--step', step);
  const { run } = JSON.parse(stdout) as Applied;
  return run.steps.find((one) => one.step === step)?.failure;
}

async function applied(step: string): Promise<void> {
  const { code, stderr } = await lab.run('apply', '--yes', '--step', step);
  expect({ step, code, stderr: code === 0 ? '' : stderr }).toEqual({ step, code: 0, stderr: '' });
}

const statesOf = (findings: Findings) =>
  Object.fromEntries(Object.values(findings).map(({ step, state }) => [step, state]));

/** Comes back when the image is on its way. */
async function halfWay(running: RunningCli): Promise<RunningCli> {
  await running.waitFor('the image on its way', 60_000, () =>
    source.requests.some(({ path, bytesSent }) => /root-image/.test(path) && bytesSent > 200_000)
      ? true
      : undefined,
  );
  return running;
}

const dropMirror = async () => {
  await host.root('rm -rf /var/www/html/mirror');
  source.clearRequests();
  source.setThrottle(300_000);
};

describe('a host whose clock is a month behind', () => {
  test('is told so, and why apt does not take the package lists', async () => {
    await setClock('-30d');
    const { findings } = await lab.check();
    expect(findings['mirror.clock']).toMatchObject({
      state: 'todo',
      reason: { key: 'host.clock.behind' },
    });
    const failure = await failureOf('mirror.packages');
    expect(failure).toMatchObject({
      reason: { key: 'apt.clock-behind' },
      output: expect.stringContaining('not valid yet'),
    });
  });

  test('is told why no signature verifies, instead of being blamed for its keyring', async () => {
    await setClock('+0');
    await applied('mirror.packages');
    await applied('mirror.web-root');
    await setClock('-30d');
    expect(await failureOf('mirror.images')).toMatchObject({
      reason: { key: 'mirror.fail.clock', params: { source: source.v2Url } },
    });
    expect((await host.root('find /var/www/html/mirror -type f')).stdout).toBe('');
  });

  test('keeps what was done, but for the signature, which it cannot verify now', async () => {
    await setClock('+0');
    const { code, stderr } = await lab.run('apply', '--yes');
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(notDone(await lab.states())).toEqual({});
    await setClock('-30d');
    const { findings } = await lab.check();
    expect(notDone(statesOf(findings))).toMatchObject({ 'mirror.clock': 'drifted' });
    expect(findings['mirror.signature']?.reason.key).toBe('mirror.signature.clock');
    expect(findings['mirror.images']?.state).toBe('done');
    await setClock('+0');
    expect(notDone(await lab.states())).toEqual({});
  });
});

describe('a clock that is set while a long job runs', () => {
  test.each(['-30d', '+30d'])('on the host by %s: the job ends as it should', async (off) => {
    await dropMirror();
    const running = await halfWay(lab.launch('apply', '--yes'));
    await setClock(off);
    source.setThrottle(undefined);
    const { stdout } = await running.ended;
    await setClock('+0');
    const ended = lab
      .rows()
      .findLast(({ entry }) => entry.kind === 'action-ended' && entry.action === 'mirror-images');
    expect(ended?.entry, stdout).toMatchObject({ state: 'succeeded', exitCode: 0 });
    expect(notDone(await lab.states())).toEqual({});
  });

  test.each([
    ['back', '-400d'],
    ['forward', '+400d'],
  ])('%s on this side by more than a year: the run goes on and ends well', async (_way, off) => {
    // The core's own process gets its time from the same library, read from the host's disk.
    const library = join(lab.directory, 'libfaketime.so.1');
    const { stdout } = await host.root(`base64 -w0 ${LIBRARY}`);
    await writeFile(library, Buffer.from(stdout, 'base64'));
    const time = join(lab.directory, 'time');
    await writeFile(time, '+0\n');
    await dropMirror();
    const environment = {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: time,
      FAKETIME_NO_CACHE: '1',
      DONT_FAKE_MONOTONIC: '1',
    };
    const before = lab.lastSeq();
    const running = await halfWay(
      new RunningCli(lab.start(['apply', '--lab', lab.path, '--yes'], environment)),
    );
    await writeFile(time, `${off}\n`);
    source.setThrottle(undefined);
    const { code, stdout: said } = await running.ended;
    // By then this computer and the host are a year apart, which is the one thing left to mend.
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining('mirror.clock') });
    const rows = lab.rows(before).map(({ entry }) => entry);
    expect(rows.filter(({ kind }) => kind === 'run-ended')).toMatchObject([{ state: 'succeeded' }]);
    // With the right time again, nothing of it is left over.
    expect(notDone(await lab.states())).toEqual({});
  });
});
