import { z } from 'zod';

/** How MAAS drives a machine's power. Values that are secret are named, and fetched when they are sent. */
export const MaasPowerForm = z.object({
  /** `virsh`, `vmware`, `ipmi`, `manual` …; empty where MAAS 1.7 shall not switch it. */
  type: z.string(),
  /** Without the prefix of the form: `power_address`, `power_id` … */
  parameters: z.record(z.string(), z.string()),
  secrets: z.record(z.string(), z.string()).default({}),
});
export type MaasPowerForm = z.infer<typeof MaasPowerForm>;

/** A machine is found by these addresses, whatever MAAS calls it; any other is not touched. */
const ours = { macs: z.array(z.string()).min(1), hostname: z.string() };

/** One change in MAAS, as data. Repeating one that was cut off changes nothing more. */
export const MaasCall = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('set-setting'), name: z.string(), value: z.string() }),
  z.object({ kind: z.literal('add-ssh-key'), key: z.string() }),
  z.object({ kind: z.literal('remove-ssh-key'), key: z.string() }),
  /** Of the first source; MAAS works well with one only. Made when there is none. */
  z.object({ kind: z.literal('set-source'), url: z.string(), keyring: z.string() }),
  z.object({
    kind: z.literal('select-images'),
    os: z.string(),
    release: z.string(),
    arches: z.array(z.string()),
  }),
  z.object({ kind: z.literal('deselect-images'), os: z.string(), release: z.string() }),
  z.object({ kind: z.literal('import-images') }),
  /** Found by its address, so that ids of MAAS stay out of what a person is shown. */
  z.object({
    kind: z.literal('add-range'),
    cidr: z.string(),
    what: z.enum(['dynamic', 'static', 'reserved']),
    from: z.string(),
    to: z.string(),
    comment: z.string(),
  }),
  z.object({
    kind: z.literal('remove-range'),
    cidr: z.string(),
    from: z.string(),
    to: z.string(),
  }),
  z.object({
    kind: z.literal('change-network'),
    cidr: z.string(),
    gateway: z.string().optional(),
    nameservers: z.array(z.string()).optional(),
  }),
  z.object({ kind: z.literal('create-network'), cidr: z.string(), name: z.string() }),
  z.object({ kind: z.literal('serve-dhcp'), cidr: z.string(), rack: z.string() }),
  z.object({ kind: z.literal('stop-dhcp'), cidr: z.string() }),
  z.object({
    kind: z.literal('add-machine'),
    ...ours,
    architecture: z.string(),
    power: MaasPowerForm,
    description: z.string(),
  }),
  z.object({
    kind: z.literal('change-machine'),
    ...ours,
    /** What it shall be called from now on. */
    rename: z.string().optional(),
    power: MaasPowerForm.optional(),
    pool: z.string().optional(),
    addTags: z.array(z.string()).default([]),
    removeTags: z.array(z.string()).default([]),
  }),
  z.object({ kind: z.literal('remove-machine'), ...ours }),
  z.object({ kind: z.literal('commission'), ...ours }),
  z.object({
    kind: z.literal('deploy'),
    ...ours,
    release: z.string().optional(),
    userData: z.string().optional(),
  }),
  z.object({
    kind: z.literal('release'),
    ...ours,
    comment: z.string(),
    erase: z.boolean().default(false),
  }),
  z.object({ kind: z.literal('abort'), ...ours, comment: z.string() }),
  z.object({ kind: z.literal('mark'), ...ours, as: z.enum(['broken', 'fixed']), why: z.string() }),
  z.object({ kind: z.literal('rescue'), ...ours, to: z.enum(['enter', 'leave']) }),
]);
export type MaasCall = z.infer<typeof MaasCall>;

/** What is asked of a MAAS, each in as few calls as it takes. */
export const MaasQuestion = z.enum([
  /** Version, settings, keys, images, networks, racks and their services. */
  'configuration',
  'machines',
]);
export type MaasQuestion = z.infer<typeof MaasQuestion>;
