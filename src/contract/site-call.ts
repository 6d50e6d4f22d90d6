import { z } from 'zod';
import { ImageRef } from './image-ref.ts';

/** A folder of a machine on a datastore. It is ours when it holds the machine's seed. */
const MachineFolder = z.object({
  datastore: z.string(),
  folder: z.string(),
  /** Name of the seed: by it the folder is known as ours. */
  seed: z.string(),
});
export type MachineFolder = z.infer<typeof MachineFolder>;

/** A vSphere machine as it shall be made; the same every time the plan is read. */
export const SiteMachine = z.object({
  name: z.string(),
  /** Its instance UUID and its BIOS UUID: MAAS finds it by this. */
  uuid: z.string(),
  /** A line of its annotation that says whose it is. */
  mark: z.string(),
  note: z.string(),
  cpus: z.number(),
  memoryMebibytes: z.number(),
  disksBytes: z.array(z.number()).min(1),
  datastore: z.string(),
  nics: z.array(
    z.object({
      mac: z.string(),
      network: z.string(),
      adapter: z.enum(['e1000', 'e1000e', 'vmxnet3']),
    }),
  ),
  nested: z.boolean(),
  bootFirst: z.enum(['network', 'disk']),
  firmware: z.enum(['bios', 'efi']),
  /** For one that is installed: its folder, which is there, and the disk in it that it starts from. */
  install: z.object({ ...MachineFolder.shape, disk: z.string() }).optional(),
});
export type SiteMachine = z.infer<typeof SiteMachine>;

/** Security policy of a switch or portgroup; what is not said comes from the level above. */
export const SiteSecurity = z.object({
  allowPromiscuous: z.boolean().optional(),
  macChanges: z.boolean().optional(),
  forgedTransmits: z.boolean().optional(),
});
export type SiteSecurity = z.infer<typeof SiteSecurity>;

/** The host of a vCenter on which it is done; the only one, or the first by name, when left out. */
const place = { host: z.string().optional() };

const existing = { machine: z.string(), uuid: z.string(), mark: z.string() };

/** One change at a vSphere site, as data. Machines are found by UUID and must bear our mark. */
export const SiteCall = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('create-machine'), ...place, machine: SiteMachine }),
  z.object({
    kind: z.literal('change-machine'),
    ...existing,
    change: z.object({
      cpus: z.number().optional(),
      memoryMebibytes: z.number().optional(),
      nested: z.boolean().optional(),
    }),
    bootFirst: z.enum(['network', 'disk']).optional(),
  }),
  z.object({ kind: z.literal('power'), ...existing, to: z.enum(['on', 'off', 'reset']) }),
  z.object({
    kind: z.literal('destroy-machine'),
    ...existing,
    /** What we put beside the machine's own files, also when the machine was never made. */
    beside: MachineFolder.optional(),
  }),
  z.object({
    kind: z.literal('put-seed'),
    ...MachineFolder.shape,
    /** Whether the folder may have to be made: the machine is not there yet. */
    fresh: z.boolean(),
    /** Base64. */
    content: z.string(),
    sha256: z.string(),
  }),
  z.object({
    kind: z.literal('put-disk'),
    ...MachineFolder.shape,
    disk: z.string(),
    image: ImageRef,
    /** As large as the disk shall be; the image is the beginning of it. */
    bytes: z.number(),
  }),
  /** Named after the run that it is called in. */
  z.object({ kind: z.literal('take-snapshot'), ...existing }),
  z.object({ kind: z.literal('revert-snapshot'), ...existing, snapshot: z.string() }),
  z.object({ kind: z.literal('remove-snapshot'), ...existing, snapshot: z.string() }),
  /** Writes our mark to a machine that nobody has marked; the only call that needs none. */
  z.object({ kind: z.literal('mark-machine'), ...existing }),
  z.object({ kind: z.literal('unmark-machine'), ...existing }),
  z.object({
    kind: z.literal('add-network'),
    ...place,
    switch: z.string(),
    /** Whether the switch is ours: then it is made, without uplinks, when it is absent. */
    ownSwitch: z.boolean().default(true),
    portgroup: z.string(),
    vlan: z.number(),
    security: SiteSecurity,
  }),
  z.object({
    kind: z.literal('remove-network'),
    ...place,
    switch: z.string(),
    portgroup: z.string(),
    /** Whether the switch is one that we made; a named one of the site always stays. */
    ownSwitch: z.boolean(),
  }),
  z.object({
    kind: z.literal('portgroup-security'),
    ...place,
    portgroup: z.string(),
    /** All that the portgroup sets itself from then on. */
    security: SiteSecurity,
  }),
  z.object({
    kind: z.literal('service'),
    ...place,
    service: z.enum(['TSM-SSH', 'ntpd']),
    running: z.boolean(),
    policy: z.enum(['on', 'off', 'automatic']).optional(),
  }),
  z.object({
    kind: z.literal('firewall'),
    ...place,
    ruleset: z.enum(['ntpClient']),
    open: z.boolean(),
  }),
  z.object({ kind: z.literal('time-servers'), ...place, servers: z.array(z.string()) }),
]);
export type SiteCall = z.infer<typeof SiteCall>;
