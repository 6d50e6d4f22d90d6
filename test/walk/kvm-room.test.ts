import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CHAPTERS } from '../../src/main/app/chapters.ts';
import { LabSession } from '../../src/main/app/lab-session.ts';
import { type PracticeLab, startPracticeLab } from '../../src/main/practice/practice-lab.ts';
import { connectSsh2 } from '../../src/main/ssh/ssh2-connection.ts';
import { MemoryVault } from '../../src/main/vault/vault.ts';

let lab: PracticeLab;
let session: LabSession;

const open = () =>
  LabSession.open({
    path: lab.path,
    practice: true,
    chapters: CHAPTERS,
    vault: new MemoryVault(),
    connect: connectSsh2,
    userKnownHosts: undefined,
    now: Date.now,
    wait: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
    who: 'ann',
  });

beforeEach(async () => {
  const directory = mkdtempSync(join(tmpdir(), 'labwright-kvm-room-'));
  lab = await startPracticeLab({ directory, now: Date.now, room: 'kvm' });
  session = await open();
});

afterEach(async () => {
  await session.close();
  await lab.close();
});

const onHost = async (script: string) => {
  const { stdout, stderr } = await lab.host.run(script);
  return stdout + stderr;
};

function ticks(): Record<string, string> {
  const all = Object.entries(session.state.findings);
  return Object.fromEntries(all.map(([id, { state }]) => [id, state]));
}

/** Applies what can be planned until nothing is left to do; the ids of the runs, oldest first. */
async function applyAll(): Promise<string[]> {
  const runs: string[] = [];
  for (;;) {
    const { digest, steps } = await session.runs.preview(undefined);
    if (steps.length === 0) return runs;
    const { id } = await session.runs.apply(undefined, digest);
    await session.runs.settled();
    expect(session.state.runs.find((run) => run.id === id)).toMatchObject({ state: 'succeeded' });
    runs.push(id);
  }
}

async function broken(
  script: string,
  steps: Readonly<Record<string, readonly [state: string, reason: string]>>,
): Promise<void> {
  expect(await lab.host.run(script)).toMatchObject({ exitCode: 0 });
  await session.findings.check({ fresh: true });
  for (const [step, [state, key]] of Object.entries(steps))
    expect(session.state.findings[step]).toMatchObject({ state, reason: { key } });
}

const PACKAGES =
  'qemu-system-x86 qemu-utils libvirt-daemon-system libvirt-clients bridge-utils' as const;

/** What the chapters change on the host. What packages bring along stays, as apt has it. */
const everything = () =>
  onHost(
    `dpkg-query -W -f='\${db:Status-Abbrev} \${Package}\n' ${PACKAGES}; cat /etc/network/interfaces; ip -o addr; ip -o link; ip route; find /var/lib/libvirt/images -type f 2>&1 | grep -v 'No such'; id ubuntu; ls /etc/systemd/system; virsh list --all; virsh pool-list --all; virsh net-list --all`,
  );

test('the KVM room is walked: checked, applied, broken, mended, and taken back', async () => {
  const before = await everything();
  await session.findings.check({ fresh: false });
  expect(ticks()).toMatchObject({
    'kvm.reachable@kvm': 'done',
    'kvm.packages@kvm': 'todo',
    'nodes.machine@node-1': 'blocked',
  });
  const runs = await applyAll();
  expect(ticks()).toEqual(Object.fromEntries(Object.keys(ticks()).map((id) => [id, 'done'])));
  expect(Object.keys(ticks())).toContain('nodes.machine@node-2');
  expect(await onHost('virsh -q list --all')).toBe(
    ' -   node-1   shut off\n -   node-2   shut off\n',
  );
  expect(await onHost('cat /etc/network/interfaces')).toContain('bridge_ports eth0');
  expect(await session.runs.preview(undefined)).toMatchObject({ steps: [], left: [] });

  const edit =
    'virsh dumpxml --inactive node-1 | sed "/order=\'1\'/d" >n.xml && virsh define n.xml';
  await broken(`${edit} && virsh start node-2`, {
    'nodes.machine@node-1': ['drifted', 'machine.boot-order'],
    'nodes.machine@node-2': ['done', 'machine.done'],
  });
  await broken('virsh destroy node-2 && brctl stp br0 on && virsh pool-destroy default', {
    'network.bridge@lan': ['drifted', 'bridge.stp'],
    'kvm.storage@kvm': ['drifted', 'kvm.storage.inactive'],
    'nodes.machine@node-1': ['blocked', 'finding.blocked'],
  });
  await broken('systemctl stop libvirtd.socket libvirtd', {
    'kvm.service@kvm': ['drifted', 'kvm.service.silent'],
  });
  const mends = await applyAll();
  expect(new Set(Object.values(ticks()))).toEqual(new Set(['done']));
  expect(await onHost('virsh dumpxml --inactive node-1')).toContain("<boot order='1'/>");

  for (const id of [...runs, ...mends].reverse()) {
    session.runs.undo(id, session.runs.previewUndo(id).digest);
    await session.runs.settled();
    expect(session.state.runs.at(-1)).toMatchObject({ kind: 'undo', of: id, state: 'succeeded' });
  }
  expect(await everything()).toBe(before);
}, 60_000);

test('what another does with virsh is seen without being asked for, also after libvirt was restarted', async () => {
  const install = await lab.host.run(`apt-get install -y ${PACKAGES}`);
  expect(install.exitCode).toBe(0);
  await session.findings.check({ fresh: false });
  session.follow();
  const power = (name: string) =>
    session.state.inventories.kvm?.inventory.machines.find((each) => each.name === name)?.power;
  const until = async (condition: () => boolean) => {
    for await (const _ of session.watch(AbortSignal.timeout(15_000))) if (condition()) return;
    throw new Error(JSON.stringify(session.state.inventories));
  };
  const listeners = async () => (await onHost('ps ax | grep -w virsh | wc -l')).trim();
  const first = session.state.inventories.kvm?.at ?? 0;
  // The listener begins in its own time, and its first word leads to a look.
  await until(() => (session.state.inventories.kvm?.at ?? 0) > first);
  expect(await listeners()).toBe('1');
  const xml = `<domain type='qemu'><name>web</name><memory>65536</memory><os><type>hvm</type></os></domain>`;
  await onHost(`cat > web.xml <<'XML'\n${xml}\nXML\nvirsh define web.xml`);
  await until(() => power('web') === 'off');
  await onHost('virsh start web');
  await until(() => power('web') === 'on');
  await onHost('systemctl restart libvirtd');
  await onHost('virsh destroy web');
  await until(() => power('web') === 'off');
  await session.close();
  session = await open();
  await expect.poll(listeners, { timeout: 10_000 }).toBe('0');
}, 60_000);
