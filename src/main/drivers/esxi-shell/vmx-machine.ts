import type { BootDevice, Machine, OwnerMark } from '../../../contract/inventory.ts';
import { bootOrder, type MachineSpec } from '../../engine/machine-specs.ts';
import { Vmx, vmxLine } from './vmx-file.ts';

/** Our mark: a comment at the head of the .vmx, and the machine's annotation, which people see. */
export const markText = ({ lab, machine }: OwnerMark): string =>
  `labwright lab=${lab} machine=${machine}`;

const MARK = /labwright lab=(\S+) machine=([a-z0-9-]+)/;

function markOf(text: string, vmx: Vmx): OwnerMark | undefined {
  const head = text.split('\n').find((line) => line.startsWith('# labwright '));
  const [, lab, machine] = MARK.exec(vmx.get('annotation') ?? '') ?? MARK.exec(head ?? '') ?? [];
  return lab !== undefined && machine !== undefined ? { lab, machine } : undefined;
}

/** VMware writes a UUID as bytes: `56 4d f9 4f 97 56 1a 1b-44 e7 23 b2 db e7 91 6f`. */
export function vmxUuid(uuid: string): string {
  const bytes = uuid.replaceAll('-', '').match(/../g) ?? [];
  return `${bytes.slice(0, 8).join(' ')}-${bytes.slice(8).join(' ')}`;
}

function plainUuid(bytes: string | undefined): string {
  const hex = (bytes ?? '').replaceAll(/[^0-9a-f]/gi, '').toLowerCase();
  if (hex.length !== 32) return '';
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Without the key VMware's BIOS tries the disk before the network (unverified). */
const BIOS_DEFAULT = 'hdd,cdrom,ethernet0';

function bootOf(vmx: Vmx, firmware: Machine['firmware']): BootDevice[] {
  // bios.* keys mean nothing to EFI, and what its NVRAM holds is not to be seen from here.
  if (firmware === 'efi') return [];
  const order = vmx.get('bios.bootOrder') ?? BIOS_DEFAULT;
  return order
    .split(',')
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== '')
    .map((word) => {
      if (word.startsWith('ethernet')) return 'network';
      if (word === 'hdd' || word === 'disk') return 'disk';
      return word === 'cdrom' ? 'cdrom' : 'other';
    });
}

/** Numbers of the present devices of a kind, in order: `ethernet0`, `scsi0:1`. */
function present(vmx: Vmx, kind: RegExp): string[] {
  const position = (name: string) => {
    const [controller = '', unit = '0'] = name.replaceAll(/[a-z]+/g, '').split(':');
    return Number(controller) * 100 + Number(unit);
  };
  return vmx
    .keys()
    .flatMap((key) => /^(.+)\.present$/.exec(key)?.[1] ?? [])
    .filter((name) => kind.test(name) && vmx.is(`${name}.present`))
    .sort((a, b) => position(a) - position(b));
}

/** Reads the .vmx of one machine, whoever wrote it. */
export function readMachine(text: string, listedName: string, power: Machine['power']): Machine {
  const vmx = new Vmx(text);
  const firmware = vmx.get('firmware')?.toLowerCase() === 'efi' ? 'efi' : 'bios';
  const owner = markOf(text, vmx);
  return {
    name: vmx.get('displayName') ?? listedName,
    uuid: plainUuid(vmx.get('vc.uuid')) || plainUuid(vmx.get('uuid.bios')),
    ...(owner === undefined ? {} : { owner }),
    power,
    cpus: Number(vmx.get('numvcpus') ?? 1) || 1,
    memoryMib: Number(vmx.get('memSize') ?? 0) || 0,
    firmware,
    nested: vmx.is('vhv.enable'),
    boot: bootOf(vmx, firmware),
    nics: present(vmx, /^ethernet\d+$/).map((nic) => ({
      // One that the host makes up is there only after the first start.
      mac: (vmx.get(`${nic}.address`) ?? vmx.get(`${nic}.generatedAddress`) ?? '').toLowerCase(),
      network: vmx.get(`${nic}.networkName`) ?? '',
      // Without a model 64-bit guests get e1000 (unverified).
      model: vmx.get(`${nic}.virtualDev`) ?? 'e1000',
    })),
    disks: present(vmx, /^(scsi|sata|ide|nvme)\d+:\d+$/)
      .filter((disk) => /\.vmdk$/i.test(vmx.get(`${disk}.fileName`) ?? ''))
      .map((disk) => ({
        path: vmx.get(`${disk}.fileName`) ?? '',
        bus: vmx.get(`${disk.split(':')[0]}.virtualDev`) ?? disk.replace(/\d.*/, ''),
        // The guest sees no serial number of a VMware disk unless told so (users.md D41).
        serial: vmx.is('disk.EnableUUID'),
      })),
  };
}

/** Where a machine's disks lie in its folder: disk number from 0. */
export function diskFile(machine: string, disk: number): string {
  return disk === 0 ? `${machine}.vmdk` : `${machine}-${disk + 1}.vmdk`;
}

/** Unit 7 of a SCSI bus is the controller itself. */
const unitOf = (disk: number): number => (disk < 7 ? disk : disk + 1);

/** Every host since 5.5 makes this; what it can do beyond, only the host knows. */
const OLDEST_HARDWARE = 10;

function changeable(spec: MachineSpec): Record<string, string> {
  return {
    numvcpus: String(spec.cpus),
    memSize: String(spec.memoryMib),
    // `hdd` alone names no disk: without hddOrder the machine ends at the network (KB 2011654).
    'bios.bootOrder': bootOrder(spec)
      .map((device) => (device === 'network' ? 'ethernet0' : 'hdd'))
      .join(','),
    'bios.hddOrder': 'scsi0:0',
    ...(spec.nested ? { 'vhv.enable': 'TRUE' } : {}),
  };
}

/** What an installed machine starts from: files in its folder. */
export interface VmxMedia {
  readonly disk: string;
  readonly seed: string;
}

/** Where the serial port of an installed machine writes, in its folder. */
export const serialLog = (machine: string): string => `${machine}-serial.log`;

/**
 * A drive with the seed, and a serial port: Ubuntu's cloud images write their console there, and those up
 * to 18.04 do not start without one (LP#1573095). Without the answer the second start would wait for a
 * person to say what becomes of the log.
 */
const installDevices = (machine: string, { seed }: VmxMedia): [string, string][] => [
  ['ide0:0.present', 'TRUE'],
  ['ide0:0.deviceType', 'cdrom-image'],
  ['ide0:0.fileName', seed],
  ['ide0:0.startConnected', 'TRUE'],
  ['serial0.present', 'TRUE'],
  ['serial0.fileType', 'file'],
  ['serial0.fileName', serialLog(machine)],
  ['serial0.startConnected', 'TRUE'],
  ['serial0.yieldOnMsrRead', 'TRUE'],
  ['answer.msg.serial.file.open', 'Append'],
];

/**
 * A machine that boots from the network first and then from its disk, always (users.md D36). No key
 * `firmware`: VMware knows no value for BIOS, libvirt's parser refuses one. The bridges and their
 * root ports are the slots of vmxnet3 cards (as josenk/terraform-provider-esxi writes them).
 */
export function machineVmx(
  spec: MachineSpec,
  hardwareVersion: number | undefined,
  media?: VmxMedia,
): string {
  const values: [string, string | number][] = [
    ['config.version', 8],
    ['virtualHW.version', hardwareVersion ?? OLDEST_HARDWARE],
    ['displayName', spec.name],
    ['annotation', markText(spec.mark)],
    ['guestOS', 'ubuntu-64'],
    ['uuid.bios', vmxUuid(spec.uuid)],
    ['vc.uuid', vmxUuid(spec.uuid)],
    // Else the host may ask “copied or moved?” and the machine waits for an answer (unverified).
    ['uuid.action', 'keep'],
    ...Object.entries(changeable(spec)),
    ['nvram', `${spec.name}.nvram`],
    ['pciBridge0.present', 'TRUE'],
    ...[4, 5, 6, 7].flatMap((bridge): [string, string][] => [
      [`pciBridge${bridge}.present`, 'TRUE'],
      [`pciBridge${bridge}.virtualDev`, 'pcieRootPort'],
      [`pciBridge${bridge}.functions`, '8'],
    ]),
    ['disk.EnableUUID', 'TRUE'],
    ['floppy0.present', 'FALSE'],
    ['scsi0.present', 'TRUE'],
    ['scsi0.virtualDev', 'lsilogic'],
    ...spec.disksGib.flatMap((_, disk): [string, string][] => [
      [`scsi0:${unitOf(disk)}.present`, 'TRUE'],
      [`scsi0:${unitOf(disk)}.deviceType`, 'scsi-hardDisk'],
      [
        `scsi0:${unitOf(disk)}.fileName`,
        disk === 0 && media !== undefined ? media.disk : diskFile(spec.name, disk),
      ],
    ]),
    ...(media === undefined ? [] : installDevices(spec.name, media)),
    ...spec.nics.flatMap(({ bridge, mac }, nic): [string, string][] => [
      [`ethernet${nic}.present`, 'TRUE'],
      [`ethernet${nic}.startConnected`, 'TRUE'],
      [`ethernet${nic}.virtualDev`, 'vmxnet3'],
      [`ethernet${nic}.networkName`, bridge],
      [`ethernet${nic}.addressType`, 'static'],
      [`ethernet${nic}.address`, mac],
    ]),
  ];
  const lines = values.map(([key, value]) => vmxLine(key, value));
  return `.encoding = "UTF-8"\n# ${markText(spec.mark)}\n${lines.join('\n')}\n`;
}

/** The lines that give a machine the boot order, size and nesting of its spec, and their keys for `grep -E`. */
export function changedLines(spec: MachineSpec): { keys: readonly string[]; text: string } {
  const values = Object.entries(changeable(spec));
  return {
    keys: values.map(([key]) => key.replaceAll('.', '\\.')),
    text: values.map(([key, value]) => vmxLine(key, value)).join('\n'),
  };
}
