import { z } from 'zod';
import { SiteSecurity } from './site-call.ts';

/** Written into everything we create on a hypervisor, in the call that creates it. */
export const OwnerMark = z.object({ lab: z.string(), machine: z.string() });
export type OwnerMark = z.infer<typeof OwnerMark>;

export const BootDevice = z.enum(['network', 'disk', 'cdrom', 'other']);
export type BootDevice = z.infer<typeof BootDevice>;

export const MachineNic = z.object({
  /** Lower case, with colons; empty where the hypervisor has not given it one yet. */
  mac: z.string(),
  /** Bridge or portgroup. */
  network: z.string(),
  model: z.string(),
});
export type MachineNic = z.infer<typeof MachineNic>;

export const MachineDisk = z.object({
  /** Path or `[datastore] path`; empty for an empty drive. */
  path: z.string(),
  bus: z.string(),
  /** Whether the guest sees an identifier that stays (serial, WWN, disk UUID). */
  serial: z.boolean(),
  /** libvirt: what the file is, `qcow2` or `raw`. */
  format: z.string().optional(),
});
export type MachineDisk = z.infer<typeof MachineDisk>;

/** A machine as its hypervisor describes it, whoever made it. */
export const Machine = z.object({
  name: z.string(),
  /** libvirt's UUID, VMware's instance UUID: what MAAS's power drivers take. */
  uuid: z.string(),
  owner: OwnerMark.optional(),
  power: z.enum(['on', 'off', 'paused', 'unknown']),
  cpus: z.number(),
  memoryMib: z.number(),
  firmware: z.enum(['bios', 'efi']),
  /** Whether its guests may use hardware virtualization. */
  nested: z.boolean(),
  /** What the firmware tries, in order. */
  boot: z.array(BootDevice),
  /** In the order in which the guest sees them. */
  nics: z.array(MachineNic),
  disks: z.array(MachineDisk),
  /** Runs of ours, by id, that took a snapshot which is still there; absent where there is none. */
  snapshots: z.array(z.string()).optional(),
});
export type Machine = z.infer<typeof Machine>;

export const HypervisorStorage = z.object({
  name: z.string(),
  path: z.string(),
  active: z.boolean(),
  capacityBytes: z.number(),
  availableBytes: z.number(),
});

export const HypervisorNetwork = z.object({
  name: z.string(),
  kind: z.enum(['bridge', 'portgroup']),
  /** Our mark, where the hypervisor keeps one with a network (libvirt); VMware has no place for it. */
  owner: OwnerMark.optional(),
  /** Whether the hypervisor itself gives addresses on it. */
  dhcp: z.boolean(),
  /** Members of a bridge, uplinks of a portgroup's switch. */
  ports: z.array(z.string()),
  /** Whether it delays a port after link-up (spanning tree), seconds; 0 when it does not. */
  forwardDelaySeconds: z.number(),
  /** Of a portgroup: its switch, its VLAN (0: untagged), and what it lets through. */
  switch: z.string().optional(),
  vlan: z.number().optional(),
  security: SiteSecurity.optional(),
});
export type HypervisorNetwork = z.infer<typeof HypervisorNetwork>;

/** A service of an ESXi host: whether it runs, and whether it starts with the host. */
export const HostService = z.object({
  running: z.boolean(),
  policy: z.enum(['on', 'off', 'automatic']),
});
export type HostService = z.infer<typeof HostService>;

/** One ESXi host behind a site. */
export const SiteHost = z.object({
  name: z.string(),
  /** UUID of its hardware (SMBIOS): the same by whichever way it is asked. */
  uuid: z.string(),
  version: z.string(),
  build: z.string(),
  maintenance: z.boolean(),
  /** TSM-SSH; absent when the host does not list its services. */
  ssh: HostService.optional(),
  /** ntpd, and the servers that it is told to ask. */
  ntp: HostService.optional(),
  ntpServers: z.array(z.string()),
});
export type SiteHost = z.infer<typeof SiteHost>;

/** What answers at a site, and where machines and networks of the plan are made. */
export const SiteFacts = z.object({
  kind: z.enum(['esxi', 'vcenter']),
  hosts: z.array(SiteHost),
  /** Name of the host; absent when the plan names one that the site does not have. */
  place: z.string().optional(),
  datacenter: z.string().optional(),
  /** Portgroups of distributed switches: used as they are, never made or changed. */
  distributed: z.array(z.string()),
});
export type SiteFacts = z.infer<typeof SiteFacts>;

/** What one hypervisor has, in the guide's words, whichever driver asked. */
export const Inventory = z.object({
  /** What tells this site from every other; hosts are told apart by their machine-id. */
  identity: z.string().default(''),
  product: z.string(),
  version: z.string(),
  /** Whether guests run on the processor itself; without it they are emulated, ten times slower. */
  accelerated: z.boolean(),
  /** Whether guests may in turn run guests. */
  nested: z.boolean(),
  /** VMware: the newest virtual hardware that the host makes; only the host itself knows. */
  hardwareVersion: z.number().optional(),
  cpus: z.number(),
  memoryMib: z.number(),
  storages: z.array(HypervisorStorage),
  networks: z.array(HypervisorNetwork),
  machines: z.array(Machine),
  /** Machines whose description could not be read; they are listed and never touched. */
  unreadable: z.array(z.string()),
  /** Whether every host is in maintenance mode, in which it makes and starts no machine. */
  maintenance: z.boolean().optional(),
  /** Where there is one: whether it lets the API write, and what is left of an evaluation. */
  licence: z
    .object({
      name: z.string(),
      /** `eval`, `esxBasic`, …; what the site calls it. */
      edition: z.string().optional(),
      writes: z.boolean(),
      hoursLeft: z.number().optional(),
    })
    .optional(),
  /** Of a site. */
  site: SiteFacts.optional(),
});
export type Inventory = z.infer<typeof Inventory>;
