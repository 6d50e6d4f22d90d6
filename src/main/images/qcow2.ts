import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { constants, inflateRaw } from 'node:zlib';
import { LabwrightError } from '../../contract/error.ts';
import { readExactly } from './read-exactly.ts';

/*
 * Reads a qcow2 image as the disk that it stands for, as QEMU's documentation describes the format
 * (docs/interop/qcow2.rst). Only what holds data is read: L1 table, L2 tables, clusters. Refcounts and
 * snapshots say nothing about the content of the active disk.
 */

const MAGIC = 0x514649fb;
const V2_HEADER = 72;
const V3_HEADER = 104;
/** QEMU itself opens no image with larger clusters. */
const CLUSTER_BITS = { least: 9, most: 21 };
/** As QEMU limits it (QCOW_MAX_L1_SIZE): 32 MiB of L1 table. */
const MAX_L1_ENTRIES = 4 * 1024 * 1024;
const SECTOR = 512n;

/** Incompatible features, by bit. */
const DIRTY = 0;
const FEATURES: Readonly<Record<number, string>> = {
  1: 'corrupt',
  2: 'external data file',
  3: 'compression type',
  4: 'extended L2 entries',
};

const OFFSET = 0x00ff_ffff_ffff_fe00n;
const COMPRESSED = 1n << 62n;
const ZERO = 1n;

/** A stretch of the disk: bytes, or so many zeros. */
export type Stretch = Uint8Array | { readonly zeros: number };

/** Clusters that are unpacked at a time; each keeps one thread of the pool busy. */
const AT_ONCE = 8;
/** Neighbouring clusters are read together up to this; hashing so much takes a few milliseconds. */
const MAX_READ = 1024 * 1024;

const inflate = promisify(inflateRaw);

export interface Qcow2 {
  /** Size of the disk in bytes. */
  readonly size: number;
  /** The disk from its first byte to its last. Throws `image-damaged`. */
  stretches(): AsyncGenerator<Stretch, void, void>;
}

export function isQcow2(head: Buffer): boolean {
  return head.length >= 4 && head.readUInt32BE(0) === MAGIC;
}

const unfit = (what: string, feature: string) =>
  new LabwrightError('image-unfit', { what, feature });
const damaged = (what: string, detail: string) =>
  new LabwrightError('image-damaged', { what }, { detail });

/** Throws `image-unfit` for what only QEMU can read, `image-damaged` for what nobody can. */
export async function openQcow2(file: FileHandle, what: string): Promise<Qcow2> {
  const { size: fileSize } = await file.stat();
  const head = await readExactly(file, 0, Math.min(fileSize, V3_HEADER + 8));
  if (head.length < V2_HEADER) throw damaged(what, 'the header is incomplete');
  const version = head.readUInt32BE(4);
  if (version !== 2 && version !== 3) throw unfit(what, `qcow2 version ${version}`);
  if (head.readBigUInt64BE(8) !== 0n) throw unfit(what, 'backing file');
  if (head.readUInt32BE(32) !== 0) throw unfit(what, 'encryption');
  if (version === 3) {
    if (head.length < V3_HEADER) throw damaged(what, 'the header is incomplete');
    const bits = head.readBigUInt64BE(72);
    for (let bit = 0; bit < 64; bit++) {
      // Dirty: only refcounts may be wrong.
      if (bit === DIRTY || (bits & (1n << BigInt(bit))) === 0n) continue;
      throw unfit(what, FEATURES[bit] ?? `incompatible feature ${bit}`);
    }
  }
  const clusterBits = head.readUInt32BE(20);
  if (clusterBits < CLUSTER_BITS.least || clusterBits > CLUSTER_BITS.most) {
    throw damaged(what, `cluster_bits ${clusterBits}`);
  }
  const cluster = 2 ** clusterBits;
  const size = Number(head.readBigUInt64BE(24));
  const entries = head.readUInt32BE(36);
  const perL2 = cluster / 8;
  if (!Number.isSafeInteger(size) || size === 0) throw damaged(what, `size ${size}`);
  if (entries > MAX_L1_ENTRIES || entries < Math.ceil(size / cluster / perL2)) {
    throw damaged(what, `l1_size ${entries}`);
  }
  const l1 = await table(file, what, Number(head.readBigUInt64BE(40)), entries);
  return {
    size,
    stretches: () => new Reader(file, what, { size, cluster, clusterBits, version }, l1).read(),
  };
}

async function table(
  file: FileHandle,
  what: string,
  offset: number,
  entries: number,
): Promise<Buffer> {
  const read = await readExactly(file, offset, entries * 8);
  if (read.length < entries * 8) throw damaged(what, `a table at ${offset} is incomplete`);
  return read;
}

interface Shape {
  readonly size: number;
  readonly cluster: number;
  readonly clusterBits: number;
  readonly version: number;
}

/** Where one cluster of the disk comes from. */
type Source =
  | { readonly kind: 'zeros' }
  | { readonly kind: 'plain'; readonly at: number }
  | { readonly kind: 'packed'; readonly at: number; readonly length: number };

class Reader {
  readonly #file: FileHandle;
  readonly #what: string;
  readonly #shape: Shape;
  readonly #l1: Buffer;

  constructor(file: FileHandle, what: string, shape: Shape, l1: Buffer) {
    this.#file = file;
    this.#what = what;
    this.#shape = shape;
    this.#l1 = l1;
  }

  async *read(): AsyncGenerator<Stretch, void, void> {
    const { size } = this.#shape;
    let done = 0;
    for await (const stretch of this.#clusters()) {
      const length = stretch instanceof Uint8Array ? stretch.length : stretch.zeros;
      const left = size - done;
      // The last cluster may be longer than what is left of the disk.
      if (length <= left) yield stretch;
      else yield stretch instanceof Uint8Array ? stretch.subarray(0, left) : { zeros: left };
      done += Math.min(length, left);
    }
  }

  async *#clusters(): AsyncGenerator<Stretch, void, void> {
    const { size, cluster } = this.#shape;
    const perL2 = cluster / 8;
    const count = Math.ceil(size / cluster);
    for (let first = 0; first < count; first += perL2) {
      const length = Math.min(perL2, count - first);
      const l2 = Number(this.#l1.readBigUInt64BE((first / perL2) * 8) & OFFSET);
      if (l2 === 0) yield { zeros: length * cluster };
      else yield* this.#ofTable(await table(this.#file, this.#what, l2, length), length);
    }
  }

  async *#ofTable(l2: Buffer, length: number): AsyncGenerator<Stretch, void, void> {
    const { cluster } = this.#shape;
    const sources = Array.from({ length }, (_, index) =>
      this.#source(l2.readBigUInt64BE(index * 8)),
    );
    for (let at = 0; at < length; ) {
      const run = this.#run(sources, at);
      const [first] = run;
      at += run.length;
      if (first?.kind === 'plain') yield this.#bytes(first.at, run.length * cluster);
      else if (first?.kind === 'packed') {
        const packed = run as Extract<Source, { kind: 'packed' }>[];
        for (const unpacked of await Promise.all(packed.map((each) => this.#unpack(each)))) {
          yield unpacked;
        }
      } else yield { zeros: run.length * cluster };
    }
  }

  /** Sources from `at` on that can be taken together. */
  #run(sources: readonly Source[], at: number): Source[] {
    const { cluster } = this.#shape;
    const [first] = sources.slice(at, at + 1);
    let length = 1;
    for (; at + length < sources.length; length++) {
      const source = sources[at + length];
      if (first === undefined || source?.kind !== first.kind) break;
      if (first.kind === 'packed' && length >= AT_ONCE) break;
      if (first.kind === 'plain' && source.kind === 'plain') {
        const follows = source.at === first.at + length * cluster;
        if (!follows || (length + 1) * cluster > MAX_READ) break;
      }
    }
    return sources.slice(at, at + length);
  }

  #source(entry: bigint): Source {
    const { clusterBits, version } = this.#shape;
    if ((entry & COMPRESSED) !== 0n) {
      const bits = BigInt(62 - (clusterBits - 8));
      const at = entry & ((1n << bits) - 1n);
      const more = (entry & (COMPRESSED - 1n)) >> bits;
      // The first sector may begin in the middle; the others are whole.
      const length = (more + 1n) * SECTOR - (at % SECTOR);
      return { kind: 'packed', at: Number(at), length: Number(length) };
    }
    const at = Number(entry & OFFSET);
    const zero = version >= 3 && (entry & ZERO) !== 0n;
    return zero || at === 0 ? { kind: 'zeros' } : { kind: 'plain', at };
  }

  async #bytes(at: number, length: number): Promise<Buffer> {
    const read = await readExactly(this.#file, at, length);
    if (read.length === length) return read;
    // A file may end within its last cluster, never before it.
    if (read.length <= length - this.#shape.cluster) {
      throw damaged(this.#what, `a cluster at ${at} is not in the file`);
    }
    return Buffer.concat([read], length);
  }

  async #unpack({ at, length }: { at: number; length: number }): Promise<Buffer> {
    const { cluster } = this.#shape;
    const packed = await readExactly(this.#file, at, length);
    try {
      const unpacked = await inflate(packed, {
        maxOutputLength: cluster,
        finishFlush: constants.Z_SYNC_FLUSH,
      });
      if (unpacked.length === cluster) return unpacked;
    } catch (cause) {
      throw new LabwrightError(
        'image-damaged',
        { what: this.#what },
        { cause, detail: `a compressed cluster at ${at}: ${(cause as Error).message}` },
      );
    }
    throw damaged(this.#what, `a compressed cluster at ${at} is incomplete`);
  }
}
