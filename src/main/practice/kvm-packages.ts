import { installProgram, programPath } from './layout.ts';
import { tree } from './libvirt/xml-tree.ts';
import type { Machine } from './machine.ts';

/** What the packages of a KVM host bring, besides their documentation. */

const SERVICE = 'libvirtd.service';
/** Units that come with it and go with it; systemd starts the daemon when its socket is used. */
const SOCKETS = ['libvirtd.socket', 'libvirtd-ro.socket', 'libvirtd-admin.socket'];
const LINKED = [
  'virtlockd.socket',
  'virtlogd.socket',
  'libvirtd.socket',
  'libvirtd-ro.socket',
] as const;
const IMAGES = '/var/lib/libvirt/images';
const GROUP_LINE = 'libvirt:x:119:\n';

/** The network that libvirt's package defines; it is not started here, for want of dnsmasq. */
const DEFAULT_NETWORK = tree('network', {}, [
  tree('name', {}, 'default'),
  tree('forward', { mode: 'nat' }),
  tree('bridge', { name: 'virbr0', stp: 'on', delay: 0 }),
  tree('ip', { address: '192.168.122.1', netmask: '255.255.255.0' }, [
    tree('dhcp', {}, [tree('range', { start: '192.168.122.2', end: '192.168.122.254' })]),
  ]),
]);

function configureDaemon(machine: Machine): void {
  const { fs, units } = machine;
  if (!machine.groups().some(({ name }) => name === 'libvirt')) {
    const groups = fs.textSync('/etc/group');
    fs.writeSync('/etc/group', `${groups}${GROUP_LINE}`);
  }
  fs.mkdirSync(IMAGES, { recursive: true });
  fs.chmodSync(IMAGES, 0o711);
  for (const name of [...SOCKETS, 'virtlogd.socket', 'virtlockd.socket'])
    units.install(name, `libvirt socket ${name}`, '');
  units.install(SERVICE, 'Virtualization daemon', '/usr/sbin/libvirtd', {
    links: [
      { name: SERVICE, target: 'multi-user.target' },
      ...LINKED.map((name) => ({ name, target: 'sockets.target' })),
    ],
    sockets: SOCKETS,
  });
  const { networks } = machine.libvirtOf('root');
  if (!networks.list().some(({ name }) => name === 'default')) networks.define(DEFAULT_NETWORK);
}

export function configureKvmPackage(name: string, machine: Machine): void {
  if (name === 'libvirt-clients') installProgram(machine, 'virsh');
  if (name === 'bridge-utils') installProgram(machine, 'brctl');
  if (name === 'libvirt-daemon-system') configureDaemon(machine);
}

/** What was defined stays in /etc/libvirt of a real host, and so it does here. */
export function removeKvmPackage(name: string, { fs, units }: Machine): void {
  const program = { 'libvirt-clients': 'virsh', 'bridge-utils': 'brctl' }[name];
  if (program !== undefined) fs.rmSync(programPath(program), { force: true });
  if (name !== 'libvirt-daemon-system') return;
  for (const unit of [SERVICE, ...SOCKETS, 'virtlogd.socket', 'virtlockd.socket'])
    units.uninstall(unit);
}
