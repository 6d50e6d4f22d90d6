import { Readable } from 'node:stream';
import { LabwrightError } from '../../../contract/error.ts';
import type { MachineFolder, SiteCall } from '../../../contract/site-call.ts';
import type { RawDisk } from '../../images/raw-disk.ts';
import { describedBytes, flatName, vmdkDescriptor } from '../../images/vmdk-descriptor.ts';
import {
  type DatastorePath,
  datastorePath,
  deleteFile,
  listFolder,
  makeDirectory,
  readSmallFile,
  uploadFile,
} from './datastore-files.ts';
import { listDatastores } from './datastores.ts';
import { faultOf } from './faults.ts';
import type { Place } from './place.ts';
import { serialLog } from './serial-log.ts';
import type { Session } from './session.ts';
import { runTask, type TaskOptions } from './tasks.ts';

/*
 * What a machine is installed from lies in its own folder, and comes there before the machine does. The
 * first file is the seed, whose name has the machine's UUID in it: who finds it knows whose folder it is.
 */

type Call<Kind extends SiteCall['kind']> = Extract<SiteCall, { kind: Kind }>;

export interface DiskOptions extends TaskOptions {
  /** A proved image of this computer, as the disk that it stands for. */
  readonly openImage: (image: Call<'put-disk'>['image']) => Promise<RawDisk>;
  readonly onAmount?: (doneBytes: number, totalBytes: number | undefined) => void;
}

const inFolder = ({ datastore, folder }: MachineFolder, file: string): DatastorePath => ({
  datastore,
  path: `${folder}/${file}`,
});

const folderPath = ({ datastore, folder }: MachineFolder): DatastorePath => ({
  datastore,
  path: folder,
});

/** What is in our folder, by name. Throws `site-folder-taken` for one that is not ours. */
async function ourFiles(
  session: Session,
  at: MachineFolder,
  options: TaskOptions,
): Promise<ReadonlyMap<string, number> | undefined> {
  const files = await listFolder(session, folderPath(at), options);
  // A run that was cut off may have made a folder and put nothing into it.
  if (files === undefined || files.size === 0 || files.has(at.seed)) return files;
  const what = datastorePath(folderPath(at));
  throw new LabwrightError('site-folder-taken', { site: session.site.name, what });
}

/** Puts the seed into the machine's folder, which it makes when it may; so the folder becomes ours. */
export async function putSeed(
  session: Session,
  place: Place,
  call: Call<'put-seed'>,
  options: TaskOptions = {},
): Promise<void> {
  const there = await ourFiles(session, call, options);
  if (there === undefined) {
    if (!call.fresh) {
      const what = datastorePath(folderPath(call));
      throw new LabwrightError('site-file-missing', { site: session.site.name, what });
    }
    await makeDirectory(session, place, folderPath(call), options);
  }
  const bytes = Buffer.from(call.content, 'base64');
  const upload = { stream: Readable.from([bytes]), size: bytes.length };
  await uploadFile(session, place, inFolder(call, call.seed), upload, options);
}

/**
 * Makes a disk of an image in the machine's folder and grows it to its size. The descriptor comes last:
 * a disk that has one is whole. What a run that was cut off left of another is removed before.
 */
export async function putDisk(
  session: Session,
  place: Place,
  call: Call<'put-disk'>,
  options: DiskOptions,
): Promise<void> {
  const site = session.site.name;
  const files = await ourFiles(session, call, options);
  if (!files?.has(call.seed)) {
    const what = datastorePath(inFolder(call, call.seed));
    throw new LabwrightError('site-file-missing', { site, what });
  }
  if (!files.has(call.disk) || !files.has(flatName(call.disk))) {
    await removeFiles(session, place, call, [...files.keys()].filter(isOurDisk(call)), options);
    await upload(session, place, call, options);
  }
  const descriptor = await readSmallFile(session, place, inFolder(call, call.disk), options);
  const now = describedBytes(descriptor?.toString('utf8') ?? '');
  if (now === undefined) {
    const what = datastorePath(inFolder(call, call.disk));
    throw new LabwrightError('site-answer-unexpected', { site, expected: what });
  }
  if (now >= call.bytes) return;
  const manager = session.manager('virtualDiskManager');
  const args = {
    name: datastorePath(inFolder(call, call.disk)),
    datacenter: place.datacenter,
    newCapacityKb: call.bytes / 1024,
    eagerZero: false,
  };
  await runTask(session, 'ExtendVirtualDisk_Task', manager, args, options);
}

/** A disk of the machine in its folder: nobody else calls theirs so. */
const isOurDisk =
  ({ folder }: MachineFolder) =>
  (name: string): boolean =>
    name.startsWith(`${folder}-`) && name.endsWith('.vmdk');

async function upload(
  session: Session,
  place: Place,
  call: Call<'put-disk'>,
  options: DiskOptions,
): Promise<void> {
  const { openImage, onAmount, ...rest } = options;
  const disk = await openImage(call.image);
  const flat = flatName(call.disk);
  let sent = 0;
  try {
    if (disk.size > call.bytes) {
      const params = { url: call.image.url, needed: disk.size, given: call.bytes };
      throw new LabwrightError('image-larger-than-disk', params);
    }
    await assertRoom(session, call, disk.size, rest);
    const body = {
      stream: Readable.from(disk.pieces(), { highWaterMark: 2 }),
      size: disk.size,
      onSent: (bytes: number) => {
        sent = bytes;
        onAmount?.(bytes, disk.size);
      },
    };
    await uploadFile(session, place, inFolder(call, flat), body, rest);
    const descriptor = Buffer.from(vmdkDescriptor(call.disk, disk.size));
    const small = { stream: Readable.from([descriptor]), size: descriptor.length };
    await uploadFile(session, place, inFolder(call, call.disk), small, rest);
  } catch (error) {
    // The signal may be what ended it; taking back is done all the same.
    const { signal: _, ...after } = rest;
    const full = await isFull(session, call, disk.size - sent, error, after);
    await removeFiles(session, place, call, [call.disk, flat], after).catch(() => {});
    throw full ?? error;
  } finally {
    await disk.close();
  }
}

async function freeBytes(session: Session, name: string, options: TaskOptions): Promise<number> {
  const all = await listDatastores(session, options);
  return all.find((each) => each.name === name)?.freeBytes ?? Number.POSITIVE_INFINITY;
}

async function assertRoom(
  session: Session,
  { datastore }: MachineFolder,
  bytes: number,
  options: TaskOptions,
): Promise<void> {
  if ((await freeBytes(session, datastore, options)) >= bytes) return;
  const params = { site: session.site.name, what: datastore };
  throw new LabwrightError('site-datastore-full', params);
}

/** How a host says that a file found no room is nowhere written: the datastore itself is asked. */
async function isFull(
  session: Session,
  at: MachineFolder,
  left: number,
  error: unknown,
  options: TaskOptions,
): Promise<LabwrightError | undefined> {
  const { code } = error instanceof LabwrightError ? error : { code: undefined };
  if (code !== 'site-upload-refused' && code !== 'site-closed') return undefined;
  try {
    await assertRoom(session, at, left, options);
    return undefined;
  } catch (found) {
    return found instanceof LabwrightError && found.code === 'site-datastore-full'
      ? found
      : undefined;
  }
}

async function removeFiles(
  session: Session,
  place: Place,
  at: MachineFolder,
  names: readonly string[],
  options: TaskOptions,
): Promise<void> {
  for (const name of names) {
    try {
      await deleteFile(session, place, inFolder(at, name), options);
    } catch (error) {
      if (faultOf(error)?.name !== 'FileNotFound') throw error;
    }
  }
}

/**
 * Takes away what we put beside a machine that is gone, or never came: disks, log, and last the seed, so
 * that the folder is known as ours until it is done. What others put there stays, and the folder with it.
 */
export async function removeBeside(
  session: Session,
  place: Place,
  at: MachineFolder,
  options: TaskOptions = {},
): Promise<void> {
  const files = await listFolder(session, folderPath(at), options);
  if (!files?.has(at.seed)) return;
  const ours = [...files.keys()].filter(
    (name) => isOurDisk(at)(name) || name === serialLog(at.folder),
  );
  await removeFiles(session, place, at, [...ours, at.seed], options);
  const left = await listFolder(session, folderPath(at), options);
  if (left?.size === 0) await deleteFile(session, place, folderPath(at), options);
}
