import { Document } from 'yaml';
import type { MachineInstall, Plan } from '../../contract/plan.ts';
import { inSubnet, netmask } from '../../contract/subnets.ts';
import type { MachineSpec } from '../engine/machine-specs.ts';
import type { IsoFile } from './iso9660.ts';
import { isoImage } from './iso9660.ts';

/** A machine with its installation. */
export type InstalledSpec = MachineSpec & { readonly install: MachineInstall };

/** cloud-init looks for a file system with this label (NoCloud); that of 14.04 in lower case only. */
const VOLUME = 'cidata';

/** Name of an interface inside the machine: by its number, so that it is the same on every host. */
const nicName = (index: number): string => `nic${index}`;

interface NicAddress {
  readonly name: string;
  readonly mac: string;
  /** With its prefix; DHCP when there is none. */
  readonly address: string | undefined;
  readonly gateway: string | undefined;
  readonly nameservers: readonly string[];
}

/** Addresses of a machine's interfaces; gateway and name servers belong to one of them. */
function nicAddresses(plan: Plan, { nics, install }: InstalledSpec): NicAddress[] {
  const { addresses, nameservers } = install;
  const onPlan = nics
    .filter(({ network }) => addresses[network] !== undefined)
    .map(({ network }) => plan.networks[network]?.gateway)
    .find((each) => each !== undefined);
  const gateway = install.gateway ?? onPlan;
  const way = nics.findIndex(({ network }) => {
    const address = addresses[network];
    return gateway !== undefined && address !== undefined && inSubnet(gateway, address);
  });
  const asks = way < 0 ? nics.findIndex(({ network }) => addresses[network] !== undefined) : way;
  return nics.map(({ network, mac }, index) => ({
    name: nicName(index),
    mac,
    address: addresses[network],
    gateway: index === way ? gateway : undefined,
    nameservers: index === asks ? nameservers : [],
  }));
}

/** Text of a document with a first line of its own; long lines stay whole. */
const text = (value: unknown, head = ''): string =>
  head + new Document(value).toString({ lineWidth: 0 });

/**
 * The user and nothing else: no package is installed, the time zone stays, and nobody logs in with a
 * password. Keys as cloud-init 0.7.5 (14.04) and later know them (modules users-groups, set-passwords).
 */
export function userData({ name, install }: InstalledSpec): string {
  return text(
    {
      hostname: name,
      // Without its own name in /etc/hosts every sudo waits for a name server.
      manage_etc_hosts: 'localhost',
      ssh_pwauth: false,
      users: [
        {
          name: install.user,
          shell: '/bin/bash',
          lock_passwd: true,
          sudo: 'ALL=(ALL) NOPASSWD:ALL',
          ssh_authorized_keys: install.authorized_keys,
        },
      ],
    },
    `#cloud-config
# Made by Labwright. ${install.user} has no password: the keys below log in, and sudo asks for nothing.
`,
  );
}

/** As ifupdown has it, by the names that 14.04 gives interfaces in the order of their slots. */
function interfaces(nics: readonly NicAddress[]): string {
  const lines = nics.flatMap(({ address, gateway, nameservers }, index) => {
    const name = `eth${index}`;
    if (address === undefined) return [`auto ${name}`, `iface ${name} inet dhcp`];
    return [
      `auto ${name}`,
      `iface ${name} inet static`,
      `    address ${address.split('/')[0]}`,
      `    netmask ${netmask(address)}`,
      ...(gateway === undefined ? [] : [`    gateway ${gateway}`]),
      ...(nameservers.length === 0 ? [] : [`    dns-nameservers ${nameservers.join(' ')}`]),
    ];
  });
  return `${lines.join('\n')}\n`;
}

/** The identity: a machine that is seen again under another is set up anew (cloud-init, instance-id). */
export function metaData(plan: Plan, spec: InstalledSpec): string {
  const identity = { 'instance-id': spec.uuid, 'local-hostname': spec.name };
  // That of 14.04 knows no network-config, but this (cloud-init 0.7.5, DataSourceNoCloud).
  return text(
    spec.install.release === 'trusty'
      ? { ...identity, 'network-interfaces': interfaces(nicAddresses(plan, spec)) }
      : identity,
  );
}

/** Version 2, each interface by its hardware address (cloud-init, network-config-format-v2). */
export function networkConfig(plan: Plan, spec: InstalledSpec): string {
  const ethernets = nicAddresses(plan, spec).map(({ name, mac, address, gateway, nameservers }) => [
    name,
    {
      match: { macaddress: mac },
      'set-name': name,
      ...(address === undefined ? { dhcp4: true } : { addresses: [address] }),
      // Not `default`, which older netplan does not know, nor gateway4, which newer warns about.
      ...(gateway === undefined ? {} : { routes: [{ to: '0.0.0.0/0', via: gateway }] }),
      ...(nameservers.length === 0 ? {} : { nameservers: { addresses: nameservers } }),
    },
  ]);
  return text({ version: 2, ethernets: Object.fromEntries(ethernets) });
}

/** The files of a seed (cloud-init, NoCloud). */
export function seedFiles(plan: Plan, spec: InstalledSpec): IsoFile[] {
  const files: [string, string][] = [
    ['user-data', userData(spec)],
    ['meta-data', metaData(plan, spec)],
  ];
  if (spec.install.release !== 'trusty') files.push(['network-config', networkConfig(plan, spec)]);
  return files.map(([name, content]) => ({ name, content: new TextEncoder().encode(content) }));
}

/** The seed as a CD. Its dates are of 1970, so that the same plan gives the same bytes. */
export function seedImage(plan: Plan, spec: InstalledSpec): Uint8Array {
  return isoImage({ volume: VOLUME, files: seedFiles(plan, spec), at: 0 });
}
