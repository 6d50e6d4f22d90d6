import type { DomainSnapshot } from '../libvirt/domain-snapshots.ts';
import type { VirshCall, VirshCommand } from './virsh-command.ts';
import { virshTable } from './virsh-table.ts';

const domainOf = ({ libvirt, need }: VirshCall) => libvirt.domains.get(need('domain'));

const named = (call: VirshCall): DomainSnapshot =>
  domainOf(call).snapshots.get(call.need('snapshotname'));

/** virsh-snapshot.c calls it `shutoff`, where a domain is `shut off`. */
const word = ({ state }: DomainSnapshot) => (state === 'shut off' ? 'shutoff' : state);

const onSnapshot = (
  done: string,
  run: (call: VirshCall, snapshot: DomainSnapshot) => void,
  flags = '',
): VirshCommand => ({
  operands: 'domain snapshotname',
  flags,
  run: (call) => {
    const snapshot = named(call);
    run(call, snapshot);
    call.say(`Domain snapshot ${snapshot.name} ${done}\n`);
  },
});

export const snapshotCommands: Readonly<Record<string, VirshCommand>> = {
  'snapshot-create-as': {
    operands: 'domain name description?',
    flags: 'atomic',
    run: (call) => {
      const name = call.need('name');
      domainOf(call).snapshots.create(name, call.io.machine.now());
      // Its line is ended by the empty one that follows every command.
      call.say(`Domain snapshot ${name} created`);
    },
  },
  'snapshot-list': {
    operands: 'domain',
    flags: 'name',
    run: (call) => {
      const list = domainOf(call).snapshots.list();
      if (call.flags.has('name')) {
        call.print(list.map(({ name }) => `${name}\n`).join(''));
        return;
      }
      const time = (at: number) =>
        `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} +0000`;
      const rows = list.map((each) => [each.name, time(each.at), word(each)]);
      call.print(virshTable(['Name', 'Creation Time', 'State'], rows, call.quiet));
    },
  },
  'snapshot-info': {
    operands: 'domain',
    valued: 'snapshotname',
    run: (call) => {
      const { snapshots, name: domain } = domainOf(call);
      const snapshot = named(call);
      const { name, parent } = snapshot;
      const below = (above: string): DomainSnapshot[] =>
        snapshots
          .list()
          .filter((each) => each.parent === above)
          .flatMap((each) => [each, ...below(each.name)]);
      const all = below(name);
      const rows = [
        ['Name', name],
        ['Domain', domain],
        ['Current', snapshots.isCurrent(snapshot) ? 'yes' : 'no'],
        ['State', word(snapshot)],
        ['Location', 'internal'],
        ['Parent', parent ?? '-'],
        ['Children', all.filter((each) => each.parent === name).length],
        ['Descendants', all.length],
        ['Metadata', 'yes'],
      ];
      call.print(rows.map(([key, value]) => `${`${key}:`.padEnd(15)} ${value}\n`).join(''));
    },
  },
  'snapshot-revert': onSnapshot(
    'reverted',
    (call, snapshot) => domainOf(call).snapshots.revert(snapshot, call.libvirt.domains),
    'force',
  ),
  'snapshot-delete': onSnapshot('deleted', (call, snapshot) =>
    domainOf(call).snapshots.delete(snapshot),
  ),
};
