import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Action } from '../../../src/contract/action.ts';
import { dpkg } from '../../../src/main/engine/probes/packages.ts';
import {
  authorizedKey,
  type HostKeys,
  hostKeys,
  knownKeys,
  type PowerAnswer,
  type PowerIdentity,
  powerAnswer,
  powerIdentity,
} from '../../../src/main/engine/probes/power-identity.ts';
import { nodeHosts, virshAddress } from '../../../src/main/guide/power-address.ts';
import {
  account,
  authorized,
  client,
  key,
  knownHost,
} from '../../../src/main/guide/power-identity.ts';
import { powerChapter, proof, restartOnce } from '../../../src/main/guide/power-proof.ts';
import { MaasFacts, maasPlan, NOTHING } from '../support/maas-facts.ts';
import { SHELLS } from '../support/shells.ts';

const KVM = (port = 22) => `  rack:
    role: kvm
    address: 10.0.0.7
    port: ${port}
    user: virt
    auth: { agent: true }
networks:
  pxe: { on: rack, bridge: br1, provisioning: true }
machines:
  node: { on: rack, count: 2, networks: [pxe] }
`;
const plan = (line: string, port?: number) => maasPlan(`  line: "${line}"\n`, KVM(port));
const DEB = { ...NOTHING, deb: { version: '1.7.6' } };
const SNAP = { ...NOTHING, snap: { version: '3.7.3', channel: '3.7/stable' } };

const PUBLIC = 'ssh-ed25519 AAAAmaas';
const identity = (more: Partial<PowerIdentity> = {}): PowerIdentity => ({
  home: '/var/lib/maas',
  homeExists: true,
  shell: '/bin/bash',
  openssh: 6.6,
  key: { path: '/var/lib/maas/.ssh/id_ed25519', publicKey: PUBLIC, locked: false },
  ...more,
});
const KEYS: HostKeys = { keys: ['ssh-ed25519 AAAAhost', 'ssh-rsa BBBBhost'], openssh: 9.2 };
const where = { address: '10.0.0.7', port: 22 };
const uri = 'qemu+ssh://virt@10.0.0.7/system';

/** A MAAS 1.7 from packages whose account has a key, beside a KVM host. */
const deb = (who = identity(), keys = KEYS) =>
  new MaasFacts(plan('1.7'), DEB).put(powerIdentity('deb'), who).put(hostKeys, keys, 'rack');

describe('where MAAS asks', () => {
  test('is the KVM hosts that run nodes, by an address that MAAS 3 takes too', () => {
    expect(nodeHosts(plan('1.7'))).toEqual(['rack']);
    expect(nodeHosts(maasPlan('  line: "1.7"\n'))).toEqual([]);
    const host = { user: 'virt', address: '10.0.0.7', port: 22 };
    expect(virshAddress(host)).toBe(uri);
    expect(virshAddress({ ...host, port: 2222 })).toBe('qemu+ssh://virt@10.0.0.7:2222/system');
    expect(virshAddress({ ...host, address: 'fe80::1' })).toBe('qemu+ssh://virt@[fe80::1]/system');
  });

  test('without such hosts there is no chapter', () => {
    const bare = maasPlan('  line: "1.7"\n');
    for (const step of powerChapter.steps) expect(step.targets(bare)).toEqual([]);
  });
});

describe('virsh on the MAAS server', () => {
  const none = { installed: false, status: '', version: '' };

  test('has the name that its package bears on that system', () => {
    const old = new MaasFacts(plan('1.7'), DEB);
    const reads = client.reads(old.context(client)).map(({ probe }) => probe.key);
    expect(reads).toContain('dpkg libvirt-bin');
    const now = new MaasFacts(plan('3.x'), { ...NOTHING, deb: { version: '1:3.7.3' } });
    now.put(dpkg('libvirt-clients'), { 'libvirt-clients': none });
    expect(client.reads(now.context(client)).map(({ probe }) => probe.key)).toContain(
      'dpkg libvirt-clients',
    );
  });

  test('is in the snap already', () => {
    const facts = new MaasFacts(plan('3.x'), SNAP);
    expect(facts.check(client)).toMatchObject({ state: 'done', reason: 'power.client.snap' });
    expect(facts.actions(client)).toEqual([]);
  });
});

describe('the account of MAAS', () => {
  test.each([
    ['1.7', identity({ shell: '/bin/false' }), 'todo', 'power.account.no-shell', ['give-shell']],
    ['1.7', identity({ homeExists: false }), 'todo', 'power.account.no-home', ['make-home']],
    ['1.7', identity(), 'done', 'power.account.done', []],
    // Only the guide asks for a shell, and it is about 1.7.
    ['3.x', identity({ shell: '/usr/sbin/nologin' }), 'done', 'power.account.done', []],
    ['1.7', identity({ home: undefined }), 'manual', 'power.account.none', []],
  ])('of %s (%#)', (line, who, state, reason, ids) => {
    const found = line === '1.7' ? DEB : { ...NOTHING, deb: { version: '1:3.7.3' } };
    const facts = new MaasFacts(plan(line), found).put(powerIdentity('deb'), who);
    expect(facts.check(account)).toMatchObject({ state, reason });
    expect(facts.actions(account).map(({ id }) => id)).toEqual(ids);
  });

  test('gets its shell back, when it was we who changed it', () => {
    const facts = deb(identity({ shell: '/bin/false', key: undefined }));
    const made = facts.actions(account);
    const before = { [powerIdentity('deb').key]: identity({ shell: '/bin/false' }) };
    const context = facts.context(account, 'maas', before);
    expect(account.undo?.({ ...context, made })).toMatchObject([
      { script: 'usermod -s /bin/false maas\n' },
    ]);
    expect(account.undo?.(context)).toEqual([]);
  });

  test('of a snap is root, in the home that the snap gives it', () => {
    const home = '/var/snap/maas/current/root';
    const facts = new MaasFacts(plan('3.x'), SNAP);
    facts.put(powerIdentity('snap'), identity({ home, homeExists: false, shell: '' }));
    expect(facts.scripts(account)).toEqual([`install -d -m 755 -o root -g root ${home}\n`]);
  });
});

describe('the key of MAAS', () => {
  const none = identity({ key: undefined });

  test.each([
    [6.6, 9.2, '-t ed25519'],
    // Ubuntu 12.04 has OpenSSH 5.9, on either side.
    [6.6, 5.9, '-t rsa -b 4096'],
    [5.9, 9.2, '-t rsa -b 4096'],
    [undefined, undefined, '-t ed25519'],
  ])('with OpenSSH %s and %s is made with %s', (own, theirs, words) => {
    const facts = deb({ ...none, openssh: own }, { ...KEYS, openssh: theirs });
    expect(facts.check(key)).toMatchObject({ state: 'todo', reason: 'power.key.absent' });
    expect(facts.scripts(key)[0]).toContain(`ssh-keygen -q ${words} -N '' -C maas@maas`);
  });

  test('that is there is kept; one with a passphrase is of no use', () => {
    expect(deb().check(key)).toMatchObject({ state: 'done' });
    expect(deb().actions(key)).toEqual([]);
    const locked = { path: '/k', publicKey: PUBLIC, locked: true };
    expect(deb(identity({ key: locked })).check(key)).toMatchObject({
      state: 'manual',
      reason: 'power.key.locked',
    });
  });

  test('goes with an undo only where there was none', () => {
    const then = (who: PowerIdentity) => ({ [powerIdentity('deb').key]: who });
    const path = '/var/lib/maas/.ssh/id_ed25519';
    expect(key.undo?.(deb().context(key, 'maas', then(none)))).toMatchObject([
      { script: `rm -f ${path} ${path}.pub\n` },
    ]);
    expect(key.undo?.(deb().context(key, 'maas', then(identity())))).toEqual([]);
  });
});

describe('the host keys of the KVM host', () => {
  const known = (...keys: string[]) => deb().put(knownKeys('deb', where), keys);

  test.each([
    [[], 'todo', 'power.known-host.unknown'],
    [KEYS.keys.slice(0, 1), 'todo', 'power.known-host.unknown'],
    [KEYS.keys, 'done', 'power.known-host.done'],
    [[...KEYS.keys, 'ssh-ed25519 AAAAold'], 'todo', 'power.known-host.other'],
  ])('known as %s', (keys, state, reason) => {
    expect(known(...keys).check(knownHost, 'rack')).toMatchObject({ state, reason, notes: [] });
  });

  test('are told as what MAAS 3’s own driver does not look at', () => {
    const facts = new MaasFacts(plan('3.x'), SNAP)
      .put(hostKeys, KEYS, 'rack')
      .put(knownKeys('snap', where), KEYS.keys);
    expect(facts.check(knownHost, 'rack').notes).toEqual(['power.known-host.unverified']);
  });

  test('a host on another port is written with it', () => {
    const other = { address: '10.0.0.7', port: 2222 };
    const facts = new MaasFacts(plan('1.7', 2222), DEB)
      .put(hostKeys, KEYS, 'rack')
      .put(knownKeys('deb', other), []);
    expect(facts.scripts(knownHost, 'rack')[0]).toContain("'[10.0.0.7]:2222 ssh-ed25519 AAAAhost'");
  });

  const root = mkdtempSync(join(tmpdir(), 'labwright-known-'));
  afterAll(() => rmSync(root, { recursive: true }));

  /** Runs a script of the step with a home of its own, as the user of this test. */
  function run(shell: readonly string[], home: string, actions: readonly Action[] = []): void {
    for (const action of actions) {
      if (action.kind !== 'script') throw new Error(action.kind);
      const script = action.script
        .replace(/^u=maas; e=.*$/m, `u=me; e=me:x:1:1::${home}:/bin/sh`)
        .replace('sudo -n -u maas -H "$@"', '"$@"');
      const [program = '', ...words] = shell;
      const env = { ...process.env, HOME: home };
      const ran = spawnSync(program, words, { input: script, encoding: 'utf8', env });
      if (ran.status !== 0) throw new Error(`${program}: ${ran.stderr}${ran.stdout}`);
    }
  }

  test.each(SHELLS)('are added and taken away line by line (%s)', (...shell) => {
    const home = mkdtempSync(join(root, 'home-'));
    mkdirSync(join(home, '.ssh'));
    const file = join(home, '.ssh/known_hosts');
    writeFileSync(file, '192.0.2.1 ssh-rsa AAAA');
    run(shell, home, known().actions(knownHost, 'rack'));
    const ours = KEYS.keys.map((each) => `10.0.0.7 ${each}\n`).join('');
    expect(readFileSync(file, 'utf8')).toBe(`192.0.2.1 ssh-rsa AAAA\n${ours}`);
    const before = { [knownKeys('deb', where).key]: [] };
    run(shell, home, knownHost.undo?.(known().context(knownHost, 'rack', before)));
    expect(readFileSync(file, 'utf8')).toBe('192.0.2.1 ssh-rsa AAAA\n');
    // What was known before is not ours to forget.
    const all = { [knownKeys('deb', where).key]: KEYS.keys };
    expect(knownHost.undo?.(known().context(knownHost, 'rack', all))).toEqual([]);
  });

  test.each(SHELLS)(
    'the key of MAAS is let in once, and taken out as one line (%s)',
    (...shell) => {
      const home = mkdtempSync(join(root, 'kvm-'));
      const file = join(home, '.ssh/authorized_keys');
      const facts = deb().put(authorizedKey(PUBLIC), false, 'rack');
      run(shell, home, facts.actions(authorized, 'rack'));
      const line = `${PUBLIC} maas@maas\n`;
      expect(readFileSync(file, 'utf8')).toBe(line);
      writeFileSync(file, `ssh-rsa MINE me\n${line}ssh-rsa OTHER maas@maas\n`);
      const before = { [authorizedKey(PUBLIC).key]: false };
      run(shell, home, authorized.undo?.(facts.context(authorized, 'rack', before)));
      expect(readFileSync(file, 'utf8')).toBe('ssh-rsa MINE me\nssh-rsa OTHER maas@maas\n');
      const known = { [authorizedKey(PUBLIC).key]: true };
      expect(authorized.undo?.(facts.context(authorized, 'rack', known))).toEqual([]);
      expect(existsSync(join(home, '.ssh/known_hosts'))).toBe(false);
    },
  );
});

describe('the key on the KVM host', () => {
  test('is done there, as its login user, and waits for the key that is made elsewhere', () => {
    const facts = deb().put(authorizedKey(PUBLIC), false, 'rack');
    expect(facts.check(authorized, 'rack')).toMatchObject({ state: 'todo' });
    expect(facts.actions(authorized, 'rack')).toMatchObject([{ target: 'rack', sudo: false }]);
    expect(deb(identity({ key: undefined })).check(authorized, 'rack')).toMatchObject({
      state: 'manual',
      reason: 'power.authorized.no-key',
    });
  });

  test('a preview holds what can be known: the key first, the rest when it is there', () => {
    const none = { installed: true, status: 'ii', version: '1' };
    const facts = deb(identity({ key: undefined }))
      .put(dpkg('libvirt-bin'), { 'libvirt-bin': none })
      .put(knownKeys('deb', where), []);
    const { steps, left } = facts.preview([powerChapter]);
    expect(steps.map(({ id }) => id)).toEqual(['power.key@maas', 'power.known-host@rack']);
    expect(left.map(({ id }) => id)).toContain('power.authorized@rack');
    const later = deb()
      .put(dpkg('libvirt-bin'), { 'libvirt-bin': none })
      .put(knownKeys('deb', where), [])
      .put(authorizedKey(PUBLIC), false, 'rack');
    expect(later.preview([powerChapter]).steps.map(({ id, target }) => `${id} ${target}`)).toEqual([
      'power.known-host@rack maas',
      'power.authorized@rack rack',
    ]);
  });
});

describe('the proof', () => {
  const asked = (answer: Partial<PowerAnswer>, snap = false, version = '3.7.3') => {
    const kind = snap ? 'snap' : 'deb';
    const facts = snap
      ? new MaasFacts(plan('3.x'), { ...SNAP, snap: { version, channel: '' } })
      : deb();
    const full = { exitCode: 1, said: '', restarted: false, ...answer };
    return facts.put(powerAnswer(kind, uri, 'node-1'), full);
  };

  test('is the question of MAAS’s own driver, from its own account', () => {
    expect(powerAnswer('deb', uri, 'x').script).toContain(
      `sudo -n -u maas -H virsh -c ${uri} list --all`,
    );
    expect(powerAnswer('snap', uri, 'x').script).toContain(
      `/snap/bin/maas.power status virsh --power-address ${uri} --power-id x`,
    );
    expect(asked({ exitCode: 0, said: ' Id Name State' }).check(proof, 'rack').state).toBe('done');
    // Let in, and only the machine is not there yet.
    const said = 'provisioningserver.drivers.power.virsh.VirshError: Failed to get domain: node-1';
    expect(asked({ said }, true).check(proof, 'rack').state).toBe('done');
  });

  test.each([
    ['sudo: virsh: command not found', 'power.proof.no-tool'],
    ['Cannot recv data: Host key verification failed.: Connection reset', 'power.proof.host-key'],
    [
      'Cannot recv data: virt@10.0.0.7: Permission denied (publickey,password).',
      'power.proof.denied',
    ],
    [
      "Failed to connect socket to '/var/run/libvirt/libvirt-sock': Permission denied",
      'power.proof.group',
    ],
    ['authentication unavailable: no polkit agent available', 'power.proof.group'],
    [
      "Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file or directory",
      'power.proof.no-libvirt',
    ],
    [
      'End of file while reading data: sh: 1: nc: not found: Input/output error',
      'power.proof.no-nc',
    ],
    ['ssh: Could not resolve hostname rack: Name or service not known', 'power.proof.dns'],
    ['ssh: connect to host 10.0.0.7 port 22: Connection refused', 'power.proof.unreachable'],
    ['ssh: connect to host 10.0.0.7 port 22: No route to host', 'power.proof.unreachable'],
  ])('"%s" has a cause, and no restart would help', (said, reason) => {
    const facts = asked({ said: `error: failed to connect to the hypervisor\nerror: ${said}` });
    expect(facts.check(proof, 'rack')).toMatchObject({ state: 'manual', reason });
    expect(facts.check(restartOnce, 'rack').reason).toBe('power.restart.no-help');
    expect(facts.actions(restartOnce, 'rack')).toEqual([]);
  });

  test('one that hangs is not reached', () => {
    expect(asked({ exitCode: 124 }).check(proof, 'rack').reason).toBe('power.proof.unreachable');
  });

  test('an error that nobody knows is answered by one restart, as the guide says', () => {
    const odd = { said: 'error: internal error' };
    expect(asked(odd).check(restartOnce, 'rack')).toMatchObject({
      state: 'todo',
      reason: 'power.restart.offered',
    });
    expect(asked(odd).actions(restartOnce, 'rack')).toMatchObject([
      { kind: 'script', target: 'maas' },
      { kind: 'wait', finding: 'power.restart@rack' },
    ]);
    const after = asked({ ...odd, restarted: true });
    expect(after.check(restartOnce, 'rack').reason).toBe('power.restart.was');
    expect(after.actions(restartOnce, 'rack')).toEqual([]);
    expect(after.check(proof, 'rack')).toMatchObject({
      state: 'manual',
      reason: 'power.proof.failed',
    });
  });

  test.each([
    ['3.5.2', ['power.proof.maas-path']],
    ['3.7.0', ['power.proof.maas-path']],
    ['3.7.1', []],
  ])('a snap %s is told of its own mistake', (version, notes) => {
    const facts = asked({ said: 'VirshError: Failed to login to virsh console.' }, true, version);
    expect(facts.check(proof, 'rack')).toMatchObject({ state: 'manual', notes });
    expect(facts.actions(restartOnce, 'rack')).toEqual([]);
  });
});

test('facts of the system are asked on the host that they are about', () => {
  const facts = deb();
  const reads = authorized.reads(facts.context(authorized, 'rack'));
  expect(reads.map(({ target, probe }) => `${target} ${probe.key.split(' ')[0]}`)).toEqual([
    'maas installed-maas',
    'maas power-identity',
    'rack authorized-key',
  ]);
});
