import { createHash } from 'node:crypto';
import type { BootDevice, OwnerMark } from '../../contract/inventory.ts';
import type { MaasNodeWish } from '../../contract/maas-plan.ts';
import {
  type MachineGroup,
  type MachineInstall,
  networkNameOf,
  type Plan,
} from '../../contract/plan.ts';

export interface NicSpec {
  /** Name of the network in the plan, and the bridge or portgroup that it is. */
  readonly network: string;
  readonly bridge: string;
  /** Ours, and static, so that MAAS can be told before the machine has ever run. */
  readonly mac: string;
}

/** One machine as it shall be. Nothing in it is random: the same plan gives the same machine. */
export interface MachineSpec {
  readonly name: string;
  /** Host or site that runs it. */
  readonly on: string;
  readonly role: MachineGroup['role'];
  readonly uuid: string;
  readonly mark: OwnerMark;
  readonly cpus: number;
  readonly memoryMib: number;
  readonly disksGib: readonly number[];
  /** Datastore of the disks, where the plan says one. */
  readonly datastore?: string;
  readonly nics: readonly NicSpec[];
  readonly firmware: 'bios' | 'efi';
  readonly nested: boolean;
  /** How it gets its system; without it MAAS or a person sees to that. */
  readonly install?: MachineInstall;
  /** What MAAS does with it. */
  readonly maas?: MaasNodeWish;
  /** It was there before the lab, which looks after it and neither makes nor removes it. */
  readonly adopted?: true;
  /** It has left the plan, so that nothing says any more how it got its system. */
  readonly leftover?: true;
}

/** Whether what it was installed from may lie beside its own files. */
export function mayHaveMedia({ install, leftover }: MachineSpec): boolean {
  return install !== undefined || leftover === true;
}

const NODE = 'nodes.machine';
const SERVER = 'servers.machine';

/** The step that makes a machine, and holds it against what there is: by how it gets its system. */
export function machineStepId({ install }: Pick<MachineSpec, 'install'>): string {
  return install === undefined ? NODE : SERVER;
}

export function isMachineStep(step: string): boolean {
  return step === NODE || step === SERVER;
}

/** What the firmware tries: MAAS decides for a node at each start, a server just runs its disk. */
export function bootOrder({ role }: Pick<MachineSpec, 'role'>): readonly [BootDevice, BootDevice] {
  return role === 'node' ? ['network', 'disk'] : ['disk', 'network'];
}

function digest(...parts: readonly (string | number)[]): Buffer {
  return createHash('sha256').update(JSON.stringify(parts)).digest();
}

/** What marks the things that this lab made; letters, digits and dashes only. */
export function labId(plan: Plan): string {
  return plan.id ?? `lab-${digest('lab', plan.name).toString('hex', 0, 5)}`;
}

/** A name-based UUID of ours: version 8, custom (RFC 9562, section 5.8). */
export function uuidOf(lab: string, machine: string): string {
  const bytes = digest('machine', lab, machine).subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [8, 12, 16, 20, 32]
    .map((end, index) => hex.slice([0, 8, 12, 16, 20][index], end))
    .join('-');
}

/**
 * An address below QEMU's prefix 52:54:00 (locally administered, as virt-install takes it), or on
 * VMware one of its manual range 00:50:56:00:00:00 to 3f:ff:ff; another is refused at power-on.
 */
function macOf(lab: string, machine: string, nic: number, vmware: boolean): string {
  const [a = 0, b = 0, c = 0] = digest('mac', lab, machine, nic);
  const bytes = vmware ? [0x00, 0x50, 0x56, a & 0x3f, b, c] : [0x52, 0x54, 0x00, a, b, c];
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

const onVmware = (plan: Plan, on: string): boolean =>
  plan.sites[on] !== undefined || plan.hosts[on]?.role === 'esxi';

/** The name that a network has on its hypervisor. */
export function networkName(plan: Plan, network: string): string {
  return networkNameOf(plan.networks[network]) ?? network;
}

/** Names of the machines of a group. */
export function machineNames(name: string, group: MachineGroup): string[] {
  if (group.count === undefined) return [name];
  return Array.from({ length: group.count }, (_, index) => `${name}-${index + 1}`);
}

/** All machines of the plan, in its order. */
export function machineSpecs(plan: Plan): MachineSpec[] {
  const lab = labId(plan);
  return Object.entries(plan.machines).flatMap(([group, spec]) =>
    machineNames(group, spec).map((name) => ({
      name,
      on: spec.on,
      role: spec.role,
      uuid: spec.adopt ?? uuidOf(lab, name),
      mark: { lab, machine: name },
      cpus: spec.cpus,
      memoryMib: spec.memory_mib,
      disksGib: spec.disks_gib,
      ...(spec.datastore === undefined ? {} : { datastore: spec.datastore }),
      nics: spec.networks.map((network, index) => ({
        network,
        bridge: networkName(plan, network),
        mac: spec.macs?.[index] ?? macOf(lab, name, index, onVmware(plan, spec.on)),
      })),
      firmware: spec.firmware,
      nested: spec.nested,
      ...(spec.install === undefined ? {} : { install: spec.install }),
      ...(spec.maas === undefined ? {} : { maas: spec.maas }),
      ...(spec.adopt === undefined ? {} : { adopted: true as const }),
    })),
  );
}
