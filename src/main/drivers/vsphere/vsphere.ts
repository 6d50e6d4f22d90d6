import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { SiteAction } from '../../../contract/action.ts';
import { Inventory } from '../../../contract/inventory.ts';
import { type Message, message } from '../../../contract/message.ts';
import type {
  MachineFolder,
  SiteCall,
  SiteMachine,
  SiteSecurity,
} from '../../../contract/site-call.ts';
import { snapshotName } from '../../../contract/snapshot-name.ts';
import {
  type Hypervisor,
  INVENTORY_KEY,
  type InstallMedia,
  type StorageFact,
  seedName,
} from '../../engine/hypervisor.ts';
import { flatDiskLines, imageDisk } from '../../engine/image-shell.ts';
import { bootOrder, type MachineSpec, mayHaveMedia } from '../../engine/machine-specs.ts';
import { askApi } from '../../engine/probe.ts';
import { PortgroupFact } from '../../engine/probes/portgroup.ts';
import { flatName } from '../../images/vmdk-descriptor.ts';
import { govcLines } from './govc.ts';
import { markLine } from './owner-mark.ts';
import type { SecurityPolicy } from './shapes.ts';

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

/** Where what an installed machine comes from lies: in the folder that its name gives it. */
const machineFolder = (spec: MachineSpec, { name: datastore }: StorageFact): MachineFolder => ({
  datastore,
  folder: spec.name,
  seed: seedName(spec),
});

function siteMachine(
  spec: MachineSpec,
  storage: StorageFact,
  media: InstallMedia | undefined,
): SiteMachine {
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
    ...(media === undefined
      ? {}
      : {
          install: {
            ...machineFolder(spec, storage),
            disk: imageDisk(spec.name, media.image),
          },
        }),
  };
}

function putSeed(
  spec: MachineSpec,
  storage: StorageFact,
  seed: Uint8Array,
  fresh: boolean,
): SiteAction {
  const at = machineFolder(spec, storage);
  const path = `[${at.datastore}] ${at.folder}/${at.seed}`;
  return siteAction(
    spec.on,
    'write-seed',
    message('servers.machine.seed', { name: spec.name, path }),
    {
      kind: 'put-seed',
      ...at,
      fresh,
      content: Buffer.from(seed).toString('base64'),
      sha256: createHash('sha256').update(seed).digest('hex'),
    },
  );
}

function putDisk(spec: MachineSpec, storage: StorageFact, { image }: InstallMedia): SiteAction {
  const at = machineFolder(spec, storage);
  const disk = imageDisk(spec.name, image);
  const path = `[${at.datastore}] ${at.folder}/${disk}`;
  const title = message('servers.machine.disk', { name: spec.name, path });
  return siteAction(spec.on, 'put-disk', title, {
    kind: 'put-disk',
    ...at,
    disk,
    image: { url: image.url, sha256: image.sha256, size: image.size },
    bytes: (spec.disksGib[0] ?? 0) * GIBIBYTE,
  });
}

export function siteAction(target: string, id: string, title: Message, call: SiteCall): SiteAction {
  return { kind: 'site', id, title, target, call, equivalent: equivalentOf(call) };
}

/** Without what is not said: that comes from the switch. */
function said({ allowPromiscuous, macChanges, forgedTransmits }: SiteSecurity): SecurityPolicy {
  return {
    ...(allowPromiscuous === undefined ? {} : { allowPromiscuous }),
    ...(macChanges === undefined ? {} : { macChanges }),
    ...(forgedTransmits === undefined ? {} : { forgedTransmits }),
  };
}

const snapshotOf = ({ machine }: { readonly machine: string }, snapshot: string) => ({
  kind: 'snapshot' as const,
  machine,
  snapshot,
});

/** The call in lines of govc. */
function equivalentOf(call: SiteCall): string[] {
  const host = 'host' in call ? call.host : undefined;
  switch (call.kind) {
    case 'create-machine':
      return govcLines(call, host);
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
    case 'destroy-machine': {
      const { machine, beside } = call;
      const path = beside && { datastore: beside.datastore, path: beside.folder };
      return [
        ...govcLines({ kind: 'destroy-machine', machine }),
        ...(path === undefined ? [] : govcLines({ kind: 'delete-file', path })),
      ];
    }
    case 'put-seed': {
      const { datastore, folder, seed, fresh } = call;
      const path = { datastore, path: `${folder}/${seed}` };
      return [
        ...(fresh ? govcLines({ kind: 'make-directory', path: { datastore, path: folder } }) : []),
        ...govcLines({ kind: 'upload-file', path, from: seed }),
      ];
    }
    case 'put-disk': {
      const { datastore, folder, disk, image } = call;
      return [
        ...flatDiskLines(image, disk),
        ...[flatName(disk), disk].flatMap((from) =>
          govcLines({ kind: 'upload-file', path: { datastore, path: `${folder}/${from}` }, from }),
        ),
      ];
    }
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
      const { switch: name, portgroup, vlan, security, ownSwitch } = call;
      return [
        ...(ownSwitch
          ? govcLines({ kind: 'add-switch', network: { name, uplinks: [] } }, host)
          : []),
        ...govcLines(
          {
            kind: 'add-portgroup',
            network: { name: portgroup, switchName: name, vlan, security: said(security) },
          },
          host,
        ),
      ];
    }
    case 'remove-network':
      return [
        ...govcLines({ kind: 'remove-portgroup', name: call.portgroup }, host),
        ...(call.ownSwitch ? govcLines({ kind: 'remove-switch', name: call.switch }, host) : []),
      ];
    case 'portgroup-security': {
      const { portgroup: name, security } = call;
      return govcLines({ kind: 'portgroup-security', name, security: said(security) }, host);
    }
    case 'service': {
      const { service, running, policy } = call;
      return govcLines({ kind: 'service', service, running, ...(policy ? { policy } : {}) }, host);
    }
    case 'firewall':
      return govcLines({ kind: 'firewall', ruleset: call.ruleset, open: call.open }, host);
    case 'time-servers':
      return govcLines({ kind: 'time-servers', servers: call.servers }, host);
  }
}

/** The switch of a network of ours; the portgroup has the name that the plan gives it. */
const switchName = (portgroup: string) => `labwright-${portgroup}`.slice(0, 31);

/** ESXi and vCenter by their API (vim25). */
export const vsphere: Hypervisor = {
  inventory: askApi({
    key: INVENTORY_KEY,
    ask: { what: 'inventory' },
    shown: 'RetrievePropertiesEx: hosts, datastores, networks, licences, machines',
    parse: (value) => Inventory.parse(value),
  }),
  description: (uuid) =>
    askApi({
      key: `machine ${uuid}`,
      ask: { what: 'machine', uuid },
      shown: `RetrievePropertiesEx: VirtualMachine ${uuid}`,
      parse: (value) => JSON.stringify(Settings.parse(value)),
    }),
  create: (spec, _inventory, storage, media) => [
    // The seed makes the folder ours, so it comes first; the machine, which needs both, comes last.
    ...(media === undefined
      ? []
      : [putSeed(spec, storage, media.seed, true), putDisk(spec, storage, media)]),
    siteAction(spec.on, 'create-machine', message('machine.create', { name: spec.name }), {
      kind: 'create-machine',
      machine: siteMachine(spec, storage, media),
    }),
  ],
  seedPlace: (spec, storage) => {
    const { datastore, folder, seed } = machineFolder(spec, storage);
    const path = `${folder}/${seed}`;
    return {
      path: `[${datastore}] ${path}`,
      digest: askApi({
        key: `digest [${datastore}] ${path}`,
        ask: { what: 'file', datastore, path },
        shown: `GET /folder/${path}?dsName=${datastore}`,
        parse: (value) => z.object({ sha256: z.string().optional() }).parse(value),
      }),
    };
  },
  putSeed: (spec, storage, seed) => [putSeed(spec, storage, seed, false)],
  mend: (spec) => [
    siteAction(spec.on, 'change-machine', message('machine.change', { name: spec.name }), {
      kind: 'change-machine',
      ...existing(spec),
      change: { cpus: spec.cpus, memoryMebibytes: spec.memoryMib, nested: spec.nested },
      bootFirst: bootFirst(spec),
    }),
  ],
  restore: (spec, description) => {
    const was = Settings.parse(JSON.parse(description));
    return [
      siteAction(spec.on, 'restore-machine', message('machine.restore', { name: spec.name }), {
        kind: 'change-machine',
        ...existing(spec),
        change: { cpus: was.cpus, memoryMebibytes: was.memoryMib, nested: was.nested },
        bootFirst: was.network ? 'network' : 'disk',
      }),
    ];
  },
  remove: (spec, storage) => [
    siteAction(spec.on, 'remove-machine', message('machine.remove', { name: spec.name }), {
      kind: 'destroy-machine',
      ...existing(spec),
      ...(mayHaveMedia(spec) ? { beside: machineFolder(spec, storage) } : {}),
    }),
  ],
  createNetwork: (on, portgroup, _lab, details) => [
    siteAction(on, 'create-network', message('network.create', { bridge: portgroup }), {
      kind: 'add-network',
      switch: details?.switch ?? switchName(portgroup),
      ownSwitch: details?.ownSwitch ?? true,
      portgroup,
      vlan: details?.vlan ?? 0,
      // Said, not inherited: machines of ours keep their addresses, so nothing more is needed (D21).
      security: { allowPromiscuous: false, macChanges: false, forgedTransmits: false },
    }),
  ],
  removeNetwork: (on, portgroup, details) => [
    siteAction(on, 'remove-network', message('network.remove', { bridge: portgroup }), {
      kind: 'remove-network',
      switch: details?.switch ?? switchName(portgroup),
      portgroup,
      ownSwitch: details?.ownSwitch ?? true,
    }),
  ],
  portgroups: {
    state: (portgroup, vswitch) =>
      askApi({
        key: `portgroup ${portgroup} ${vswitch}`,
        ask: { what: 'portgroup', portgroup, switch: vswitch },
        shown: `RetrievePropertiesEx: HostNetworkSystem networkInfo (${portgroup}, ${vswitch})`,
        parse: (value) => PortgroupFact.parse(value),
      }),
    open: (on, portgroup) => [
      siteAction(on, 'open-portgroup', message('portgroup.policy', { portgroup }), {
        kind: 'portgroup-security',
        portgroup,
        security: { allowPromiscuous: true, macChanges: true, forgedTransmits: true },
      }),
    ],
    restore: (on, portgroup, { portgroup: then }) => {
      if (then === undefined) return [];
      const title = message('portgroup.policy-undo', { portgroup });
      const { promiscuous, macChanges, forgedTransmits } = then.policy;
      const whole = { allowPromiscuous: promiscuous, macChanges, forgedTransmits };
      const security = then.security ?? whole;
      const call = { kind: 'portgroup-security' as const, portgroup, security };
      return [siteAction(on, 'close-portgroup', title, call)];
    },
  },
  power: (spec, to) => [
    siteAction(spec.on, `power-${to}`, message(`machine.power-${to}`, { name: spec.name }), {
      kind: 'power',
      ...existing(spec),
      to,
    }),
  ],
  // Every disk that we make, and nearly every other, can have one.
  snapshotTrouble: () => undefined,
  takeSnapshot: (spec) => [
    siteAction(spec.on, 'take-snapshot', message('snapshot.take', { name: spec.name }), {
      kind: 'take-snapshot',
      ...existing(spec),
    }),
  ],
  revertToSnapshot: (spec, run) => [
    siteAction(spec.on, 'revert-snapshot', message('snapshot.revert', { name: spec.name }), {
      kind: 'revert-snapshot',
      ...existing(spec),
      snapshot: snapshotName(run),
    }),
  ],
  removeSnapshot: (spec, run) => [
    siteAction(spec.on, 'remove-snapshot', message('snapshot.remove', { name: spec.name }), {
      kind: 'remove-snapshot',
      ...existing(spec),
      snapshot: snapshotName(run),
    }),
  ],
  diskSizes: (uuid) =>
    askApi({
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
    siteAction(spec.on, 'mark-machine', message('adopt.mark', { name: spec.name }), {
      kind: 'mark-machine',
      ...existing(spec),
    }),
  ],
  unmark: (spec) => [
    siteAction(spec.on, 'unmark-machine', message('adopt.unmark', { name: spec.name }), {
      kind: 'unmark-machine',
      ...existing(spec),
    }),
  ],
};
