import type { Machine } from '../machine.ts';
import { LibvirtError } from './libvirt-error.ts';
import { type Tree, tree } from './xml-tree.ts';

export interface StoragePool {
  readonly name: string;
  readonly uuid: string;
  readonly path: string;
  active: boolean;
  autostart: boolean;
}

export interface Volume {
  readonly name: string;
  readonly path: string;
  readonly capacity: number;
  readonly allocation: number;
}

/** An empty qcow2 file of one gigabyte takes this much. */
const EMPTY_DISK_BYTES = 196 * 1024;
const QCOW2 = Buffer.from('QFI\xfb\0\0\0\x03', 'latin1');

interface Daemon {
  readonly newUuid: () => string;
  readonly asRoot: <Value>(work: () => Value) => Value;
}

/** Folders in which disks are kept: pools of type `dir`. */
export class StoragePools {
  readonly #machine: Machine;
  readonly #daemon: Daemon;
  readonly #pools = new Map<string, StoragePool>();
  /** How large the guest sees a disk; the file itself is small. */
  readonly #capacities = new Map<string, number>();

  constructor(machine: Machine, daemon: Daemon) {
    this.#machine = machine;
    this.#daemon = daemon;
  }

  list(): StoragePool[] {
    return [...this.#pools.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  get(name: string): StoragePool {
    const found = this.#pools.get(name) ?? this.list().find(({ uuid }) => uuid === name);
    if (found) return found;
    throw new LibvirtError(
      `failed to get pool '${name}'`,
      `Storage pool not found: no storage pool with matching name '${name}'`,
    );
  }

  define(name: string, path: string): void {
    const there = this.#pools.get(name);
    if (there)
      throw new LibvirtError(
        `Failed to define pool ${name}`,
        `operation failed: pool '${name}' already exists with uuid ${there.uuid}`,
      );
    const uuid = this.#daemon.newUuid();
    this.#pools.set(name, { name, uuid, path, active: false, autostart: false });
  }

  build({ path }: StoragePool): void {
    const { fs } = this.#machine;
    this.#daemon.asRoot(() => {
      fs.mkdirSync(path, { recursive: true });
      fs.chmodSync(path, 0o711);
    });
  }

  #needsFolder(pool: StoragePool, failed: string): void {
    if (this.#machine.fs.find(pool.path)?.kind === 'directory') return;
    pool.active = false;
    throw new LibvirtError(
      failed,
      `cannot open directory '${pool.path}': No such file or directory`,
    );
  }

  start(pool: StoragePool): void {
    const failed = `Failed to start pool ${pool.name}`;
    if (pool.active)
      throw new LibvirtError(
        failed,
        `Requested operation is not valid: storage pool '${pool.name}' is already active`,
      );
    this.#needsFolder(pool, failed);
    pool.active = true;
  }

  #mustBeActive(pool: StoragePool, failed: string): void {
    if (!pool.active)
      throw new LibvirtError(
        failed,
        `Requested operation is not valid: storage pool '${pool.name}' is not active`,
      );
  }

  refresh(pool: StoragePool): void {
    const failed = `Failed to refresh pool ${pool.name}`;
    this.#mustBeActive(pool, failed);
    this.#needsFolder(pool, failed);
  }

  destroy(pool: StoragePool): void {
    this.#mustBeActive(pool, `Failed to destroy pool ${pool.name}`);
    pool.active = false;
  }

  undefine(pool: StoragePool): void {
    if (pool.active)
      throw new LibvirtError(
        `Failed to undefine pool ${pool.name}`,
        `Requested operation is not valid: storage pool '${pool.name}' is still active`,
      );
    this.#pools.delete(pool.name);
  }

  room({ active }: StoragePool): { capacity: number; allocation: number; available: number } {
    const { capacity, used } = this.#machine.fs;
    return active
      ? { capacity, allocation: used, available: capacity - used }
      : { capacity: 0, allocation: 0, available: 0 };
  }

  describe(pool: StoragePool): Tree {
    const room = this.room(pool);
    const folder = this.#machine.fs.find(pool.path);
    const permissions =
      pool.active && folder
        ? tree('permissions', {}, [
            tree('mode', {}, `0${folder.mode.toString(8)}`),
            tree('owner', {}, folder.uid),
            tree('group', {}, folder.gid),
          ])
        : undefined;
    const bytes = Object.entries(room).map(([name, value]) => tree(name, { unit: 'bytes' }, value));
    return tree('pool', { type: 'dir' }, [
      tree('name', {}, pool.name),
      tree('uuid', {}, pool.uuid),
      ...bytes,
      { ...tree('source'), open: true },
      tree('target', {}, [tree('path', {}, pool.path), permissions]),
    ]);
  }

  volumes(pool: StoragePool): Volume[] {
    const files = this.#machine.fs.find(pool.path)?.children ?? new Map();
    return [...files]
      .filter(([, { kind }]) => kind === 'file')
      .map(([name, { size }]) => {
        const path = `${pool.path}/${name}`;
        return { name, path, capacity: this.#capacities.get(path) ?? size, allocation: size };
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  volume(name: string, pool: StoragePool): Volume {
    if (!pool.active) throw new LibvirtError(`pool '${pool.name}' is not active`);
    const found = this.volumes(pool).find((each) => each.name === name || each.path === name);
    if (found) return found;
    throw new LibvirtError(
      `failed to get vol '${name}'`,
      `Storage volume not found: no storage vol with matching path '${name}'`,
    );
  }

  createVolume(pool: StoragePool, name: string, capacity: number): void {
    const failed = `Failed to create vol ${name}`;
    this.#mustBeActive(pool, failed);
    const path = `${pool.path}/${name}`;
    const { fs } = this.#machine;
    if (fs.find(path)) throw new LibvirtError(failed, `storage volume '${name}' exists already`);
    this.#capacities.set(path, capacity);
    const bytes = Buffer.alloc(EMPTY_DISK_BYTES);
    QCOW2.copy(bytes);
    this.#daemon.asRoot(() => {
      fs.writeSync(path, bytes);
      fs.chmodSync(path, 0o600);
    });
  }

  deleteVolume({ path }: Volume): void {
    this.#capacities.delete(path);
    this.#daemon.asRoot(() => this.#machine.fs.rmSync(path));
  }
}
