import { LibvirtError } from '../libvirt/libvirt-error.ts';
import type { StoragePool } from '../libvirt/storage-pools.ts';
import { printTree } from '../libvirt/xml-tree.ts';
import type { VirshCall, VirshCommand } from './virsh-command.ts';
import { virshTable } from './virsh-table.ts';

/** vshPrettyCapacity: two digits, in the largest unit that gives at least one. */
function pretty(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(2)} ${units[unit]}`;
}

const SIZES: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  K: 1024,
  M: 1024 ** 2,
  G: 1024 ** 3,
  T: 1024 ** 4,
};

function sizeOf(text: string): number {
  const [, number, unit = ''] = /^(\d+)([BKMGT]?)(?:iB)?$/.exec(text) ?? [];
  if (number === undefined) throw new LibvirtError(`Malformed size ${text}`);
  return Number(number) * (SIZES[unit] ?? 1);
}

const poolOf = ({ libvirt, need }: VirshCall): StoragePool => libvirt.pools.get(need('pool'));

const volumeOf = (call: VirshCall) => call.libvirt.pools.volume(call.need('vol'), poolOf(call));

/** A command on one pool that only says that it was done. */
const onPool = (done: string, run: (call: VirshCall, pool: StoragePool) => void): VirshCommand => ({
  operands: 'pool',
  run: (call) => {
    const pool = poolOf(call);
    run(call, pool);
    call.say(`Pool ${pool.name} ${done}\n`);
  },
});

export const storageCommands: Readonly<Record<string, VirshCommand>> = {
  'pool-list': {
    flags: 'all inactive name uuid details persistent autostart',
    run: ({ libvirt, flags, print, quiet }) => {
      const all = flags.has('all');
      const pools = libvirt.pools
        .list()
        .filter(({ active }) => all || active !== flags.has('inactive'));
      if (flags.has('name')) {
        print(pools.map(({ name }) => `${name.padEnd(20)}\n`).join(''));
        return;
      }
      const rows = pools.map(({ name, active, autostart }) => [
        name,
        active ? 'active' : 'inactive',
        autostart ? 'yes' : 'no',
      ]);
      print(virshTable(['Name', 'State', 'Autostart'], rows, quiet));
    },
  },
  'pool-info': {
    operands: 'pool',
    run: (call) => {
      const pool = poolOf(call);
      const room = call.libvirt.pools.room(pool);
      call.print(
        `Name:           ${pool.name}\nUUID:           ${pool.uuid}\nState:          ${pool.active ? 'running' : 'inactive'}\nPersistent:     yes\nAutostart:      ${pool.autostart ? 'yes' : 'no'}\n`,
      );
      if (!pool.active) return;
      call.print(
        `Capacity:       ${pretty(room.capacity)}\nAllocation:     ${pretty(room.allocation)}\nAvailable:      ${pretty(room.available)}\n`,
      );
    },
  },
  'pool-dumpxml': {
    operands: 'pool',
    run: (call) => call.print(printTree(call.libvirt.pools.describe(poolOf(call)))),
  },
  'pool-define-as': {
    operands: 'name type',
    valued: 'target',
    run: ({ libvirt, need, say }) => {
      if (need('type') !== 'dir')
        throw new LibvirtError('the practice lab has pools of type dir only');
      libvirt.pools.define(need('name'), need('target'));
      say(`Pool ${need('name')} defined\n`);
    },
  },
  'pool-build': onPool('built', ({ libvirt }, pool) => libvirt.pools.build(pool)),
  'pool-start': onPool('started', ({ libvirt }, pool) => libvirt.pools.start(pool)),
  'pool-refresh': onPool('refreshed', ({ libvirt }, pool) => libvirt.pools.refresh(pool)),
  'pool-destroy': onPool('destroyed', ({ libvirt }, pool) => libvirt.pools.destroy(pool)),
  'pool-undefine': onPool('has been undefined', ({ libvirt }, pool) =>
    libvirt.pools.undefine(pool),
  ),
  'pool-autostart': {
    operands: 'pool',
    flags: 'disable',
    run: (call) => {
      const pool = poolOf(call);
      pool.autostart = !call.flags.has('disable');
      call.say(`Pool ${pool.name} ${pool.autostart ? 'marked' : 'unmarked'} as autostarted\n`);
    },
  },
  'vol-list': {
    operands: 'pool',
    run: (call) => {
      const volumes = call.libvirt.pools.volumes(poolOf(call));
      const rows = volumes.map(({ name, path }) => [name, path]);
      call.print(virshTable(['Name', 'Path'], rows, call.quiet));
    },
  },
  'vol-info': {
    operands: 'vol',
    valued: 'pool',
    run: (call) => {
      const { name, capacity, allocation } = volumeOf(call);
      call.print(
        `Name:           ${name}\nType:           file\nCapacity:       ${pretty(capacity)}\nAllocation:     ${pretty(allocation)}\n`,
      );
    },
  },
  'vol-path': {
    operands: 'vol',
    valued: 'pool',
    run: (call) => call.print(`${volumeOf(call).path}\n`),
  },
  'vol-create-as': {
    operands: 'pool name capacity',
    valued: 'format allocation',
    run: (call) => {
      const pool = poolOf(call);
      const name = call.need('name');
      call.libvirt.pools.createVolume(pool, name, sizeOf(call.need('capacity')));
      call.say(`Vol ${name} created\n`);
    },
  },
  'vol-delete': {
    operands: 'vol',
    valued: 'pool',
    run: (call) => {
      const volume = volumeOf(call);
      call.libvirt.pools.deleteVolume(volume);
      call.say(`Vol ${call.need('vol')} deleted\n`);
    },
  },
};
