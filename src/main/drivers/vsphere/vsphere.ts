import { z } from 'zod';
import type { SiteAction } from '../../../contract/action.ts';
import { Inventory } from '../../../contract/inventory.ts';
import { type Message, message } from '../../../contract/message.ts';
import type { SiteCall, SiteMachine } from '../../../contract/site-call.ts';
import { snapshotName } from '../../../contract/snapshot-name.ts';
import { type Hypervisor, INVENTORY_KEY, type StorageFact } from '../../engine/hypervisor.ts';
import { bootOrder, type MachineSpec } from '../../engine/machine-specs.ts';
import { askSite } from '../../engine/probe.ts';
import { govcLines } from './govc.ts';
import { markLine } from './owner-mark.ts';

const GIBIBYTE = 1024 ** 3;

/** What can be changed of a machine that is off, as it was. */
const Settings = z.object({
  cpus: z.number(),
  memoryMib: z.number(),
  nested: z.boolean(),
  network: z.boolean(),
});

const bootFirst = (spec: MachineSpec) => (bootOrder(spec)[0] === 'network' ? 'network' : 'disk');

const existing = ({ name, uuid, mark }: MachineSpec) => ({
  machine: name,
  uuid,
  mark: markLine(mark),
});

function siteMachine(spec: MachineSpec, storage: StorageFact): SiteMachine {
  return {
    name: spec.name,
    uuid: spec.uuid,
    mark: markLine(spec.mark),
    note: '',
    cpus: spec.cpus,
    memoryMebibytes: spec.memoryMib,
    disksBytes: spec.disksGib.map((gib) => gib * GIBIBYTE),
    datastore: storage.name,
    nics: spec.nics.map(({ mac, bridge }) => ({ mac, network: bridge, adapter: 'vmxnet3' })),
    nested: spec.nested,
    bootFirst: bootFirst(spec),
    firmware: spec.firmware,
  };
}

function action(target: string, id: string, title: Message, call: SiteCall): SiteAction {
  return { kind: 'site', id, title, target, call, equivalent: equivalentOf(call) };
}

const snapshotOf = ({ machine }: { readonly machine: string }, snapshot: string) => ({
  kind: 'snapshot' as const,
  machine,
  snapshot,
});

/** The call in lines of govc. */
function equivalentOf(call: SiteCall): string[] {
  switch (call.kind) {
    case 'create-machine':
      return govcLines(call);
    case 'change-machine': {
      const { machine, change, bootFirst } = call;
      const { cpus, memoryMebibytes, nested } = change;
      const wanted = {
        ...(cpus === undefined ? {} : { cpus }),
        ...(memoryMebibytes === undefined ? {} : { memoryMebibytes }),
        ...(nested === undefined ? {} : { nested }),
      };
      return [
        ...govcLines({ kind: 'change-machine', machine, change: wanted }),
        ...(bootFirst ? govcLines({ kind: 'boot-first', machine, first: bootFirst }) : []),
      ];
    }
    case 'power':
      return govcLines({ kind: 'power', machine: call.machine, to: call.to });
    case 'destroy-machine':
      return govcLines({ kind: 'destroy-machine', machine: call.machine });
    case 'take-snapshot':
      return govcLines({ ...snapshotOf(call, snapshotName('RUN')), do: 'create' });
    case 'revert-snapshot':
      return govcLines({ ...snapshotOf(call, call.snapshot), do: 'revert' });
    case 'remove-snapshot':
      return govcLines({ ...snapshotOf(call, call.snapshot), do: 'remove' });
    // `govc vm.change -annotation` replaces all of it, which is not what is done.
    case 'mark-machine':
    case 'unmark-machine':
      return [];
    case 'add-network': {
      const { switch: name, portgroup, vlan, security } = call;
      const { allowPromiscuous, macChanges, forgedTransmits } = security;
      const said = {
        ...(allowPromiscuous === undefined ? {} : { allowPromiscuous }),
        ...(macChanges === undefined ? {} : { macChanges }),
        ...(forgedTransmits === undefined ? {} : { forgedTransmits }),
      };
      return [
        ...govcLines({ kind: 'add-switch', network: { name, uplinks: [] } }),
        ...govcLines({
          kind: 'add-portgroup',
          network: { name: portgroup, switchName: name, vlan, security: said },
        }),
      ];
    }
    case 'remove-network':
      return [
        ...govcLines({ kind: 'remove-portgroup', name: call.portgroup }),
        ...(call.ownSwitch ? govcLines({ kind: 'remove-switch', name: call.switch }) : []),
      ];
  }
}

/** The switch of a network of ours; the portgroup has the name that the plan gives it. */
const switchName = (portgroup: string) => `labwright-${portgroup}`.slice(0, 31);

/** ESXi and vCenter by their API (vim25). */
export const vsphere: Hypervisor = {
  inventory: askSite({
    key: INVENTORY_KEY,
    ask: { what: 'inventory' },
    shown: 'RetrievePropertiesEx: hosts, datastores, networks, licences, machines',
    parse: (value) => Inventory.parse(value),
  }),
  description: (uuid) =>
    askSite({
      key: `machine ${uuid}`,
      ask: { what: 'machine', uuid },
      shown: `RetrievePropertiesEx: VirtualMachine ${uuid}`,
      parse: (value) => JSON.stringify(Settings.parse(value)),
    }),
  create: (spec, _inventory, storage) => [
    action(spec.on, 'create-machine', message('machine.create', { name: spec.name }), {
      kind: 'create-machine',
      machine: siteMachine(spec, storage),
    }),
  ],
  mend: (spec) => [
    action(spec.on, 'change-machine', message('machine.change', { name: spec.name }), {
      kind: 'change-machine',
      ...existing(spec),
      change: { cpus: spec.cpus, memoryMebibytes: spec.memoryMib, nested: spec.nested },
      bootFirst: bootFirst(spec),
    }),
  ],
  restore: (spec, description) => {
    const was = Settings.parse(JSON.parse(description));
    return [
      action(spec.on, 'restore-machine', message('machine.restore', { name: spec.name }), {
        kind: 'change-machine',
        ...existing(spec),
        change: { cpus: was.cpus, memoryMebibytes: was.memoryMib, nested: was.nested },
        bootFirst: was.network ? 'network' : 'disk',
      }),
    ];
  },
  remove: (spec) => [
    action(spec.on, 'remove-machine', message('machine.remove', { name: spec.name }), {
      kind: 'destroy-machine',
      ...existing(spec),
    }),
  ],
  createNetwork: (on, portgroup, _lab, details) => [
    action(on, 'create-network', message('network.create', { bridge: portgroup }), {
      kind: 'add-network',
      switch: details?.switch ?? switchName(portgroup),
      portgroup,
      vlan: details?.vlan ?? 0,
      // Said, not inherited: machines of ours keep their addresses, so nothing more is needed (D21).
      security: { allowPromiscuous: false, macChanges: false, forgedTransmits: false },
    }),
  ],
  removeNetwork: (on, portgroup, details) => [
    action(on, 'remove-network', message('network.remove', { bridge: portgroup }), {
      kind: 'remove-network',
      switch: details?.switch ?? switchName(portgroup),
      portgroup,
      ownSwitch: details?.ownSwitch ?? true,
    }),
  ],
  power: (spec, to) => [
    action(spec.on, `power-${to}`, message(`machine.power-${to}`, { name: spec.name }), {
      kind: 'power',
      ...existing(spec),
      to,
    }),
  ],
  // Every disk that we make, and nearly every other, can have one.
  snapshotTrouble: () => undefined,
  takeSnapshot: (spec) => [
    action(spec.on, 'take-snapshot', message('snapshot.take', { name: spec.name }), {
      kind: 'take-snapshot',
      ...existing(spec),
    }),
  ],
  revertToSnapshot: (spec, run) => [
    action(spec.on, 'revert-snapshot', message('snapshot.revert', { name: spec.name }), {
      kind: 'revert-snapshot',
      ...existing(spec),
      snapshot: snapshotName(run),
    }),
  ],
  removeSnapshot: (spec, run) => [
    action(spec.on, 'remove-snapshot', message('snapshot.remove', { name: spec.name }), {
      kind: 'remove-snapshot',
      ...existing(spec),
      snapshot: snapshotName(run),
    }),
  ],
  diskSizes: (uuid) =>
    askSite({
      key: `disk sizes ${uuid}`,
      ask: { what: 'disks', uuid },
      shown: `RetrievePropertiesEx: VirtualMachine ${uuid}, config.hardware.device`,
      parse: (value) =>
        z
          .array(z.number())
          .parse(value)
          .map((bytes) => Math.max(1, Math.ceil(bytes / GIBIBYTE))),
    }),
  mark: (spec) => [
    action(spec.on, 'mark-machine', message('adopt.mark', { name: spec.name }), {
      kind: 'mark-machine',
      ...existing(spec),
    }),
  ],
  unmark: (spec) => [
    action(spec.on, 'unmark-machine', message('adopt.unmark', { name: spec.name }), {
      kind: 'unmark-machine',
      ...existing(spec),
    }),
  ],
};
