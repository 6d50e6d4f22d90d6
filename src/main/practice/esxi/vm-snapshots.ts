import type { Machine } from '../machine.ts';
import type { PracticeVm } from './esxi-state.ts';

export interface VmSnapshot {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly at: number;
  readonly power: PracticeVm['power'];
  /** The .vmx of that moment. */
  readonly vmx: string;
}

/** A disk's line of a .vmx, taken apart: key and value, name, and the number of its snapshot file. */
const DISK = /^(.*\.fileName = ")(.*?)(-0{5}\d+)?\.vmdk"$/gm;

/**
 * Snapshots of one machine, without memory. The files are those that every listing of such a folder
 * shows: NAME-SnapshotN.vmsn, NAME.vmsd, and a NAME-00000N.vmdk that takes what is written from now on.
 */
export class VmSnapshots {
  readonly #machine: Machine;
  readonly #vm: PracticeVm;
  #last = 0;

  constructor(machine: Machine, vm: PracticeVm) {
    this.#machine = machine;
    this.#vm = vm;
  }

  create(name: string, description: string): void {
    const { fs } = this.#machine;
    const id = ++this.#last;
    const { power } = this.#vm;
    const vmx = fs.textSync(this.#vm.path);
    this.#vm.snapshots.push({ id, name, description, at: this.#machine.now(), power, vmx });
    fs.writeSync(this.#state(id), '');
    this.#pointAt(id);
    this.#list();
  }

  /** Without memory there is nothing to go on from: the machine is off then. */
  revert({ vmx }: VmSnapshot): void {
    this.#machine.fs.writeSync(this.#vm.path, vmx);
    this.#vm.power = 'off';
    this.#pointAt(this.#last);
  }

  remove({ id }: VmSnapshot): void {
    const { snapshots } = this.#vm;
    snapshots.splice(
      snapshots.findIndex((each) => each.id === id),
      1,
    );
    this.#machine.fs.rmSync(this.#state(id), {});
    if (snapshots.length === 0) this.#pointAt(undefined);
    this.#list();
  }

  get #base(): string {
    return this.#vm.path.replace(/\.vmx$/, '');
  }

  #state(id: number): string {
    return `${this.#base}-Snapshot${id}.vmsn`;
  }

  /** What the disks are written to: the file of a snapshot, or again their own. */
  #pointAt(id: number | undefined): void {
    const { fs } = this.#machine;
    const folder = this.#vm.path.slice(0, this.#vm.path.lastIndexOf('/'));
    const old = fs.textSync(this.#vm.path);
    const end = id === undefined ? '' : `-${String(id).padStart(6, '0')}`;
    for (const [, , disk = '', number] of old.matchAll(DISK)) {
      const file = `${folder}/${disk}${number ?? ''}.vmdk`;
      if (number !== undefined && number !== end && fs.find(file)) fs.rmSync(file, {});
      if (end !== '') fs.writeSync(`${folder}/${disk}${end}.vmdk`, '');
    }
    fs.writeSync(this.#vm.path, old.replaceAll(DISK, `$1$2${end}.vmdk"`));
  }

  #list(): void {
    const { snapshots } = this.#vm;
    const lines = snapshots.flatMap(({ id, name }, index) => [
      `snapshot${index}.uid = "${id}"`,
      `snapshot${index}.displayName = "${name}"`,
    ]);
    const count = `snapshot.numSnapshots = "${snapshots.length}"`;
    this.#machine.fs.writeSync(`${this.#base}.vmsd`, `${[...lines, count].join('\n')}\n`);
  }
}

/** `vim-cmd vmsvc/snapshot.get`, as public transcripts show it, with VMware's own spelling. */
export function snapshotTree(title: string, snapshots: readonly VmSnapshot[]): string {
  const lines = [`${title}:`];
  snapshots.forEach(({ id, name, description, at, power }, depth) => {
    const dashes = '--'.repeat(depth);
    const time = new Date(at);
    const day = `${time.getUTCMonth() + 1}/${time.getUTCDate()}/${time.getUTCFullYear()}`;
    const clock = [time.getUTCHours(), time.getUTCMinutes(), time.getUTCSeconds()].join(':');
    lines.push(
      `${dashes}|-${depth === 0 ? 'ROOT' : 'CHILD'}`,
      `${dashes}--Snapshot Name        : ${name}`,
      `${dashes}--Snapshot Id        : ${id}`,
      `${dashes}--Snapshot Desciption  : ${description}`,
      `${dashes}--Snapshot Created On  : ${day} ${clock}`,
      `${dashes}--Snapshot State       : powered ${power}`,
    );
  });
  return `${lines.join('\n')}\n`;
}
