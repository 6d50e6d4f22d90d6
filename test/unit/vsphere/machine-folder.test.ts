import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LabwrightError } from '../../../src/contract/error.ts';
import type { SiteCall } from '../../../src/contract/site-call.ts';
import { performSiteCall } from '../../../src/main/drivers/vsphere/perform.ts';
import { openSession, type Session } from '../../../src/main/drivers/vsphere/session.ts';
import type { RawDisk } from '../../../src/main/images/raw-disk.ts';
import { describedBytes } from '../../../src/main/images/vmdk-descriptor.ts';
import {
  type PracticeSite,
  startPracticeSite,
} from '../../../src/main/practice/esxi/practice-site.ts';

const MEBIBYTE = 1024 ** 2;
const SIZE = 4 * MEBIBYTE;
const PIECE = 65_536;
const STORE = 'datastore1';
const FOLDER = { datastore: STORE, folder: 'images', seed: 'labwright-seed-1.iso' };
const DISK = 'images-9f86d081.vmdk';
const FLAT = 'images-9f86d081-flat.vmdk';
const MARK = 'labwright lab=test machine=images';
const IMAGE = { url: 'https://images.example/x.img', sha256: '9f86d081'.repeat(8) };

const SEED: SiteCall = {
  kind: 'put-seed',
  ...FOLDER,
  fresh: true,
  content: Buffer.from('a seed').toString('base64'),
  sha256: '',
};
const PUT: SiteCall = {
  kind: 'put-disk',
  ...FOLDER,
  disk: DISK,
  image: IMAGE,
  bytes: 9 * MEBIBYTE,
};
const CREATE: SiteCall = {
  kind: 'create-machine',
  machine: {
    name: 'images',
    uuid: '6f1f1c1e-0000-8000-8000-000000000001',
    mark: MARK,
    note: '',
    cpus: 1,
    memoryMebibytes: 512,
    disksBytes: [9 * MEBIBYTE, MEBIBYTE],
    datastore: STORE,
    nics: [],
    nested: false,
    bootFirst: 'disk',
    firmware: 'bios',
    install: { ...FOLDER, disk: DISK },
  },
};
const REMOVE: SiteCall = {
  kind: 'destroy-machine',
  machine: 'images',
  uuid: '6f1f1c1e-0000-8000-8000-000000000001',
  mark: MARK,
  beside: FOLDER,
};

let site: PracticeSite;
let session: Session;
let opened: number;
let before: unknown;
/** Called before each piece of the disk. */
let onPiece: (at: number) => void;

const bytes = Buffer.alloc(SIZE);
for (let at = 0; at < SIZE; at += PIECE) bytes.fill(at / PIECE, at, at + PIECE);

const openImage = async (): Promise<RawDisk> => {
  opened += 1;
  return {
    size: SIZE,
    async *pieces() {
      for (let at = 0; at < SIZE; at += PIECE) {
        onPiece(at);
        yield bytes.subarray(at, at + PIECE);
      }
    },
    close: async () => {},
  };
};

beforeEach(async () => {
  opened = 0;
  onPiece = () => {};
  site = await startPracticeSite({
    licence: 'evaluation',
    now: Date.now,
    wait: () => Promise.resolve(),
  });
  session = await openSession(
    { name: 'rack', address: site.address, port: site.port, pin: site.fingerprint },
    { user: site.user, password: async () => site.password },
  );
  before = site.host.inventory();
});

afterEach(async () => {
  await session.close();
  await site.close();
});

const perform = (call: SiteCall, signal?: AbortSignal) =>
  performSiteCall(session, call, {
    run: '20261126101500-abcdef',
    openImage,
    ...(signal ? { signal } : {}),
  });
const all = async () => {
  for (const call of [SEED, PUT, CREATE]) await perform(call);
};
const files = () => [...site.host.files.names(STORE, 'images').keys()].sort();

async function codeOf(work: Promise<void>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof LabwrightError)) throw new Error(`not a typed error: ${error}`);
  return error.code;
}

test('seed, disk and machine come one after the other, once, and all of it goes', async () => {
  await all();
  const flat = site.host.files.file(STORE, `images/${FLAT}`);
  expect(flat?.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  const descriptor = site.host.files.file(STORE, `images/${DISK}`)?.bytes?.toString('utf8');
  expect(describedBytes(descriptor ?? '')).toBe(9 * MEBIBYTE);
  const made = site.host.inventory();
  await all();
  expect(opened).toBe(1);
  expect(site.host.inventory()).toEqual(made);
  await perform(REMOVE);
  expect(site.host.inventory()).toEqual(before);
  await perform(REMOVE);
  expect(site.host.inventory()).toEqual(before);
});

test('a datastore that runs full in the middle is named, and gets its room back', async () => {
  await perform(SEED);
  const store = site.host.datastores[0]!;
  const { freeBytes } = store;
  onPiece = (at) => {
    // Somebody else takes what is left.
    if (at === SIZE / 2) store.freeBytes = 0;
  };
  expect(await codeOf(perform(PUT))).toBe('site-datastore-full');
  expect(files()).toEqual([FOLDER.seed]);
  expect(store.freeBytes).toBeGreaterThan(0);
  store.freeBytes = freeBytes;
  onPiece = () => {};
  await perform(PUT);
  expect(files()).toEqual([FLAT, DISK, FOLDER.seed].sort());
});

test('without room for the disk nothing of it is sent', async () => {
  await perform(SEED);
  site.host.datastores[0]!.freeBytes = MEBIBYTE;
  let pieces = 0;
  onPiece = () => {
    pieces += 1;
  };
  expect(await codeOf(perform(PUT))).toBe('site-datastore-full');
  expect(pieces).toBe(0);
  const small = { ...PUT, bytes: MEBIBYTE };
  site.host.datastores[0]!.freeBytes = 100 * MEBIBYTE;
  expect(await codeOf(perform(small))).toBe('image-larger-than-disk');
  expect(pieces).toBe(0);
});

test('a link that is cut in the middle leaves only what is ours, and the second try works', async () => {
  await perform(SEED);
  onPiece = (at) => {
    if (at === SIZE / 2) site.restart();
  };
  expect(await codeOf(perform(PUT))).toBe('site-closed');
  expect(files()).toContain(FOLDER.seed);
  onPiece = () => {};
  await perform(PUT);
  await perform(CREATE);
  expect(site.host.files.file(STORE, `images/${FLAT}`)?.size).toBe(SIZE);
  await perform(REMOVE);
  expect(site.host.inventory()).toEqual(before);
});

test('what is cancelled in the middle is taken back', async () => {
  await perform(SEED);
  const stop = new AbortController();
  onPiece = (at) => {
    if (at === SIZE / 2) stop.abort();
  };
  expect(await codeOf(perform(PUT, stop.signal))).toBe('cancelled');
  expect(files()).toEqual([FOLDER.seed]);
  await perform(REMOVE);
  expect(site.host.inventory()).toEqual(before);
});

test('an image that cannot be read to its end is no half disk', async () => {
  await perform(SEED);
  onPiece = (at) => {
    if (at === SIZE / 2) throw new LabwrightError('image-damaged', { what: 'x' });
  };
  expect(await codeOf(perform(PUT))).toBe('image-damaged');
  expect(files()).toEqual([FOLDER.seed]);
});

test('a disk of another image, left by a run that was cut off, makes way', async () => {
  await perform(SEED);
  site.host.files.rewrite(STORE, 'images/images-00000000.vmdk', 'old');
  site.host.files.rewrite(STORE, 'images/images-00000000-flat.vmdk', 'old');
  site.host.files.rewrite(STORE, `images/${FLAT}`, 'half');
  await perform(PUT);
  expect(files()).toEqual([FLAT, DISK, FOLDER.seed].sort());
});

test('a folder of somebody else is left alone, at every step', async () => {
  site.host.files.makeFolder(STORE, 'images');
  site.host.files.rewrite(STORE, 'images/notes.txt', 'precious');
  const theirs = site.host.inventory();
  expect(await codeOf(perform(SEED))).toBe('site-folder-taken');
  expect(await codeOf(perform(PUT))).toBe('site-folder-taken');
  await perform(REMOVE);
  expect(site.host.inventory()).toEqual(theirs);
});

test('a disk without its seed is not begun: the folder would be nobody’s', async () => {
  expect(await codeOf(perform(PUT))).toBe('site-file-missing');
  expect(await codeOf(perform({ ...SEED, fresh: false }))).toBe('site-file-missing');
  expect(site.host.inventory()).toEqual(before);
});

test('what somebody put into our folder stays, and the folder with it', async () => {
  await all();
  site.host.files.rewrite(STORE, 'images/notes.txt', 'precious');
  await perform(REMOVE);
  expect(files()).toEqual(['notes.txt']);
});
