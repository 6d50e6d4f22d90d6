import { z } from 'zod';
import { LabwrightError } from '../../../contract/error.ts';
import type { Decoded } from './decode.ts';
import { entityName } from './entity-name.ts';
import { asFields } from './faults.ts';
import { type FoundObject, retrieveAll, retrieveOf } from './properties.ts';
import { type CallOptions, parseAnswer, Ref, type Session } from './session.ts';
import { parseProperties } from './shapes.ts';
import { inherits } from './vim-schema.ts';
import type { MoRef } from './vim-value.ts';

export type PowerState = 'poweredOn' | 'poweredOff' | 'suspended';

/** What a list needs first. */
export interface MachineRow {
  readonly ref: MoRef;
  readonly name: string;
  readonly power: PowerState;
}

export interface MachineNic {
  readonly key: number;
  /** Empty on a real host before the first power-on, unless we fixed it. Lower case. */
  readonly mac: string;
  /** The portgroup's name, or the key of a distributed one. */
  readonly network: string | undefined;
  /** `e1000`, `vmxnet3`, … */
  readonly adapter: string;
  readonly connected: boolean;
}

export interface MachineDisk {
  readonly key: number;
  readonly capacityBytes: number;
  /** `[datastore1] node-1/node-1.vmdk` */
  readonly file: string | undefined;
  readonly thin: boolean | undefined;
}

export interface BootDevice {
  readonly kind: 'network' | 'disk' | 'cdrom' | 'floppy' | 'other';
  /** Of the network card or disk. */
  readonly key?: number;
}

export interface MachineSnapshot {
  readonly ref: MoRef;
  readonly name: string;
}

export interface MachineFacts extends MachineRow {
  readonly instanceUuid: string | undefined;
  /** The BIOS uuid, which the machine itself sees. */
  readonly uuid: string | undefined;
  readonly cpus: number | undefined;
  readonly memoryMebibytes: number | undefined;
  readonly firmware: string | undefined;
  /** `vmx-10` */
  readonly hardwareVersion: string | undefined;
  /** By key: sites move an edited device to the end of their list. */
  readonly nics: readonly MachineNic[];
  readonly disks: readonly MachineDisk[];
  /** Empty: the firmware's own order. */
  readonly bootOrder: readonly BootDevice[];
  readonly nested: boolean | undefined;
  /** extraConfig disk.EnableUUID: disks keep their names in /dev/disk/by-id. */
  readonly diskUuid: boolean;
  readonly annotation: string;
  /** All of them, a parent before its children. */
  readonly snapshots: readonly MachineSnapshot[];
}

const Row = z.looseObject({
  name: z.string(),
  'runtime.powerState': z.enum(['poweredOn', 'poweredOff', 'suspended']),
});

const Device = z.looseObject({
  _type: z.string().optional(),
  key: z.number(),
  backing: z
    .looseObject({
      deviceName: z.string().optional(),
      fileName: z.string().optional(),
      thinProvisioned: z.boolean().optional(),
      port: z.looseObject({ portgroupKey: z.string().optional() }).optional(),
    })
    .optional(),
  connectable: z.looseObject({ connected: z.boolean() }).optional(),
  macAddress: z.string().optional(),
  capacityInKB: z.union([z.number(), z.bigint()]).optional(),
});
type Device = z.infer<typeof Device>;

/** A node of the tree of snapshots (VirtualMachineSnapshotTree). */
const SnapshotNode = z.looseObject({
  snapshot: Ref,
  name: z.string(),
  childSnapshotList: z.array(z.custom<Decoded>()).default([]),
});

const Details = Row.extend({
  'config.instanceUuid': z.string().optional(),
  'config.uuid': z.string().optional(),
  'config.hardware.numCPU': z.number().optional(),
  'config.hardware.memoryMB': z.number().optional(),
  'config.firmware': z.string().optional(),
  'config.version': z.string().optional(),
  'config.hardware.device': z.array(z.custom<Decoded>()).default([]),
  'config.bootOptions.bootOrder': z
    .array(z.looseObject({ _type: z.string().optional(), deviceKey: z.number().optional() }))
    .default([]),
  'config.nestedHVEnabled': z.boolean().optional(),
  'config.extraConfig': z.array(z.looseObject({ key: z.string(), value: z.unknown() })).default([]),
  'config.annotation': z.string().default(''),
  snapshot: z
    .looseObject({ rootSnapshotList: z.array(z.custom<Decoded>()).default([]) })
    .default({ rootSnapshotList: [] }),
});

/** Names and power of every machine, in pages as they come. */
export async function* listMachines(
  session: Session,
  options: CallOptions = {},
): AsyncGenerator<MachineRow[], void, void> {
  const wanted = { type: 'VirtualMachine', paths: Object.keys(Row.shape) };
  for await (const page of retrieveAll(session, wanted, options)) {
    yield page.map((found) => readRow(session, found));
  }
}

function readRow(session: Session, found: FoundObject): MachineRow {
  const row = parseProperties(session, Row, found);
  return { ref: found.ref, name: entityName(row.name), power: row['runtime.powerState'] };
}

/** The network cards of machines, in pages as they come: cheaper than all there is to know. */
export async function* listNics(
  session: Session,
  machines: readonly MoRef[],
  options: CallOptions = {},
): AsyncGenerator<{ readonly ref: MoRef; readonly nics: readonly MachineNic[] }[], void, void> {
  const wanted = { type: 'VirtualMachine', paths: ['config.hardware.device'] };
  for await (const page of retrieveOf(session, machines, wanted, options)) {
    yield page.map(({ ref, properties }) => {
      const devices = properties['config.hardware.device'];
      return { ref, nics: readNics(session, Array.isArray(devices) ? devices : []) };
    });
  }
}

/** Everything there is to know of machines, in pages as they come. */
export async function* describeMachines(
  session: Session,
  machines: readonly MoRef[],
  options: CallOptions = {},
): AsyncGenerator<MachineFacts[], void, void> {
  const wanted = { type: 'VirtualMachine', paths: Object.keys(Details.shape) };
  for await (const page of retrieveOf(session, machines, wanted, options)) {
    yield page.map((found) => readMachine(session, found));
  }
}

/** The machine with this instance UUID, which MAAS's drivers know it by too. */
export async function findMachine(
  session: Session,
  uuid: string,
  options: CallOptions = {},
): Promise<MachineFacts | undefined> {
  const refs: MoRef[] = [];
  for await (const rows of listMachines(session, options)) refs.push(...rows.map(({ ref }) => ref));
  for await (const page of describeMachines(session, refs, options)) {
    const found = page.find((each) => (each.instanceUuid ?? each.uuid) === uuid);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Throws `site-object-gone` when it no longer exists. */
export async function describeMachine(
  session: Session,
  machine: MoRef,
  options: CallOptions = {},
): Promise<MachineFacts> {
  let facts: MachineFacts | undefined;
  for await (const page of describeMachines(session, [machine], options)) facts ??= page[0];
  if (facts !== undefined) return facts;
  throw new LabwrightError('site-object-gone', { site: session.site.name, what: machine.value });
}

function readMachine(session: Session, found: FoundObject): MachineFacts {
  const of = parseProperties(session, Details, found);
  const devices = of['config.hardware.device'];
  const enabled = of['config.extraConfig'].find(
    ({ key }) => key.toLowerCase() === 'disk.enableuuid',
  );
  return {
    ref: found.ref,
    name: entityName(of.name),
    power: of['runtime.powerState'],
    instanceUuid: of['config.instanceUuid'],
    uuid: of['config.uuid'],
    cpus: of['config.hardware.numCPU'],
    memoryMebibytes: of['config.hardware.memoryMB'],
    firmware: of['config.firmware'],
    hardwareVersion: of['config.version'],
    nics: readNics(session, devices),
    disks: readDisks(session, devices),
    bootOrder: of['config.bootOptions.bootOrder'].map(readBootDevice),
    nested: of['config.nestedHVEnabled'],
    diskUuid: String(enabled?.value ?? '').toLowerCase() === 'true',
    annotation: of['config.annotation'],
    snapshots: readSnapshots(session, of.snapshot.rootSnapshotList),
  };
}

function readSnapshots(session: Session, nodes: readonly Decoded[]): MachineSnapshot[] {
  return nodes.flatMap((node) => {
    const { site } = session;
    const { snapshot, name, childSnapshotList } = parseAnswer(site, SnapshotNode, node, 'snapshot');
    const own = { ref: snapshot, name: entityName(name) };
    return [own, ...readSnapshots(session, childSnapshotList)];
  });
}

function readNics(session: Session, devices: readonly Decoded[]): MachineNic[] {
  // Cards of a type that the table does not have still have an address.
  const isNic = (type: string, device: Decoded) =>
    inherits(type, 'VirtualEthernetCard') || 'macAddress' in asFields(device);
  return pick(session, devices, isNic).map(({ _type, key, macAddress, backing, connectable }) => ({
    key,
    mac: (macAddress ?? '').toLowerCase(),
    network: backing?.deviceName ?? backing?.port?.portgroupKey,
    adapter: (_type ?? '').replace(/^Virtual/, '').toLowerCase(),
    connected: connectable?.connected ?? false,
  }));
}

function readDisks(session: Session, devices: readonly Decoded[]): MachineDisk[] {
  return pick(session, devices, (type) => type === 'VirtualDisk').map(
    ({ key, capacityInKB, backing }) => ({
      key,
      capacityBytes: Number(capacityInKB ?? 0) * 1024,
      file: backing?.fileName,
      thin: backing?.thinProvisioned,
    }),
  );
}

/** A machine has a dozen devices of no interest: only those that are wanted are looked into. */
function pick(
  session: Session,
  devices: readonly Decoded[],
  wanted: (type: string, device: Decoded) => boolean,
): Device[] {
  const found: Device[] = [];
  for (const device of devices) {
    const type = asFields(device)._type;
    if (typeof type !== 'string' || !wanted(type, device)) continue;
    found.push(parseAnswer(session.site, Device, device, type));
  }
  return found.sort((left, right) => left.key - right.key);
}

const BOOT_KINDS: Readonly<Record<string, BootDevice['kind']>> = {
  VirtualMachineBootOptionsBootableEthernetDevice: 'network',
  VirtualMachineBootOptionsBootableDiskDevice: 'disk',
  VirtualMachineBootOptionsBootableCdromDevice: 'cdrom',
  VirtualMachineBootOptionsBootableFloppyDevice: 'floppy',
};

function readBootDevice(device: {
  _type?: string | undefined;
  deviceKey?: number | undefined;
}): BootDevice {
  const kind = BOOT_KINDS[device._type ?? ''] ?? 'other';
  return device.deviceKey === undefined ? { kind } : { kind, key: device.deviceKey };
}
