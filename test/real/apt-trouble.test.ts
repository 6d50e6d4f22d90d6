import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ScriptAction } from '../../src/contract/action.ts';
import type { StepContext } from '../../src/main/engine/step.ts';
import { explainApt } from '../../src/main/guide/apt.ts';
import { type Bed, type Host, openBed, type Source, until } from '../bed/bed.ts';
import { mirrorPlan, RealLab } from './real-lab.ts';

let bed: Bed;
let source: Source;
let host: Host;
let lab: RealLab;

const STEP = ['--step', 'mirror.packages'];
const BROKEN = 'labwright-bed-badpostinst';

beforeAll(async () => {
  bed = await openBed();
  [host, source] = await Promise.all([bed.host({ name: 'apt' }), bed.source()]);
  lab = await RealLab.make(mirrorPlan(host, source, 'v2'));
  await lab.trust(host);
});

afterAll(async () => {
  await lab?.remove();
  await bed?.stop();
});

/** Takes the lock as another package manager would (fcntl(2), the way of apt and dpkg). */
async function holdLock(): Promise<() => Promise<void>> {
  const program = `import fcntl, signal
f = open('/var/lib/dpkg/lock-frontend', 'a')
fcntl.lockf(f, fcntl.LOCK_EX)
open('/run/lock-held', 'w').close()
signal.pause()
`;
  await host.root('cat >/root/hold.py', { stdin: program });
  await host.root('systemd-run --quiet --collect --unit=hold-lock python3 /root/hold.py');
  await until('the lock is held', 10_000, async () =>
    (await host.root('[ -e /run/lock-held ]')).code === 0 ? true : undefined,
  );
  return async () => {
    await host.root('systemctl stop hold-lock; rm -f /run/lock-held');
  };
}

/** What the step would say of a command that ended like this. */
function explained(ended: { code: number; stdout: string; stderr: string }) {
  const action = {} as ScriptAction;
  const output = ended.stdout + ended.stderr;
  const context = { plan: {}, host: {} } as StepContext;
  return explainApt(context, { action, exitCode: ended.code, output });
}

const applyPackages = () => lab.run('apply', '--yes', '--json', ...STEP);

interface Applied {
  run: { state: string; steps: { state: string; failure?: { reason: unknown } }[] };
}

test('packages that no source offers are said to be missing there, and nothing is done', async () => {
  const list = '/etc/apt/sources.list.d/labwright-bed.list';
  await host.root(`mv ${list} /root/; apt-get update`);
  const { code, findings } = await lab.check(...STEP);
  expect(code).toBe(1);
  expect(findings['mirror.packages']).toMatchObject({
    state: 'manual',
    reason: {
      key: 'packages.not-offered',
      params: { names: 'simplestreams, ubuntu-cloudimage-keyring' },
    },
  });
  const planned = JSON.parse((await lab.run('plan', '--json', ...STEP)).stdout) as {
    steps: unknown[];
    left: { id: string }[];
  };
  expect(planned.steps).toEqual([]);
  expect(planned.left.map(({ id }) => id)).toEqual(['mirror.packages@mirror']);
  const applied = await applyPackages();
  expect(applied.code).toBe(1);
  expect(JSON.parse(applied.stdout)).not.toHaveProperty('run');
  // What apt itself says is understood too, should the lists change between the two.
  const asked = await host.root('LC_ALL=C apt-get install -y simplestreams');
  expect(explained(asked)).toEqual({ key: 'apt.no-package', params: { name: 'simplestreams' } });
  await host.root(`mv /root/labwright-bed.list ${list}; apt-get update`);
});

test('a lock that stays is named in the words of apt and of dpkg', async () => {
  const release = await holdLock();
  const commands = ['apt-get install -y apache2', 'dpkg --configure -a'];
  for (const command of commands) {
    const refused = await host.root(`LC_ALL=C ${command}`);
    expect(refused.code).not.toBe(0);
    expect({ command, why: explained(refused)?.key }).toEqual({ command, why: 'apt.locked' });
  }
  await release();
});

test('a lock that is given back in time is waited for', async () => {
  const release = await holdLock();
  const applying = lab.launch('apply', '--yes', ...STEP);
  await applying.waitFor('the job meets the lock', 60_000, async () => {
    const { stdout } = await host.root('cat /var/lib/labwright/jobs/*/log 2>/dev/null');
    return /lock/.test(stdout) ? true : undefined;
  });
  await release();
  const { code, stderr } = await applying.ended;
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect((await host.root('dpkg-query -W simplestreams apache2')).code).toBe(0);
});

test('a package whose own script fails is named, and the next apply mends what it left', async () => {
  await host.root(`apt-get install -y ${BROKEN}; dpkg --purge ubuntu-cloudimage-keyring`);
  const { findings } = await lab.check(...STEP);
  expect(findings['mirror.packages']?.state).toBe('drifted');
  const failed = await applyPackages();
  expect(failed.code).toBe(2);
  const { run } = JSON.parse(failed.stdout) as Applied;
  expect(run.state).toBe('failed');
  expect(run.steps[0]?.failure).toMatchObject({
    code: 'job-failed',
    reason: { key: 'apt.script-failed', params: { name: BROKEN } },
    output: expect.stringContaining('fails on purpose'),
  });
  await host.root(`printf '#!/bin/sh\\nexit 0\\n' >/var/lib/dpkg/info/${BROKEN}.postinst`);
  const mended = await applyPackages();
  expect(mended.code).toBe(0);
  const states = await host.root(`dpkg-query -W -f='\${db:Status-Abbrev}\\n' ${BROKEN} apache2`);
  expect(states.stdout).toBe('ii \nii \n');
  expect((await host.root('dpkg --audit')).stdout).toBe('');
});

test('a file system of the host that is full or read-only is told apart from a broken package', async () => {
  await host.root('dpkg --purge ubuntu-cloudimage-keyring; apt-get clean');
  await host.root('mount -t tmpfs -o ro tmpfs /var/cache/apt/archives');
  const readOnly = JSON.parse((await applyPackages()).stdout) as Applied;
  expect(readOnly.run.steps[0]?.failure).toMatchObject({ reason: { key: 'apt.read-only' } });
  await host.root('umount /var/cache/apt/archives');
  await host.root(
    'mount -t tmpfs -o size=4k,nr_inodes=4 tmpfs /var/cache/apt/archives && mkdir /var/cache/apt/archives/partial && head -c 4k /dev/zero >/var/cache/apt/archives/partial/fill',
  );
  const full = JSON.parse((await applyPackages()).stdout) as Applied;
  expect(full.run.steps[0]?.failure).toMatchObject({ reason: { key: 'apt.disk-full' } });
  await host.root('umount /var/cache/apt/archives');
  expect((await applyPackages()).code).toBe(0);
});
