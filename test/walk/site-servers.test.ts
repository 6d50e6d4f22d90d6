import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Run } from '../../src/contract/run.ts';
import { CHAPTERS } from '../../src/main/app/chapters.ts';
import { LAB_FOLDER, LabSession } from '../../src/main/app/lab-session.ts';
import { copyShell } from '../../src/main/engine/copy-shell.ts';
import { seedName } from '../../src/main/engine/hypervisor.ts';
import { imageDisk } from '../../src/main/engine/image-shell.ts';
import { installedSpecs } from '../../src/main/guide/server-image.ts';
import { type EsxiApiLab, startEsxiApiLab } from '../../src/main/practice/esxi/esxi-api-lab.ts';
import { seedImage } from '../../src/main/seed/cloud-seed.ts';
import { connectSsh2 } from '../../src/main/ssh/ssh2-connection.ts';
import { withPracticeSecrets } from '../../src/main/vault/practice-secrets.ts';
import { MemoryVault } from '../../src/main/vault/vault.ts';
import { type LoopbackPublisher, publishOnLoopback } from '../unit/support/loopback-publisher.ts';
import { smallCloudImage } from '../unit/support/server-image.ts';

const GIBIBYTE = 1024 ** 3;
const MEBIBYTE = 1024 ** 2;
const STORE = 'datastore1';

let folder: string;
let lab: EsxiApiLab;
let one: LabSession;
let publisher: LoopbackPublisher;
let keyring: string;
/** Called between two words of each task, so that a test can do something in the middle. */
let between: () => void;

const { image, disk } = smallCloudImage();

/** Below the plan of the practice site: an image server, whose disk is an image. */
const server = () => `  images:
    on: esxi
    role: mirror
    cpus: 1
    memory_mib: 1024
    disks_gib: [3, 1]
    networks: [lan]
    install:
      image: { url: "${publisher.url}", keyring: ${keyring} }
      authorized_keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA me@here]
      addresses: { lan: 127.0.0.1/8 }
proxy: {}
`;

const openLab = async () =>
  LabSession.open({
    path: lab.path,
    practice: false,
    chapters: CHAPTERS,
    vault: await withPracticeSecrets(new MemoryVault(), join(dirname(lab.path), LAB_FOLDER)),
    connect: connectSsh2,
    userKnownHosts: undefined,
    now: Date.now,
    wait: () => new Promise((done) => setImmediate(done)),
    who: 'ann',
    cacheDirectory: join(folder, 'cache'),
  });

beforeEach(async () => {
  between = () => {};
  folder = mkdtempSync(join(tmpdir(), 'labwright-site-servers-'));
  publisher = await publishOnLoopback(image);
  keyring = join(folder, 'keyring.gpg');
  await writeFile(keyring, publisher.keyring);
  lab = await startEsxiApiLab({
    directory: join(folder, 'lab'),
    now: Date.now,
    wait: async () => between(),
  });
  const plan = await readFile(lab.path, 'utf8');
  const lan = 'networks:\n  lan: { on: esxi, portgroup: VM Network }\n';
  await writeFile(lab.path, plan.replace(/networks:[\s\S]*$/, `${lan}machines:\n${server()}`));
  one = await openLab();
});

afterEach(async () => {
  await one.close();
  await lab.close();
  await publisher.close();
  await rm(folder, { recursive: true, force: true });
});

const host = () => lab.site.host;
const spec = () => installedSpecs(one.plan)[0]!;
const diskName = () => imageDisk('images', { sha256: publisher.sha256 });
const file = (name: string) => host().files.file(STORE, `images/${name}`);
const finding = (step: string) => one.state.findings[`${step}@images`]!;
const puts = () => lab.site.requests.filter(({ method }) => method === 'PUT');

async function check(): Promise<void> {
  await one.findings.check({ fresh: false });
}

async function apply(steps?: string[]): Promise<Run> {
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

/** The bytes of the disk as they must lie on the datastore. */
const flat = Buffer.concat([disk], Math.ceil(disk.length / MEBIBYTE) * MEBIBYTE);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Fetches the image and makes the machine; started it would be waited for in vain. */
const MAKE = ['servers.image', 'servers.machine'];

describe('a server machine at a site', () => {
  test('is made of its image and its seed as they were shown, once, and taken back without a trace', async () => {
    const before = host().inventory();
    await check();
    expect(finding('servers.image')).toMatchObject({
      state: 'todo',
      reason: { key: 'servers.image.absent-here' },
    });
    const { steps } = await one.runs.preview(MAKE);
    const shown = steps.flatMap(({ actions }) => actions);
    expect(shown.map(({ id }) => id)).toEqual([
      'fetch-image',
      'write-seed',
      'put-disk',
      'create-machine',
    ]);
    const text = copyShell(steps, ({ key }) => key);
    for (const part of [
      publisher.url,
      publisher.sha256,
      'qemu-img convert',
      `govc datastore.upload -ds ${STORE} ${diskName()} images/${diskName()}`,
      'govc vm.create',
    ]) {
      expect(text).toContain(part);
    }

    const run = await apply(MAKE);
    expect([failure(run), run.state]).toEqual([undefined, 'succeeded']);
    const moved = run.steps.flatMap(({ actions }) => actions);
    expect(moved.find(({ action }) => action.id === 'put-disk')?.progress).toMatchObject({
      doneBytes: flat.length,
      totalBytes: flat.length,
    });
    expect(finding('servers.machine').state).toBe('done');
    const made = host().machine('images')!;
    expect(made).toMatchObject({ cpus: 1, memoryMb: 1024, folder: 'images', power: 'poweredOff' });
    const drive = made.devices.find(({ _type }) => _type === 'VirtualCdrom');
    expect(drive).toMatchObject({
      backing: { fileName: `[${STORE}] images/${seedName(spec())}` },
      connectable: { startConnected: true },
    });
    const disks = made.devices.filter(({ _type }) => _type === 'VirtualDisk');
    expect(disks.map(({ capacityInKB }) => Number(capacityInKB) * 1024)).toEqual([
      3 * GIBIBYTE,
      GIBIBYTE,
    ]);
    expect(disks[0]).toMatchObject({ backing: { fileName: `[${STORE}] images/${diskName()}` } });
    expect(made.bootOrder[0]).toMatchObject({ deviceKey: disks[0]?.key });
    expect(made.annotation).toContain('machine=images');
    expect(file(diskName().replace('.vmdk', '-flat.vmdk'))).toMatchObject({
      size: flat.length,
      sha256: sha256(flat),
    });
    expect(file(seedName(spec()))?.sha256).toBe(sha256(seedImage(one.plan, spec())));

    const sent = lab.site.requests.length;
    expect((await one.runs.preview(MAKE)).steps).toEqual([]);
    expect(lab.site.requests.length).toBe(sent);
    expect((await undo(run)).state).toBe('succeeded');
    expect(host().inventory()).toEqual(before);
  });

  test('gets another seed while it is off, and a note once it has started', async () => {
    await check();
    await apply(MAKE);
    const changed = (await readFile(lab.path, 'utf8')).replace('me@here', 'you@there');
    await one.savePlan(changed, one.state.plan.sha256);
    await check();
    expect(finding('servers.machine')).toMatchObject({
      state: 'drifted',
      reason: { key: 'servers.machine.seed-old' },
    });
    expect((await apply(['servers.machine'])).state).toBe('succeeded');
    expect(file(seedName(spec()))?.sha256).toBe(sha256(seedImage(one.plan, spec())));
    expect(finding('servers.machine').state).toBe('done');
  });

  test('is switched on and answers when an SSH server does; its log goes with it', async () => {
    const before = host().inventory();
    await check();
    const made = await apply(MAKE);
    await check();
    expect(finding('servers.started').reason.key).toBe('servers.started.off');
    const { steps } = await one.runs.preview(['servers.started']);
    expect(steps[0]?.actions.map(({ id }) => id)).toEqual(['power-on', 'wait-for-ssh']);
    const { digest, steps: powered } = one.runs.previewPower('esxi', spec().uuid, 'on');
    expect(powered).toHaveLength(1);
    const { id } = one.runs.power('esxi', spec().uuid, 'on', digest);
    await one.runs.settled();
    const on = one.state.runs.find((run) => run.id === id)!;
    expect([failure(on), on.state]).toEqual([undefined, 'succeeded']);
    await check();
    // Nothing listens on the SSH port of this address, or a server of this computer does.
    expect(finding('servers.started').reason.key).toMatch(/^servers\.started\.(silent-here|done)$/);
    expect(file('images-serial.log')).toBeDefined();
    await undo(made);
    expect(host().inventory()).toEqual(before);
  });
});

describe('bad luck', () => {
  const flatFile = () => diskName().replace('.vmdk', '-flat.vmdk');

  test('a datastore without room, or a plan with too small a disk, is found before a byte is sent', async () => {
    await check();
    await apply(['servers.image']);
    const store = host().datastores[0]!;
    const { freeBytes } = store;
    store.freeBytes = MEBIBYTE;
    await check();
    expect(finding('servers.machine')).toMatchObject({
      state: 'manual',
      reason: { key: 'servers.machine.no-room' },
    });
    expect((await one.runs.preview(['servers.machine'])).steps).toEqual([]);
    store.freeBytes = freeBytes;
    const stored = join(folder, 'cache', 'images', `${publisher.sha256}.json`);
    const record = JSON.parse(await readFile(stored, 'utf8')) as { diskBytes: number };
    await writeFile(stored, JSON.stringify({ ...record, diskBytes: 4 * GIBIBYTE }));
    await check();
    expect(finding('servers.machine').reason.key).toBe('servers.machine.disk-too-small');
    expect((await one.runs.preview(['servers.machine'])).steps).toEqual([]);
    expect(puts()).toEqual([]);
  });

  test('a run that is cancelled in the middle of the upload leaves the seed alone, and its undo nothing', async () => {
    await check();
    await apply(['servers.image']);
    const before = host().inventory();
    const take = host().takeSpace.bind(host());
    host().takeSpace = (name, bytes, path) => {
      const running = one.state.runs.find(({ state }) => state === 'running');
      if (path.endsWith('-flat.vmdk') && running) void one.runs.cancel(running.id);
      take(name, bytes, path);
    };
    await check();
    const run = await apply(['servers.machine']);
    host().takeSpace = take;
    expect(run.state).toBe('cancelled');
    expect([...host().files.names(STORE, 'images').keys()]).toEqual([seedName(spec())]);
    expect((await undo(run)).state).toBe('succeeded');
    expect(host().inventory()).toEqual(before);
  });

  test('an app that ends in the middle of the upload goes on from what is there', async () => {
    await check();
    await apply(['servers.image']);
    const take = host().takeSpace.bind(host());
    const flowing = Promise.withResolvers<void>();
    host().takeSpace = (name, bytes, path) => {
      if (path.endsWith('-flat.vmdk')) flowing.resolve();
      take(name, bytes, path);
    };
    await check();
    const { digest } = await one.runs.preview(['servers.machine']);
    const { id } = await one.runs.apply(['servers.machine'], digest);
    await flowing.promise;
    await one.close();
    host().takeSpace = take;
    one = await openLab();
    expect(one.state.runs.find((run) => run.id === id)?.state).toBe('interrupted');
    await check();
    one.runs.resume(id);
    await one.runs.settled();
    const run = one.state.runs.find((each) => each.id === id)!;
    expect([failure(run), run.state]).toEqual([undefined, 'succeeded']);
    expect(file(flatFile())?.sha256).toBe(sha256(flat));
    expect(host().machines.size).toBe(3);
  });

  test('an image that came with other bytes stops the run, and the machine is not begun', async () => {
    publisher.troubles.push('spoiled');
    await check();
    const run = await apply(MAKE);
    expect(run.steps.map(({ state }) => state)).toEqual(['failed', 'skipped']);
    expect(failure(run)?.code).toBe('image-wrong-hash');
    expect(puts()).toEqual([]);
  });
});
