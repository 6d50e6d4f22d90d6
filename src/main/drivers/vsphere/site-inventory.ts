import type { HostService, Inventory, Machine, SiteHost } from '../../../contract/inventory.ts';
import { runOfSnapshot } from '../../../contract/snapshot-name.ts';
import { listDatastores } from './datastores.ts';
import { type HostFacts, listHosts, type ServiceFacts } from './hosts.ts';
import { readLicences } from './licences.ts';
import { describeMachines, listMachines, type MachineFacts } from './machines.ts';
import { distributedPortgroups, listNetworks } from './networks.ts';
import { ownerOf } from './owner-mark.ts';
import { chosenHost, findPlace } from './place.ts';
import type { CallOptions, Session } from './session.ts';
import { readSiteIdentity } from './site-identity.ts';
import type { MoRef } from './vim-value.ts';

/**
 * Editions of the free vSphere Hypervisor, whose API only reads: `esxBasic` up to 6.x, then
 * `esx.hypervisor.…` (not verified on a real one; the fault of a write is the sure test).
 */
const isFree = (edition: string) => edition === 'esxBasic' || edition.startsWith('esx.hypervisor');
const MEBIBYTE = 1024 ** 2;

/**
 * Everything the guide wants of a site, in its words. Reads only. Of a vCenter, room and networks are
 * those of the host on which machines are made: the one named, or the first by name.
 */
export async function siteInventory(
  session: Session,
  hostName?: string,
  options: CallOptions = {},
): Promise<Inventory> {
  const all = await listHosts(session, options);
  const chosen = chosenHost(all, hostName);
  const hosts = chosen === undefined ? [] : [chosen];
  const [everywhere, networks, licences, portgroups] = await Promise.all([
    listDatastores(session, options),
    listNetworks(session, hosts, options),
    readLicences(session, options),
    distributedPortgroups(session, all, options),
  ]);
  const here = new Set(chosen?.networks.map(({ value }) => value));
  const distributed = portgroups.filter(({ ref }) => here.has(ref.value)).map(({ name }) => name);
  const named = new Map(portgroups.map(({ key, name }) => [key, name]));
  const reached = new Set(chosen?.datastores);
  const datastores = everywhere.filter(({ ref }) => reached.size === 0 || reached.has(ref.value));
  const { kind } = session.identity;
  // Where in a vCenter's tree the host is; a standalone one has no tree.
  const place =
    chosen === undefined || kind === 'esxi'
      ? undefined
      : await findPlace(session, chosen.name, options, all);
  const refs: MoRef[] = [];
  for await (const rows of listMachines(session, options)) refs.push(...rows.map(({ ref }) => ref));
  const machines: Machine[] = [];
  for await (const page of describeMachines(session, refs, options))
    machines.push(...page.map((found) => toMachine(found, named)));
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
    networks: [
      ...networks.flatMap(({ portgroups, switches }) =>
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
      ...distributed.map((name) => ({
        name,
        kind: 'portgroup' as const,
        dhcp: false,
        ports: [],
        forwardDelaySeconds: 0,
      })),
    ],
    machines,
    unreadable: [],
    maintenance: hosts.length > 0 && hosts.every(({ inMaintenance }) => inMaintenance),
    ...(licence === undefined
      ? {}
      : {
          licence: {
            name: licence.name,
            edition: licence.edition,
            writes: licences.editions.some(({ edition }) => !isFree(edition)),
            ...(licences.evaluationHoursLeft === undefined
              ? {}
              : { hoursLeft: licences.evaluationHoursLeft }),
          },
        }),
    site: {
      kind,
      hosts: all.map(toHost),
      ...(chosen === undefined ? {} : { place: chosen.name }),
      ...(place === undefined ? {} : { datacenter: place.datacenterPath }),
      distributed,
    },
  };
}

const POLICIES = new Set<string>(['on', 'off', 'automatic']);

function toService(found: ServiceFacts | undefined): HostService | undefined {
  if (found === undefined || !POLICIES.has(found.policy)) return undefined;
  return { running: found.running, policy: found.policy as HostService['policy'] };
}

function toHost(host: HostFacts): SiteHost {
  const ssh = toService(host.services.get('TSM-SSH'));
  const ntp = toService(host.services.get('ntpd'));
  return {
    name: host.name,
    uuid: host.uuid ?? '',
    version: host.version ?? '',
    build: host.build ?? '',
    maintenance: host.inMaintenance,
    ...(ssh === undefined ? {} : { ssh }),
    ...(ntp === undefined ? {} : { ntp }),
    ntpServers: [...(host.ntpServers ?? [])],
  };
}

const POWER = { poweredOn: 'on', poweredOff: 'off', suspended: 'paused' } as const;

/** Cards on a distributed portgroup name it by its key. */
function toMachine(found: MachineFacts, named: ReadonlyMap<string, string>): Machine {
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
      network: named.get(network ?? '') ?? network ?? '',
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
