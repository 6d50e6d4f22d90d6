import { DOMImplementation, DOMParser, type Element, XMLSerializer } from '@xmldom/xmldom';
import type { BootDevice, Machine, OwnerMark } from '../../../contract/inventory.ts';
import { bootOrder, type MachineSpec } from '../../engine/machine-specs.ts';

/** Namespace of our mark in a domain's metadata; libvirt keeps foreign elements as they are. */
export const MARK_NAMESPACE = 'urn:labwright:machine:1';

/** Text that is not the XML that was asked for. */
export class XmlError extends Error {
  override readonly name = 'XmlError';
}

/** Parses a document; anything odd is an error, nothing is mended silently. */
export function parseXml(text: string, root: string): Element {
  const stop = (_level: string, message: string): never => {
    throw new XmlError(message);
  };
  let found: Element | null;
  try {
    found = new DOMParser({ onError: stop }).parseFromString(text, 'text/xml').documentElement;
  } catch (cause) {
    throw new XmlError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
  if (found?.nodeName !== root)
    throw new XmlError(`expected <${root}>, found <${found?.nodeName}>`);
  return found;
}

function elements(parent: Element | undefined, name: string): Element[] {
  if (parent === undefined) return [];
  return [...parent.childNodes].filter(
    (node): node is Element => node.nodeType === 1 && node.nodeName === name,
  );
}

/** The first child along a path of element names. */
export function child(
  parent: Element | undefined,
  ...path: readonly string[]
): Element | undefined {
  return path.reduce<Element | undefined>((at, name) => elements(at, name)[0], parent);
}

export function textOf(element: Element | undefined): string {
  return element?.textContent?.trim() ?? '';
}

const UNIT_MIB: Readonly<Record<string, number>> = {
  b: 1 / 1024 ** 2,
  bytes: 1 / 1024 ** 2,
  KB: 1000 / 1024 ** 2,
  k: 1 / 1024,
  KiB: 1 / 1024,
  MB: 1000 ** 2 / 1024 ** 2,
  M: 1,
  MiB: 1,
  GB: 1000 ** 3 / 1024 ** 2,
  G: 1024,
  GiB: 1024,
  T: 1024 ** 2,
  TiB: 1024 ** 2,
};

/** libvirt's scaled integers; KiB when no unit is given (formatdomain, Memory Allocation). */
function mebibytes(element: Element | undefined): number {
  const factor = UNIT_MIB[element?.getAttribute('unit') ?? 'KiB'];
  const value = Number(textOf(element));
  if (factor === undefined || !Number.isFinite(value))
    throw new XmlError('expected an amount of memory');
  return Math.round(value * factor);
}

/** Whose a domain or a network is. */
export function markOf(described: Element): OwnerMark | undefined {
  const metadata = child(described, 'metadata');
  const marks = metadata?.getElementsByTagNameNS(MARK_NAMESPACE, 'machine');
  const mark = marks?.item(0);
  const lab = mark?.getAttribute('lab');
  const machine = mark?.getAttribute('name');
  return lab && machine ? { lab, machine } : undefined;
}

const BOOT_NAMES: Readonly<Record<string, BootDevice>> = {
  network: 'network',
  hd: 'disk',
  cdrom: 'cdrom',
};

/** Per-device order wins; libvirt refuses a domain that has both (formatdomain, boot order). */
function bootOf(domain: Element): BootDevice[] {
  const devices = child(domain, 'devices');
  const ordered: { order: number; device: BootDevice }[] = [];
  const look = (name: string, deviceOf: (element: Element) => BootDevice) => {
    for (const element of elements(devices, name)) {
      const order = Number(child(element, 'boot')?.getAttribute('order'));
      if (order > 0) ordered.push({ order, device: deviceOf(element) });
    }
  };
  look('interface', () => 'network');
  look('disk', (disk) => (disk.getAttribute('device') === 'cdrom' ? 'cdrom' : 'disk'));
  look('hostdev', () => 'other');
  if (ordered.length > 0) {
    return ordered.sort((a, b) => a.order - b.order).map(({ device }) => device);
  }
  return elements(child(domain, 'os'), 'boot').map(
    (boot) => BOOT_NAMES[boot.getAttribute('dev') ?? ''] ?? 'other',
  );
}

/** virsh's words for a state (virsh(1), domstate). */
function powerOf(state: string): Machine['power'] {
  switch (state.trim()) {
    case 'running':
    case 'idle':
    case 'in shutdown':
      return 'on';
    case 'shut off':
    case 'crashed':
      return 'off';
    case 'paused':
    case 'pmsuspended':
      return 'paused';
    default:
      return 'unknown';
  }
}

const VIRTUALIZATION = new Set(['vmx', 'svm']);

/**
 * Whether a machine's own guests may use hardware virtualization. Also an emulated machine's may:
 * QEMU's default processor has SVM (measured with QEMU 7.2: Linux inside gets a /dev/kvm).
 */
function isNested(domain: Element): boolean {
  const cpu = child(domain, 'cpu');
  const mode = cpu?.getAttribute('mode');
  const policy = elements(cpu, 'feature')
    .find((feature) => VIRTUALIZATION.has(feature.getAttribute('name') ?? ''))
    ?.getAttribute('policy');
  if (policy === 'disable' || policy === 'forbid') return false;
  if (mode === 'host-passthrough' || policy === 'require' || policy === 'force') return true;
  if (domain.getAttribute('type') !== 'qemu') return false;
  return cpu === undefined || mode === 'maximum' || textOf(child(cpu, 'model')) === 'qemu64';
}

/** Reads `virsh dumpxml --inactive` of one domain. */
export function readDomain(text: string, state: string): Machine {
  const domain = parseXml(text, 'domain');
  const devices = child(domain, 'devices');
  const loader = child(domain, 'os', 'loader');
  const efi =
    child(domain, 'os')?.getAttribute('firmware') === 'efi' ||
    loader?.getAttribute('type') === 'pflash';
  const owner = markOf(domain);
  return {
    name: textOf(child(domain, 'name')),
    uuid: textOf(child(domain, 'uuid')),
    ...(owner === undefined ? {} : { owner }),
    power: powerOf(state),
    cpus: Number(textOf(child(domain, 'vcpu'))) || 1,
    memoryMib: mebibytes(child(domain, 'memory')),
    firmware: efi ? 'efi' : 'bios',
    nested: isNested(domain),
    boot: bootOf(domain),
    nics: elements(devices, 'interface').map((nic) => {
      const source = child(nic, 'source');
      return {
        mac: (child(nic, 'mac')?.getAttribute('address') ?? '').toLowerCase(),
        network: source?.getAttribute('bridge') ?? source?.getAttribute('network') ?? '',
        model: child(nic, 'model')?.getAttribute('type') ?? '',
      };
    }),
    disks: elements(devices, 'disk')
      .filter((disk) => (disk.getAttribute('device') ?? 'disk') === 'disk')
      .map((disk) => {
        const source = child(disk, 'source');
        const bus = child(disk, 'target')?.getAttribute('bus') ?? '';
        const format = child(disk, 'driver')?.getAttribute('type');
        return {
          path: source?.getAttribute('file') ?? source?.getAttribute('dev') ?? '',
          bus,
          serial: textOf(child(disk, 'serial')) !== '' || textOf(child(disk, 'wwn')) !== '',
          ...(format ? { format } : {}),
        };
      }),
  };
}

/** Where we keep the disks of a machine: name, disk number from 0. */
export function volumeName(machine: string, disk: number): string {
  return disk === 0 ? `${machine}.qcow2` : `${machine}-${disk + 1}.qcow2`;
}

interface Tree {
  readonly [attribute: string]: string | number;
}

type Content = readonly (Node | undefined)[] | string | number;

interface Node {
  readonly name: string;
  readonly attributes: Tree;
  readonly content: Content;
}

function node(name: string, attributes: Tree = {}, content: Content = []): Node {
  return { name, attributes, content };
}

function serialize(tree: Node): string {
  const document = new DOMImplementation().createDocument(null, '');
  const build = ({ name, attributes, content }: Node): Element => {
    const namespace = name.startsWith('labwright:') ? MARK_NAMESPACE : null;
    const element = document.createElementNS(namespace, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
    if (typeof content === 'object') {
      for (const item of content) {
        if (item !== undefined) element.appendChild(build(item));
      }
    } else element.appendChild(document.createTextNode(String(content)));
    return element;
  };
  return new XMLSerializer().serializeToString(build(tree));
}

/** Puts each element on a line of its own, so that a person can read what will be defined. */
function indented(xml: string): string {
  const lines: string[] = [];
  let depth = 0;
  for (const token of xml.replaceAll('><', '>\n<').split('\n')) {
    if (token.startsWith('</')) depth -= 1;
    lines.push('  '.repeat(depth) + token);
    if (/^<[^/!?][^>]*[^/]>$/.test(token) || /^<[a-z]>$/i.test(token)) depth += 1;
  }
  return `${lines.join('\n')}\n`;
}

/**
 * The same domain with other boot order, size or processor mode; all that is not named stays as it
 * is. `xml` is what `virsh dumpxml --inactive` printed.
 */
export function mendedXml(xml: string, spec: MachineSpec): string {
  const domain = parseXml(xml, 'domain');
  const document = domain.ownerDocument;
  if (document === null) throw new XmlError('expected a document');
  const make = (name: string, attributes: Tree) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
    return element;
  };
  const devices = child(domain, 'devices');
  const disks = elements(devices, 'disk');
  const nics = elements(devices, 'interface');
  const os = child(domain, 'os');
  for (const parent of [os, ...disks, ...nics, ...elements(devices, 'hostdev')]) {
    for (const boot of elements(parent, 'boot')) parent?.removeChild(boot);
  }
  const first = nics.find(
    (nic) => child(nic, 'mac')?.getAttribute('address')?.toLowerCase() === spec.nics[0]?.mac,
  );
  const disk = disks.find((each) => (each.getAttribute('device') ?? 'disk') === 'disk');
  const order = bootOrder(spec);
  first?.appendChild(make('boot', { order: order.indexOf('network') + 1 }));
  disk?.appendChild(make('boot', { order: order.indexOf('disk') + 1 }));
  const set = (name: string, value: number, unit?: string) => {
    const element = child(domain, name);
    if (element === undefined) return;
    element.textContent = String(value);
    if (unit !== undefined) element.setAttribute('unit', unit);
  };
  set('memory', spec.memoryMib, 'MiB');
  set('currentMemory', spec.memoryMib, 'MiB');
  set('vcpu', spec.cpus);
  child(domain, 'vcpu')?.removeAttribute('current');
  if (spec.nested && !isNested(domain)) {
    const cpu = child(domain, 'cpu');
    if (cpu) domain.removeChild(cpu);
    if (domain.getAttribute('type') === 'kvm')
      domain.appendChild(make('cpu', { mode: 'host-passthrough' }));
  }
  return `${new XMLSerializer().serializeToString(domain)}\n`;
}

export interface DomainChoices {
  /** `kvm`, or `qemu` where the host cannot: then the machine is emulated. */
  readonly accelerated: boolean;
  /** Folder of the storage pool that keeps the disks. */
  readonly folder: string;
  /** An ISO image in its CD drive; without one it has no drive. */
  readonly cd?: string;
}

/**
 * A domain for a machine. A node boots from the network first and then from its disk, always: MAAS
 * tells it at each start which of the two it is (users.md D36, D37). The provisioning NIC is first,
 * disks have serials (D41), BIOS unless told otherwise (D39), and the serial console is kept.
 */
export function domainXml(spec: MachineSpec, { accelerated, folder, cd }: DomainChoices): string {
  const order = bootOrder(spec);
  const letter = (index: number) => String.fromCharCode(97 + index);
  const disks = spec.disksGib.map((_, index) =>
    node('disk', { type: 'file', device: 'disk' }, [
      node('driver', { name: 'qemu', type: 'qcow2' }),
      node('source', { file: `${folder}/${volumeName(spec.name, index)}` }),
      node('target', { dev: `sd${letter(index)}`, bus: 'scsi' }),
      node('serial', {}, `${spec.name}-${index + 1}`.slice(-20)),
      index === 0 ? node('boot', { order: order.indexOf('disk') + 1 }) : undefined,
    ]),
  );
  const nics = spec.nics.map(({ bridge, mac }, index) =>
    node('interface', { type: 'bridge' }, [
      node('mac', { address: mac }),
      node('source', { bridge }),
      node('model', { type: 'virtio' }),
      index === 0 ? node('boot', { order: order.indexOf('network') + 1 }) : undefined,
    ]),
  );
  const drive =
    cd === undefined
      ? undefined
      : node('disk', { type: 'file', device: 'cdrom' }, [
          node('driver', { name: 'qemu', type: 'raw' }),
          node('source', { file: cd }),
          node('target', { dev: `sd${letter(disks.length)}`, bus: 'scsi' }),
          node('readonly'),
        ]);
  // An emulated processor has no host model to pass on.
  const cpu = !accelerated
    ? undefined
    : node('cpu', { mode: spec.nested ? 'host-passthrough' : 'host-model' });
  const efi = spec.firmware === 'efi';
  return indented(
    serialize(
      node('domain', { type: accelerated ? 'kvm' : 'qemu' }, [
        node('name', {}, spec.name),
        node('uuid', {}, spec.uuid),
        node('metadata', {}, [
          node('labwright:machine', { lab: spec.mark.lab, name: spec.mark.machine }),
        ]),
        node('memory', { unit: 'MiB' }, spec.memoryMib),
        node('vcpu', {}, spec.cpus),
        node('os', efi ? { firmware: 'efi' } : {}, [
          node('type', { arch: 'x86_64' }, 'hvm'),
          efi ? undefined : node('bios', { useserial: 'yes' }),
        ]),
        node('features', {}, [node('acpi'), node('apic')]),
        cpu,
        node('on_poweroff', {}, 'destroy'),
        node('on_reboot', {}, 'restart'),
        node('on_crash', {}, 'restart'),
        node('devices', {}, [
          ...disks,
          drive,
          node('controller', { type: 'scsi', model: 'virtio-scsi' }),
          ...nics,
          node('serial', { type: 'pty' }),
          node('console', { type: 'pty' }),
          node('graphics', { type: 'vnc', autoport: 'yes', listen: '127.0.0.1' }),
          node('video', {}, [node('model', { type: 'vga' })]),
        ]),
      ]),
    ),
  );
}

/** A network that is only a bridge: no address, no DHCP, no delay (libvirt, formatnetwork). */
export function networkXml(name: string, bridge: string, lab: string): string {
  return indented(
    serialize(
      node('network', {}, [
        node('name', {}, name),
        node('metadata', {}, [node('labwright:machine', { lab, name })]),
        node('bridge', { name: bridge, stp: 'off', delay: 0 }),
      ]),
    ),
  );
}
