import { z } from 'zod';

/**
 * States of a machine in MAAS, one name for both API families. MAAS numbers them (0 to 22); API 1.0
 * folds several into one number and tells them apart in a second field, which no caller has to know.
 */
export const MaasStatus = z.enum([
  'new',
  'commissioning',
  'failed-commissioning',
  'missing',
  'ready',
  'reserved',
  'deployed',
  'retired',
  'broken',
  'deploying',
  'allocated',
  'failed-deployment',
  'releasing',
  'failed-releasing',
  'disk-erasing',
  'failed-disk-erasing',
  'rescue',
  'entering-rescue',
  'failed-entering-rescue',
  'exiting-rescue',
  'failed-exiting-rescue',
  'testing',
  'failed-testing',
  /** A number that a newer MAAS gave and this build does not know. */
  'unknown',
]);
export type MaasStatus = z.infer<typeof MaasStatus>;

/** `error`: MAAS asked the power controller and it answered with a failure. */
export const MaasPower = z.enum(['on', 'off', 'unknown', 'error']);
export type MaasPower = z.infer<typeof MaasPower>;

/** How a script, or all scripts of one kind, went. */
export const MaasScriptState = z.enum([
  'pending',
  'running',
  'passed',
  'failed',
  'timed-out',
  'aborted',
  'degraded',
  'installing',
  'failed-installing',
  'skipped',
  'applying-network',
  'failed-applying-network',
  'unknown',
]);
export type MaasScriptState = z.infer<typeof MaasScriptState>;

export const MaasNic = z.object({
  name: z.string(),
  /** Lower case, with colons. */
  mac: z.string(),
  /** Subnets it has a link to; without any, a deployment is refused. */
  subnets: z.array(z.string()),
});
export type MaasNic = z.infer<typeof MaasNic>;

/** A machine as MAAS describes it. */
export const MaasMachine = z.object({
  /** What MAAS calls the system ID. */
  id: z.string(),
  /** Without the domain. */
  hostname: z.string(),
  fqdn: z.string(),
  status: MaasStatus,
  /** What MAAS says about its state, in English, such as the last step or why it failed. */
  said: z.string(),
  power: MaasPower,
  powerType: z.string(),
  architecture: z.string(),
  cpus: z.number(),
  memoryMib: z.number(),
  addresses: z.array(z.string()),
  nics: z.array(MaasNic),
  /** The interface that it boots from; empty when MAAS does not know. */
  bootMac: z.string(),
  tags: z.array(z.string()),
  /** Empty where MAAS has no pools (before 2.4). */
  pool: z.string(),
  zone: z.string(),
  /** Empty when nobody has allocated it. */
  owner: z.string(),
  description: z.string(),
  /** Operating system and release of a deployed machine, empty otherwise. */
  os: z.string(),
  series: z.string(),
  /** MAAS itself then refuses to delete or release it. */
  locked: z.boolean(),
  /** Absent when none ran yet, or MAAS does not tell (API 1.0). */
  commissioning: MaasScriptState.optional(),
  testing: MaasScriptState.optional(),
});
export type MaasMachine = z.infer<typeof MaasMachine>;

export const MaasEventLevel = z.enum(['debug', 'info', 'warning', 'error', 'critical', 'audit']);
export type MaasEventLevel = z.infer<typeof MaasEventLevel>;

export const MaasEvent = z.object({
  /** Grows with time; the order of events. */
  id: z.number(),
  /** ISO 8601, UTC; empty when MAAS wrote something else. */
  at: z.string(),
  level: MaasEventLevel,
  /** MAAS's own words: `Performing PXE boot`, `Deployed`. */
  type: z.string(),
  description: z.string(),
  /** ID of the machine; empty for what belongs to none. */
  machine: z.string(),
  hostname: z.string(),
});
export type MaasEvent = z.infer<typeof MaasEvent>;

export const MaasScriptKind = z.enum(['commissioning', 'testing', 'installation']);
export type MaasScriptKind = z.infer<typeof MaasScriptKind>;

/** One script of a set, and how it went on one machine. */
export const MaasScriptResult = z.object({
  id: z.number(),
  name: z.string(),
  state: MaasScriptState,
  exitCode: z.number().optional(),
  /** Seconds since 1970. */
  startedAt: z.number().optional(),
  endedAt: z.number().optional(),
  /** Seconds that MAAS expects it to take, by earlier runs; 0 when it has no idea. */
  expectedSeconds: z.number(),
  /** Both streams together, when asked for. Text of the machine: show it inert. */
  output: z.string().optional(),
  errors: z.string().optional(),
});
export type MaasScriptResult = z.infer<typeof MaasScriptResult>;

/** The scripts of one commissioning, test or installation of one machine. */
export const MaasScriptSet = z.object({
  id: z.number(),
  kind: MaasScriptKind,
  machine: z.string(),
  state: MaasScriptState,
  scripts: z.array(MaasScriptResult),
});
export type MaasScriptSet = z.infer<typeof MaasScriptSet>;

/** Something in an answer that does not have the expected form; the rest of the answer stands. */
export const MaasMisfit = z.object({
  /** What it is, by the name it has in the answer: a host name, an ID, its place in the list. */
  what: z.string(),
  /** Where in it, and what was expected there. */
  expected: z.string(),
});
export type MaasMisfit = z.infer<typeof MaasMisfit>;
