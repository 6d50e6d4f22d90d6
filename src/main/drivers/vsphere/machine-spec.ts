import { staticMac } from './mac-address.ts';
import { serialLog } from './serial-log.ts';
import type { VimObject } from './vim-value.ts';

export interface NewNic {
  /** Fixed, from 00:50:56:00:00:00 to 00:50:56:3f:ff:ff. */
  readonly mac: string;
  /** The portgroup's name. */
  readonly network: string;
  /** e1000 needs no driver in any PXE loader or kernel; vmxnet3 is faster. */
  readonly adapter: 'e1000' | 'e1000e' | 'vmxnet3';
}

export interface NewMachine {
  readonly name: string;
  /** Instance and BIOS UUID; the site's own choice when left out. */
  readonly uuid?: string;
  /** Says whose machine this is; must be unique to this machine of this lab. */
  readonly mark: string;
  /** For people; the mark is added below it. */
  readonly note: string;
  readonly cpus: number;
  readonly memoryMebibytes: number;
  /** One disk each, in this order. */
  readonly disksBytes: readonly number[];
  readonly datastore: string;
  /** In the order that the firmware tries them. */
  readonly nics: readonly NewNic[];
  /** Machines inside this machine. Needs hardware version 9 and a host that can. */
  readonly nested: boolean;
  /** What comes first; the others follow. MAAS needs `network`. */
  readonly bootFirst: 'network' | 'disk';
  /** BIOS unless told: with UEFI a boot loader update can move the disk first (LP#1642298). */
  readonly firmware?: 'bios' | 'efi';
  /** `ubuntu64Guest` unless told. */
  readonly guestId?: string;
  /** The host's newest unless told. */
  readonly hardwareVersion?: string;
  /** Its folder with the disk that it starts from, which are there, and the disc in its drive. */
  readonly install?:
    | { readonly folder: string; readonly disk: string; readonly seed: string }
    | undefined;
}

const ADAPTERS = { e1000: 'VirtualE1000', e1000e: 'VirtualE1000e', vmxnet3: 'VirtualVmxnet3' };
/** Negative keys are placeholders that the site replaces by its own. */
const CONTROLLER_KEY = -100;
const DISK_KEY = -200;
const FIRST_NIC_KEY = -1;
const IDE_KEY = -300;
const DRIVE_KEY = -301;
const SERIAL_KEY = -302;
/** When no boot server answers (a rack controller still starting), try again, in milliseconds. */
const BOOT_RETRY_MS = 10_000;

/** The annotation of a machine of ours. */
export function annotationOf({ note, mark }: Pick<NewMachine, 'note' | 'mark'>): string {
  return note === '' ? mark : `${note}\n${mark}`;
}

/** Whether an annotation carries a mark, on a line of its own. */
export function carriesMark(annotation: string, mark: string): boolean {
  return annotation.split(/\r?\n/).includes(mark);
}

/**
 * The VirtualMachineConfigSpec of a new machine. `backings` say what each network card is plugged
 * into, in the order of `machine.nics`. Network cards stand before the disk.
 */
export function machineSpec(machine: NewMachine, backings: readonly VimObject[]): VimObject {
  const { name, datastore, install } = machine;
  const folder = `[${datastore}]`;
  const inFolder = (file: string) => `${folder} ${install?.folder}/${file}`;
  return {
    name: machine.name,
    ...(machine.uuid === undefined ? {} : { uuid: machine.uuid, instanceUuid: machine.uuid }),
    ...(machine.hardwareVersion === undefined ? {} : { version: machine.hardwareVersion }),
    guestId: machine.guestId ?? 'ubuntu64Guest',
    annotation: annotationOf(machine),
    // Named in full it comes into the folder that is there; else the host makes one.
    files: { vmPathName: install === undefined ? folder : inFolder(`${name}.vmx`) },
    numCPUs: machine.cpus,
    memoryMB: machine.memoryMebibytes,
    deviceChange: [
      ...machine.nics.map((nic, index) =>
        add(nicDevice(nic, FIRST_NIC_KEY - index, backings[index])),
      ),
      add({
        _type: 'VirtualLsiLogicController',
        key: CONTROLLER_KEY,
        busNumber: 0,
        sharedBus: 'noSharing',
      }),
      ...machine.disksBytes.map((bytes, index) => {
        if (install === undefined) return create(diskDevice(bytes, folder, index));
        if (index === 0) return add(diskDevice(bytes, inFolder(install.disk), index));
        return create(diskDevice(bytes, inFolder(`${name}-${index + 1}.vmdk`), index));
      }),
      ...(install === undefined
        ? []
        : installDevices(inFolder(install.seed), inFolder(serialLog(name)))),
    ],
    extraConfig: [
      // Linux names disks by their uuid in /dev/disk/by-id only with this.
      { key: 'disk.EnableUUID', value: 'TRUE' },
      // Else the second start waits for a person to say what becomes of the log.
      ...(install === undefined ? [] : [{ key: 'answer.msg.serial.file.open', value: 'Append' }]),
    ],
    bootOptions: { bootRetryEnabled: true, bootRetryDelay: BOOT_RETRY_MS },
    firmware: machine.firmware ?? 'bios',
    nestedHVEnabled: machine.nested,
  };
}

function add(device: VimObject): VimObject {
  return { operation: 'add', device };
}

/** The device with a file of its own. */
function create(device: VimObject): VimObject {
  return { ...add(device), fileOperation: 'create' };
}

/**
 * A drive with the seed, and a serial port: Ubuntu's cloud images write their console there, and those up
 * to 18.04 do not start without one (LP#1573095).
 */
function installDevices(seed: string, log: string): VimObject[] {
  const connectable = { startConnected: true, allowGuestControl: true, connected: true };
  return [
    add({ _type: 'VirtualIDEController', key: IDE_KEY, busNumber: 0 }),
    add({
      _type: 'VirtualCdrom',
      key: DRIVE_KEY,
      backing: { _type: 'VirtualCdromIsoBackingInfo', fileName: seed },
      connectable,
      controllerKey: IDE_KEY,
      unitNumber: 0,
    }),
    add({
      _type: 'VirtualSerialPort',
      key: SERIAL_KEY,
      backing: { _type: 'VirtualSerialPortFileBackingInfo', fileName: log },
      connectable,
      yieldOnPoll: true,
    }),
  ];
}

function nicDevice(
  { mac, adapter }: NewNic,
  key: number,
  backing: VimObject | undefined,
): VimObject {
  return {
    _type: ADAPTERS[adapter],
    key,
    ...(backing === undefined ? {} : { backing }),
    connectable: { startConnected: true, allowGuestControl: true, connected: true },
    addressType: 'manual',
    macAddress: staticMac(mac),
    wakeOnLanEnabled: true,
  };
}

function diskDevice(bytes: number, fileName: string, index: number): VimObject {
  return {
    _type: 'VirtualDisk',
    key: DISK_KEY - index,
    backing: {
      _type: 'VirtualDiskFlatVer2BackingInfo',
      fileName,
      diskMode: 'persistent',
      thinProvisioned: true,
    },
    controllerKey: CONTROLLER_KEY,
    // 7 is the controller's own.
    unitNumber: index < 7 ? index : index + 1,
    capacityInKB: Math.ceil(bytes / 1024),
  };
}
