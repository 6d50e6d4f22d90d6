/**
 * Writes an ISO 9660 image with a few files in its root, in memory and without tools: what a new
 * machine finds in its CD drive. "ECMA" is ECMA-119 (the free text of ISO 9660), "RRIP" is IEEE
 * P1282 in its version 1.09, "SUSP" is IEEE P1281. Names are told three times: as ISO 9660 knows
 * them, by Rock Ridge, which Linux takes first, and by Joliet.
 */

export interface IsoFile {
  readonly name: string;
  readonly content: Uint8Array;
}

export interface IsoImage {
  readonly volume: string;
  readonly files: readonly IsoFile[];
  /** Seconds since 1970 for every date in the image; equal input gives equal bytes. */
  readonly at: number;
}

const SECTOR = 2048;
/** The first descriptor follows the system area of sixteen sectors (ECMA 6.2.1, 6.7.1). */
const PRIMARY_AT = 16;
const JOLIET_AT = 17;
const TERMINATOR_AT = 18;
/** Path tables fit in a sector each: there is one directory (ECMA 6.9). */
const TABLES_AT = 19;
const DIRECTORIES_AT = 23;
/** Type L and M of a path table, for each of the two descriptors. */
const TABLE_BYTES = 10;
/** Length of a directory record without identifier (ECMA 9.1). */
const RECORD_BYTES = 33;
const DIRECTORY = 0x02;
const ROOT_MODE = 0o040555;
const FILE_MODE = 0o100444;

const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,62}[A-Za-z0-9_-]$|^[A-Za-z0-9_-]$/;
const VOLUME = /^[A-Za-z0-9_]{1,16}$/;

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

/** UCS-2, big-endian (Joliet specification, "UCS-2 Character Set"). */
function wide(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i));
  return bytes;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A number twice, least significant byte first and last (ECMA 7.2.3). */
function both16(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, value, true);
  view.setUint16(2, value);
  return bytes;
}

/** As both16, of 32 bits (ECMA 7.3.3). */
function both32(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, value, true);
  view.setUint32(4, value);
  return bytes;
}

/** A date of a directory record, in UTC (ECMA 9.1.5). */
function recordDate(at: number): Uint8Array {
  const date = new Date(at * 1000);
  return Uint8Array.of(
    date.getUTCFullYear() - 1900,
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
    0,
  );
}

/** A date of a descriptor: sixteen digits and the offset from UTC (ECMA 8.4.26.1). */
function volumeDate(at: number): Uint8Array {
  const digits = `${new Date(at * 1000).toISOString().replaceAll(/\D/g, '').slice(0, 14)}00`;
  return concat([ascii(digits), Uint8Array.of(0)]);
}

/** "Not specified" (ECMA 8.4.26.1). */
const NO_DATE = concat([ascii('0'.repeat(16)), Uint8Array.of(0)]);

interface Extent {
  readonly sector: number;
  readonly bytes: number;
}

/** A directory record (ECMA 9.1); `extra` is its system use area (ECMA 9.1.13). */
function record(
  identifier: Uint8Array,
  extent: Extent,
  flags: number,
  at: number,
  extra: Uint8Array = new Uint8Array(),
): Uint8Array {
  // An even number of bytes before the system use area and in all (ECMA 9.1.12, 9.1.13).
  const padding = new Uint8Array(identifier.length % 2 === 0 ? 1 : 0);
  const tail = new Uint8Array(extra.length % 2);
  const length = RECORD_BYTES + identifier.length + padding.length + extra.length + tail.length;
  return concat([
    Uint8Array.of(length, 0),
    both32(extent.sector),
    both32(extent.bytes),
    recordDate(at),
    Uint8Array.of(flags, 0, 0),
    both16(1),
    Uint8Array.of(identifier.length),
    identifier,
    padding,
    extra,
    tail,
  ]);
}

/** An entry of a system use area: signature, length, version and what it says (SUSP 4.1). */
const entry = (signature: string, data: Uint8Array): Uint8Array =>
  concat([ascii(signature), Uint8Array.of(data.length + 4, 1), data]);

/** Mode, links, owner and group (RRIP 4.1.1). */
const posix = (mode: number, links: number): Uint8Array =>
  entry('PX', concat([both32(mode), both32(links), both32(0), both32(0)]));

/** Rock Ridge is there: SP opens the root's own record, ER names the extension (SUSP 5.3, 5.5). */
const rockRidge = (): Uint8Array => {
  const id = ascii('RRIP_1991A');
  return concat([
    entry('SP', Uint8Array.of(0xbe, 0xef, 0)),
    posix(ROOT_MODE, 2),
    entry('ER', concat([Uint8Array.of(id.length, 0, 0, 1), id])),
  ]);
};

/** The name as it is (RRIP 4.1.4); flags 0: it is not continued. */
const realName = (name: string): Uint8Array => entry('NM', concat([Uint8Array.of(0), ascii(name)]));

/** Identifiers of d-characters, `NAME.EXTENSION;1` (ECMA 7.5.1), no two alike. */
function plainNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const dot = name.lastIndexOf('.');
    const clean = (text: string) => text.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
    const stem = clean(dot < 0 ? name : name.slice(0, dot));
    const extension = clean(dot < 0 ? '' : name.slice(dot + 1)).slice(0, 3);
    for (let number = 0; ; number++) {
      const suffix = number === 0 ? '' : `_${number}`;
      const plain = `${stem.slice(0, 20 - suffix.length)}${suffix}.${extension};1`;
      if (taken.has(plain)) continue;
      taken.add(plain);
      return plain;
    }
  });
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const at = a.findIndex((byte, index) => byte !== b[index]);
  return at < 0 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? -1);
}

interface Placed {
  readonly name: string;
  readonly plain: string;
  readonly extent: Extent;
}

/** Records one after another; none crosses the end of a sector (ECMA 6.8.1.1). */
function inSectors(records: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const each of records) {
    const left = SECTOR - (at % SECTOR);
    if (each.length > left) {
      parts.push(new Uint8Array(left));
      at += left;
    }
    parts.push(each);
    at += each.length;
  }
  return padded(concat(parts));
}

const sectors = (bytes: number): number => Math.ceil(bytes / SECTOR);

function padded(bytes: Uint8Array): Uint8Array {
  const all = new Uint8Array(sectors(bytes.length) * SECTOR);
  all.set(bytes);
  return all;
}

type Form = 'primary' | 'joliet';

/** The root directory: itself, its parent (which it is too), and the files by identifier (ECMA 9.3). */
function directory(form: Form, self: Extent, files: readonly Placed[], at: number): Uint8Array {
  const primary = form === 'primary';
  const entries = files
    .map(({ name, plain, extent }) => ({
      extent,
      identifier: primary ? ascii(plain) : wide(`${name};1`),
      extra: primary ? concat([posix(FILE_MODE, 1), realName(name)]) : undefined,
    }))
    .sort((a, b) => compareBytes(a.identifier, b.identifier));
  return inSectors([
    record(Uint8Array.of(0), self, DIRECTORY, at, primary ? rockRidge() : undefined),
    record(Uint8Array.of(1), self, DIRECTORY, at, primary ? posix(ROOT_MODE, 2) : undefined),
    ...entries.map(({ identifier, extent, extra }) => record(identifier, extent, 0, at, extra)),
  ]);
}

/** A path table with the root alone (ECMA 9.4), least or most significant byte first. */
function pathTable(root: number, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(SECTOR);
  const view = new DataView(bytes.buffer);
  bytes[0] = 1;
  view.setUint32(2, root, littleEndian);
  view.setUint16(6, 1, littleEndian);
  return bytes;
}

interface Descriptor {
  readonly form: Form;
  readonly volume: string;
  readonly total: number;
  readonly root: Extent;
  readonly tables: number;
  readonly at: number;
}

/** A primary or supplementary volume descriptor (ECMA 8.4, 8.5); positions are from 0, not from 1. */
function descriptor({ form, volume, total, root, tables, at }: Descriptor): Uint8Array {
  const joliet = form === 'joliet';
  const bytes = new Uint8Array(SECTOR);
  const view = new DataView(bytes.buffer);
  const text = (start: number, length: number, value: string) => {
    const shown = value.padEnd(joliet ? Math.floor(length / 2) : length);
    bytes.set(joliet ? wide(shown) : ascii(shown), start);
  };
  bytes[0] = joliet ? 2 : 1;
  bytes.set(ascii('CD001'), 1);
  bytes[6] = 1;
  text(8, 32, '');
  text(40, 32, volume);
  bytes.set(both32(total), 80);
  // Level 3 of UCS-2 (Joliet specification, "SVD Escape Sequences Field").
  if (joliet) bytes.set(ascii('%/E'), 88);
  bytes.set(both16(1), 120);
  bytes.set(both16(1), 124);
  bytes.set(both16(SECTOR), 128);
  bytes.set(both32(TABLE_BYTES), 132);
  view.setUint32(140, tables, true);
  view.setUint32(148, tables + 1);
  bytes.set(record(Uint8Array.of(0), root, DIRECTORY, at), 156);
  // Volume set, publisher, preparer, application; then three names of files that are not there.
  for (const start of [190, 318, 446, 574]) text(start, 128, '');
  for (const start of [702, 739, 776]) text(start, 37, '');
  const now = volumeDate(at);
  bytes.set(now, 813);
  bytes.set(now, 830);
  bytes.set(NO_DATE, 847);
  bytes.set(NO_DATE, 864);
  bytes[881] = 1;
  return bytes;
}

/** Ends the descriptors (ECMA 8.3). */
function terminator(): Uint8Array {
  const bytes = new Uint8Array(SECTOR);
  bytes[0] = 255;
  bytes.set(ascii('CD001'), 1);
  bytes[6] = 1;
  return bytes;
}

/** The image. Names are of letters, digits, dot, dash and underscore; the volume of at most 16. */
export function isoImage({ volume, files, at }: IsoImage): Uint8Array {
  const names = files.map(({ name }) => name);
  const odd = names.find((name) => !NAME.test(name));
  if (odd !== undefined) throw new RangeError(`not a name for this image: ${odd}`);
  if (new Set(names).size < names.length) throw new RangeError('two files have the same name');
  if (!VOLUME.test(volume)) throw new RangeError(`not a label for this image: ${volume}`);
  const plain = plainNames(names);

  // How long a directory is does not depend on where things are, so places come afterwards.
  const nowhere = { sector: 0, bytes: 0 };
  const unplaced = names.map((name, i) => ({ name, plain: plain[i] ?? '', extent: nowhere }));
  const bytesOf = (form: Form) => directory(form, nowhere, unplaced, at).length;
  const primary = { sector: DIRECTORIES_AT, bytes: bytesOf('primary') };
  const joliet = {
    sector: primary.sector + sectors(primary.bytes),
    bytes: bytesOf('joliet'),
  };
  let next = joliet.sector + sectors(joliet.bytes);
  const placed = files.map(({ name, content }, i): Placed => {
    const extent = { sector: next, bytes: content.length };
    next += sectors(content.length);
    return { name, plain: plain[i] ?? '', extent };
  });

  const common = { volume, total: next, at };
  const image = new Uint8Array(next * SECTOR);
  const put = (sector: number, bytes: Uint8Array) => image.set(bytes, sector * SECTOR);
  put(PRIMARY_AT, descriptor({ ...common, form: 'primary', root: primary, tables: TABLES_AT }));
  put(JOLIET_AT, descriptor({ ...common, form: 'joliet', root: joliet, tables: TABLES_AT + 2 }));
  put(TERMINATOR_AT, terminator());
  put(TABLES_AT, pathTable(primary.sector, true));
  put(TABLES_AT + 1, pathTable(primary.sector, false));
  put(TABLES_AT + 2, pathTable(joliet.sector, true));
  put(TABLES_AT + 3, pathTable(joliet.sector, false));
  put(primary.sector, directory('primary', primary, placed, at));
  put(joliet.sector, directory('joliet', joliet, placed, at));
  files.forEach(({ content }, i) => {
    put(placed[i]?.extent.sector ?? 0, content);
  });
  return image;
}
