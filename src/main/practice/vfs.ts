import type { FileContent, FsStat, IFileSystem } from 'just-bash';
import { VfsError } from './vfs-error.ts';

/** Who is asking. The file system itself has no notion of processes; the machine supplies this. */
export interface Credentials {
  readonly uid: number;
  readonly gid: number;
}

type Device = 'root' | 'run' | 'dev' | 'proc' | 'volume';

export interface Inode {
  readonly ino: number;
  readonly device: Device;
  kind: 'file' | 'directory' | 'link';
  mode: number;
  uid: number;
  gid: number;
  mtime: number;
  nlink: number;
  /** Capacity; only the first `size` bytes are the file's. Appending must not copy it each time. */
  bytes: Uint8Array;
  size: number;
  children: Map<string, Inode>;
  target: string;
  /** Contents made on reading (`/proc`), and a receiver of writes (`/dev/null`, the output devices). */
  read?: () => string;
  write?: (bytes: Uint8Array) => void;
}

/** A file system beside the root: what is written there takes its room. */
export interface Volume {
  freeBytes: number;
}

const BLOCK = 4096;
const blocks = (size: number) => Math.ceil(size / BLOCK) * BLOCK;
const UMASK = 0o022;

type Encoding = { encoding?: string | null } | string | null | undefined;

function toBytes(content: FileContent, options?: Encoding): Uint8Array {
  if (typeof content !== 'string') return content;
  const encoding = (typeof options === 'string' ? options : options?.encoding) ?? 'utf8';
  return Buffer.from(content, encoding === 'binary' ? 'latin1' : (encoding as BufferEncoding));
}

/** An in-memory file system with owners, modes, inodes, a size and a few live files. */
export class Vfs implements IFileSystem {
  readonly root: Inode;
  /** Bytes on the root device, counted in blocks as `df` counts. */
  used = 0;
  readonly capacity: number;
  /** What is mounted as `volume`. */
  volume: Volume | undefined;
  readonly #who: () => Credentials;
  readonly #now: () => number;
  #nextInode = 2;

  constructor(options: { capacity: number; who: () => Credentials; now: () => number }) {
    this.capacity = options.capacity;
    this.#who = options.who;
    this.#now = options.now;
    this.root = this.#inode('directory', 0o755, 'root', { uid: 0, gid: 0 });
  }

  #inode(kind: Inode['kind'], mode: number, device: Device, owner: Credentials): Inode {
    return {
      ino: this.#nextInode++,
      device,
      kind,
      mode,
      uid: owner.uid,
      gid: owner.gid,
      mtime: this.#now(),
      nlink: 1,
      bytes: new Uint8Array(0),
      size: 0,
      children: new Map(),
      target: '',
    };
  }

  #may(node: Inode, bit: 4 | 2 | 1, who = this.#who()): boolean {
    if (who.uid === 0) return true;
    const shift = who.uid === node.uid ? 6 : who.gid === node.gid ? 3 : 0;
    return ((node.mode >> shift) & bit) === bit;
  }

  resolvePath(base: string, path: string): string {
    const parts: string[] = [];
    for (const part of (path.startsWith('/') ? path : `${base}/${path}`).split('/')) {
      if (part === '..') parts.pop();
      else if (part !== '' && part !== '.') parts.push(part);
    }
    return `/${parts.join('/')}`;
  }

  /** Follows links; `follow: false` leaves the last component as it is. */
  #walk(
    path: string,
    call: string,
    follow = true,
  ): { parent: Inode; name: string; node?: Inode; path: string } {
    let parts = path.split('/').filter((part) => part !== '' && part !== '.');
    let parent = this.root;
    let node: Inode | undefined = this.root;
    const trail: { node: Inode; name: string }[] = [];
    let links = 0;
    let name = '';
    while (parts.length > 0) {
      const part = parts.shift() as string;
      if (node === undefined) throw new VfsError('ENOENT', call, path);
      if (node.kind !== 'directory') throw new VfsError('ENOTDIR', call, path);
      if (!this.#may(node, 1)) throw new VfsError('EACCES', call, path);
      if (part === '..') {
        trail.pop();
        const last = trail.at(-1);
        node = last?.node ?? this.root;
        parent = trail.at(-2)?.node ?? this.root;
        name = last?.name ?? '';
        continue;
      }
      parent = node;
      name = part;
      node = parent.children.get(part);
      if (node?.kind === 'link' && (follow || parts.length > 0)) {
        if (++links > 40) throw new VfsError('ELOOP', call, path);
        const rest = node.target.split('/').filter((item) => item !== '' && item !== '.');
        parts = [...rest, ...parts];
        if (node.target.startsWith('/')) trail.length = 0;
        node = node.target.startsWith('/') ? this.root : parent;
        continue;
      }
      if (node) trail.push({ node, name });
    }
    const full = `/${trail.map((item) => item.name).join('/')}`;
    const found = node === undefined ? `${full === '/' ? '' : full}/${name}` : full;
    return { parent, name, path: found, ...(node ? { node } : {}) };
  }

  find(path: string, follow = true): Inode | undefined {
    try {
      return this.#walk(path, 'stat', follow).node;
    } catch {
      return undefined;
    }
  }

  /** May the current user do this to an existing file? For `test -w` and the like. */
  access(path: string, bit: 4 | 2 | 1): boolean {
    const node = this.find(path);
    return node !== undefined && this.#may(node, bit);
  }

  #need(path: string, call: string, follow = true): Inode {
    const { node } = this.#walk(path, call, follow);
    if (!node) throw new VfsError('ENOENT', call, path);
    return node;
  }

  #grow(node: Inode, size: number, path: string): void {
    const more = blocks(size) - blocks(node.size);
    if (node.device === 'root') {
      if (more > 0 && this.used + more > this.capacity) throw new VfsError('ENOSPC', 'write', path);
      this.used += more;
    }
    if (node.device === 'volume' && this.volume !== undefined) {
      if (more > this.volume.freeBytes) throw new VfsError('ENOSPC', 'write', path);
      this.volume.freeBytes -= more;
    }
    if (size > node.bytes.length) {
      const bytes = new Uint8Array(
        Math.max(size, Math.min(node.bytes.length * 2, size + (1 << 20))),
      );
      bytes.set(node.bytes.subarray(0, node.size));
      node.bytes = bytes;
    } else if (size < node.size) {
      node.bytes = node.bytes.slice(0, size);
    }
    node.size = size;
    node.mtime = this.#now();
  }

  #create(path: string, kind: Inode['kind'], mode: number, call: string): Inode {
    const { parent, name, node } = this.#walk(path, call, kind === 'file');
    if (node) throw new VfsError('EEXIST', call, path);
    if (parent.kind !== 'directory') throw new VfsError('ENOTDIR', call, path);
    if (!this.#may(parent, 2)) throw new VfsError('EACCES', call, path);
    if (parent.device === 'root') {
      if (this.used + BLOCK > this.capacity && kind === 'directory')
        throw new VfsError('ENOSPC', call, path);
      if (kind === 'directory') this.used += BLOCK;
    }
    const made = this.#inode(kind, mode, parent.device, this.#who());
    parent.children.set(name, made);
    parent.mtime = this.#now();
    return made;
  }

  #forWriting(path: string): Inode {
    const { node } = this.#walk(path, 'open');
    if (!node) return this.#create(path, 'file', 0o666 & ~UMASK, 'open');
    if (node.kind === 'directory') throw new VfsError('EISDIR', 'open', path);
    if (!this.#may(node, 2)) throw new VfsError('EACCES', 'open', path);
    return node;
  }

  #drop(node: Inode): void {
    node.nlink -= 1;
    if (node.nlink > 0) return;
    if (node.device === 'volume' && this.volume !== undefined) {
      this.volume.freeBytes += blocks(node.size);
    }
    if (node.device !== 'root') return;
    this.used -= node.kind === 'directory' ? BLOCK : blocks(node.size);
  }

  readSync(path: string): Uint8Array {
    const node = this.#need(path, 'open');
    if (node.kind === 'directory') throw new VfsError('EISDIR', 'read', path);
    if (!this.#may(node, 4)) throw new VfsError('EACCES', 'open', path);
    return node.read ? Buffer.from(node.read()) : node.bytes.subarray(0, node.size);
  }

  textSync(path: string): string {
    return Buffer.from(this.readSync(path)).toString('utf8');
  }

  writeSync(path: string, content: FileContent, options?: Encoding): void {
    const bytes = toBytes(content, options);
    const node = this.#forWriting(path);
    if (node.write) {
      node.write(bytes);
      return;
    }
    this.#grow(node, 0, path);
    this.#grow(node, bytes.length, path);
    node.bytes.set(bytes);
  }

  appendSync(path: string, content: FileContent, options?: Encoding): void {
    const bytes = toBytes(content, options);
    const node = this.#forWriting(path);
    if (node.write) {
      node.write(bytes);
      return;
    }
    const at = node.size;
    this.#grow(node, at + bytes.length, path);
    node.bytes.set(bytes, at);
  }

  truncateSync(path: string, size: number): void {
    this.#grow(this.#forWriting(path), size, path);
  }

  mkdirSync(path: string, options?: { recursive?: boolean; mode?: number }): void {
    if (options?.recursive) {
      const parts = path.split('/').filter((part) => part !== '');
      for (let count = 1; count < parts.length; count++) {
        const part = `/${parts.slice(0, count).join('/')}`;
        if (!this.find(part)) this.#create(part, 'directory', 0o777 & ~UMASK, 'mkdir');
      }
      const node = this.find(path);
      if (node?.kind === 'directory') return;
    }
    this.#create(path, 'directory', options?.mode ?? 0o777 & ~UMASK, 'mkdir');
  }

  rmSync(path: string, options?: { recursive?: boolean; force?: boolean }): void {
    let at: ReturnType<Vfs['find']>;
    const { parent, name, node } = this.#walk(path, 'unlink', false);
    at = node;
    if (!at) {
      if (options?.force) return;
      throw new VfsError('ENOENT', 'unlink', path);
    }
    const who = this.#who();
    if (!this.#may(parent, 2)) throw new VfsError('EACCES', 'unlink', path);
    const sticky = (parent.mode & 0o1000) !== 0 && who.uid !== 0;
    if (sticky && at.uid !== who.uid && parent.uid !== who.uid)
      throw new VfsError('EPERM', 'unlink', path);
    if (at.kind === 'directory' && at.children.size > 0) {
      if (!options?.recursive) throw new VfsError('ENOTEMPTY', 'rmdir', path);
      for (const child of [...at.children.keys()])
        this.rmSync(`${path}/${child}`, { recursive: true });
    }
    parent.children.delete(name);
    parent.mtime = this.#now();
    this.#drop(at);
  }

  renameSync(from: string, to: string): void {
    const source = this.#walk(from, 'rename', false);
    if (!source.node) throw new VfsError('ENOENT', 'rename', from);
    const target = this.#walk(to, 'rename', false);
    if (!this.#may(source.parent, 2) || !this.#may(target.parent, 2)) {
      throw new VfsError('EACCES', 'rename', from);
    }
    if (target.node === source.node) return;
    if (target.node?.kind === 'directory' && target.node.children.size > 0) {
      throw new VfsError('ENOTEMPTY', 'rename', to);
    }
    if (target.node) this.#drop(target.node);
    source.parent.children.delete(source.name);
    let moved = source.node;
    if (target.parent.device !== moved.device && moved.kind === 'file') {
      this.#drop(moved);
      moved = { ...moved, device: target.parent.device, nlink: 1 };
      if (moved.device === 'root') this.used += blocks(moved.size);
    }
    target.parent.children.set(target.name, moved);
  }

  symlinkSync(target: string, path: string): void {
    const node = this.#create(path, 'link', 0o777, 'symlink');
    node.target = target;
    node.size = target.length;
  }

  chmodSync(path: string, mode: number): void {
    const node = this.#need(path, 'chmod');
    const who = this.#who();
    if (who.uid !== 0 && who.uid !== node.uid) throw new VfsError('EPERM', 'chmod', path);
    node.mode = mode & 0o7777;
  }

  chownSync(path: string, uid: number | undefined, gid: number | undefined): void {
    const node = this.#need(path, 'chown');
    if (this.#who().uid !== 0) throw new VfsError('EPERM', 'chown', path);
    if (uid !== undefined) node.uid = uid;
    if (gid !== undefined) node.gid = gid;
  }

  /** A live file: contents made on reading, writes given to `write`. */
  special(
    path: string,
    live: { read?: () => string; write?: (bytes: Uint8Array) => void },
    mode = 0o444,
  ): void {
    this.mkdirSync(path.slice(0, path.lastIndexOf('/')) || '/', { recursive: true });
    const node = this.#create(path, 'file', mode, 'mknod');
    Object.assign(node, live);
  }

  /** Makes `path` a directory on another device, so that it does not count against the disk. */
  mount(path: string, device: Device, mode = 0o755): void {
    const node = this.#create(path, 'directory', mode, 'mount');
    const { parent, name } = this.#walk(path, 'mount');
    this.used -= BLOCK;
    parent.children.set(name, { ...node, device });
  }

  /** just-bash's `[ -w file ]` looks at the owner's bits, so these say what the asking user may do. */
  #effective(node: Inode): number {
    const who = this.#who();
    const may =
      who.uid === 0
        ? 0o6 | (node.kind === 'directory' ? 1 : (node.mode >> 6) & 1)
        : ([4, 2, 1] as const).reduce((sum, bit) => sum + (this.#may(node, bit, who) ? bit : 0), 0);
    return (node.mode & ~0o700) | (may << 6);
  }

  #stat(node: Inode): FsStat {
    return {
      isFile: node.kind === 'file',
      isDirectory: node.kind === 'directory',
      isSymbolicLink: node.kind === 'link',
      mode: this.#effective(node),
      size:
        node.kind === 'directory' ? BLOCK : node.read ? Buffer.byteLength(node.read()) : node.size,
      mtime: new Date(node.mtime),
      dev: ['root', 'run', 'dev', 'proc'].indexOf(node.device) + 1,
      ino: node.ino,
    };
  }

  async readFile(path: string, options?: Encoding): Promise<string> {
    const encoding = (typeof options === 'string' ? options : options?.encoding) ?? 'utf8';
    const bytes = Buffer.from(this.readSync(path));
    return bytes.toString(encoding === 'binary' ? 'latin1' : (encoding as BufferEncoding));
  }
  async readFileBuffer(path: string): Promise<Uint8Array> {
    return Uint8Array.from(this.readSync(path));
  }
  async writeFile(path: string, content: FileContent, options?: Encoding): Promise<void> {
    this.writeSync(path, content, options);
  }
  async appendFile(path: string, content: FileContent, options?: Encoding): Promise<void> {
    this.appendSync(path, content, options);
  }
  async exists(path: string): Promise<boolean> {
    return this.find(path) !== undefined;
  }
  async stat(path: string): Promise<FsStat> {
    return this.#stat(this.#need(path, 'stat'));
  }
  async lstat(path: string): Promise<FsStat> {
    return this.#stat(this.#need(path, 'lstat', false));
  }
  async mkdir(path: string, options?: { recursive?: boolean }): Promise<void> {
    this.mkdirSync(path, options);
  }
  async readdir(path: string): Promise<string[]> {
    const node = this.#need(path, 'scandir');
    if (node.kind !== 'directory') throw new VfsError('ENOTDIR', 'scandir', path);
    if (!this.#may(node, 4)) throw new VfsError('EACCES', 'scandir', path);
    return [...node.children.keys()].filter((name) => !name.startsWith('__')).sort();
  }
  async rm(path: string, options?: { recursive?: boolean; force?: boolean }): Promise<void> {
    this.rmSync(path, options);
  }
  async cp(from: string, to: string, options?: { recursive?: boolean }): Promise<void> {
    const node = this.#need(from, 'open');
    if (node.kind === 'file') {
      this.writeSync(to, Uint8Array.from(this.readSync(from)));
      return this.chmodSync(to, node.mode & ~UMASK);
    }
    if (!options?.recursive) throw new VfsError('EISDIR', 'cp', from);
    this.mkdirSync(to, { recursive: true });
    for (const name of node.children.keys())
      await this.cp(`${from}/${name}`, `${to}/${name}`, options);
  }
  async mv(from: string, to: string): Promise<void> {
    this.renameSync(from, to);
  }
  /** Only a hint for globbing; just-bash falls back on readdir. */
  getAllPaths(): string[] {
    return [];
  }
  async chmod(path: string, mode: number): Promise<void> {
    this.chmodSync(path, mode);
  }
  async symlink(target: string, path: string): Promise<void> {
    this.symlinkSync(target, path);
  }
  async link(existing: string, path: string): Promise<void> {
    const node = this.#need(existing, 'link');
    const { parent, name, node: there } = this.#walk(path, 'link', false);
    if (there) throw new VfsError('EEXIST', 'link', path);
    if (!this.#may(parent, 2)) throw new VfsError('EACCES', 'link', path);
    parent.children.set(name, node);
    node.nlink += 1;
  }
  async readlink(path: string): Promise<string> {
    const node = this.#need(path, 'readlink', false);
    if (node.kind !== 'link') throw new VfsError('EINVAL', 'readlink', path);
    return node.target;
  }
  async realpath(path: string): Promise<string> {
    const found = this.#walk(path, 'realpath');
    if (!found.node) throw new VfsError('ENOENT', 'realpath', path);
    return found.path;
  }
  async utimes(path: string, _accessed: Date, modified: Date): Promise<void> {
    this.#need(path, 'utime').mtime = modified.getTime();
  }
}
