import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { JournalEntry } from '../../src/contract/journal.ts';
import type { PlanInput } from '../../src/contract/plan.ts';
import { type Bed, type Host, openBed, type Source, until } from '../bed/bed.ts';
import { runCommand } from '../bed/run-command.ts';
import { mirrorPlan, notDone, RealLab, type RunningCli } from './real-lab.ts';

const IMAGE_BYTES = 6_000_000;
/** Slow enough that every test acts in the middle of a file, never at its edge. */
const SLOW = 400_000;
const MIRROR = '/var/www/html/mirror/images/ephemeral-v2/releases';

let bed: Bed;
let source: Source;
let host: Host;

beforeAll(async () => {
  bed = await openBed();
  [host, source] = await Promise.all([
    bed.host({ name: 'link' }),
    bed.source({ imageBytes: IMAGE_BYTES, lookalikeRelease: false }),
  ]);
});

afterAll(async () => {
  await bed?.stop();
});

/** Image files that were asked for again after they had been sent whole, which must not be. */
function fetchedTwice(): string[] {
  const images = source.requests.filter(({ path }) => !path.includes('/streams/'));
  return images
    .filter(({ path }, index) =>
      images.slice(0, index).some((before) => before.path === path && before.complete),
    )
    .map(({ path }) => path);
}

type Kind = JournalEntry['kind'];

/** Where to pull the plug: at this row of the journal. */
interface KillPoint {
  readonly kind: Kind;
  readonly step?: string;
  readonly action?: string;
}

function isAt(entry: JournalEntry, { kind, step, action }: KillPoint): boolean {
  if (entry.kind !== kind) return false;
  const id = 'id' in entry ? entry.id : undefined;
  const name = 'action' in entry ? entry.action : undefined;
  return (step === undefined || id === `${step}@mirror`) && (action ?? name) === name;
}

/** The last run of a lab, from what its journal says. */
function lastRun(lab: RealLab): JournalEntry[] {
  const entries = lab.rows().map(({ entry }) => entry);
  const start = entries.findLast(({ kind }) => kind === 'run-started');
  const run = start && 'run' in start ? start.run : '';
  return entries.filter((entry) => 'run' in entry && entry.run === run);
}

const endOf = (lab: RealLab) => {
  const last = lastRun(lab).at(-1);
  return last?.kind === 'run-ended' ? last.state : last?.kind;
};

describe('a command line that is killed', () => {
  let lab: RealLab;

  beforeAll(async () => {
    lab = await RealLab.make(mirrorPlan(host, source, 'v3'));
    await lab.trust(host);
  });

  afterAll(() => lab?.remove());

  const points: KillPoint[] = [
    { kind: 'run-started' },
    { kind: 'action-started', step: 'mirror.packages', action: 'install' },
    { kind: 'action-ended', step: 'mirror.packages', action: 'install' },
    { kind: 'step-started', step: 'mirror.web-root' },
    { kind: 'action-ended', step: 'mirror.web-root', action: 'make-directory' },
    { kind: 'action-started', step: 'mirror.images', action: 'mirror-images' },
    { kind: 'action-ended', step: 'mirror.images', action: 'mirror-images' },
    { kind: 'action-started', step: 'mirror.images', action: 'mirror-bootloaders' },
    { kind: 'action-started', step: 'mirror.refresh', action: 'write-1' },
    { kind: 'action-ended', step: 'mirror.refresh', action: 'enable-timer' },
  ];

  test.each(points.map((point) => ({ point, at: Object.values(point).join(' ') })))(
    'goes on at the next start after $at',
    async ({ point }) => {
      const before = lab.lastSeq();
      const running = lab.launch('apply', '--yes');
      await running.waitFor(`${point.kind} ${point.action ?? ''}`, 60_000, () => {
        const there = lab.rows(before).some(({ entry }) => isAt(entry, point));
        if (there) running.signal('SIGKILL');
        return there ? true : undefined;
      });
      expect((await running.ended).code).toBeNull();
    },
  );

  test('and in the end everything is done, and no action was carried out twice', async () => {
    const last = await lab.run('apply', '--yes');
    expect({ code: last.code, stderr: last.code === 0 ? '' : last.stderr }).toEqual({
      code: 0,
      stderr: '',
    });
    expect(notDone(await lab.states())).toEqual({});
    expect(fetchedTwice()).toEqual([]);
    // Every job has a folder of its own on the host, so these are all that were ever begun.
    const { stdout } = await host.root(
      'cd /var/lib/labwright/jobs && for s in */script; do [ -s ${s%/*}/exit ] && echo $(cat ${s%/*}/exit) $(cksum <$s); done',
    );
    const jobs = stdout.trim().split('\n');
    expect(jobs.filter((line) => !line.startsWith('0 '))).toEqual([]);
    const installs = await host.root("grep -l 'apt-get install' /var/lib/labwright/jobs/*/script");
    expect(installs.stdout.trim().split('\n')).toHaveLength(1);
    const runs = lab.rows().filter(({ entry }) => entry.kind === 'run-started');
    const resumed = lab.rows().filter(({ entry }) => entry.kind === 'run-resumed');
    expect(runs.length + resumed.length).toBeGreaterThan(points.length);
  });

  test('and what was done stays done when the host has another idea of the time', async () => {
    const found = await host.root('ls /usr/lib/*/faketime/libfaketime.so.1');
    expect(found.code).toBe(0);
    // Not for sshd itself, which refuses to work under it, but for all that a login starts.
    await host.root(
      `echo +30d >/etc/faketimerc; cp /etc/environment /root/; echo LD_PRELOAD=${found.stdout.trim()} >>/etc/environment`,
    );
    const { code, findings } = await lab.check();
    await host.root('cp /root/environment /etc/environment');
    expect(findings['mirror.reachable']?.reason.key).toBe('host.reachable.done');
    expect(findings['mirror.clock']).toMatchObject({ reason: { key: 'host.clock.ahead' } });
    const { 'mirror.clock': _, ...others } = Object.fromEntries(
      Object.values(findings).map(({ step, state }) => [step, state]),
    );
    expect(notDone(others)).toEqual({});
    expect(code).toBe(1);
  });
});

describe('a download that takes long', () => {
  let lab: RealLab;
  const plan = (): PlanInput => {
    const base = mirrorPlan(host, source, 'v2');
    const filters = { arch: '=amd64', subarch: '=generic', release: '=trusty' };
    return { ...base, mirror: { ...base.mirror!, filters } };
  };

  beforeAll(async () => {
    lab = await RealLab.make(plan());
    await lab.trust(host);
  });

  afterAll(() => lab?.remove());

  beforeEach(async () => {
    await host.root(`rm -rf ${MIRROR}`);
    source.clearRequests();
    source.setThrottle(SLOW);
  });

  /** Starts an apply and comes back when the large image is half way. */
  async function halfWay(): Promise<RunningCli> {
    const running = lab.launch('apply', '--yes');
    await running.waitFor('the image on its way', 60_000, () =>
      source.requests.some(({ path, bytesSent }) => /root-image/.test(path) && bytesSent > 500_000)
        ? true
        : undefined,
    );
    return running;
  }

  async function endsWell(running: RunningCli): Promise<void> {
    source.setThrottle(undefined);
    const { code, stderr } = await running.ended;
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(endOf(lab)).toBe('succeeded');
    expect(fetchedTwice()).toEqual([]);
  }

  const mirroring = () => host.root('pgrep -f "^/usr/bin/python3 /usr/bin/[s]stream-mirror"');

  test('goes on by itself when the link was cut and came back', async () => {
    const running = await halfWay();
    await host.linkDown();
    // Both ends would wait for minutes; breaking our end makes the loss certain at once.
    await runCommand('ss', ['-K', 'dst', host.address, 'dport', '=', '22']);
    await running.waitFor('trying again', 20_000, async () => {
      const { stdout } = await runCommand('ss', ['-tn', 'state', 'syn-sent', 'dst', host.address]);
      return stdout.includes(`${host.address}:22`) ? true : undefined;
    });
    await host.linkUp();
    await endsWell(running);
    expect(lastRun(lab).filter(({ kind }) => kind === 'run-resumed')).toEqual([]);
  });

  test('goes on by itself when sshd was restarted and all its sessions were ended', async () => {
    const running = await halfWay();
    const restarted = await host.root(
      "systemctl restart ssh; p=$(pgrep -f '^sshd: ubuntu'); echo $p; kill $p",
    );
    expect(restarted.stdout.trim()).not.toBe('');
    await endsWell(running);
  });

  test('outlives the command line, which finds it again and fetches nothing twice', async () => {
    const running = await halfWay();
    running.signal('SIGKILL');
    await running.ended;
    expect((await mirroring()).code).toBe(0);
    const left = await lab.run('journal', '--json', '--limit', '3');
    expect(left.stdout).toContain('run-interrupted');
    const again = lab.launch('apply', '--yes');
    await again.waitFor('the resume', 30_000, () =>
      /Going on with run/.test(again.stderr) ? true : undefined,
    );
    await endsWell(again);
    const { stdout } = await host.root('grep -l root-image /var/lib/labwright/jobs/*/log | wc -l');
    expect(Number(stdout)).toBeGreaterThan(0);
    expect(source.requests.filter(({ path }) => /root-image/.test(path))).toHaveLength(1);
  });

  test('is found ended when it ended while nobody watched', async () => {
    const running = await halfWay();
    running.signal('SIGKILL');
    await running.ended;
    source.setThrottle(undefined);
    await until('the job ended alone', 30_000, async () =>
      (await mirroring()).code === 0 ? undefined : true,
    );
    source.clearRequests();
    const again = lab.launch('apply', '--yes');
    await endsWell(again);
    expect(source.requests.filter(({ path }) => !path.includes('/streams/'))).toEqual([]);
  });

  test('ends on the host when it is cancelled, and is taken up where it was', async () => {
    const running = await halfWay();
    running.signal('SIGINT');
    const { code, stderr } = await running.ended;
    expect(code).toBe(2);
    expect(stderr).toContain('Stopping');
    expect(`${endOf(lab)} ${stderr}`).toMatch(/^cancelled /);
    expect((await mirroring()).stdout).toBe('');
    const part = await host.root(`find ${MIRROR} -name '*.part' -size +100k`);
    expect(part.stdout).toContain('root-image');
    await endsWell(lab.launch('apply', '--yes'));
    const ranges = source.requests.flatMap(({ range }) => range ?? []);
    expect(ranges).toEqual([expect.stringMatching(/^bytes=\d{6,}-$/)]);
  });

  test('keeps its lab for itself: a second command line is told who has it', async () => {
    const running = await halfWay();
    const before = lab.lastSeq();
    const [look, apply] = await Promise.all([
      lab.run('check', '--json'),
      lab.run('apply', '--yes', '--json'),
    ]);
    expect([look.code, apply.code]).toEqual([2, 2]);
    expect(JSON.parse(look.stdout)).toMatchObject({ readOnly: true });
    expect(look.stderr).toContain(String(running.pid));
    expect(JSON.parse(apply.stdout)).toMatchObject({
      error: { code: 'read-only', detail: expect.stringContaining(String(running.pid)) },
    });
    expect(lab.rows(before)).toEqual([]);
    await endsWell(running);
  });

  test('is lost with the reason when the host restarts, and goes on with the next apply', async () => {
    const running = await halfWay();
    const boot = 'cat /proc/sys/kernel/random/boot_id';
    const first = (await host.root(boot)).stdout;
    // As if the power had failed: nothing on the host is told to end.
    await host.root('systemctl reboot --force --force').catch(() => {});
    await until('another boot', 60_000, async () => {
      const { stdout } = await host.root(boot).catch(() => ({ stdout: first }));
      return stdout !== first && stdout !== '' ? true : undefined;
    });
    await host.ready();
    source.setThrottle(undefined);
    const { code } = await running.ended;
    expect(code).toBe(2);
    expect(endOf(lab)).toBe('failed');
    const lost = lastRun(lab).findLast((entry) => entry.kind === 'action-ended');
    expect(lost).toMatchObject({
      state: 'lost',
      failure: { code: 'job-lost', reason: { key: 'error.job-lost.rebooted' } },
    });
    await endsWell(lab.launch('apply', '--yes'));
    expect(notDone(await lab.states())).toEqual({});
  });
});
