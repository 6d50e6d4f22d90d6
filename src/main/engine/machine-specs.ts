import { createHash } from 'node:crypto';
import type { OwnerMark } from '../../contract/inventory.ts';
import type { MachineGroup, Network, Plan } from '../../contract/plan.ts';

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

/**
 * An address below QEMU's prefix 52:54:00 (locally administered, as virt-install takes it), or in
 * VMware's range for static ones, 00:50:56:00-3f: with any other a machine is not switched on
 * (vSphere Networking, “MAC Address Assignment”).
 */
function macOf(lab: string, machine: string, nic: number, vmware: boolean): string {
  const bytes = digest('mac', lab, machine, nic).subarray(0, 3);
  if (vmware) bytes[0] = (bytes[0] ?? 0) & 0x3f;
  const own = [0, 1, 2].map((i) => bytes.toString('hex', i, i + 1));
  return [vmware ? '00:50:56' : '52:54:00', ...own].join(':');
}

/** What a network is called on its host. */
export function segmentOf(network: Network | undefined): string {
  return network?.bridge ?? network?.portgroup ?? '';
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
      ...(spec.datastore === undefined ? {} : { datastore: spec.datastore }),
      nics: spec.networks.map((network, index) => ({
        network,
        bridge: segmentOf(plan.networks[network]) || network,
        mac: spec.macs?.[index] ?? macOf(lab, name, index, plan.hosts[spec.on]?.role === 'esxi'),
      })),
      firmware: spec.firmware,
      nested: spec.nested,
    })),
  );
}
