import type { Action } from '../../contract/action.ts';
import type { Inventory, Machine } from '../../contract/inventory.ts';
import type { PowerChange } from '../../contract/machines.ts';
import type { Message } from '../../contract/message.ts';
import type { MachineSpec } from './machine-specs.ts';
import type { Probe } from './probe.ts';

/** Key of the probe that reads an inventory, the same for every driver. */
export const INVENTORY_KEY = 'hypervisor';

/** Folder or datastore that keeps the disks of our machines. */
export interface StorageFact {
  readonly name: string;
  readonly path: string;
}

/** What a portgroup has that a bridge does not. */
export interface PortgroupDetails {
  readonly switch: string;
  readonly vlan: number;
  /** Whether the switch is ours to make and to remove. */
  readonly ownSwitch: boolean;
}

/** What a machine is installed from: files on its host. */
export interface InstallMedia {
  /** Disk image that becomes its first disk. */
  readonly image: string;
  /** ISO image with the seed, in its CD drive. */
  readonly cd: string;
}

/** Where the seed of a machine lies. The UUID is of this lab and machine, so nothing else has it. */
export function seedPath(storage: StorageFact, { uuid }: Pick<MachineSpec, 'uuid'>): string {
  return `${storage.path}/labwright-seed-${uuid}.iso`;
}

/**
 * A hypervisor as the guide needs it, whichever driver is behind it: questions and actions as data.
 * Asking and doing is the engine's.
 */
export interface Hypervisor {
  /** Everything it has, in one question. */
  readonly inventory: Probe<Inventory>;
  /** One machine's own description, whole, as the hypervisor gives it; for changes and their undo. */
  description(uuid: string): Probe<string>;
  /** Creates the machine switched off, marked as ours in the creating call. Repeating it is harmless. */
  create(
    spec: MachineSpec,
    inventory: Inventory,
    storage: StorageFact,
    media?: InstallMedia,
  ): readonly Action[];
  /** Brings a machine of ours to its spec. It must be off. `description` is of now. */
  mend(spec: MachineSpec, description: string): readonly Action[];
  /** Puts a description back as it was. */
  restore(spec: MachineSpec, description: string): readonly Action[];
  /** Removes a machine of ours with its disks; one without our mark is refused on the host. */
  remove(spec: MachineSpec, storage: StorageFact): readonly Action[];
  /** A network of its own, without uplink and without anyone who answers DHCP. */
  createNetwork(
    on: string,
    bridge: string,
    lab: string,
    details?: PortgroupDetails,
  ): readonly Action[];
  /** With a lab, only a network that bears its mark: where the journal does not prove that we made it. */
  removeNetwork(
    on: string,
    bridge: string,
    details?: PortgroupDetails,
    lab?: string,
  ): readonly Action[];
  /** Names the cause of a failure by the exit code of one of these scripts. */
  explain?(exitCode: number | undefined, machine: string): Message | undefined;
  /** Changes the power of a machine of ours, at once; one without our mark is refused on the host. */
  power(spec: MachineSpec, to: PowerChange): readonly Action[];
  /** Why no snapshot of it can be taken here; nothing where one can. */
  snapshotTrouble(machine: Machine): Message | undefined;
  /**
   * Takes a snapshot of a machine of ours, named after the run that it is part of (`snapshotName`).
   * Repeating it in the same run is harmless.
   */
  takeSnapshot(spec: MachineSpec): readonly Action[];
  /** Puts a machine of ours back to the snapshot that a run took; what happened since is lost. */
  revertToSnapshot(spec: MachineSpec, run: string): readonly Action[];
  /** Forgets that snapshot; the machine stays as it is. One that is gone already is no trouble. */
  removeSnapshot(spec: MachineSpec, run: string): readonly Action[];
  /** Sizes of a machine's disks, GiB, rounded up, in the order of the inventory. */
  diskSizes(uuid: string): Probe<readonly number[]>;
  /** Writes our mark to a machine that bears none; one that bears another's is refused on the host. */
  mark(spec: MachineSpec): readonly Action[];
  /** Takes our mark away again; nothing else of the machine is changed. */
  unmark(spec: MachineSpec): readonly Action[];
}
