import { mkdir, readdir, readFile, rename, rm, stat, statfs, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { LabwrightError } from '../../contract/error.ts';
import type { ImageRef } from '../../contract/image-ref.ts';
import type { StoredImage } from '../engine/probes/cloud-image.ts';
import { writeAtomic } from '../files/atomic-file.ts';
import { ProcessLock } from '../files/process-lock.ts';
import { type DownloadOptions, download, fileHash } from './download.ts';
import { openRawDisk, type RawDisk } from './raw-disk.ts';

/** What is known of a file that was proved: it is believed while it is the same file. */
const Record = z.object({
  urls: z.array(z.string()),
  size: z.number(),
  mtimeMs: z.number(),
  ino: z.number(),
  /** Bytes of the disk that it stands for. */
  diskBytes: z.number(),
});
type Record = z.infer<typeof Record>;

/** Images that nobody has wanted for so long make room when another is fetched. */
const UNUSED_MS = 90 * 24 * 3600 * 1000;
/** Another process fetches the same image; whether it is done is seen so often. */
const LOOK_AGAIN_MS = 500;

/** Fetches under way in this process, by file: two labs that want the same image wait for the same. */
const underWay = new Map<string, Promise<void>>();

/**
 * Images on this computer, one file each, named by its SHA-256: for hypervisors that can neither fetch
 * one nor make a disk of it.
 */
export class ImageCache {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  #path(sha256: string, ending: 'img' | 'json' | 'part' | 'lock'): string {
    return join(this.folder, `${sha256}.${ending}`);
  }

  /** Images that are proved, and the room for more. */
  async list(): Promise<{
    readonly folder: string;
    readonly images: StoredImage[];
    readonly availableBytes: number;
  }> {
    const names = await readdir(this.folder).catch(() => []);
    const found = await Promise.all(
      names.flatMap((name) => {
        const sha256 = /^([0-9a-f]{64})\.json$/.exec(name)?.[1];
        return sha256 === undefined ? [] : [this.#stored(sha256)];
      }),
    );
    return { folder: this.folder, images: found.flat(), availableBytes: await room(this.folder) };
  }

  async #stored(sha256: string): Promise<StoredImage[]> {
    const record = await this.#record(sha256);
    if (record === undefined) return [];
    const { urls, size, diskBytes } = record;
    return urls.map((url) => ({
      url,
      sha256,
      size,
      diskBytes,
      path: this.#path(sha256, 'img'),
    }));
  }

  /** The record of an image, when it is still the file that was proved. */
  async #record(sha256: string): Promise<Record | undefined> {
    try {
      const text = await readFile(this.#path(sha256, 'json'), 'utf8');
      const record = Record.parse(JSON.parse(text));
      const { size, mtimeMs, ino } = await stat(this.#path(sha256, 'img'));
      const same = size === record.size && mtimeMs === record.mtimeMs && ino === record.ino;
      return same ? record : undefined;
    } catch {
      // Not there, or written by a version that knew other things: it is proved anew.
      return undefined;
    }
  }

  /**
   * Brings an image here and proves it by its hash; goes on where it was cut off. What is here already
   * is only proved. Throws `cancelled`, `image-wrong-hash`, what `download` and `openRawDisk` throw.
   */
  async fetch(image: ImageRef, options: DownloadOptions): Promise<void> {
    const { signal } = options;
    const path = this.#path(image.sha256, 'img');
    for (;;) {
      const other = underWay.get(path);
      if (other === undefined) break;
      await orAborted(other, signal);
    }
    const fetching = this.#fetchAlone(image, options).finally(() => underWay.delete(path));
    underWay.set(path, fetching);
    try {
      await fetching;
    } catch (error) {
      if (signal?.aborted) throw new LabwrightError('cancelled', {}, { cause: error });
      throw error;
    }
  }

  async #fetchAlone(image: ImageRef, options: DownloadOptions): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const lock = await this.#lock(image.sha256, options.signal);
    try {
      await this.#prune();
      await this.#fetchLocked(image, options);
    } finally {
      lock.release();
    }
  }

  async #lock(sha256: string, signal: AbortSignal | undefined): Promise<ProcessLock> {
    for (;;) {
      const lock = ProcessLock.acquire(this.#path(sha256, 'lock'));
      if (lock instanceof ProcessLock) return lock;
      await pause(LOOK_AGAIN_MS, undefined, signal ? { signal } : {});
    }
  }

  async #fetchLocked({ url, sha256 }: ImageRef, options: DownloadOptions): Promise<void> {
    const { signal } = options;
    const [whole, part] = [this.#path(sha256, 'img'), this.#path(sha256, 'part')];
    const known = await this.#record(sha256);
    const right = (path: string) =>
      fileHash(path, signal).then(
        (found) => found === sha256,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT') return false;
          throw error;
        },
      );
    if (known === undefined && !(await right(whole))) {
      await rm(whole, { force: true });
      if (!(await right(part))) await download(url, part, options);
      if (!(await right(part))) {
        await rm(part, { force: true });
        throw new LabwrightError('image-wrong-hash', { url });
      }
      await rename(part, whole);
    }
    const disk = await openRawDisk(whole, url);
    await disk.close();
    const { size, mtimeMs, ino } = await stat(whole);
    const urls = [...new Set([...(known?.urls ?? []), url])];
    const record: Record = { urls, size, mtimeMs, ino, diskBytes: disk.size };
    await writeAtomic(this.#path(sha256, 'json'), `${JSON.stringify(record, null, 2)}\n`);
  }

  /** The disk that a proved image stands for. Throws `image-absent`. */
  async open({ sha256, url }: ImageRef): Promise<RawDisk> {
    if ((await this.#record(sha256)) === undefined)
      throw new LabwrightError('image-absent', { url });
    const now = new Date();
    // Says when it was last wanted.
    await utimes(this.#path(sha256, 'json'), now, now).catch(() => {});
    return openRawDisk(this.#path(sha256, 'img'), url);
  }

  async #prune(): Promise<void> {
    const long = Date.now() - UNUSED_MS;
    for (const name of await readdir(this.folder)) {
      const [, sha256 = '', ending] = /^([0-9a-f]{64})\.(json|part)$/.exec(name) ?? [];
      if (ending === undefined) continue;
      const used = await stat(join(this.folder, name)).catch(() => undefined);
      if (used === undefined || used.mtimeMs > long) continue;
      if (ending === 'json') await rm(this.#path(sha256, 'img'), { force: true });
      await rm(join(this.folder, name), { force: true });
    }
  }
}

/** Waits for what another began, whatever comes of it; not longer than we are wanted to. */
async function orAborted(other: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  const stop = () => resolve();
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  await Promise.race([other.catch(() => {}), stopped]);
  signal?.removeEventListener('abort', stop);
  if (signal?.aborted) throw new LabwrightError('cancelled');
}

/** Room in the folder, or in the nearest one above it that is there. */
async function room(folder: string): Promise<number> {
  for (let at = folder; ; at = dirname(at)) {
    try {
      const { bavail, bsize } = await statfs(at);
      return bavail * bsize;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(at) === at) throw error;
    }
  }
}
