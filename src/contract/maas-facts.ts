import { z } from 'zod';
import { BootHistory, BootLadder } from './boot-ladder.ts';
import { MaasMachine } from './maas.ts';

export const MaasRange = z.object({
  kind: z.enum(['dynamic', 'static', 'reserved']),
  start: z.string(),
  end: z.string(),
  comment: z.string(),
});
export type MaasRange = z.infer<typeof MaasRange>;

/** A network that MAAS knows: a subnet with its VLAN, or an interface of a cluster in 1.x. */
export const MaasNetwork = z.object({
  name: z.string(),
  /** Empty where 1.x was not told. */
  cidr: z.string(),
  /** VLAN tag, 0 for untagged. */
  tag: z.number(),
  gateway: z.string().optional(),
  nameservers: z.array(z.string()),
  ranges: z.array(MaasRange),
  dhcp: z.boolean(),
  /** Racks that serve it, the first one first. */
  servedBy: z.array(z.string()),
});
export type MaasNetwork = z.infer<typeof MaasNetwork>;

export const MaasImage = z.object({
  /** `ubuntu/jammy` */
  name: z.string(),
  /** `amd64/ga-22.04` */
  architecture: z.string(),
  /** Absent while MAAS has no version of it. */
  complete: z.boolean().optional(),
  sizeBytes: z.number(),
  receivedBytes: z.number(),
});
export type MaasImage = z.infer<typeof MaasImage>;

/** How a MAAS is configured, in the guide's words, whichever API told it. */
export const MaasConfiguration = z.object({
  /** Absent for 1.7.0 to 1.7.2, which do not say. */
  version: z.string().optional(),
  api: z.enum(['1.0', '2.0']),
  /** Whether our key may change things. */
  admin: z.boolean(),
  /** What tells this MAAS from every other; empty where it does not say (1.x). */
  identity: z.string(),
  /** A setting that this MAAS does not have is absent. */
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  sshKeys: z.array(z.string()),
  sources: z.array(
    z.object({
      url: z.string(),
      keyring: z.string(),
      selections: z.array(
        z.object({ os: z.string(), release: z.string(), arches: z.array(z.string()) }),
      ),
    }),
  ),
  importing: z.boolean(),
  images: z.array(MaasImage),
  networks: z.array(MaasNetwork),
  racks: z.array(
    z.object({
      id: z.string(),
      hostname: z.string(),
      version: z.string(),
      addresses: z.array(z.string()),
      services: z.array(z.object({ name: z.string(), state: z.string(), info: z.string() })),
    }),
  ),
  pools: z.array(z.string()),
  tags: z.array(z.string()),
  /** Parts of the answers that do not have the expected form; the rest stands. */
  unreadable: z.array(z.string()),
});
export type MaasConfiguration = z.infer<typeof MaasConfiguration>;

/** What MAAS says of its machines. */
export const MaasMachines = z.object({
  machines: z.array(MaasMachine),
  /** By MAAS's id; empty where it tells no events (1.x). */
  ladders: z.record(z.string(), BootLadder),
  history: BootHistory,
  unreadable: z.array(z.string()),
});
export type MaasMachines = z.infer<typeof MaasMachines>;
