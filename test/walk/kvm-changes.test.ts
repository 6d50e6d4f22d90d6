import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CHAPTERS } from '../../src/main/app/chapters.ts';
import { LabSession } from '../../src/main/app/lab-session.ts';
import { type PracticeLab, startPracticeLab } from '../../src/main/practice/practice-lab.ts';
import { connectSsh2 } from '../../src/main/ssh/ssh2-connection.ts';
import { MemoryVault } from '../../src/main/vault/vault.ts';
import { actionsOf, LabWalk } from '../unit/support/lab-walk.ts';

let lab: PracticeLab;
let walk: LabWalk;

beforeEach(async () => {
  const directory = mkdtempSync(join(tmpdir(), 'labwright-kvm-changes-'));
  lab = await startPracticeLab({ directory, now: Date.now, room: 'kvm' });
  walk = new LabWalk(
    await LabSession.open({
      path: lab.path,
      practice: true,
      chapters: CHAPTERS,
      vault: new MemoryVault(),
      connect: connectSsh2,
      userKnownHosts: undefined,
      now: Date.now,
      wait: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
      who: 'ann',
    }),
  );
});

afterEach(async () => {
  await walk.session.close();
  await lab.close();
});

const onHost = async (script: string) => {
  const { stdout, stderr } = await lab.host.run(script);
  return stdout + stderr;
};

const everything = () =>
  onHost(
    `cat /etc/network/interfaces; ip -o addr; ip -o link; ip route; find /var/lib/libvirt/images -type f 2>&1 | grep -v 'No such'; id ubuntu; ls /etc/systemd/system; virsh list --all; virsh pool-list --all; virsh net-list --all`,
  );

const memoryOf = (name: string) => onHost(`virsh dumpxml --inactive ${name} | grep '<memory'`);
const halve = (name: string) =>
  onHost(
    `virsh dumpxml --inactive ${name} | sed 's/2097152/1048576/' >x.xml && virsh -q define x.xml; rm x.xml`,
  );

test('on a KVM host: a snapshot first, the way back, what left the plan, a machine that is adopted, and all taken down', {
  timeout: 60_000,
}, async () => {
  const before = await everything();
  await walk.check();
  while ((await walk.session.runs.preview(undefined)).steps.length > 0) await walk.apply();

  await halve('node-1');
  await walk.check();
  const run = await walk.apply(undefined, true);
  expect(await memoryOf('node-1')).toContain('2097152');
  expect(await onHost('virsh -q snapshot-list node-1 --name')).toBe(`labwright-${run.id}\n`);
  expect(walk.said('nodes.machine@node-1')).toEqual(['machine.done', 'snapshot.stays']);
  await walk.change({ what: 'revert', run: run.id });
  expect(await memoryOf('node-1')).toContain('1048576');
  expect(await onHost('virsh -q snapshot-list node-1 --name')).toBe('');
  await walk.check();

  // Inside the disk only qcow2 keeps a snapshot, and none is offered where there can be none.
  await onHost(
    `virsh dumpxml --inactive node-2 | sed "s/type='qcow2'/type='raw'/; s/2097152/1048576/" >x.xml && virsh -q define x.xml; rm x.xml`,
  );
  await walk.check();
  const { snapshots } = await walk.session.runs.preview(undefined, true);
  expect(snapshots).toEqual([
    { machine: 'node-1' },
    { machine: 'node-2', trouble: { key: 'snapshot.trouble.format', params: expect.anything() } },
  ]);
  const second = await walk.apply(undefined, true);
  expect(actionsOf(second.steps)).toEqual([
    ['nodes.snapshot@node-1', 'take-snapshot'],
    ['nodes.machine@node-1', 'change-machine'],
    ['nodes.machine@node-2', 'change-machine'],
  ]);

  // Somebody else's machine, on a network of libvirt's own.
  await onHost(
    `virsh -q vol-create-as default theirs.qcow2 5G --format qcow2; echo "<domain type='qemu'><name>Old_Proxy</name><uuid>6f6f5f0e-7a4a-8d5e-9c11-00000000ffff</uuid><memory unit='MiB'>512</memory><os><type arch='x86_64'>hvm</type></os><devices><disk type='file'><driver name='qemu' type='qcow2'/><source file='/var/lib/libvirt/images/theirs.qcow2'/><target dev='vda' bus='virtio'/></disk><interface type='bridge'><mac address='52:54:00:aa:00:09'/><source bridge='br0'/><model type='virtio'/></interface></devices></domain>" >x.xml; virsh -q define x.xml; rm x.xml`,
  );
  await walk.check();
  const uuid = '6f6f5f0e-7a4a-8d5e-9c11-00000000ffff';
  const shown = await walk.session.adopt('kvm', uuid, 'other');
  expect(shown.added).toBe(`machines:
  old-proxy:
    adopt: ${uuid}
    on: kvm
    role: other
    cpus: 1
    memory_mib: 512
    disks_gib: [ 5 ]
    networks: [ lan ]
    macs: [ 52:54:00:aa:00:09 ]
    firmware: bios
`);
  await walk.session.savePlan(shown.text, shown.expected);
  await walk.check();
  expect(walk.said('nodes.machine@old-proxy')).toEqual(['adopt.done']);
  await walk.change({ what: 'mark', host: 'kvm', uuid });
  expect(await onHost('virsh -q metadata Old_Proxy urn:labwright:machine:1')).toContain(
    'name="old-proxy"',
  );
  await walk.plan((text) => text.replace(/(old-proxy:[\s\S]*memory_mib:) 512/, '$1 768'));
  await walk.apply(['nodes.machine@old-proxy']);
  expect(await memoryOf('Old_Proxy')).toContain('786432');

  // A machine and its network leave the plan under their names, and come back under others.
  await walk.plan((text) =>
    text.replace('count: 2', 'count: 1').replace('bridge: br1', 'bridge: br2'),
  );
  expect(walk.session.state.findings['nodes.leftovers@kvm']?.reason.params).toEqual({
    names: 'node-2, br1',
  });
  const { machines } = walk.session.state.inventories.kvm!.inventory;
  const left = machines.find(({ name }) => name === 'node-2')!;
  const remove = { what: 'remove' as const, host: 'kvm', machines: [left.uuid], networks: [] };
  await walk.change(remove);
  expect(await onHost('ls /var/lib/libvirt/images')).toBe('node-1.qcow2\ntheirs.qcow2\n');
  await walk.change({ ...remove, machines: [], networks: ['br1'] });
  expect(walk.session.state.findings['nodes.leftovers@kvm']?.state).toBe('done');
  await walk.apply(['network.isolated']);

  // What the other machine rests on stays with it; the rest goes when that machine has gone.
  const shownDown = walk.session.runs.previewChange({ what: 'teardown', keepData: false });
  const reasons = Object.fromEntries(shownDown.left.map(({ id, reason }) => [id, reason.key]));
  expect(reasons).toMatchObject({
    'kvm.packages@kvm': 'undo.in-use',
    'kvm.storage@kvm': 'undo.in-use',
    'network.bridge@lan': 'undo.in-use',
  });
  const down = await walk.change({ what: 'teardown', keepData: false });
  expect(down.steps.map(({ id }) => id)).toEqual([
    'nodes.machine@old-proxy',
    'nodes.machine@node-1',
    'nodes.mark@old-proxy',
    'network.isolated@pxe',
    'kvm.group@kvm',
  ]);
  expect(await onHost('virsh dumpxml --inactive Old_Proxy')).not.toContain('labwright');
  expect(await memoryOf('Old_Proxy')).toContain('524288');
  await onHost('virsh -q undefine Old_Proxy; rm /var/lib/libvirt/images/theirs.qcow2');
  await walk.check();
  const rest = await walk.change({ what: 'teardown', keepData: false });
  expect(rest.steps.map(({ id }) => id)).toEqual([
    'network.bridge@lan',
    'kvm.storage@kvm',
    'kvm.packages@kvm',
  ]);
  expect(await everything()).toBe(before);
});
