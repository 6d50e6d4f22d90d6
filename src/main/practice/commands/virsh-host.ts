import { printTree, tree } from '../libvirt/xml-tree.ts';
import type { VirshCommand } from './virsh-command.ts';

const LIBRARY = `Compiled against library: libvirt 9.0.0
Using library: libvirt 9.0.0
Using API: QEMU 9.0.0
Running hypervisor: QEMU 7.2.22
`;

/** `virsh capabilities`, trimmed as the recording is. */
function capabilities(uuid: string, count: number, memoryKib: number): string {
  const pages = (kib: number, free?: number) =>
    free === undefined
      ? tree('pages', { unit: 'KiB', size: kib })
      : tree('pages', { unit: 'KiB', size: kib }, free);
  const sizes = [4, 2048, 1048576];
  const cpus = Array.from({ length: count }, (_, id) =>
    tree('cpu', { id, socket_id: 0, die_id: 0, core_id: id, siblings: id }),
  );
  const labels = ['kvm', 'qemu'].map((type) => tree('baselabel', { type }, '+64055:+64055'));
  const host = tree('host', {}, [
    tree('uuid', {}, uuid),
    tree('cpu', {}, [
      tree('arch', {}, 'x86_64'),
      tree('vendor', {}, 'Intel'),
      tree('topology', { sockets: 1, dies: 1, cores: count, threads: 1 }),
      tree('maxphysaddr', { mode: 'emulate', bits: 48 }),
      ...sizes.map((size) => pages(size)),
    ]),
    tree('power_management'),
    tree('iommu', { support: 'no' }),
    tree('migration_features', {}, [
      tree('live'),
      tree(
        'uri_transports',
        {},
        ['tcp', 'rdma'].map((each) => tree('uri_transport', {}, each)),
      ),
    ]),
    tree('topology', {}, [
      tree('cells', { num: 1 }, [
        tree('cell', { id: 0 }, [
          tree('memory', { unit: 'KiB' }, memoryKib),
          ...sizes.map((size) => pages(size, size === 4 ? memoryKib / 4 : 0)),
          tree('distances', {}, [tree('sibling', { id: 0, value: 10 })]),
          tree('cpus', { num: count }, cpus),
        ]),
      ]),
    ]),
    tree('secmodel', {}, [tree('model', {}, 'none'), tree('doi', {}, 0)]),
    tree('secmodel', {}, [tree('model', {}, 'dac'), tree('doi', {}, 0), ...labels]),
  ]);
  const guest = (arch: string, bits: number, program: string) =>
    tree('guest', {}, [
      tree('os_type', {}, 'hvm'),
      tree('arch', { name: arch }, [
        tree('wordsize', {}, bits),
        tree('emulator', {}, `/usr/bin/qemu-system-${program}`),
        tree('domain', { type: 'qemu' }),
        tree('domain', { type: 'kvm' }),
      ]),
      tree('features', {}, [
        ...(bits === 32 ? [tree('pae'), tree('nonpae')] : []),
        tree('acpi', { default: 'on', toggle: 'yes' }),
        tree('apic', { default: 'on', toggle: 'no' }),
        tree('cpuselection'),
        tree('deviceboot'),
        tree('disksnapshot', { default: 'on', toggle: 'no' }),
      ]),
    ]);
  const parts = [host, guest('i686', 32, 'i386'), guest('x86_64', 64, 'x86_64')];
  const text = parts.map((part) => `\n${printTree(part, 1)}`).join('');
  return `<capabilities>\n${text}\n</capabilities>\n\n`;
}

export const hostCommands: Readonly<Record<string, VirshCommand>> = {
  uri: { run: ({ print, uri }) => print(`${uri}\n`) },
  version: {
    flags: 'daemon',
    run: ({ print, flags }) =>
      print(`${LIBRARY}${flags.has('daemon') ? 'Running against daemon: 9.0.0\n' : ''}`),
  },
  hostname: { run: ({ print, io }) => print(`${io.machine.options.hostname}\n`) },
  nodeinfo: {
    run: ({ print, io }) =>
      print(`CPU model:           x86_64
CPU(s):              ${io.machine.cpus}
CPU frequency:       2600 MHz
CPU socket(s):       1
Core(s) per socket:  ${io.machine.cpus}
Thread(s) per core:  1
NUMA cell(s):        1
Memory size:         ${io.machine.memoryKib} KiB
`),
  },
  capabilities: {
    run: ({ print, io }) => {
      const id = io.machine.machineId;
      const ends = [0, 8, 12, 16, 20, 32];
      const uuid = ends.slice(1).map((end, index) => id.slice(ends[index], end));
      print(capabilities(uuid.join('-'), io.machine.cpus, io.machine.memoryKib));
    },
  },
};
