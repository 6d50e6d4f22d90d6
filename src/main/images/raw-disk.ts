import { type FileHandle, open } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { LabwrightError } from '../../contract/error.ts';
import { isQcow2, openQcow2, type Stretch } from './qcow2.ts';
import { readExactly } from './read-exactly.ts';

/** VMFS and its tools think in whole megabytes; a disk that is not gets zeros behind its end. */
const GRAIN = 1024 * 1024;
const SECTOR = 512;
/** Pieces of this size take a few milliseconds to hash and pack. */
const PIECE = 256 * 1024;
const ZEROS = Buffer.alloc(PIECE);
/** Zeros need no waiting for a file, so after this much of them others are let in. */
const ZEROS_AT_ONCE = 4 * 1024 * 1024;

/** An image file on this computer, read as the disk that it stands for. */
export interface RawDisk {
  /** Bytes of the disk; a multiple of a mebibyte. */
  readonly size: number;
  /** Every byte of it in order, in small pieces that the receiver must not change. */
  pieces(): AsyncGenerator<Uint8Array, void, void>;
  close(): Promise<void>;
}

/** `what` names the image in errors: `image-unfit`, `image-damaged`, `image-no-disk`. */
export async function openRawDisk(path: string, what: string): Promise<RawDisk> {
  const file = await open(path, 'r');
  try {
    const { size, stretches } = await openDisk(file, what);
    const whole = Math.ceil(size / GRAIN) * GRAIN;
    return {
      size: whole,
      pieces: () => pieces(stretches(), whole - size),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

interface Disk {
  readonly size: number;
  stretches(): AsyncGenerator<Stretch, void, void>;
}

async function openDisk(file: FileHandle, what: string): Promise<Disk> {
  const head = await readExactly(file, 0, SECTOR);
  if (isQcow2(head)) return openQcow2(file, what);
  const { size } = await file.stat();
  // Nothing else tells a disk from any other file: the mark at the end of its first sector.
  const boots = head.length === SECTOR && head.readUInt16BE(SECTOR - 2) === 0x55aa;
  if (!boots || size % SECTOR !== 0) throw new LabwrightError('image-no-disk', { what });
  return { size, stretches: () => plain(file, size) };
}

async function* plain(file: FileHandle, size: number): AsyncGenerator<Stretch, void, void> {
  for (let at = 0; at < size; at += PIECE) {
    yield await readExactly(file, at, Math.min(PIECE, size - at));
  }
}

async function* pieces(
  stretches: AsyncGenerator<Stretch, void, void>,
  behind: number,
): AsyncGenerator<Uint8Array, void, void> {
  for await (const stretch of stretches) {
    if (!(stretch instanceof Uint8Array)) yield* zeros(stretch.zeros);
    else {
      for (let at = 0; at < stretch.length; at += PIECE) yield stretch.subarray(at, at + PIECE);
    }
  }
  yield* zeros(behind);
}

async function* zeros(count: number): AsyncGenerator<Uint8Array, void, void> {
  for (let given = 0; given < count; given += PIECE) {
    if (given % ZEROS_AT_ONCE === 0) await turn();
    yield ZEROS.subarray(0, Math.min(PIECE, count - given));
  }
}
