import { createHash } from 'node:crypto';
import { VimFault } from './vim-fault.ts';

export interface PracticeFile {
  size: number;
  /** SHA-256 of what was sent, hex; empty for what the host made itself. */
  sha256: string;
  /** Of small files all bytes; of others nothing is kept but size and hash. */
  bytes: Buffer | undefined;
}

/** A descriptor, a seed, a .vmx. */
const KEPT_BYTES = 1024 ** 2;

export interface Room {
  /** Throws NoDiskSpace and then has taken nothing. */
  take(datastore: string, bytes: number, file: string): void;
  give(datastore: string, bytes: number): void;
}

/** Folders and files of the datastores, by path below their top. What is put there takes room. */
export class DatastoreFiles {
  readonly #room: Room;
  readonly #folders = new Set<string>();
  readonly #files = new Map<string, PracticeFile>();

  constructor(room: Room) {
    this.#room = room;
  }

  #key(datastore: string, path: string): string {
    return `[${datastore}] ${path}`;
  }

  hasFolder(datastore: string, path: string): boolean {
    return path === '' || this.#folders.has(this.#key(datastore, path));
  }

  makeFolder(datastore: string, path: string): void {
    const parts = path.split('/');
    parts.forEach((_, at) => {
      this.#folders.add(this.#key(datastore, parts.slice(0, at + 1).join('/')));
    });
  }

  file(datastore: string, path: string): PracticeFile | undefined {
    return this.#files.get(this.#key(datastore, path));
  }

  /** A file of the host's own making, whose room is counted elsewhere. */
  note(datastore: string, path: string): void {
    this.#files.set(this.#key(datastore, path), { size: 0, sha256: '', bytes: undefined });
  }

  /** Begins a file anew, as a PUT does; its bytes take room as they come. */
  begin(datastore: string, path: string): FileWriter {
    this.removeFile(datastore, path);
    const file: PracticeFile = { size: 0, sha256: '', bytes: Buffer.alloc(0) };
    const key = this.#key(datastore, path);
    this.#files.set(key, file);
    return new FileWriter(file, (bytes) => this.#room.take(datastore, bytes, key));
  }

  /** Replaces the text of a small file. */
  rewrite(datastore: string, path: string, text: string): void {
    const writer = this.begin(datastore, path);
    writer.write(Buffer.from(text));
    writer.end();
  }

  removeFile(datastore: string, path: string): boolean {
    const key = this.#key(datastore, path);
    const file = this.#files.get(key);
    if (file === undefined) return false;
    this.#files.delete(key);
    this.#room.give(datastore, file.size);
    return true;
  }

  /** A folder with all that is in it. */
  removeFolder(datastore: string, path: string): boolean {
    if (!this.#folders.delete(this.#key(datastore, path))) return false;
    for (const name of this.names(datastore, path).keys()) {
      const inside = `${path}/${name}`;
      if (!this.removeFile(datastore, inside)) this.removeFolder(datastore, inside);
    }
    return true;
  }

  /** What lies directly in a folder, by name. */
  names(datastore: string, path: string): Map<string, number> {
    const head = path === '' ? `[${datastore}] ` : `[${datastore}] ${path}/`;
    const found = new Map<string, number>();
    const add = (key: string, size: number) => {
      const name = key.startsWith(head) ? key.slice(head.length) : '';
      if (name !== '' && !name.includes('/')) found.set(name, size);
    };
    for (const key of this.#folders) add(key, 0);
    for (const [key, { size }] of this.#files) add(key, size);
    return found;
  }

  /** To compare what was before with what is now. */
  listing(): string[] {
    const files = [...this.#files].map(([key, { size, sha256 }]) => `${key} ${size} ${sha256}`);
    return [...this.#folders, ...files].sort();
  }
}

class FileWriter {
  readonly #file: PracticeFile;
  readonly #take: (bytes: number) => void;
  readonly #hash = createHash('sha256');

  constructor(file: PracticeFile, take: (bytes: number) => void) {
    this.#file = file;
    this.#take = take;
  }

  /** Throws NoDiskSpace; what was written before stays. */
  write(chunk: Buffer): void {
    this.#take(chunk.length);
    this.#hash.update(chunk);
    const { bytes } = this.#file;
    this.#file.size += chunk.length;
    this.#file.bytes =
      bytes === undefined || this.#file.size > KEPT_BYTES
        ? undefined
        : Buffer.concat([bytes, chunk]);
  }

  end(): void {
    this.#file.sha256 = this.#hash.digest('hex');
  }
}

export interface Location {
  readonly datastore: string;
  /** Below the datastore's top; empty for the top itself. */
  readonly path: string;
}

/** Takes `[datastore1] folder/file` apart. */
export function locate(name: string): Location {
  const [, datastore, path = ''] = /^\[([^\]]+)\] ?(.*?)\/*$/.exec(name) ?? [];
  if (datastore === undefined) {
    const said = `Invalid datastore path '${name}'.`;
    throw new VimFault('InvalidDatastorePath', said, { datastore: '', datastorePath: name });
  }
  return { datastore, path };
}

export function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

export function fileNotFound(file: string): VimFault {
  return new VimFault('FileNotFound', `File ${file} was not found`, { file });
}
