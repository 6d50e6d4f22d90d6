import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Probe, ProbeAnswerError } from '../../../src/main/engine/probe.ts';
import {
  installedMaas,
  maasAnswer,
  maasConfig,
  maasServices,
  maasUser,
  snapOffer,
} from '../../../src/main/engine/probes/maas-server.ts';
import {
  aptCandidates,
  pendingUpdates,
  restartWanted,
} from '../../../src/main/engine/probes/packages.ts';
import { listeners } from '../../../src/main/engine/probes/ports.ts';
import { postgres } from '../../../src/main/engine/probes/postgres.ts';
import {
  hostKeys,
  knownKeys,
  powerAnswer,
  powerIdentity,
} from '../../../src/main/engine/probes/power-identity.ts';
import { SHELLS } from '../support/shells.ts';

const read = <T>(probe: Probe<T>, text: string, exitCode = 0) => probe.parse({ text, exitCode });

describe('which MAAS is there', () => {
  test('packages are known by their region, whatever else of MAAS is installed', () => {
    const text =
      'deb maas 1.7.6+b\ndeb maas-region-controller-min 1.7.6+bzr3376-0ubuntu2~14.04.1\n';
    expect(read(installedMaas, text)).toEqual({
      deb: { version: '1.7.6+bzr3376-0ubuntu2~14.04.1' },
      snapd: false,
      testDb: false,
    });
  });

  test('Ubuntu’s package that only brings the snap is no MAAS', () => {
    expect(read(installedMaas, 'deb maas 1:0.7\nsnapd\n')).toEqual({ snapd: true, testDb: false });
  });

  test('a snap is known with the channel that it follows (columns of snap list)', () => {
    const text =
      'snapd\nsnap maas 3.7.3-17668-g.a1b2c3d4e  41234  3.7/stable     canonical✓  -\nsnap maas-test-db 16.4-33-g.x  200  latest/stable  canonical✓  -\n';
    expect(read(installedMaas, text)).toEqual({
      snap: { version: '3.7.3-17668-g.a1b2c3d4e', channel: '3.7/stable' },
      snapd: true,
      testDb: true,
    });
  });

  test.each([
    ['  3.7/stable:       3.7.3-17668-g.a1b2 2026-05-04 (41234) 150MB -', '3.7.3-17668-g.a1b2'],
    ['  3.7/stable:       –', undefined],
    ['  3.7/stable:       ^', undefined],
    ['  3.7/stable:       ↑', undefined],
    ['  3.6/stable:       3.6.1-1 2026-05-04 (4) 1MB -', undefined],
    ['error: no snap found for "maas"', undefined],
  ])('in the store, "%s" is %s', (line, version) => {
    const text = `name:      maas\nsummary:   Metal as a Service\nchannels:\n${line}\n`;
    expect(read(snapOffer('maas', '3.7/stable'), text)).toMatchObject({ version });
    expect(read(snapOffer('maas', '3.7'), text)).toMatchObject({ version });
  });
});

describe('what apt says', () => {
  const POLICY = `lists current
maas:
  Installed: (none)
  Candidate: 1:3.7.3-17668-g.a-0ubuntu1~24.04.1
  Version table:
     1:3.7.3-17668-g.a-0ubuntu1~24.04.1 500
        500 https://ppa.launchpadcontent.net/maas/3.7/ubuntu noble/main amd64 Packages
     1:3.5.0-16000-g.b-0ubuntu1 500
        500 http://archive.ubuntu.com/ubuntu noble/universe amd64 Packages
`;

  test('the candidate is known with where it comes from, and only that', () => {
    expect(read(aptCandidates('maas'), POLICY)).toEqual({
      versions: { maas: '1:3.7.3-17668-g.a-0ubuntu1~24.04.1' },
      origins: { maas: ['https://ppa.launchpadcontent.net/maas/3.7/ubuntu noble/main'] },
      listsCurrent: true,
      apt: true,
    });
  });

  test('the same in the words of 14.04, for what is installed already', () => {
    const text = `lists old
maas:
  Installed: 1.7.6+bzr3376-0ubuntu2~14.04.1
  Candidate: 1.7.6+bzr3376-0ubuntu2~14.04.1
  Version table:
 *** 1.7.6+bzr3376-0ubuntu2~14.04.1 0
        500 http://archive.ubuntu.com/ubuntu/ trusty-updates/main amd64 Packages
        100 /var/lib/dpkg/status
     1.5+bzr2252-0ubuntu1 0
        500 http://archive.ubuntu.com/ubuntu/ trusty/main amd64 Packages
`;
    expect(read(aptCandidates('maas'), text)).toMatchObject({
      origins: { maas: ['http://archive.ubuntu.com/ubuntu/ trusty-updates/main'] },
      listsCurrent: false,
    });
  });

  test('what upgrade would renew is counted from its own simulation', () => {
    const text =
      'lists current\nInst libc6 [2.36-9] (2.36-10 Debian:12.5/stable [amd64]) []\nInst tzdata [1] (2 Debian:12 [all])\n';
    expect(read(pendingUpdates, text)).toEqual({
      names: ['libc6', 'tzdata'],
      listsCurrent: true,
      apt: true,
    });
    expect(read(restartWanted, '')).toEqual({ wanted: false, packages: [] });
    expect(read(restartWanted, 'wanted\nlinux-base\nlinux-base\n')).toEqual({
      wanted: true,
      packages: ['linux-base'],
    });
  });
});

test('listeners are read as ss shows them before and since iproute2 4.0', () => {
  const old = `Netid  State      Recv-Q Send-Q     Local Address:Port       Peer Address:Port
udp    UNCONN     0      0                      *:67                    *:*      users:(("dhcpd",912,7))
tcp    LISTEN     0      128                   :::80                   :::*      users:(("apache2",1200,4),("apache2",1198,4))
`;
  const now = `Netid State  Recv-Q Send-Q Local Address:Port  Peer Address:PortProcess
udp   UNCONN 0      0      127.0.0.53%lo:53         0.0.0.0:*    users:(("systemd-resolve",pid=512,fd=13))
tcp   LISTEN 0      511            [::]:5240           [::]:*    users:(("nginx",pid=9,fd=5),("nginx",pid=8,fd=5))
tcp   LISTEN 0      128         0.0.0.0:22          0.0.0.0:*
`;
  expect(read(listeners, old)).toEqual([
    { protocol: 'udp', address: '*', port: 67, owners: ['dhcpd'] },
    { protocol: 'tcp', address: '::', port: 80, owners: ['apache2'] },
  ]);
  expect(read(listeners, now)).toEqual([
    { protocol: 'udp', address: '127.0.0.53%lo', port: 53, owners: ['systemd-resolve'] },
    { protocol: 'tcp', address: '[::]', port: 5240, owners: ['nginx'] },
    { protocol: 'tcp', address: '0.0.0.0', port: 22, owners: [] },
  ]);
  expect(() => read(listeners, 'ss: not found', 127)).toThrow(ProbeAnswerError);
});

describe('the services of MAAS', () => {
  test('by systemd, and by upstart with its instances', () => {
    const systemd = `systemd
unit maas-regiond.service loaded active running MAAS Region Controller
unit maas-rackd.service loaded failed failed MAAS Rack Controller
unit maas-dhcpd.service loaded inactive dead MAAS instance of ISC DHCP server
unit bind9.service not-found inactive dead bind9.service
`;
    expect(read(maasServices('deb'), systemd)).toEqual({
      services: [
        { name: 'maas-regiond', state: 'running' },
        { name: 'maas-rackd', state: 'failed' },
        { name: 'maas-dhcpd', state: 'stopped' },
      ],
      by: 'systemd',
      configured: true,
    });
    const upstart = `upstart
job maas-clusterd start/running, process 1712
job maas-dhcp-server stop/waiting
job maas-regiond-worker (1) start/running, process 3
service apache2 running
service bind9 stopped
`;
    expect(read(maasServices('deb'), upstart)).toMatchObject({
      services: [
        { name: 'maas-clusterd', state: 'running' },
        { name: 'maas-dhcp-server', state: 'stopped' },
        { name: 'maas-regiond-worker', state: 'running' },
        { name: 'apache2', state: 'running' },
        { name: 'bind9', state: 'stopped' },
      ],
      by: 'upstart',
    });
  });

  test('of a snap: by pebble since 3.5, by supervisor before, and not at all before init', () => {
    // The table is that of the tests of maas-region's charm (test_get_maas_status).
    const pebble = `Service          Startup   Current   Since
agent            disabled  active    today at 07:48 UTC
bind9            disabled  inactive  -
rackd            enabled   error     today at 07:50 UTC
regiond          enabled   backoff   today at 07:49 UTC
`;
    expect(read(maasServices('snap'), pebble)).toMatchObject({
      services: [
        { name: 'agent', state: 'running' },
        { name: 'bind9', state: 'stopped' },
        { name: 'rackd', state: 'failed' },
        { name: 'regiond', state: 'failed' },
      ],
    });
    const supervisor = `bind9                            RUNNING   pid 9136, uptime 0:01:23
dhcpd                            STOPPED   Not started
regiond                          FATAL     Exited too quickly (process log may have details)
`;
    expect(read(maasServices('snap'), supervisor)).toMatchObject({
      services: [
        { name: 'bind9', state: 'running' },
        { name: 'dhcpd', state: 'stopped' },
        { name: 'regiond', state: 'failed' },
      ],
      configured: true,
    });
    expect(read(maasServices('snap'), 'MAAS is not configured\n', 1)).toMatchObject({
      configured: false,
    });
    expect(() => read(maasServices('snap'), 'sudo: odd\n', 1)).toThrow(ProbeAnswerError);
  });
});

test('an answer of MAAS is read as the recorded one, and one without a version too', () => {
  const probe = maasAnswer('http://localhost:5240/MAAS/api/2.0/version/');
  const recorded =
    '{"version": "3.3.11", "subversion": "", "capabilities": ["networks-management"]}';
  expect(read(probe, `${recorded}\nstatus 200\n`)).toMatchObject({
    status: 200,
    version: '3.3.11',
  });
  expect(read(probe, '{"capabilities": []}\nstatus 200\n')).toMatchObject({ version: undefined });
  expect(read(probe, 'curl: (7) Failed to connect\n\nstatus 000\n')).toEqual({
    status: 0,
    version: undefined,
    detail: 'curl: (7) Failed to connect',
  });
});

test('of the configuration only mode and address are read, in the form of each line', () => {
  expect(read(maasConfig, 'mode none\naddresses 10.0.0.2 172.17.0.1 \n')).toEqual({
    mode: 'none',
    url: undefined,
    addresses: ['10.0.0.2', '172.17.0.1'],
  });
  expect(read(maasConfig, 'url http://10.0.0.2/MAAS\naddresses \n')).toMatchObject({
    url: 'http://10.0.0.2/MAAS',
    addresses: [],
  });
  expect(() => read(maasConfig, 'odd')).toThrow(ProbeAnswerError);
});

test('PostgreSQL is read before and since version 10; a server that is silent has no version', () => {
  expect(read(postgres, 'version 9.3.24\nused 12 of 100\n')).toEqual({
    version: '9.3.24',
    used: 12,
    most: 100,
    role: undefined,
    database: false,
  });
  const text = 'version 16.2 (Ubuntu 16.2-1ubuntu4)\nused 97 of 100\nrole labwright x\ndatabase\n';
  expect(read(postgres, text)).toMatchObject({
    version: '16.2',
    role: 'labwright x',
    database: true,
  });
  expect(read(postgres, 'version 16.2\nrole \n')).toMatchObject({ role: '' });
  expect(read(postgres, 'psql: error: connection to server failed\n')).toMatchObject({
    version: undefined,
  });
});

describe.each(SHELLS)('the keys of a user, asked by %s', (...shell) => {
  const folder = mkdtempSync(join(tmpdir(), 'labwright-maas-'));
  const tool = join(folder, 'maas');
  const [program = '', ...words] = shell;
  const key = `${'a'.repeat(18)}:${'B'.repeat(18)}:${'7'.repeat(32)}`;
  const probe = maasUser(tool, "o'neill");

  beforeAll(() => {
    writeFileSync(tool, '');
    chmodSync(tool, 0o755);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const ask = (body: string) => {
    writeFileSync(
      tool,
      `#!/bin/sh\n[ "$1 $2 $3" = "apikey --username o'neill" ] || exit 9\n${body}`,
    );
    const ran = spawnSync(program, words, { input: probe.script, encoding: 'utf8' });
    return { text: ran.stdout + ran.stderr, exitCode: ran.status ?? -1 };
  };

  test('are told by their hashes alone, and so is a line that could be one', () => {
    const answer = ask(`echo "${key}"; echo "${key} with a name"; echo "a warning: of 2: kinds"`);
    expect(answer.text).not.toContain(key);
    expect(answer.text).not.toContain('7777');
    const hash = createHash('sha256').update(key).digest('hex');
    expect(probe.parse(answer)).toEqual({ exists: true, keys: [hash] });
  });

  test('a user that does not exist is told from a MAAS that does not work', () => {
    expect(probe.parse(ask('echo "CommandError: User does not exist." >&2; exit 1'))).toEqual({
      exists: false,
      keys: [],
    });
    expect(() => probe.parse(ask('echo "could not connect to server" >&2; exit 1'))).toThrow(
      ProbeAnswerError,
    );
  });
});

describe('the identity of MAAS', () => {
  const probe = powerIdentity('deb');

  test('its home is what the system says, and the best of its keys comes first', () => {
    const text = `home /var/lib/maas
shell /bin/false
exists
OpenSSH_6.6.1p1 Ubuntu-2ubuntu2.13, OpenSSL 1.0.1f 6 Jan 2014
key open /var/lib/maas/.ssh/id_ed25519 ssh-ed25519 AAAA maas@host
key locked /var/lib/maas/.ssh/id_rsa ssh-rsa BBBB
`;
    expect(read(probe, text)).toEqual({
      home: '/var/lib/maas',
      homeExists: true,
      shell: '/bin/false',
      openssh: 6.6,
      key: {
        path: '/var/lib/maas/.ssh/id_ed25519',
        publicKey: 'ssh-ed25519 AAAA',
        locked: false,
      },
    });
    expect(read(probe, 'no account\n')).toMatchObject({ home: undefined, key: undefined });
    expect(() => read(probe, 'odd')).toThrow(ProbeAnswerError);
  });

  test('a host tells all its keys; one without any is an error, not a host that is trusted blindly', () => {
    const text =
      'OpenSSH_9.2p1 Debian-2\nkey ssh-ed25519 AAAA root@x\nkey ecdsa-sha2-nistp256 BBBB\n';
    expect(read(hostKeys, text)).toEqual({
      keys: ['ssh-ed25519 AAAA', 'ecdsa-sha2-nistp256 BBBB'],
      openssh: 9.2,
    });
    expect(() => read(hostKeys, 'OpenSSH_9.2p1\n')).toThrow(ProbeAnswerError);
  });

  test('known keys are read from plain and hashed lines; markers are none', () => {
    const text = `# Host [192.0.2.1]:2222 found: line 1
[192.0.2.1]:2222 ssh-ed25519 AAAA
|1|c2FsdA==|aGFzaA== ssh-rsa BBBB
@revoked 192.0.2.1 ssh-rsa CCCC
`;
    const keys = knownKeys('deb', { address: '192.0.2.1', port: 2222 });
    expect(keys.shown).toBe('ssh-keygen -F [192.0.2.1]:2222');
    expect(read(keys, text)).toEqual(['ssh-ed25519 AAAA', 'ssh-rsa BBBB']);
  });

  test('what virsh said, how it ended, and whether the host was started since', () => {
    const power = powerAnswer('deb', 'qemu+ssh://u@h/system', 'n');
    expect(read(power, ' Id   Name\n---\n\nexit 0\n')).toEqual({
      exitCode: 0,
      said: 'Id   Name\n---',
      restarted: true,
    });
    expect(read(power, 'error: x\nexit 1\nnot restarted since\n')).toMatchObject({
      exitCode: 1,
      restarted: false,
    });
  });
});

test('no answer, however odd, is anything but an answer or an error that says what was expected', () => {
  const probes: Probe<unknown>[] = [
    installedMaas,
    maasConfig,
    maasServices('deb'),
    maasServices('snap'),
    maasAnswer('http://x'),
    maasUser('maas', 'admin'),
    snapOffer('maas', '3.7/stable'),
    aptCandidates('maas'),
    pendingUpdates,
    restartWanted,
    listeners,
    postgres,
    powerIdentity('deb'),
    hostKeys,
    knownKeys('snap', { address: 'h', port: 22 }),
    powerAnswer('snap', 'u', 'n'),
  ];
  fc.assert(
    fc.property(fc.constantFrom(...probes), fc.string(), fc.nat(255), (probe, text, exitCode) => {
      try {
        probe.parse({ text, exitCode });
      } catch (error) {
        expect(error).toBeInstanceOf(ProbeAnswerError);
      }
    }),
  );
});
