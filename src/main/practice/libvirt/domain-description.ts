import { createHash } from 'node:crypto';
import { LibvirtError } from './libvirt-error.ts';
import { childOf, childrenOf, type Tree, tree } from './xml-tree.ts';

/**
 * What libvirt makes of a domain that it is given: the same with all that was left open filled in,
 * in its own order. It adds what libvirt 9.0 with QEMU 7.2 was seen to add (test/fixtures/libvirt).
 */

const EMULATOR = '/usr/bin/qemu-system-x86_64';
const MACHINE = 'pc-i440fx-7.2';

const DOMAIN_ORDER =
  'name uuid title description metadata memory currentMemory vcpu os features cpu clock on_poweroff on_reboot on_crash devices';
const OS_ORDER = 'type loader nvram boot bootmenu bios';
const DISK_ORDER = 'driver source target readonly shareable serial wwn * boot address';
const NIC_ORDER = 'mac source target model driver link * boot address';
const DEVICE_ORDER =
  'emulator disk controller interface serial console channel input graphics sound audio video hostdev memballoon rng';

/** Children in libvirt's order. What has no place in it is dropped, unless `*` gives it one. */
function ordered(children: readonly Tree[], order: string): Tree[] {
  const names = order.split(' ');
  const place = (each: Tree) => {
    const at = names.indexOf(each.name);
    return at < 0 ? names.indexOf('*') : at;
  };
  return children.filter((each) => place(each) >= 0).sort((a, b) => place(a) - place(b));
}

const UNITS: Readonly<Record<string, number>> = {
  b: 1,
  bytes: 1,
  KB: 1000,
  k: 1024,
  KiB: 1024,
  MB: 1000 ** 2,
  M: 1024 ** 2,
  MiB: 1024 ** 2,
  GB: 1000 ** 3,
  G: 1024 ** 3,
  GiB: 1024 ** 3,
};

export function kibibytes(element: Tree | undefined): number | undefined {
  if (element === undefined) return undefined;
  const unit = element.attributes.unit ?? 'KiB';
  return Math.ceil((Number(element.text) * (UNITS[unit] ?? 1024)) / 1024);
}

const amount = (name: string, kib: number): Tree => tree(name, { unit: 'KiB' }, kib);

const drive = (bus: number, unit: number): Tree =>
  tree('address', { type: 'drive', controller: 0, bus, target: 0, unit });

const hex = (value: number): string => `0x${value.toString(16).padStart(2, '0')}`;

const onPci = (slot: number, fn = 0): Tree =>
  tree('address', {
    type: 'pci',
    domain: '0x0000',
    bus: '0x00',
    slot: hex(slot),
    function: `0x${fn}`,
  });

const withChildren = (one: Tree, children: readonly (Tree | undefined)[]): Tree => ({
  ...one,
  children: children.filter((each) => each !== undefined),
});

const busOf = (disk: Tree): string => childOf(disk, 'target')?.attributes.bus ?? '';
const hasAddress = (one: Tree): boolean => childOf(one, 'address') !== undefined;

function checkBoot(os: Tree | undefined, devices: readonly Tree[]): void {
  const orders = devices
    .flatMap((each) => childrenOf(each, 'boot'))
    .map(({ attributes }) => attributes.order ?? '');
  if (orders.length > 0 && childOf(os, 'boot') !== undefined)
    throw new LibvirtError(
      'unsupported configuration: per-device boot elements cannot be used together with os/boot elements',
    );
  const twice = orders.find((order, index) => orders.indexOf(order) !== index);
  if (twice !== undefined)
    throw new LibvirtError(
      `unsupported configuration: boot order '${twice}' used for more than one device`,
    );
}

function osOf(os: Tree | undefined, ordersDevices: boolean): Tree {
  const given = childOf(os, 'type');
  const type = tree(
    'type',
    { arch: 'x86_64', machine: given?.attributes.machine ?? MACHINE },
    given?.text || 'hvm',
  );
  const rest = os?.children.filter(({ name }) => name !== 'type') ?? [];
  const boots = childrenOf(os, 'boot').length > 0 || ordersDevices;
  const boot = boots ? [] : [tree('boot', { dev: 'hd' })];
  return withChildren(os ?? tree('os'), ordered([type, ...rest, ...boot], OS_ORDER));
}

function cpuOf(cpu: Tree | undefined): Tree {
  switch (cpu?.attributes.mode) {
    case 'host-model':
      return { ...cpu, attributes: { mode: 'host-model', check: 'partial' } };
    case 'host-passthrough':
      return {
        ...cpu,
        attributes: { mode: 'host-passthrough', check: 'none', migratable: 'on' },
      };
    default:
      return (
        cpu ??
        tree('cpu', { mode: 'custom', match: 'exact', check: 'none' }, [
          tree('model', { fallback: 'forbid' }, 'qemu64'),
        ])
      );
  }
}

function diskOf(disk: Tree): Tree {
  const { type = 'file', device = 'disk', ...rest } = disk.attributes;
  const named = childOf(disk, 'target')?.attributes.dev ?? '';
  const number = named.charCodeAt(2) - 97;
  const bus = busOf(disk);
  const address =
    hasAddress(disk) || (bus !== 'scsi' && bus !== 'ide')
      ? undefined
      : bus === 'ide'
        ? drive(Math.floor(number / 2), number % 2)
        : drive(0, number);
  const cdrom = device === 'cdrom' && childOf(disk, 'readonly') === undefined;
  const more = [
    childOf(disk, 'driver') ? undefined : tree('driver', { name: 'qemu', type: 'raw' }),
    cdrom ? tree('readonly') : undefined,
    address,
  ].filter((each) => each !== undefined);
  return {
    ...disk,
    attributes: { type, device, ...rest },
    children: ordered([...disk.children, ...more], DISK_ORDER),
  };
}

/** A card without an address gets one below QEMU's prefix; the same name always gets the same. */
function nicOf(nic: Tree, seed: string): Tree {
  const digits = createHash('sha256').update(seed).digest('hex').slice(0, 6).match(/../g) ?? [];
  const more = [
    childOf(nic, 'mac') ? undefined : tree('mac', { address: ['52:54:00', ...digits].join(':') }),
    childOf(nic, 'model') ? undefined : tree('model', { type: 'rtl8139' }),
  ].filter((each) => each !== undefined);
  return withChildren(nic, ordered([...nic.children, ...more], NIC_ORDER));
}

function controllersOf(given: readonly Tree[], disks: readonly Tree[]): Tree[] {
  const indexed = given.map((each): Tree => {
    const { type = '', index = '0', ...rest } = each.attributes;
    return { ...each, attributes: { type, index, ...rest } };
  });
  const has = (type: string) => given.some(({ attributes }) => attributes.type === type);
  const controller = (attributes: Record<string, string | number>, address?: Tree) =>
    tree('controller', attributes, [address]);
  if (!has('usb'))
    indexed.push(controller({ type: 'usb', index: 0, model: 'piix3-uhci' }, onPci(1, 2)));
  if (!has('pci')) indexed.push(controller({ type: 'pci', index: 0, model: 'pci-root' }));
  if (!has('ide') && disks.some((disk) => busOf(disk) === 'ide'))
    indexed.push(controller({ type: 'ide', index: 0 }, onPci(1, 1)));
  return indexed;
}

function consolesOf(devices: readonly Tree[]): Tree[] {
  const of = (name: string) => devices.filter((each) => each.name === name);
  const serials = of('serial').map((each, index) =>
    childOf(each, 'target')
      ? each
      : withChildren(each, [
          ...each.children,
          tree('target', { type: 'isa-serial', port: index }, [
            tree('model', { name: 'isa-serial' }),
          ]),
        ]),
  );
  const given = of('console');
  const consoles =
    given.length > 0 || serials.length === 0 ? given : [tree('console', { type: 'pty' })];
  return [
    ...serials,
    ...consoles.map((each) =>
      childOf(each, 'target')
        ? each
        : withChildren(each, [...each.children, tree('target', { type: 'serial', port: 0 })]),
    ),
  ];
}

function screensOf(devices: readonly Tree[]): Tree[] {
  return devices.flatMap((each) => {
    if (each.name === 'video') {
      const model = childOf(each, 'model')?.attributes ?? {};
      const attributes = { vram: '16384', heads: '1', primary: 'yes' };
      const rest = each.children.filter(({ name }) => name !== 'model');
      const type = model.type ?? 'vga';
      return [withChildren(each, [tree('model', { type, ...attributes, ...model }), ...rest])];
    }
    if (each.name !== 'graphics') return [];
    const { type = 'vnc', port = '-1', ...rest } = each.attributes;
    const listen = tree('listen', { type: 'address', address: rest.listen ?? '127.0.0.1' });
    const children = childOf(each, 'listen') ? each.children : [...each.children, listen];
    return [{ ...each, attributes: { type, port, ...rest }, children }];
  });
}

const SLOT = /^0x([0-9a-f]+)$/;

/** Gives a place on the PCI bus to what has none: the screen is second, the rest follows. */
function placed(devices: readonly Tree[]): Tree[] {
  const used = new Set([0, 1]);
  for (const each of devices) {
    const slot = SLOT.exec(childOf(each, 'address')?.attributes.slot ?? '')?.[1];
    if (slot !== undefined) used.add(Number.parseInt(slot, 16));
  }
  const given = new Map<Tree, Tree>();
  const place = (each: Tree) => {
    if (hasAddress(each)) return;
    let slot = 2;
    while (used.has(slot)) slot++;
    used.add(slot);
    given.set(each, withChildren(each, [...each.children, onPci(slot)]));
  };
  const needs: ((each: Tree) => boolean)[] = [
    ({ name }) => name === 'video',
    ({ name }) => name === 'interface',
    ({ name, attributes }) => name === 'controller' && attributes.type === 'scsi',
    (each) => each.name === 'disk' && busOf(each) === 'virtio',
    ({ name }) => name === 'memballoon',
  ];
  for (const need of needs) devices.filter(need).forEach(place);
  return devices.map((each) => given.get(each) ?? each);
}

function devicesOf(given: readonly Tree[], name: string): Tree {
  const of = (wanted: string) => given.filter((each) => each.name === wanted);
  const orElse = (wanted: string, other: readonly Tree[]) =>
    of(wanted).length > 0 ? of(wanted) : other;
  const disks = of('disk').map(diskOf);
  const made = [
    ...orElse('emulator', [tree('emulator', {}, EMULATOR)]),
    ...disks,
    ...controllersOf(of('controller'), disks),
    ...of('interface').map((each, index) => nicOf(each, `${name} ${index}`)),
    ...consolesOf(given),
    ...of('channel'),
    ...orElse(
      'input',
      ['mouse', 'keyboard'].map((type) => tree('input', { type, bus: 'ps2' })),
    ),
    ...screensOf(given),
    ...of('sound'),
    ...orElse('audio', [tree('audio', { id: 1, type: 'none' })]),
    ...of('hostdev'),
    ...orElse('memballoon', [tree('memballoon', { model: 'virtio' })]),
    ...of('rng'),
  ];
  return tree('devices', {}, ordered(placed(made), DEVICE_ORDER));
}

/** Throws what libvirt says of a domain that it does not take. */
export function describeDomain(given: Tree, newUuid: () => string): Tree {
  const { type = '' } = given.attributes;
  if (type !== 'kvm' && type !== 'qemu')
    throw new LibvirtError(
      `unsupported configuration: Emulator '${EMULATOR}' does not support virt type '${type}'`,
    );
  const name = childOf(given, 'name')?.text ?? '';
  if (name === '') throw new LibvirtError('missing name information');
  const memory = kibibytes(childOf(given, 'memory'));
  if (memory === undefined)
    throw new LibvirtError(
      'XML error: Memory size must be specified via <memory> or in the <numa> configuration',
    );
  const devices = childOf(given, 'devices')?.children ?? [];
  const os = childOf(given, 'os');
  checkBoot(os, devices);
  const ordersDevices = devices.some((each) => childOf(each, 'boot') !== undefined);
  const vcpu = childOf(given, 'vcpu');
  const event = (what: string, otherwise: string) =>
    tree(what, {}, childOf(given, what)?.text || otherwise);
  const replaced = [
    tree('name', {}, name),
    tree('uuid', {}, childOf(given, 'uuid')?.text || newUuid()),
    amount('memory', memory),
    amount('currentMemory', kibibytes(childOf(given, 'currentMemory')) ?? memory),
    tree('vcpu', { placement: 'static', ...vcpu?.attributes }, vcpu?.text || 1),
    osOf(os, ordersDevices),
    cpuOf(childOf(given, 'cpu')),
    childOf(given, 'clock') ?? tree('clock', { offset: 'utc' }),
    event('on_poweroff', 'destroy'),
    event('on_reboot', 'restart'),
    event('on_crash', 'destroy'),
    devicesOf(devices, name),
  ];
  const names = new Set(replaced.map((each) => each.name));
  const kept = given.children.filter((each) => !names.has(each.name));
  return tree('domain', { type }, ordered([...kept, ...replaced], DOMAIN_ORDER));
}
