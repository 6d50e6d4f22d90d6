import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CHAPTERS } from '../../src/main/app/chapters.ts';
import { LabSession } from '../../src/main/app/lab-session.ts';
import { type EsxiRoom, startEsxiRoom } from '../../src/main/practice/practice-lab.ts';
import { connectSsh2 } from '../../src/main/ssh/ssh2-connection.ts';
import { MemoryVault } from '../../src/main/vault/vault.ts';
import { actionsOf, LabWalk } from '../unit/support/lab-walk.ts';

const STORE = '/vmfs/volumes/datastore1';
const STEPS = ['network.portgroup', 'network.policy', 'nodes.machine'];

let room: EsxiRoom;
let walk: LabWalk;

beforeEach(async () => {
  const directory = mkdtempSync(join(tmpdir(), 'labwright-esxi-changes-'));
  room = await startEsxiRoom({ directory, now: Date.now });
  walk = new LabWalk(
    await LabSession.open({
      path: room.path,
      practice: true,
      chapters: CHAPTERS,
      vault: new MemoryVault(),
      connect: connectSsh2,
      userKnownHosts: undefined,
      now: Date.now,
      wait: (milliseconds) => new Promise((done) => setTimeout(done, Math.min(milliseconds, 50))),
      who: 'ann',
    }),
  );
});

afterEach(async () => {
  await walk.session.close();
  await room.close();
});

const onHost = async (script: string) => (await room.host.run(script)).stdout;
const vmx = (name: string) => onHost(`cat ${STORE}/${name}/${name}.vmx`);
const everything = async () => ({
  files: await onHost(`find /vmfs -name '*' | sort; cat ${STORE}/*/*.vmx`),
  vms: [...room.esxi.vms.values()].map((vm) => ({ ...vm })),
  switches: [...room.esxi.switches],
  portgroups: structuredClone([...room.esxi.portgroups]),
});

test('in the shell of an ESXi: a snapshot first, the way back, what left the plan, a machine that is adopted, and all taken down', {
  timeout: 120_000,
}, async () => {
  const uuid = '564df94f-9756-1a1b-44e7-23b2dbe7916f';
  await onHost(
    `mkdir ${STORE}/old && printf '%s\\n' 'config.version = "8"' 'displayName = "Old Proxy"' 'annotation = "of Mori"' 'numvcpus = "2"' 'memSize = "2048"' 'uuid.bios = "56 4d f9 4f 97 56 1a 1b-44 e7 23 b2 db e7 91 6f"' 'scsi0:0.present = "TRUE"' 'scsi0:0.fileName = "old.vmdk"' 'disk.EnableUUID = "TRUE"' 'bios.bootOrder = "hdd,ethernet0"' 'ethernet0.present = "TRUE"' 'ethernet0.networkName = "VM Network"' 'ethernet0.generatedAddress = "00:0c:29:aa:00:01"' > ${STORE}/old/old.vmx && echo 'RW 41943040 VMFS "old-flat.vmdk"' > ${STORE}/old/old.vmdk && vim-cmd solo/registervm ${STORE}/old/old.vmx`,
  );
  const before = await everything();
  await walk.check();
  await walk.apply(STEPS);

  // Somebody takes a processor away; mended after a snapshot, and put back by it.
  await onHost(`sed -i 's/^numvcpus = .*/numvcpus = "1"/' ${STORE}/node-1/node-1.vmx`);
  const drifted = await vmx('node-1');
  await walk.check();
  const mended = await walk.apply(STEPS, true);
  expect(await vmx('node-1')).toContain('numvcpus = "2"');
  expect(await vmx('node-1')).toContain('scsi0:0.fileName = "node-1-000001.vmdk"');
  expect(walk.said('nodes.machine@node-1')).toEqual(['machine.done', 'snapshot.stays']);
  await walk.change({ what: 'revert', run: mended.id });
  expect(await vmx('node-1')).toBe(drifted);

  // Undone step by step after the snapshot is gone: the disks are where they are by then.
  await walk.check();
  const again = await walk.apply(STEPS, true);
  await walk.change({ what: 'drop-snapshots', run: again.id });
  await walk.undo(again.id);
  expect(await vmx('node-1')).toBe(drifted);
  expect(await onHost(`ls ${STORE}/node-1`)).not.toMatch(/0000|vmsn/);

  // A machine of somebody else is put into the plan, and marked when that is asked for.
  const shown = await walk.session.adopt('esxi', uuid, 'other');
  expect(shown.added).toContain('old-proxy:\n    adopt: 564df94f');
  expect(shown.added).toContain('disks_gib: [ 20 ]\n');
  expect(shown.added).toContain('networks: [ lan ]\n');
  expect(shown.departures).toEqual([]);
  await walk.session.savePlan(shown.text, shown.expected);
  await walk.check();
  expect(walk.said('nodes.machine@old-proxy')).toEqual(['adopt.done']);
  await walk.change({ what: 'mark', host: 'esxi', uuid });
  expect(walk.said('nodes.machine@old-proxy')).toEqual(['machine.done']);
  await walk.plan((text) => text.replace(/(old-proxy:[\s\S]*cpus:) 2/, '$1 3'));
  await walk.apply(['nodes.machine@old-proxy']);
  expect(await vmx('old')).toContain('numvcpus = "3"');

  // A machine leaves the plan; another one goes by hand.
  await walk.plan((text) => text.replace('count: 2', 'count: 1'));
  expect(walk.said('nodes.leftovers@esxi')).toEqual(['leftover.found']);
  const left = walk.session.state.inventories.esxi!.inventory.machines.find(
    ({ name }) => name === 'node-2',
  );
  await walk.change({ what: 'remove', host: 'esxi', machines: [left!.uuid], networks: [] });
  expect(await onHost(`ls ${STORE} | grep -v zip`)).toBe('builder\nnode-1\nold\n');

  const run = await walk.change({ what: 'teardown', keepData: false });
  expect(actionsOf(run.steps)).toEqual([
    ['nodes.machine@old-proxy', 'restore-machine'],
    ['nodes.machine@builder', 'remove-machine'],
    ['nodes.machine@node-1', 'remove-machine'],
    ['nodes.mark@old-proxy', 'unmark-machine'],
    ['network.policy@pxe', 'close-portgroup'],
    ['network.policy@lan', 'close-portgroup'],
    ['network.portgroup@pxe', 'remove-network'],
  ]);
  expect(await everything()).toEqual(before);
});
