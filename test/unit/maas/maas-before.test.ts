import { describe, expect, test } from 'vitest';
import type { ScriptAction } from '../../../src/contract/action.ts';
import { unitState } from '../../../src/main/engine/probes/files.ts';
import { snapOffer } from '../../../src/main/engine/probes/maas-server.ts';
import {
  aptCandidates,
  dpkg,
  pendingUpdates,
  restartWanted,
} from '../../../src/main/engine/probes/packages.ts';
import { type Listener, listeners } from '../../../src/main/engine/probes/ports.ts';
import { install } from '../../../src/main/guide/maas-install.ts';
import { lineOf, postgresFor } from '../../../src/main/guide/maas-installed.ts';
import { ports } from '../../../src/main/guide/maas-ports.ts';
import { restart, timeDaemon, upToDate } from '../../../src/main/guide/maas-ready.ts';
import { maasServer } from '../../../src/main/guide/maas-server.ts';
import { source } from '../../../src/main/guide/maas-source.ts';
import {
  deb,
  MaasFacts,
  maasPlan,
  NOTHING,
  OLD,
  offers,
  PPA,
  SNAP,
  snap,
} from '../support/maas-facts.ts';

test.each([
  ['1.7.6+bzr3376-0ubuntu2~14.04.1', '1.7'],
  ['1.9.5+bzr4599', '1.7'],
  ['1:3.4.2-14353-g.5a5221d57-0ubuntu1~22.04.1', '3.x'],
  ['3.7.3-17668-g.a', '3.x'],
  ['2.9.2', '3.x'],
])('%s is of line %s', (version, line) => {
  expect(lineOf(version)).toBe(line);
});

test.each([
  ['1.7.6', [9]],
  ['2.9.2', [10, 11, 12, 13, 14]],
  ['3.3.11', [10, 11, 12, 13, 14]],
  ['3.5.0', [14]],
  ['3.6', [14, 16]],
  ['3.7.3', [16]],
  ['4.0', [16]],
  ['9.9', undefined],
])('MAAS %s works with PostgreSQL %s', (version, majors) => {
  expect(postgresFor(version)).toEqual(majors);
});

describe('where MAAS comes from', () => {
  const archive = ['http://archive.ubuntu.com/ubuntu trusty-updates/main'];

  test('the candidate is told before it is installed, with a note where the system is another', () => {
    const facts = new MaasFacts(OLD).put(aptCandidates('maas'), offers('1.7.6+b', archive));
    expect(facts.check(source)).toEqual({
      state: 'done',
      reason: 'maas.source.candidate',
      notes: [],
    });
    expect(facts.params(source)).toMatchObject({ version: '1.7.6+b', origin: archive[0] });
    const debian = new MaasFacts(maasPlan('  line: "3.x"\n  from: archive\n')).put(
      aptCandidates('maas'),
      offers('1:3.4.2', ['http://x bookworm/main']),
    );
    expect(debian.check(source).notes).toEqual(['maas.source.other-ubuntu']);
  });

  test.each([
    ['lists that are old', offers('1.7.6', [], false), 'todo', 'maas.source.lists-old'],
    ['nothing offered', offers(undefined), 'manual', 'maas.source.not-offered'],
    ['a way to the snap', offers('1:0.7', ['x']), 'manual', 'maas.source.transitional'],
    ['another line', offers('1:3.4.2', ['x']), 'manual', 'maas.source.offers-other-line'],
    ['no apt', { ...offers('1.7.6'), apt: false }, 'manual', 'packages.no-apt'],
  ])('%s', (_what, offer, state, reason) => {
    const facts = new MaasFacts(OLD).put(aptCandidates('maas'), offer);
    expect(facts.check(source)).toMatchObject({ state, reason });
    expect(facts.scripts(source)).toHaveLength(state === 'todo' ? 1 : 0);
  });

  test('a PPA is added when its version would not be the one that comes', () => {
    const other = offers('1:3.5.0', ['http://archive.ubuntu.com/ubuntu noble/universe']);
    const facts = new MaasFacts(PPA).put(aptCandidates('maas'), other);
    expect(facts.check(source)).toMatchObject({ state: 'todo', reason: 'maas.source.no-ppa' });
    expect(facts.scripts(source)[0]).toContain('add-apt-repository -y ppa:maas/3.7');
    const context = facts.context(source, 'maas', { [aptCandidates('maas').key]: other });
    const made = facts.actions(source) as ScriptAction[];
    expect(source.undo?.({ ...context, made })).toMatchObject([
      { script: 'add-apt-repository -y --remove ppa:maas/3.7\n' },
    ]);
    // A mere update of the lists takes nothing away again.
    expect(source.undo?.(context)).toEqual([]);
    facts.put(
      aptCandidates('maas'),
      offers('1:3.7.3', ['https://ppa.launchpadcontent.net/maas/3.7/ubuntu noble/main']),
    );
    expect(facts.check(source)).toMatchObject({ state: 'done', notes: [] });
    const failed = { action: made[0]!, exitCode: 1, output: "Cannot add PPA: 'ppa:~maas/…'" };
    expect(source.explain?.(context, failed)?.key).toBe('maas.source.no-such-ppa');
  });

  test('a snap is looked for in its channel; snapd comes first', () => {
    const facts = new MaasFacts(SNAP, { ...NOTHING, snapd: false });
    expect(facts.check(source).reason).toBe('maas.source.no-snapd');
    expect(facts.scripts(source)[0]).toContain('apt-get install');
    const there = new MaasFacts(SNAP);
    const offer = snapOffer('maas', '3.7/stable');
    there.put(offer, { version: undefined, said: 'error: unable to contact snap store' });
    expect(there.check(source)).toMatchObject({
      state: 'manual',
      reason: 'maas.source.no-channel',
    });
    there.put(offer, { version: '3.7.3-17668-g.a', said: '' });
    expect(there.check(source)).toMatchObject({ state: 'done', reason: 'maas.source.channel' });
  });

  test.each([
    [OLD, deb('1:3.4.2'), 'manual', 'maas.source.other-line', []],
    [SNAP, deb('1.7.6'), 'manual', 'maas.source.other-line', []],
    [SNAP, deb('1:3.7.3-1'), 'done', 'maas.source.installed-deb', ['maas.source.is-deb']],
    [PPA, snap('3.7.3-1'), 'done', 'maas.source.installed-snap', ['maas.source.is-snap']],
    [
      SNAP,
      snap('3.5.1-1', '3.5/stable'),
      'done',
      'maas.source.installed-snap',
      ['maas.source.other-version'],
    ],
    [OLD, deb('1.7.6'), 'done', 'maas.source.installed-deb', []],
  ])(
    'a MAAS that is there is kept, whatever the plan says (%#)',
    (plan, found, state, reason, notes) => {
      const facts = new MaasFacts(plan, found);
      expect(facts.check(source)).toEqual({ state, reason, notes });
      expect(facts.scripts(source)).toEqual([]);
      // Nothing that follows installs over it either.
      if (found.snap !== undefined || plan === SNAP) {
        facts.put(dpkg('maas'), { maas: { installed: false, status: '', version: '' } });
        expect(facts.check(install).state).toBe('done');
        expect(facts.scripts(install)).toEqual([]);
      }
    },
  );
});

describe('before MAAS is installed', () => {
  const updates = (names: string[], listsCurrent = true) => ({ names, listsCurrent, apt: true });
  const wanted = { wanted: true, packages: ['linux-image-3.13'] };

  test('packages are brought up to date; afterwards that is only told', () => {
    const many = ['a', 'b', 'c', 'd', 'e', 'f'];
    const facts = new MaasFacts(OLD).put(pendingUpdates, updates(many));
    expect(facts.check(upToDate)).toMatchObject({
      state: 'todo',
      reason: 'maas.up-to-date.pending',
    });
    expect(facts.params(upToDate)).toEqual({ count: 6, names: 'a, b, c, d, e, … (6)' });
    expect(facts.scripts(upToDate)[0]).toContain('apt-get upgrade -y');
    const there = new MaasFacts(OLD, deb('1.7.6')).put(pendingUpdates, updates(many));
    expect(there.check(upToDate)).toEqual({
      state: 'done',
      reason: 'maas.up-to-date.before',
      notes: ['maas.up-to-date.pending'],
    });
    expect(there.scripts(upToDate)).toEqual([]);
    const fresh = new MaasFacts(OLD).put(pendingUpdates, updates([], false));
    expect(fresh.check(upToDate).state).toBe('todo');
    expect(new MaasFacts(OLD).put(pendingUpdates, updates([])).check(upToDate).state).toBe('done');
  });

  test('a restart that the system wants is done with a wait for the host; under a MAAS it is not', () => {
    const facts = new MaasFacts(OLD).put(pendingUpdates, updates([])).put(restartWanted, wanted);
    expect(facts.check(restart)).toMatchObject({ state: 'todo', reason: 'maas.restart.wanted' });
    expect(facts.actions(restart)).toMatchObject([
      { kind: 'script', cancel: 'never' },
      { kind: 'wait', finding: 'maas.restart@maas' },
    ]);
    expect(restart.risks).toEqual(['changes-power']);
    const there = new MaasFacts(OLD, deb('1.7.6'))
      .put(pendingUpdates, updates([]))
      .put(restartWanted, wanted);
    expect(there.check(restart)).toEqual({
      state: 'done',
      reason: 'maas.restart.later',
      notes: ['maas.restart.wanted'],
    });
    expect(there.scripts(restart)).toEqual([]);
  });

  test('whether updates will want a restart is not promised before they are there', () => {
    const quiet = { wanted: false, packages: [] };
    const facts = new MaasFacts(OLD)
      .put(aptCandidates('maas'), offers('1.7.6', ['x']))
      .put(pendingUpdates, updates(['libc6']))
      .put(restartWanted, quiet)
      .put(listeners, []);
    const { steps, left } = facts.preview([maasServer]);
    expect(steps.map(({ id }) => id)).toEqual(['maas.up-to-date@maas']);
    expect(left.map(({ id }) => id)).toContain('maas.install@maas');
  });

  test('two services that set the clock are one too many, and undo brings the other back', () => {
    const on = { enabled: true, active: true };
    const off = { enabled: false, active: false };
    const facts = (other: typeof on, chrony: typeof on) =>
      new MaasFacts(SNAP)
        .put(unitState('systemd-timesyncd'), other)
        .put(unitState('chrony'), chrony);
    expect(facts(on, on).check(timeDaemon).reason).toBe('maas.time-daemon.both');
    expect(facts(on, off).check(timeDaemon).reason).toBe('maas.time-daemon.timesyncd');
    expect(facts(off, on).check(timeDaemon).state).toBe('done');
    expect(facts(off, off).check(timeDaemon).state).toBe('done');
    const before = { [unitState('systemd-timesyncd').key]: on };
    const context = facts(on, off).context(timeDaemon, 'maas', before);
    expect(timeDaemon.undo?.(context)).toMatchObject([
      { script: 'systemctl enable --now systemd-timesyncd\n' },
    ]);
    expect(timeDaemon.targets(OLD)).toEqual([]);
  });
});

describe('the ports of MAAS', () => {
  const taken = (
    port: number,
    protocol: 'tcp' | 'udp',
    owner: string,
    where = '0.0.0.0',
  ): Listener => ({
    port,
    protocol,
    address: where,
    owners: [owner],
  });
  const check = (plan: typeof OLD, ...found: Listener[]) =>
    new MaasFacts(plan).put(listeners, found).check(ports);

  test('belong to nobody, or to MAAS itself', () => {
    expect(check(OLD).state).toBe('done');
    expect(
      check(
        SNAP,
        taken(53, 'udp', 'named'),
        taken(67, 'udp', 'dhcpd'),
        taken(69, 'udp', 'python3'),
        taken(5240, 'tcp', 'nginx'),
        taken(8000, 'tcp', 'squid'),
        taken(53, 'udp', 'systemd-resolve', '127.0.0.53%lo'),
        // What MAAS does not ask for is nobody's business.
        taken(80, 'tcp', 'nginx'),
      ),
    ).toEqual({ state: 'done', reason: 'maas.ports.done', notes: [] });
  });

  test.each([
    [taken(53, 'udp', 'dnsmasq', '192.168.122.1'), ['maas.ports.dnsmasq']],
    [taken(53, 'tcp', 'systemd-resolve', '192.0.2.1'), ['maas.ports.resolved']],
    [taken(69, 'udp', 'in.tftpd'), []],
    [taken(80, 'tcp', 'nginx'), []],
  ])('that another has are named (%#)', (one, notes) => {
    const facts = new MaasFacts(OLD).put(listeners, [one]);
    expect(facts.check(ports)).toEqual({ state: 'manual', reason: 'maas.ports.taken', notes });
    expect(facts.params(ports).list).toContain(one.owners[0]);
  });

  test('port 80 of a mirror on the same host is explained, on either line', () => {
    const mirror = `mirror:
  host: maas
  line: v2
  source: http://maas.ubuntu.com/images/ephemeral-v2/releases/
  directory: /var/www/html/mirror
  filters: {}
`;
    const web = taken(80, 'tcp', 'apache2');
    expect(check(maasPlan('  line: "1.7"\n', mirror), web)).toMatchObject({
      state: 'done',
      notes: ['maas.ports.mirror-1.7'],
    });
    expect(check(maasPlan('  line: "3.x"\n', mirror), web)).toMatchObject({
      state: 'done',
      notes: ['maas.ports.mirror-3.x'],
    });
    expect(check(OLD, web).notes).toEqual([]);
  });
});
