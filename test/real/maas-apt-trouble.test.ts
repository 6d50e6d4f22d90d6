import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bed, type Host, openBed, until } from '../bed/bed.ts';
import { maasPlan } from './maas-plan.ts';
import { RealLab } from './real-lab.ts';

let bed: Bed;
let host: Host;
let lab: RealLab;

const SOURCES = '/etc/apt/sources.list.d/maas.list';

beforeAll(async () => {
  bed = await openBed();
  host = await bed.host({ name: 'maas-trouble' });
  lab = await RealLab.make(maasPlan(host, '1.7'));
  await lab.trust(host, 'maas');
}, 120_000);

afterAll(async () => {
  await lab?.remove();
  await bed?.stop();
});

interface Applied {
  run?: { state: string; steps: { step: string; failure?: { reason: unknown } }[] };
}

/** Applies steps and tells why the one that failed did. */
async function failureOf(...steps: string[]): Promise<unknown> {
  const args = steps.flatMap((step) => ['--step', step]);
  const { stdout } = await lab.run('apply', '--yes', '--json', ...args);
  const { run } = JSON.parse(stdout) as Applied;
  return run?.steps.find(({ failure }) => failure !== undefined)?.failure?.reason;
}

const offer = (line: string) => host.root(`cat > ${SOURCES}`, { stdin: line });

/** Takes the lock as another package manager would (fcntl(2), the way of apt and dpkg). */
async function holdLock(): Promise<void> {
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
}

test('a source whose key is not known is named, and nothing is offered', async () => {
  const line = bed.repository.maasLine('maas17');
  await offer(
    line.replace(/signed-by=\S+\]/, 'signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]'),
  );
  expect(await failureOf('maas.source')).toEqual({ key: 'apt.unsigned' });
  const said = await host.root('LC_ALL=C apt-get update');
  expect(said.stdout + said.stderr).toContain('NO_PUBKEY');
});

test('a MAAS of another line than the plan says is not installed', async () => {
  await offer(bed.repository.maasLine('maas3'));
  await host.root('apt-get update');
  const { findings } = await lab.check('--step', 'maas.source');
  expect(findings['maas.source']).toMatchObject({
    state: 'manual',
    reason: { key: 'maas.source.offers-other-line', params: { line: '1.7' } },
  });
});

test('a host whose sources have no MAAS is told so', async () => {
  await host.root(`rm ${SOURCES}; apt-get update`);
  const { findings } = await lab.check('--step', 'maas.source');
  expect(findings['maas.source']?.reason.key).toBe('maas.source.not-offered');
});

test('a lock that stays, dependencies that cannot be met and a failing script are told apart', async () => {
  await offer(bed.repository.maasLine('maas-unmet'));
  await host.root('apt-get update && apt-get -y upgrade');
  expect(await failureOf('maas.install')).toEqual({ key: 'apt.unmet' });
  await offer(bed.repository.maasLine('maas-broken'));
  await host.root('apt-get update');
  await holdLock();
  expect(await failureOf('maas.install')).toEqual({ key: 'apt.locked' });
  await host.root('systemctl stop hold-lock');
  expect(await failureOf('maas.install')).toEqual({
    key: 'apt.script-failed',
    params: { name: 'maas' },
  });
  const { findings } = await lab.check('--step', 'maas.install');
  expect(findings['maas.install']).toMatchObject({
    state: 'todo',
    notes: [{ key: 'packages.half', params: { names: expect.stringContaining('maas') } }],
  });
}, 300_000);
