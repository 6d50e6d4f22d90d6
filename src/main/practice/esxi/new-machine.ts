import { randomUUID } from 'node:crypto';
import type { Decoded } from '../../drivers/vsphere/decode.ts';
import { asFields } from '../../drivers/vsphere/faults.ts';
import { inherits } from '../../drivers/vsphere/vim-schema.ts';
import { describedBytes } from '../../images/vmdk-descriptor.ts';
import { fileNotFound, folderOf, locate } from './datastore-files.ts';
import { datastoreFault, type EsxiHost, type PracticeVm } from './esxi-host.ts';
import type { AnswerObject } from './vim-answer.ts';
import { invalidArgument, VimFault } from './vim-fault.ts';

const KIB = 1024;
const MIB = 1024 ** 2;
/** .vmx, .nvram, logs. */
const MACHINE_FILES = 2 * MIB;
/** A thin disk that was never written to holds its tables only [K]. */
const THIN_DISK = MIB;
/** 62 TiB: the largest disk of vSphere 5.5 and later (Configuration Maximums) [K]. */
const MAX_DISK_KIB = 62 * 1024 ** 3;
const MAX_NAME = 80;
const SCSI_CONTROLLER_UNIT = 7;
const GUESTS =
  /^(ubuntu64|ubuntu|debian\d+_64|centos\d*_64|rhel\d_64|otherLinux64|windows9Server64|other3xLinux64|other4xLinux64)Guest$/;
/** First keys of each kind of device, as every listing of a machine's devices shows them [K]. */
const KEYS = { controller: 1000, disk: 2000, cdrom: 3000, nic: 4000, serial: 9000 };
const OPEN = ['VirtualPCIController', 'VirtualIDEController', 'VirtualIDEController'] as const;

type Fields = Readonly<Record<string, Decoded | undefined>>;

const text = (value: Decoded | undefined, otherwise: string) =>
  typeof value === 'string' ? value : otherwise;
const items = (value: Decoded | undefined): readonly Decoded[] =>
  Array.isArray(value) ? value : [];

/**
 * A machine after a VirtualMachineConfigSpec, refused where ESXi refuses and vcsim does not
 * (vsphere.md, section 2, "vcsim is too kind"). Throws VimFault; nothing is taken before.
 */
export function newMachine(host: EsxiHost, spec: Fields, newestHardware: number): PracticeVm {
  const name = text(spec.name, '');
  if (name === '' || name.length > MAX_NAME) {
    throw new VimFault('InvalidName', `The name '${name}' is invalid.`, { name });
  }
  const taken = host.machine(name);
  if (taken !== undefined) {
    const object = { type: 'VirtualMachine', value: taken.id };
    const said = `The name '${name}' already exists.`;
    throw new VimFault('DuplicateName', said, { name, object });
  }
  const guestId = text(spec.guestId, '');
  if (!GUESTS.test(guestId)) throw invalidArgument('configSpec.guestId');
  const hardwareVersion = text(spec.version, `vmx-${newestHardware}`);
  const hardware = Number(/^vmx-(\d+)$/.exec(hardwareVersion)?.[1] ?? Number.NaN);
  if (!(hardware >= 4 && hardware <= newestHardware)) throw invalidArgument('configSpec.version');
  const { datastore, folder } = placeOf(host, text(asFields(spec.files).vmPathName, ''), name);
  const nested = spec.nestedHVEnabled === true;
  // Since hardware version 9 (vsphere.md, section 5).
  if (nested && hardware < 9) throw invalidArgument('configSpec.nestedHVEnabled');
  const cpus = Number(spec.numCPUs ?? 1);
  const memoryMb = Number(spec.memoryMB ?? 32);
  if (cpus < 1 || cpus > host.cpuThreads) throw invalidArgument('configSpec.numCPUs');
  // In steps of 4 MB (VirtualMachineConfigSpec.memoryMB) [K].
  if (memoryMb < 4 || memoryMb % 4 !== 0) throw invalidArgument('configSpec.memoryMB');
  const { devices, bytes } = addDevices(host, items(spec.deviceChange), { name, folder });
  return {
    id: host.newId(),
    name,
    uuid: text(spec.uuid, randomUUID()),
    instanceUuid: text(spec.instanceUuid, randomUUID()),
    annotation: text(spec.annotation, ''),
    guestId,
    hardwareVersion,
    cpus,
    memoryMb,
    firmware: text(spec.firmware, 'bios'),
    nested,
    bootOrder: bootOrder(devices, asFields(spec.bootOptions).bootOrder),
    extraConfig: items(spec.extraConfig).map((option) => {
      const { key, value } = asFields(option);
      return { key: text(key, ''), value: String(value ?? '') };
    }),
    devices,
    datastore,
    folder,
    bytes: MACHINE_FILES + bytes,
    power: 'poweredOff',
    snapshots: [],
    busy: false,
  };
}

/**
 * Where a machine comes to lie. A datastore alone leaves the choice of a folder to the host, which takes
 * one that is not there yet [K]; a .vmx in full is put there, unless it is there already (CreateVM_Task).
 */
function placeOf(
  host: EsxiHost,
  vmPathName: string,
  name: string,
): { readonly datastore: string; readonly folder: string } {
  const { datastore, path } = locate(vmPathName);
  if (!host.datastores.some((each) => each.name === datastore)) throw datastoreFault(datastore);
  if (!path.endsWith('.vmx')) {
    let folder = name;
    for (let next = 1; host.files.hasFolder(datastore, folder); next++) folder = `${name}_${next}`;
    return { datastore, folder };
  }
  if (host.files.file(datastore, path) !== undefined) {
    throw new VimFault('FileAlreadyExists', `The file ${vmPathName} already exists.`, {
      file: vmPathName,
    });
  }
  return { datastore, folder: folderOf(path) };
}

/** Boot devices name keys that the host gave; another is refused [K]. */
export function bootOrder(
  devices: readonly AnswerObject[],
  wanted: Decoded | undefined,
): AnswerObject[] {
  return items(wanted).map((entry) => {
    const { _type, deviceKey } = asFields(entry);
    const known = deviceKey === undefined || devices.some(({ key }) => key === deviceKey);
    if (!known) throw invalidArgument('configSpec.bootOptions.bootOrder');
    return {
      _type: text(_type, ''),
      ...(deviceKey === undefined ? {} : { deviceKey: Number(deviceKey) }),
    };
  });
}

/** Every machine has these before anything is added [K]. */
function ownDevices(): AnswerObject[] {
  return OPEN.map((_type, index) => ({
    _type,
    key: index === 0 ? 100 : 199 + index,
    busNumber: index === 0 ? 0 : index - 1,
  }));
}

interface Own {
  readonly name: string;
  readonly folder: string;
}

function addDevices(
  host: EsxiHost,
  changes: readonly Decoded[],
  { name, folder }: Own,
): { devices: AnswerObject[]; bytes: number } {
  const devices = ownDevices();
  // Negative keys are placeholders: devices of one request name each other by them.
  const given = new Map<number, number>();
  let bytes = 0;
  const count = { controller: 0, disk: 0, nic: 0, cdrom: 0, serial: 0 };
  changes.forEach((change, index) => {
    const { operation, fileOperation, device } = asFields(change);
    if (operation !== 'add') throw deviceFault(index, 'operation');
    const fields = asFields(device);
    const type = text(fields._type, '');
    if (type === 'VirtualIDEController') {
      // Every machine has both of them: adding one names it.
      const own = devices.find(
        (each) => each._type === type && each.busNumber === fields.busNumber,
      );
      if (own === undefined) throw deviceFault(index, 'device.busNumber');
      if (typeof fields.key === 'number') given.set(fields.key, Number(own.key));
      return;
    }
    const kind = kindOf(type, index);
    const key = KEYS[kind] + count[kind];
    count[kind] += 1;
    if (typeof fields.key === 'number') given.set(fields.key, key);
    const common = { ...(fields as AnswerObject), _type: type, key };
    if (kind === 'nic') devices.push(nic(host, fields, common, index));
    else if (kind === 'controller') devices.push(common);
    else if (kind === 'serial') devices.push({ ...common, ...serial(host, fields, index) });
    else if (kind === 'cdrom') {
      const controllerKey = given.get(Number(fields.controllerKey));
      if (controllerKey === undefined) throw deviceFault(index, 'device.controllerKey');
      devices.push({ ...common, controllerKey, ...cdrom(host, fields) });
    } else {
      const controllerKey = given.get(Number(fields.controllerKey));
      if (controllerKey === undefined) throw deviceFault(index, 'device.controllerKey');
      if (fields.unitNumber === SCSI_CONTROLLER_UNIT) throw deviceFault(index, 'device.unitNumber');
      const file = `${folder}/${name}${count.disk === 1 ? '' : `_${count.disk - 1}`}.vmdk`;
      const made = disk(host, fields, index, fileOperation === 'create', file);
      bytes += made.bytes;
      const { backing, capacityInKB } = made;
      devices.push({ ...common, controllerKey, backing, capacityInKB });
    }
  });
  return { devices, bytes };
}

function kindOf(type: string, index: number): 'controller' | 'disk' | 'nic' | 'cdrom' | 'serial' {
  if (inherits(type, 'VirtualEthernetCard')) return 'nic';
  if (inherits(type, 'VirtualSCSIController')) return 'controller';
  if (type === 'VirtualDisk') return 'disk';
  if (type === 'VirtualCdrom') return 'cdrom';
  if (type === 'VirtualSerialPort') return 'serial';
  // Labwright adds no others.
  throw new VimFault('DeviceNotSupported', `Device '${index + 1}' is not supported.`, {
    device: type,
  });
}

function nic(
  host: EsxiHost,
  { backing, macAddress, addressType }: Fields,
  common: AnswerObject,
  index: number,
): AnswerObject {
  const network = text(asFields(backing).deviceName, '');
  // vcsim dies of this; ESXi says which device (issues of packer and vic quote the words).
  if (!host.portgroups.some(({ name }) => name === network)) {
    throw deviceFault(index, 'device.backing.deviceName');
  }
  const manual = addressType === 'manual' && typeof macAddress === 'string';
  if (addressType === 'manual' && !manual) throw deviceFault(index, 'device.macAddress');
  // A generated address is empty until the first power-on (govmomi#1624).
  return {
    ...common,
    addressType: manual ? 'manual' : 'generated',
    macAddress: manual ? macAddress : '',
  };
}

function disk(
  host: EsxiHost,
  { capacityInKB, backing }: Fields,
  index: number,
  create: boolean,
  file: string,
): { backing: AnswerObject; bytes: number; capacityInKB: number } {
  const { fileName, thinProvisioned, diskMode } = asFields(backing);
  const { datastore, path: named } = locate(text(fileName, ''));
  if (!host.datastores.some(({ name }) => name === datastore)) throw datastoreFault(datastore);
  const path = `[${datastore}] ${named === '' ? file : named}`;
  const there = host.files.file(datastore, named);
  // Without the word "create" it looks for a file that is there.
  if (!create) {
    const bytes = describedBytes(there?.bytes?.toString('utf8') ?? '');
    const flat = host.files.file(datastore, named.replace(/\.vmdk$/, '-flat.vmdk'));
    if (bytes === undefined || flat === undefined) throw fileNotFound(path);
    const own = { _type: 'VirtualDiskFlatVer2BackingInfo', fileName: path, thinProvisioned: true };
    const mode = text(diskMode, 'persistent');
    return { backing: { ...own, diskMode: mode }, bytes: 0, capacityInKB: bytes / KIB };
  }
  if (there !== undefined) {
    throw new VimFault('FileAlreadyExists', `The file ${path} already exists.`, { file: path });
  }
  if (named !== '' && !host.files.hasFolder(datastore, folderOf(named))) throw fileNotFound(path);
  const kib = Number(capacityInKB ?? 0);
  if (kib < 1 || kib > MAX_DISK_KIB) throw deviceFault(index, 'device.capacityInKB');
  const thin = thinProvisioned === true;
  return {
    capacityInKB: kib,
    backing: {
      _type: 'VirtualDiskFlatVer2BackingInfo',
      fileName: path,
      diskMode: text(diskMode, 'persistent'),
      thinProvisioned: thin,
    },
    bytes: thin ? THIN_DISK : kib * KIB,
  };
}

/** A disc that is not there is refused where it is connected at the start (vsphere.md, "too kind"). */
function cdrom(host: EsxiHost, { backing }: Fields): AnswerObject {
  const { fileName } = asFields(backing);
  const { datastore, path } = locate(text(fileName, ''));
  if (host.files.file(datastore, path) === undefined) throw fileNotFound(text(fileName, ''));
  return { backing: { _type: 'VirtualCdromIsoBackingInfo', fileName: text(fileName, '') } };
}

/** A port that writes into a file, in a folder that is there. */
function serial(host: EsxiHost, { backing }: Fields, index: number): AnswerObject {
  const { _type, fileName } = asFields(backing);
  if (_type !== 'VirtualSerialPortFileBackingInfo') throw deviceFault(index, 'device.backing');
  const { datastore, path } = locate(text(fileName, ''));
  if (!host.files.hasFolder(datastore, folderOf(path))) throw fileNotFound(text(fileName, ''));
  return {
    backing: { _type: 'VirtualSerialPortFileBackingInfo', fileName: text(fileName, '') },
  };
}

function deviceFault(index: number, property: string): VimFault {
  return new VimFault('InvalidDeviceSpec', `Invalid configuration for device '${index}'.`, {
    property: `deviceChange[${index}].${property}`,
    deviceIndex: index,
  });
}
