import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PlanInput } from '../../src/contract/plan.ts';
import { type Bed, type Host, openBed } from '../bed/bed.ts';
import { login, maasPlan } from './maas-plan.ts';
import { RealLab } from './real-lab.ts';

/** QEMU in a container, as in kvm.test.ts. */
const QEMU_CONF = `cgroup_controllers = [ ]
namespaces = [ ]
security_driver = "none"
remember_owner = 0
`;

const DOMAIN = `<domain type='qemu'><name>node-1</name><memory unit='MiB'>64</memory><os><type arch='x86_64'>hvm</type></os></domain>`;

const STEPS = [
  'power.client',
  'power.account',
  'power.key',
  'power.known-host',
  'power.authorized',
  'power.restart',
  'power.proof',
];

let bed: Bed;
let maas: Host;
let kvm: Host;
let lab: RealLab;

function plan(): PlanInput {
  const base = maasPlan(maas, '1.7');
  return {
    ...base,
    hosts: { ...base.hosts, kvm: { role: 'kvm', ...login(kvm) } },
    networks: { pxe: { on: 'kvm', bridge: 'br1', provisioning: true } },
    machines: { node: { on: 'kvm', count: 2, networks: ['pxe'] } },
  };
}

async function must(on: Host, command: string, stdin?: string): Promise<string> {
  const { code, stderr, stdout } = await on.root(command, stdin === undefined ? {} : { stdin });
  if (code !== 0) throw new Error(`${command}: ${stderr || stdout}`);
  return stdout;
}

const words = (steps: readonly string[]) => steps.flatMap((step) => ['--step', step]);

async function apply(...steps: string[]): Promise<void> {
  const { code, stderr, stdout } = await lab.run('apply', '--yes', ...words(steps));
  expect({ code, said: code === 0 ? '' : stderr + stdout }).toEqual({ code: 0, said: '' });
}

async function states(): Promise<Record<string, string>> {
  const { findings } = await lab.check(...words(STEPS));
  return Object.fromEntries(Object.entries(findings).map(([step, { state }]) => [step, state]));
}

async function proofOf(step: string) {
  const { findings } = await lab.check('--step', step);
  return findings[step];
}

const AUTHORIZED = '/home/ubuntu/.ssh/authorized_keys';
const KNOWN = '/var/lib/maas/.ssh/known_hosts';

beforeAll(async () => {
  bed = await openBed();
  [maas, kvm] = await Promise.all([bed.host({ name: 'maas' }), bed.host({ name: 'kvm' })]);
  lab = await RealLab.make(plan());
  await lab.trust(maas, 'maas');
  await lab.trust(kvm, 'kvm');
  await must(maas, 'cat > /etc/apt/sources.list.d/maas.list', bed.repository.maasLine('maas-bare'));
  await Promise.all([
    must(maas, 'apt-get update && apt-get install -y maas maas-dhcp maas-dns'),
    apply('kvm.packages'),
  ]);
  await must(kvm, 'cat > /etc/libvirt/qemu.conf && systemctl restart libvirtd', QEMU_CONF);
  await apply('kvm.service', 'kvm.group');
  await must(kvm, 'cat > /tmp/d.xml && virsh -q -c qemu:///system define /tmp/d.xml', DOMAIN);
}, 300_000);

afterAll(async () => {
  await lab?.remove();
  await bed?.stop();
});

test('the account that MAAS has is found where the system says, and has no key yet', async () => {
  expect(await states()).toEqual({
    'power.client': 'todo',
    'power.account': 'todo',
    'power.key': 'blocked',
    'power.known-host': 'blocked',
    'power.authorized': 'blocked',
    'power.restart': 'blocked',
    'power.proof': 'blocked',
  });
  const { findings } = await lab.check('--step', 'power.account');
  expect(findings['power.account']).toMatchObject({
    reason: {
      key: 'power.account.no-shell',
      params: { home: '/var/lib/maas', shell: '/usr/sbin/nologin' },
    },
    notes: [{ key: 'power.account.shell-only-guide' }],
  });
});

test('the key pair is made on one host before it is let in on the other, and virsh gets through', async () => {
  const mine = (await must(kvm, `cat ${AUTHORIZED}`)).trim();
  await must(
    maas,
    `sudo -u maas sh -c "mkdir -m 700 -p /var/lib/maas/.ssh; printf '192.0.2.9 ssh-rsa AAAA' > ${KNOWN}"`,
  );
  await apply('power.client', 'power.account', 'power.key', 'power.known-host');
  const made = await must(
    maas,
    'stat -c "%U %a %n" /var/lib/maas/.ssh /var/lib/maas/.ssh/id_*; getent passwd maas',
  );
  expect(made).toContain('maas 700 /var/lib/maas/.ssh\n');
  expect(made).toContain('maas 600 /var/lib/maas/.ssh/id_ed25519\n');
  expect(made).toContain(':/var/lib/maas:/bin/bash');
  // A file whose last line was not ended stays two lines.
  expect(await must(maas, `head -n 2 ${KNOWN}`)).toMatch(
    new RegExp(`^192\\.0\\.2\\.9 ssh-rsa AAAA\\n${kvm.address} ssh-ed25519 `),
  );
  await apply(...STEPS);
  expect(Object.values(await states())).toEqual(STEPS.map(() => 'done'));
  const lines = (await must(kvm, `cat ${AUTHORIZED}`)).trim().split('\n');
  expect(lines).toEqual([mine, expect.stringMatching(/^ssh-ed25519 \S+ maas@maas$/)]);
  // What the step says is true of the guide's own command.
  const uri = `qemu+ssh://ubuntu@${kvm.address}/system`;
  expect((await proofOf('power.proof'))?.reason.params).toEqual({ uri });
  expect(await must(maas, `sudo -u maas -H virsh -c ${uri} list --all </dev/null`)).toContain(
    'node-1',
  );
  const again = await lab.run('apply', '--yes', '--json', ...words(STEPS));
  expect(JSON.parse(again.stdout)).not.toHaveProperty('run');
}, 180_000);

test('a key that is refused, a host that shows another key and one that is not there are told apart', async () => {
  await must(
    kvm,
    `sed -i 's/^ssh-ed25519 \\(.* maas@maas\\)$/from="192.0.2.1" ssh-ed25519 \\1/' ${AUTHORIZED}`,
  );
  expect(await proofOf('power.proof')).toMatchObject({
    state: 'manual',
    reason: { key: 'power.proof.denied', params: { host: 'kvm', user: 'ubuntu' } },
  });
  await must(kvm, `sed -i 's/^from="192.0.2.1" //' ${AUTHORIZED}`);
  // As after a reinstallation: MAAS still knows the old key.
  const other = (
    await must(maas, 'ssh-keygen -q -t ed25519 -N "" -f /root/other && cat /root/other.pub')
  ).split(' ');
  await must(
    maas,
    `sed -i 's|^${kvm.address} ssh-ed25519 .*|${kvm.address} ssh-ed25519 ${other[1]}|' ${KNOWN}`,
  );
  expect(await proofOf('power.known-host')).toMatchObject({
    state: 'drifted',
    reason: { key: 'power.known-host.other' },
  });
  await apply('power.known-host', 'power.proof');
  const known = await must(maas, `cat ${KNOWN}`);
  expect(known).toContain('192.0.2.9 ssh-rsa AAAA\n');
  expect(known).not.toContain(other[1]);
  await must(
    kvm,
    'systemctl stop libvirtd libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket',
  );
  const uri = `qemu+ssh://ubuntu@${kvm.address}/system`;
  const said = await maas.root(`sudo -u maas -H virsh -c ${uri} list --all </dev/null`);
  expect(said.code).not.toBe(0);
  // The step about libvirt itself says so, and this one waits for it.
  expect((await proofOf('kvm.service'))?.state).toBe('drifted');
  await must(kvm, 'systemctl start libvirtd');
  expect((await proofOf('power.proof'))?.state).toBe('done');
}, 120_000);

test('an error that nobody knows is answered by one restart, as the guide says, and not by two', async () => {
  await must(
    maas,
    'cat > /usr/local/bin/virsh && chmod 755 /usr/local/bin/virsh',
    '#!/bin/sh\necho "error: odd" >&2\nexit 1\n',
  );
  expect(await proofOf('power.restart')).toMatchObject({
    state: 'drifted',
    reason: { key: 'power.restart.offered', params: { said: 'error: odd' } },
  });
  const started = "cut -d' ' -f22 /proc/1/stat";
  const before = await must(maas, started);
  await apply('power.restart');
  await maas.ready();
  expect(await must(maas, started)).not.toBe(before);
  expect((await proofOf('power.restart'))?.reason.key).toBe('power.restart.was');
  expect(await proofOf('power.proof')).toMatchObject({
    state: 'manual',
    reason: { key: 'power.proof.failed', params: { said: 'error: odd' } },
  });
  await must(maas, 'rm /usr/local/bin/virsh');
}, 120_000);

test('undo takes away what was made on either host, line by line', async () => {
  const { stdout } = await lab.run('journal', '--json', '--limit', '400');
  const { rows } = JSON.parse(stdout) as {
    rows: { entry: { kind: string; run?: string; what?: string; steps?: { id: string }[] } }[];
  };
  const runs = rows
    .map(({ entry }) => entry)
    .filter(
      ({ kind, what, steps = [] }) =>
        kind === 'run-started' &&
        what === 'apply' &&
        steps.some(({ id }) => id.startsWith('power.')),
    );
  for (const { run = '' } of runs) {
    const { code, stderr } = await lab.run('undo', '--run', run, '--yes');
    expect({ code, said: code === 0 ? '' : stderr }).toEqual({ code: 0, said: '' });
  }
  expect(await must(kvm, `cat ${AUTHORIZED}`)).not.toContain('maas@maas');
  expect((await must(kvm, `wc -l <${AUTHORIZED}`)).trim()).toBe('1');
  expect((await must(maas, `cat ${KNOWN}`)).trim()).toBe('192.0.2.9 ssh-rsa AAAA');
  expect((await maas.root('ls /var/lib/maas/.ssh/id_*')).code).not.toBe(0);
  expect(await must(maas, 'getent passwd maas')).toContain(':/usr/sbin/nologin');
}, 120_000);
