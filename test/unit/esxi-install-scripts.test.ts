import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Action, DiskAction, ScriptAction } from '../../src/contract/action.ts';
import type { Inventory } from '../../src/contract/inventory.ts';
import { ESXI_EXIT, esxiShell } from '../../src/main/drivers/esxi-shell/esxi-shell.ts';
import { readMachine } from '../../src/main/drivers/esxi-shell/vmx-machine.ts';
import { type InstallMedia, seedName } from '../../src/main/engine/hypervisor.ts';
import { imageDisk } from '../../src/main/engine/image-shell.ts';
import { departures } from '../../src/main/guide/machine-rules.ts';
import { installedSpecs } from '../../src/main/guide/server-image.ts';
import { vmdkDescriptor } from '../../src/main/images/vmdk-descriptor.ts';
import { readPlan } from '../../src/main/plan/read-plan.ts';
import { esxiPlanText } from './support/esxi-plan.ts';
import { EsxiStandIn } from './support/esxi-stand-in.ts';
import { SHELLS } from './support/shells.ts';

const GIBIBYTE = 1024 ** 3;
const STORAGE = { name: 'my store', path: '/vmfs/volumes/my store' };
const SHA = '9f86d081'.repeat(8);

const [spec] = installedSpecs(
  readPlan(`${esxiPlanText()}  images:
    on: esxi
    role: mirror
    disks_gib: [40, 100]
    networks: [lan]
    install:
      authorized_keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA me@here]
`).plan!,
);
const server = spec!;
const media: InstallMedia = {
  image: { url: 'https://images.example/noble.img', sha256: SHA, size: 600, path: '/cache/x.img' },
  seed: Buffer.from('a seed'),
};
const DISK = imageDisk('images', { sha256: SHA });
const FLAT = DISK.replace('.vmdk', '-flat.vmdk');
const SEED = seedName(server);

const actions = esxiShell.create(server, { hardwareVersion: 10 } as Inventory, STORAGE, media);
const script = (id: string) => (actions.find((each) => each.id === id) as ScriptAction).script;
const remove = (esxiShell.remove(server, STORAGE)[0] as ScriptAction).script;

test('what is done is told in the order in which it is owned', () => {
  expect(actions.map(({ id }) => id)).toEqual([
    'make-folder',
    'write-seed',
    'put-disk',
    'create-machine',
  ]);
  const [, seed, disk] = actions as [Action, Action, DiskAction];
  expect(seed).toMatchObject({
    kind: 'upload',
    sudo: false,
    path: `${STORAGE.path}/images/${SEED}`,
  });
  expect(disk).toMatchObject({
    kind: 'disk',
    path: `${STORAGE.path}/images/${DISK}`,
    image: { sha256: SHA },
  });
  expect(disk.equivalent.at(-1)).toBe(`scp ${DISK} ${FLAT} 'esxi:/vmfs/volumes/my store/images/'`);
});

describe.each(SHELLS.map((shell) => ({ name: shell.join(' '), shell })))('$name', ({ shell }) => {
  let host: EsxiStandIn;

  beforeEach(() => {
    host = new EsxiStandIn(shell);
  });

  afterEach(() => host.remove());

  /** What seed and disk put into the folder, once they are done. */
  const bring = (bytes = 3 * GIBIBYTE) => {
    host.put('images', SEED, 'a seed');
    host.put('images', FLAT, 'bytes');
    host.put('images', DISK, vmdkDescriptor(DISK, bytes));
  };

  test('a machine is made of the disk in its folder, once, and removed without a trace', () => {
    expect(host.run(script('make-folder'))).toMatchObject({ code: 0 });
    expect(host.files()).toEqual(['images', 'images/images.vmx']);
    expect(host.state('vms')).toBe('');
    bring();
    expect(host.run(script('create-machine'))).toMatchObject({ code: 0 });
    expect(host.state('log')).toBe(
      `grow 40G /volumes/my store/images/${DISK}\n100G /volumes/my store/images/images-2.vmdk\n`,
    );
    const vmx = host.read('images', 'images.vmx');
    const machine = readMachine(vmx, 'images', 'off');
    expect(departures(server, machine)).toEqual([]);
    expect(machine.disks.map(({ path }) => path)).toEqual([DISK, 'images-2.vmdk']);
    expect(vmx).toContain(`ide0:0.fileName = "${SEED}"\nide0:0.startConnected = "TRUE"`);
    expect(vmx).toContain('serial0.fileType = "file"');
    const made = host.files();
    expect(host.run(script('make-folder')).output).toContain('already registered');
    expect(host.run(script('create-machine')).output).toContain('already registered');
    expect(host.files()).toEqual(made);
    host.put('images', 'images-serial.log', 'boot');
    expect(host.run(remove)).toMatchObject({ code: 0 });
    expect(host.files()).toEqual([]);
    expect(host.run(remove)).toMatchObject({ code: 0 });
  });

  test('a run that was cut anywhere goes on, and is removed whole', () => {
    host.run(script('make-folder'));
    expect(host.run(remove)).toMatchObject({ code: 0 });
    expect(host.files()).toEqual([]);
    host.run(script('make-folder'));
    host.put('images', `${SEED}.labwright-new`, 'half');
    host.put('images', SEED, 'a seed');
    host.put('images', `${FLAT}.labwright-new`, 'half');
    expect(host.run(remove)).toMatchObject({ code: 0 });
    expect(host.files()).toEqual([]);
    host.run(script('make-folder'));
    bring();
    // Cut after it had grown and before it was registered.
    host.put('images', DISK, vmdkDescriptor(DISK, 40 * GIBIBYTE));
    host.put('images', 'images-2.vmdk', '');
    expect(host.run(script('make-folder'))).toMatchObject({ code: 0 });
    expect(host.run(script('create-machine'))).toMatchObject({ code: 0 });
    expect(host.state('log')).toBe('');
    expect(host.state('vms')).toContain('images.vmx');
  });

  test('destroyed, but not tidied: what is left is known by its seed', () => {
    bring();
    host.put('images', 'images-serial.log', 'boot');
    expect(host.run(remove)).toMatchObject({ code: 0 });
    expect(host.files()).toEqual([]);
  });

  test('another image in the plan meanwhile gets its own disk, and the old one goes with the folder', () => {
    host.run(script('make-folder'));
    bring();
    const old = 'images-00000000.vmdk';
    host.put('images', old, vmdkDescriptor(old, GIBIBYTE));
    host.put('images', old.replace('.vmdk', '-flat.vmdk'), '');
    expect(host.run(remove)).toMatchObject({ code: 0 });
    expect(host.files()).toEqual([]);
  });

  test('a machine is not made of less than all: without disk or seed, or with a disk that is too large', () => {
    expect(host.run(script('create-machine')).code).toBe(ESXI_EXIT.mediaGone);
    bring(50 * GIBIBYTE);
    expect(host.run(script('create-machine')).code).toBe(ESXI_EXIT.diskSmall);
    host.put('images', DISK, 'not a descriptor');
    expect(host.run(script('create-machine')).code).toBe(ESXI_EXIT.mediaGone);
    expect(host.state('vms')).toBe('');
  });

  test('without room to grow the image stays for the next try', () => {
    host.run(script('make-folder'));
    bring();
    host.set('full', '');
    expect(host.run(script('create-machine')).code).toBe(ESXI_EXIT.noRoomLeft);
    expect(host.files()).toContain(`images/${FLAT}`);
    expect(host.state('vms')).toBe('');
  });

  test('a name or a folder of someone else stops us; what someone put beside ours stays', () => {
    host.put('images', 'notes.txt', 'precious');
    expect(host.run(script('make-folder')).code).toBe(ESXI_EXIT.folderTaken);
    expect(host.run(remove).code).toBe(0);
    expect(host.files()).toEqual(['images', 'images/notes.txt']);
    host.remove();
    host = new EsxiStandIn(shell);
    host.put('old', 'old.vmx', 'displayName = "images"\n');
    host.register('old');
    expect(host.run(script('make-folder')).code).toBe(ESXI_EXIT.nameTaken);
    host.remove();
    host = new EsxiStandIn(shell);
    host.run(script('make-folder'));
    bring();
    host.put('images', 'notes.txt', 'precious');
    expect(host.run(remove).code).toBe(0);
    expect(host.files()).toEqual(['images', 'images/notes.txt']);
  });

  test('the digest of the seed is told by whatever program the host has', () => {
    const { digest } = esxiShell.seedPlace(server, STORAGE);
    expect(digest.parse({ exitCode: 0, text: host.run(digest.script).output })).toEqual({});
    host.put('images', SEED, 'a seed');
    expect(digest.parse({ exitCode: 0, text: host.run(digest.script).output })).toEqual({
      sha256: '8f44d509e0492acec4fc109a030a5c751f063fb743cc388f0ed722bacc3bc66c',
    });
    expect(digest.parse({ exitCode: 0, text: 'sha1 0a0b0c  -\n' })).toEqual({ sha1: '0a0b0c' });
    expect(() => digest.parse({ exitCode: 127, text: 'no nosum: not found' })).toThrow('digest');
  });
});
