import { LibvirtError } from '../libvirt/libvirt-error.ts';
import type { LibvirtNetwork } from '../libvirt/libvirt-networks.ts';
import { parseTree, printTree } from '../libvirt/xml-tree.ts';
import type { VirshCall, VirshCommand } from './virsh-command.ts';
import { virshTable } from './virsh-table.ts';

const networkOf = ({ libvirt, need }: VirshCall): LibvirtNetwork =>
  libvirt.networks.get(need('network'));

const yes = (value: boolean): string => (value ? 'yes' : 'no');

const onNetwork = (
  done: string,
  run: (call: VirshCall, one: LibvirtNetwork) => void,
): VirshCommand => ({
  operands: 'network',
  run: (call) => {
    const one = networkOf(call);
    run(call, one);
    call.say(`Network ${one.name} ${done}\n`);
  },
});

export const networkCommands: Readonly<Record<string, VirshCommand>> = {
  'net-list': {
    flags: 'all inactive name uuid persistent transient autostart',
    run: ({ libvirt, flags, print, quiet }) => {
      const networks = libvirt.networks
        .list()
        .filter(({ active }) => flags.has('all') || active !== flags.has('inactive'));
      if (flags.has('name') || flags.has('uuid')) {
        const words = networks.map((each) => (flags.has('uuid') ? each.uuid : each.name));
        print(words.map((word) => `${word}\n`).join(''));
        return;
      }
      const rows = networks.map(({ name, active, autostart, persistent }) => [
        name,
        active ? 'active' : 'inactive',
        yes(autostart),
        yes(persistent),
      ]);
      print(virshTable(['Name', 'State', 'Autostart', 'Persistent'], rows, quiet));
    },
  },
  'net-info': {
    operands: 'network',
    run: (call) => {
      const { name, uuid, active, persistent, autostart, bridge } = networkOf(call);
      call.print(
        `Name:           ${name}\nUUID:           ${uuid}\nActive:         ${yes(active)}\nPersistent:     ${yes(persistent)}\nAutostart:      ${yes(autostart)}\nBridge:         ${bridge}\n`,
      );
    },
  },
  'net-dumpxml': {
    operands: 'network',
    flags: 'inactive',
    run: (call) => call.print(printTree(call.libvirt.networks.describe(networkOf(call)))),
  },
  'net-define': {
    operands: 'file',
    run: ({ libvirt, need, file, say }) => {
      const name = need('file');
      const text = file(name);
      try {
        const one = libvirt.networks.define(parseTree(text, 'network', 'network_definition'));
        say(`Network ${one.name} defined from ${name}\n`);
      } catch (error) {
        if (!(error instanceof LibvirtError)) throw error;
        throw new LibvirtError(`Failed to define network from ${name}`, ...error.lines);
      }
    },
  },
  'net-start': onNetwork('started', ({ libvirt }, one) => libvirt.networks.start(one)),
  'net-destroy': onNetwork('destroyed', ({ libvirt }, one) => libvirt.networks.destroy(one)),
  'net-undefine': onNetwork('has been undefined', ({ libvirt }, one) =>
    libvirt.networks.undefine(one),
  ),
  'net-autostart': {
    operands: 'network',
    flags: 'disable',
    run: (call) => {
      const one = networkOf(call);
      one.autostart = !call.flags.has('disable');
      call.say(`Network ${one.name} ${one.autostart ? 'marked' : 'unmarked'} as autostarted\n`);
    },
  },
};
