import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Run } from '../../src/contract/run.ts';
import { CHAPTERS } from '../../src/main/app/chapters.ts';
import { LabSession } from '../../src/main/app/lab-session.ts';
import { copyShell } from '../../src/main/engine/copy-shell.ts';
import { seedName } from '../../src/main/engine/hypervisor.ts';
import { imageDisk } from '../../src/main/engine/image-shell.ts';
import { installedSpecs } from '../../src/main/guide/server-image.ts';
import { type EsxiRoom, startEsxiRoom } from '../../src/main/practice/practice-lab.ts';
import { seedImage } from '../../src/main/seed/cloud-seed.ts';
import { connectSsh2 } from '../../src/main/ssh/ssh2-connection.ts';
import { MemoryVault } from '../../src/main/vault/vault.ts';
import { type LoopbackPublisher, publishOnLoopback } from '../unit/support/loopback-publisher.ts';
import { smallCloudImage } from '../unit/support/server-image.ts';

const GIBIBYTE = 1024 ** 3;
const MEBIBYTE = 1024 ** 2;
const FOLDER = '/vmfs/volumes/datastore1/images';

const { image, disk } = smallCloudImage();
/** The bytes of the disk as they must lie on the datastore. */
const flat = Buffer.concat([disk], Math.ceil(disk.length / MEBIBYTE) * MEBIBYTE);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

let folder: string;
let room: EsxiRoom;
let one: LabSession;
let publisher: LoopbackPublisher;

const server = () => `networks:
  lan: { on: esxi, portgroup: VM Network, switch: vSwitch0 }
machines:
  images:
    on: esxi
    role: mirror
    cpus: 1
    memory_mib: 1024
    disks_gib: [3, 1]
    networks: [lan]
    install:
      image: { url: "${publisher.url}", sha256: ${publisher.sha256} }
      authorized_keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA me@here]
      addresses: { lan: 127.0.0.1/8 }
proxy: {}
`;

const openLab = () =>
  LabSession.open({
    path: room.path,
    practice: true,
    chapters: CHAPTERS,
    vault: new MemoryVault(),
    connect: connectSsh2,
    userKnownHosts: undefined,
    now: Date.now,
    wait: (milliseconds) => new Promise((done) => setTimeout(done, Math.min(milliseconds, 50))),
    who: 'ann',
    cacheDirectory: join(folder, 'cache'),
  });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'labwright-shell-servers-'));
  publisher = await publishOnLoopback(image);
  room = await startEsxiRoom({ directory: join(folder, 'lab'), now: Date.now });
  const plan = await readFile(room.path, 'utf8');
  await writeFile(room.path, plan.replace(/networks:[\s\S]*$/, server()));
  one = await openLab();
  await one.findings.check({ fresh: true });
});

afterEach(async () => {
  await one.close();
  await room.close();
  await publisher.close();
  await rm(folder, { recursive: true, force: true });
});

const spec = () => installedSpecs(one.plan)[0]!;
const diskName = () => imageDisk('images', { sha256: publisher.sha256 });
const finding = (step: string) => one.state.findings[`${step}@images`]!;
const onHost = async (script: string) => (await room.host.run(script)).stdout;
const files = async () => (await onHost(`ls -A ${FOLDER} 2>/dev/null`)).split('\n').filter(Boolean);
const everything = async () => ({
  files: await onHost(`find /vmfs -name '*' | sort`),
  vms: [...room.esxi.vms.values()].map((vm) => ({ ...vm })),
});

async function apply(steps: string[]): Promise<Run> {
  const { digest } = await one.runs.preview(steps);
  const { id } = await one.runs.apply(steps, digest);
  await one.runs.settled();
  return one.state.runs.find((run) => run.id === id)!;
}

async function undo(run: Run): Promise<Run> {
  const { digest } = one.runs.previewUndo(run.id);
  const { id } = one.runs.undo(run.id, digest);
  await one.runs.settled();
  return one.state.runs.find((each) => each.id === id)!;
}

const failure = (run: Run) =>
  run.steps.flatMap(({ actions }) => actions).find(({ failure: found }) => found)?.failure;

const MAKE = ['servers.image', 'servers.machine'];

describe('a server machine by the host’s own shell', { timeout: 60_000 }, () => {
  test('is made of its image and its seed as they were shown, once, and taken back without a trace', async () => {
    const before = await everything();
    const { steps } = await one.runs.preview(MAKE);
    expect(steps.flatMap(({ actions }) => actions).map(({ id }) => id)).toEqual([
      'fetch-image',
      'make-folder',
      'write-seed',
      'put-disk',
      'create-machine',
    ]);
    const text = copyShell(steps, ({ key }) => key);
    expect(text).toContain(`scp ${diskName()} `);
    expect(text).toContain(`| base64 -d | tee ${FOLDER}/${seedName(spec())} >/dev/null`);
    expect(text).not.toContain('sudo');

    const run = await apply(MAKE);
    expect([failure(run), run.state]).toEqual([undefined, 'succeeded']);
    expect(finding('servers.machine').state).toBe('done');
    const name = diskName().replace('.vmdk', '');
    expect(await files()).toEqual(
      [
        `${name}-flat.vmdk`,
        `${name}.vmdk`,
        'images-2-flat.vmdk',
        'images-2.vmdk',
        'images.vmx',
        seedName(spec()),
      ].sort(),
    );
    expect(await onHost(`sha256sum ${FOLDER}/${name}-flat.vmdk`)).toContain(sha256(flat));
    expect(await onHost(`sha256sum ${FOLDER}/${seedName(spec())}`)).toContain(
      sha256(seedImage(one.plan, spec())),
    );
    expect(await onHost(`cat ${FOLDER}/${name}.vmdk`)).toContain(
      `RW ${(3 * GIBIBYTE) / 512} VMFS "${name}-flat.vmdk"`,
    );
    const vmx = await onHost(`cat ${FOLDER}/images.vmx`);
    expect(vmx).toContain(`scsi0:0.fileName = "${name}.vmdk"`);
    expect(vmx).toContain(`ide0:0.fileName = "${seedName(spec())}"`);
    expect(vmx).toContain('bios.bootOrder = "hdd,ethernet0"');

    expect((await one.runs.preview(MAKE)).steps).toEqual([]);
    expect((await undo(run)).state).toBe('succeeded');
    expect(await everything()).toEqual(before);
  });
});

describe('bad luck', { timeout: 60_000 }, () => {
  const sending = () =>
    one.state.runs
      .flatMap(({ steps }) => steps)
      .flatMap(({ actions }) => actions)
      .some(({ action, state }) => action.kind === 'disk' && state === 'running');
  /** Runs something at the moment when the bytes of the disk come to be written; says whether it did. */
  const whenArrived = (then: () => void) => {
    let free = room.esxi.freeBytes;
    let done = false;
    Object.defineProperty(room.esxi, 'freeBytes', {
      get: () => {
        if (!done && sending()) {
          done = true;
          then();
        }
        return free;
      },
      set: (value: number) => {
        free = value;
      },
    });
    return () => done;
  };
  const leftOver = () => ['images.vmx', seedName(spec())];

  test('a datastore that runs full in the middle is named, and is no obstacle later', async () => {
    await apply(['servers.image']);
    await one.findings.check({ fresh: false });
    room.esxi.freeBytes = MEBIBYTE;
    await one.findings.check({ fresh: false });
    expect(finding('servers.machine')).toMatchObject({
      state: 'manual',
      reason: { key: 'servers.machine.no-room' },
    });
    room.esxi.freeBytes = GIBIBYTE;
    await one.findings.check({ fresh: false });
    // Somebody fills it after the check.
    const filled = whenArrived(() => {
      room.esxi.freeBytes = 100_000;
    });
    const run = await apply(['servers.machine']);
    expect(filled()).toBe(true);
    expect(run.state).toBe('failed');
    expect(failure(run)?.code).toBe('disk-full');
    expect(await files()).toEqual(leftOver().sort());
    room.esxi.freeBytes = GIBIBYTE;
    await one.findings.check({ fresh: false });
    const again = await apply(['servers.machine']);
    expect([failure(again), again.state]).toEqual([undefined, 'succeeded']);
  });

  test('a run that is cancelled in the middle leaves what is ours, and its undo nothing', async () => {
    const before = await everything();
    await apply(['servers.image']);
    await one.findings.check({ fresh: false });
    const cancelled = whenArrived(() => {
      const running = one.state.runs.find(({ state }) => state === 'running');
      void one.runs.cancel(running!.id);
    });
    const run = await apply(['servers.machine']);
    expect(cancelled()).toBe(true);
    expect(run.state).toBe('cancelled');
    expect(await files()).toEqual(leftOver().sort());
    expect((await undo(run)).state).toBe('succeeded');
    expect(await everything()).toEqual(before);
  });

  test('a link that is cut in the middle is made anew, and the disk is sent again', async () => {
    await apply(['servers.image']);
    await one.findings.check({ fresh: false });
    const cut = whenArrived(() => {
      room.host.setReachable(false);
      setTimeout(() => room.host.setReachable(true), 20);
    });
    const run = await apply(['servers.machine']);
    expect(cut()).toBe(true);
    expect([failure(run), run.state]).toEqual([undefined, 'succeeded']);
    expect(await onHost(`sha256sum ${FOLDER}/*-????????-flat.vmdk`)).toContain(sha256(flat));
    expect((await files()).filter((name) => name.includes('labwright-new'))).toEqual([]);
  });

  test('an app that ends in the middle goes on from what is there', async () => {
    await apply(['servers.image']);
    await one.findings.check({ fresh: false });
    const closing = Promise.withResolvers<void>();
    whenArrived(() => closing.resolve(one.close()));
    const { digest } = await one.runs.preview(['servers.machine']);
    const { id } = await one.runs.apply(['servers.machine'], digest);
    await closing.promise;
    one = await openLab();
    expect(one.state.runs.find((run) => run.id === id)?.state).toBe('interrupted');
    await one.findings.check({ fresh: false });
    one.runs.resume(id);
    await one.runs.settled();
    const run = one.state.runs.find((each) => each.id === id)!;
    expect([failure(run), run.state]).toEqual([undefined, 'succeeded']);
    expect(room.esxi.vms.size).toBe(1);
  });

  test('a folder of somebody else stops us before anything is put into it', async () => {
    await onHost(`mkdir ${FOLDER} && echo precious > ${FOLDER}/notes.txt`);
    await apply(['servers.image']);
    await one.findings.check({ fresh: false });
    const run = await apply(['servers.machine']);
    expect(failure(run)?.reason.key).toBe('esxi.failed.folderTaken');
    expect(await files()).toEqual(['notes.txt']);
  });
});
