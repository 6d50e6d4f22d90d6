import type { Action } from '../../contract/action.ts';
import type { Inventory, Machine } from '../../contract/inventory.ts';
import type { PowerChange } from '../../contract/machines.ts';
import type { Message } from '../../contract/message.ts';
import type { ChangeFeed } from '../ssh/follow-changes.ts';
import type { MachineSpec } from './machine-specs.ts';
import type { Probe } from './probe.ts';
import type { StoredImage } from './probes/cloud-image.ts';
import type { FileDigest } from './probes/new-machine.ts';
import type { PortgroupFact } from './probes/portgroup.ts';

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

/** Portgroups of standard switches, where a hypervisor has such. */
export interface Portgroups {
  /** One of them with its policy, and whether there is the switch that shall carry it. */
  state(portgroup: string, vswitch: string): Probe<PortgroupFact>;
  /** Lets through what machines inside machines need: promiscuous, forged transmits, MAC changes. */
  open(on: string, portgroup: string): readonly Action[];
  /** Gives it back the policy that it had. */
  restore(on: string, portgroup: string, then: PortgroupFact): readonly Action[];
}

/** What a machine is installed from. */
export interface InstallMedia {
  /** Becomes its first disk. It is proved, and lies on the hypervisor or on this computer. */
  readonly image: StoredImage;
  /** ISO image for its CD drive. */
  readonly seed: Uint8Array;
}

/** Name of a machine's seed. The UUID is of this lab and machine, so nothing else has it. */
export function seedName({ uuid }: Pick<MachineSpec, 'uuid'>): string {
  return `labwright-seed-${uuid}.iso`;
}

/** Where the seed of a machine lies that is kept beside its disks. */
export function seedPath(storage: StorageFact, spec: Pick<MachineSpec, 'uuid'>): string {
  return `${storage.path}/${seedName(spec)}`;
}

/** A seed as its hypervisor has it: where it is, and what is there now. */
export interface SeedPlace {
  readonly path: string;
  readonly digest: Probe<FileDigest>;
}

/**
 * A hypervisor as the guide needs it, whichever driver is behind it: questions and actions as data.
 * Asking and doing is the engine's.
 */
export interface Hypervisor {
  /** Everything it has, in one question. */
  readonly inventory: Probe<Inventory>;
  /** How it tells of changes by itself, over SSH; a site is followed by its session. */
  readonly changes?: ChangeFeed;
  /** One machine's own description, whole, as the hypervisor gives it; for changes and their undo. */
  description(uuid: string): Probe<string>;
  /**
   * Creates the machine switched off, marked as ours in the creating call. Repeating it is harmless. With
   * media its first disk is a copy of the image, as large as the plan says.
   */
  create(
    spec: MachineSpec,
    inventory: Inventory,
    storage: StorageFact,
    media?: InstallMedia,
  ): readonly Action[];
  /** Where the seed of a machine lies, or will. */
  seedPlace(spec: MachineSpec, storage: StorageFact): SeedPlace;
  /** Puts another seed there, for a machine that has not started yet. */
  putSeed(spec: MachineSpec, storage: StorageFact, seed: Uint8Array): readonly Action[];
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
  readonly portgroups?: Portgroups;
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
