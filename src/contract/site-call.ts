import { z } from 'zod';

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
});
export type SiteMachine = z.infer<typeof SiteMachine>;

/** Security policy of a switch or portgroup; what is not said comes from the level above. */
export const SiteSecurity = z.object({
  allowPromiscuous: z.boolean().optional(),
  macChanges: z.boolean().optional(),
  forgedTransmits: z.boolean().optional(),
});

const existing = { machine: z.string(), uuid: z.string(), mark: z.string() };

/** One change at a vSphere site, as data. Machines are found by UUID and must bear our mark. */
export const SiteCall = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('create-machine'), machine: SiteMachine }),
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
  z.object({ kind: z.literal('destroy-machine'), ...existing }),
  /** Named after the run that it is called in. */
  z.object({ kind: z.literal('take-snapshot'), ...existing }),
  z.object({ kind: z.literal('revert-snapshot'), ...existing, snapshot: z.string() }),
  z.object({ kind: z.literal('remove-snapshot'), ...existing, snapshot: z.string() }),
  /** Writes our mark to a machine that nobody has marked; the only call that needs none. */
  z.object({ kind: z.literal('mark-machine'), ...existing }),
  z.object({ kind: z.literal('unmark-machine'), ...existing }),
  z.object({
    kind: z.literal('add-network'),
    /** A switch of its own without uplinks, made when it is absent. */
    switch: z.string(),
    portgroup: z.string(),
    vlan: z.number(),
    security: SiteSecurity,
  }),
  z.object({
    kind: z.literal('remove-network'),
    switch: z.string(),
    portgroup: z.string(),
    /** Whether the switch is one that we made; a named one of the site always stays. */
    ownSwitch: z.boolean(),
  }),
]);
export type SiteCall = z.infer<typeof SiteCall>;
