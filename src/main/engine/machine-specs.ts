import { createHash } from 'node:crypto';
import type { BootDevice, OwnerMark } from '../../contract/inventory.ts';
import type { MachineGroup, MachineInstall, Plan } from '../../contract/plan.ts';

export interface NicSpec {
  /** Name of the network in the plan, and the bridge that it is. */
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
  readonly nics: readonly NicSpec[];
  readonly firmware: 'bios' | 'efi';
  readonly nested: boolean;
  /** How it gets its system; without it MAAS or a person sees to that. */
  readonly install?: MachineInstall;
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
function uuidOf(lab: string, machine: string): string {
  const bytes = digest('machine', lab, machine).subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [8, 12, 16, 20, 32]
    .map((end, index) => hex.slice([0, 8, 12, 16, 20][index], end))
    .join('-');
}

/** An address below QEMU's prefix 52:54:00 (locally administered, as virt-install takes it). */
function macOf(lab: string, machine: string, nic: number): string {
  const bytes = digest('mac', lab, machine, nic);
  return ['52', '54', '00', ...[0, 1, 2].map((i) => bytes.toString('hex', i, i + 1))].join(':');
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
      uuid: uuidOf(lab, name),
      mark: { lab, machine: name },
      cpus: spec.cpus,
      memoryMib: spec.memory_mib,
      disksGib: spec.disks_gib,
      nics: spec.networks.map((network, index) => ({
        network,
        bridge: plan.networks[network]?.bridge ?? network,
        mac: spec.macs?.[index] ?? macOf(lab, name, index),
      })),
      firmware: spec.firmware,
      nested: spec.nested,
      ...(spec.install === undefined ? {} : { install: spec.install }),
    })),
  );
}
