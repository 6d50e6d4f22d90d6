import type { Inventory, Machine } from '../../../contract/inventory.ts';
import { runOfSnapshot } from '../../../contract/snapshot-name.ts';
import { listDatastores } from './datastores.ts';
import { listHosts } from './hosts.ts';
import { readLicences } from './licences.ts';
import { describeMachines, listMachines, type MachineFacts } from './machines.ts';
import { listNetworks } from './networks.ts';
import { ownerOf } from './owner-mark.ts';
import type { CallOptions, Session } from './session.ts';
import { readSiteIdentity } from './site-identity.ts';
import type { MoRef } from './vim-value.ts';

/** Edition of the free vSphere Hypervisor, whose API only reads (not verified on a real one). */
const FREE_EDITION = 'esxBasic';
const MEBIBYTE = 1024 ** 2;

/** Everything the guide wants of a site, in its words. Reads only. */
export async function siteInventory(
  session: Session,
  options: CallOptions = {},
): Promise<Inventory> {
  const hosts = await listHosts(session, options);
  const [datastores, networks, licences] = await Promise.all([
    listDatastores(session, options),
    listNetworks(session, hosts, options),
    readLicences(session, options),
  ]);
  const refs: MoRef[] = [];
  for await (const rows of listMachines(session, options)) refs.push(...rows.map(({ ref }) => ref));
  const machines: Machine[] = [];
  for await (const page of describeMachines(session, refs, options))
    machines.push(...page.map(toMachine));
  const { fullName, version, build } = session.identity;
  const sum = (of: (host: (typeof hosts)[number]) => number) =>
    hosts.reduce((total, host) => total + of(host), 0);
  const [licence] = licences.editions;
  return {
    identity: await readSiteIdentity(session, options),
    product: fullName,
    version: `${version} build-${build}`,
    accelerated: true,
    // A host that does not say is asked by trying: nested guests tell themselves.
    nested: hosts.every(({ nestedSupported }) => nestedSupported !== false),
    cpus: sum(({ cpuThreads }) => cpuThreads),
    memoryMib: Math.floor(sum(({ memoryBytes }) => memoryBytes) / MEBIBYTE),
    storages: datastores.map(({ name, accessible, capacityBytes, freeBytes }) => ({
      name,
      path: `[${name}]`,
      active: accessible,
      capacityBytes,
      availableBytes: freeBytes,
    })),
    networks: networks.flatMap(({ portgroups, switches }) =>
      portgroups.map(({ name, switchName, vlan, security }) => ({
        name,
        kind: 'portgroup' as const,
        dhcp: false,
        ports: [...(switches.find((each) => each.name === switchName)?.uplinks ?? [])],
        // A standard switch takes no part in spanning tree; the physical one does.
        forwardDelaySeconds: 0,
        switch: switchName,
        vlan,
        security: { ...security },
      })),
    ),
    machines,
    unreadable: [],
    maintenance: hosts.length > 0 && hosts.every(({ inMaintenance }) => inMaintenance),
    ...(licence === undefined
      ? {}
      : {
          licence: {
            name: licence.name,
            writes: licences.editions.some(({ edition }) => edition !== FREE_EDITION),
            ...(licences.evaluationHoursLeft === undefined
              ? {}
              : { hoursLeft: licences.evaluationHoursLeft }),
          },
        }),
  };
}

const POWER = { poweredOn: 'on', poweredOff: 'off', suspended: 'paused' } as const;

function toMachine(found: MachineFacts): Machine {
  const owner = ownerOf(found.annotation);
  const snapshots = found.snapshots.flatMap(({ name }) => runOfSnapshot(name) ?? []);
  return {
    name: found.name,
    uuid: found.instanceUuid ?? found.uuid ?? '',
    ...(owner === undefined ? {} : { owner }),
    power: POWER[found.power],
    cpus: found.cpus ?? 0,
    memoryMib: found.memoryMebibytes ?? 0,
    firmware: found.firmware === 'efi' ? 'efi' : 'bios',
    nested: found.nested ?? false,
    boot: found.bootOrder.map(({ kind }) => (kind === 'floppy' ? 'other' : kind)),
    nics: found.nics.map(({ mac, network, adapter }) => ({
      mac,
      network: network ?? '',
      model: adapter,
    })),
    disks: found.disks.map(({ file }) => ({
      path: file ?? '',
      bus: 'scsi',
      serial: found.diskUuid,
    })),
    ...(snapshots.length === 0 ? {} : { snapshots }),
  };
}
