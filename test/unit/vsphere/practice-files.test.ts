import { once } from 'node:events';
import { request } from 'node:https';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LabwrightError } from '../../../src/contract/error.ts';
import { createMachine } from '../../../src/main/drivers/vsphere/create-machine.ts';
import {
  deleteFile,
  listFolder,
  makeDirectory,
  readSmallFile,
  uploadFile,
} from '../../../src/main/drivers/vsphere/datastore-files.ts';
import { faultOf } from '../../../src/main/drivers/vsphere/faults.ts';
import type { NewMachine } from '../../../src/main/drivers/vsphere/machine-spec.ts';
import { findPlace, type Place } from '../../../src/main/drivers/vsphere/place.ts';
import { openSession, type Session } from '../../../src/main/drivers/vsphere/session.ts';
import { runTask } from '../../../src/main/drivers/vsphere/tasks.ts';
import { describedBytes, vmdkDescriptor } from '../../../src/main/images/vmdk-descriptor.ts';
import {
  type PracticeSite,
  startPracticeSite,
} from '../../../src/main/practice/esxi/practice-site.ts';

const MEBIBYTE = 1024 ** 2;
const datastore = 'datastore1';

let site: PracticeSite;
let session: Session;
let place: Place;

beforeEach(async () => {
  site = await startPracticeSite({
    licence: 'evaluation',
    now: Date.now,
    wait: () => Promise.resolve(),
  });
  session = await openSession(
    { name: 'rack', address: site.address, port: site.port, pin: site.fingerprint },
    { user: site.user, password: async () => site.password },
  );
  place = await findPlace(session);
});

afterEach(async () => {
  await session.close();
  await site.close();
});

async function errorOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof LabwrightError)) throw new Error(`not a typed error: ${error}`);
  return `${error.code} ${faultOf(error)?.name ?? error.params.status ?? ''}`.trim();
}

const at = (path: string) => ({ datastore, path });
const put = (path: string, bytes: Buffer | string) => {
  const whole = Buffer.from(bytes);
  const stream = Readable.from([whole]);
  return uploadFile(session, place, at(path), { stream, size: whole.length });
};
const get = async (path: string) =>
  (await readSmallFile(session, place, at(path)))?.toString('utf8');
const extend = (path: string, bytes: number) =>
  runTask(session, 'ExtendVirtualDisk_Task', session.manager('virtualDiskManager'), {
    name: `[${datastore}] ${path}`,
    datacenter: place.datacenter,
    newCapacityKb: bytes / 1024,
  });

describe('files of a datastore', () => {
  test('are put into a folder that is there, read back, listed with their size, and deleted', async () => {
    expect(await listFolder(session, at('lab'))).toBeUndefined();
    expect(await errorOf(put('lab/a b.txt', 'x'))).toBe('site-upload-refused 404');
    await makeDirectory(session, place, at('lab'));
    expect(await errorOf(makeDirectory(session, place, at('lab')))).toBe(
      'site-file-exists FileAlreadyExists',
    );
    await put('lab/a b.txt', 'hello');
    expect(await get('lab/a b.txt')).toBe('hello');
    expect(await get('lab/none')).toBeUndefined();
    expect(await listFolder(session, at('lab'))).toEqual(new Map([['a b.txt', 5]]));
    await deleteFile(session, place, at('lab/a b.txt'));
    expect(await errorOf(deleteFile(session, place, at('lab/a b.txt')))).toBe(
      'site-file-missing FileNotFound',
    );
    await put('lab/again', '');
    await deleteFile(session, place, at('lab'));
    expect(await listFolder(session, at('lab'))).toBeUndefined();
  });

  test('take room, give it back, and are refused where there is none', async () => {
    const [store] = site.host.datastores;
    const { freeBytes } = store!;
    await makeDirectory(session, place, at('lab'));
    await put('lab/a', Buffer.alloc(MEBIBYTE));
    expect(store!.freeBytes).toBe(freeBytes - MEBIBYTE);
    // Another of the same name takes its place.
    await put('lab/a', 'x');
    expect(store!.freeBytes).toBe(freeBytes - 1);
    await deleteFile(session, place, at('lab/a'));
    expect(store!.freeBytes).toBe(freeBytes);
    store!.freeBytes = 1000;
    expect(await errorOf(put('lab/b', Buffer.alloc(5000)))).toBe('site-upload-refused 500');
  });

  test('are given to nobody who has not logged in', async () => {
    await makeDirectory(session, place, at('lab'));
    await put('lab/a', 'secret');
    const sent = request({
      host: site.address,
      port: site.port,
      path: `/folder/lab/a?dcPath=ha-datacenter&dsName=${datastore}`,
      rejectUnauthorized: false,
      agent: false,
    });
    sent.end();
    const [response] = await once(sent, 'response');
    expect(response.statusCode).toBe(401);
    response.destroy();
  });
});

describe('a disk', () => {
  beforeEach(async () => {
    await makeDirectory(session, place, at('one'));
    await put('one/one-flat.vmdk', Buffer.alloc(MEBIBYTE));
    await put('one/one.vmdk', vmdkDescriptor('one.vmdk', MEBIBYTE));
  });

  test('grows and does not shrink; its descriptor is the host’s own afterwards', async () => {
    await extend('one/one.vmdk', 5 * MEBIBYTE);
    const text = (await get('one/one.vmdk')) ?? '';
    expect(describedBytes(text)).toBe(5 * MEBIBYTE);
    expect(text).not.toContain('ddb.uuid');
    expect(await errorOf(extend('one/one.vmdk', 5 * MEBIBYTE))).toBe(
      'site-request-refused InvalidArgument',
    );
    expect(await errorOf(extend('one/two.vmdk', 5 * MEBIBYTE))).toBe(
      'site-file-missing FileNotFound',
    );
  });

  const machine = (install: Partial<NonNullable<NewMachine['install']>> = {}): NewMachine => ({
    name: 'one',
    mark: 'labwright lab=test machine=one',
    note: '',
    cpus: 1,
    memoryMebibytes: 512,
    disksBytes: [MEBIBYTE],
    datastore,
    nics: [],
    nested: false,
    bootFirst: 'disk',
    install: { folder: 'one', disk: 'one.vmdk', seed: 'seed.iso', ...install },
  });

  test('or a disc that is not there is refused, as a real host does and vcsim does not', async () => {
    expect(await errorOf(createMachine(session, place, machine()))).toBe(
      'site-file-missing FileNotFound',
    );
    await put('one/seed.iso', 'disc');
    expect(await errorOf(createMachine(session, place, machine({ disk: 'two.vmdk' })))).toBe(
      'site-file-missing FileNotFound',
    );
    expect(site.host.machine('one')).toBeUndefined();
    await createMachine(session, place, machine());
    expect(site.host.machine('one')).toMatchObject({ folder: 'one' });
  });

  test('does not come into a folder that the host chose for another machine', async () => {
    await put('one/seed.iso', 'disc');
    const { install: _, ...plain } = machine();
    await createMachine(session, place, plain);
    // The folder was taken, so the host made one beside it.
    expect(site.host.machine('one')).toMatchObject({ folder: 'one_1' });
  });
});
