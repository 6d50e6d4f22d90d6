import { z } from 'zod';
import { ImageRef } from './image-ref.ts';
import { MaasCall } from './maas-call.ts';
import { Message } from './message.ts';
import { ProxySettings } from './plan.ts';
import { SiteCall } from './site-call.ts';

/** When a running action can be cancelled; the button says which. */
export const Cancel = z.enum(['kill', 'after-this', 'never']);
export type Cancel = z.infer<typeof Cancel>;

const base = {
  /** Stable within its step: `install`, `mirror-images`. */
  id: z.string().regex(/^[a-z0-9-]+$/),
  title: Message,
  target: z.string(),
};

/** Parses a running script's log into an amount; the parser is ours, chosen by name. */
export const ProgressRule = z.object({
  parser: z.enum(['sstream-mirror', 'bytes-so-far']),
  /** Expected total in bytes, when it is known beforehand. */
  totalBytes: z.number().optional(),
});
export type ProgressRule = z.infer<typeof ProgressRule>;

const OutputName = z.string().regex(/^[a-z0-9-]{1,40}$/);

export const ScriptAction = z.object({
  ...base,
  kind: z.literal('script'),
  /** POSIX sh. Secrets appear as unexported variables, by `secrets`. */
  script: z.string(),
  sudo: z.boolean(),
  cancel: Cancel,
  /** Seconds without output after which the person is warned. */
  silenceSeconds: z.number(),
  secrets: z.array(z.object({ variable: z.string(), name: z.string() })).default([]),
  progress: ProgressRule.optional(),
  /**
   * What the script hands on: it writes each to `$OUT/NAME` (at most 64 KiB). One with `secret` goes
   * straight to the vault under that name; the journal holds only the name.
   */
  outputs: z.array(z.object({ name: OutputName, secret: z.string().optional() })).optional(),
  /** A line is put before the script: `RUN=` and the id of the run. */
  namesRun: z.literal(true).optional(),
  /** Outputs of earlier actions of the same step, as unexported variables. */
  refs: z
    .array(z.object({ variable: z.string(), action: z.string(), output: OutputName }))
    .optional(),
});
export type ScriptAction = z.infer<typeof ScriptAction>;

export const UploadAction = z.object({
  ...base,
  kind: z.literal('upload'),
  path: z.string(),
  content: z.string(),
  /** How `content` stands for the bytes; as UTF-8 when it is left out. */
  encoding: z.literal('base64').optional(),
  /** SHA-256 of the bytes, hex: shown instead of what nobody can read, and checked. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  /** Octal, as chmod(1) takes it. */
  mode: z.string().regex(/^0?[0-7]{3}$/),
  /** False where the login itself writes: ESXi has no sudo. */
  sudo: z.literal(false).optional(),
});
export type UploadAction = z.infer<typeof UploadAction>;

/** How many bytes a base64 text stands for (RFC 4648, section 4). */
export function base64Bytes(text: string): number {
  return (text.length / 4) * 3 - (/=*$/.exec(text)?.[0].length ?? 0);
}

/** Waits until a finding is satisfied: another step, or what a person or a machine brings about. */
export const WaitAction = z.object({
  ...base,
  kind: z.literal('wait'),
  /** `step@target`. */
  finding: z.string(),
  /** After this many seconds the step has failed. */
  seconds: z.number(),
  /** Parameters of the finding's reason that tell how many bytes of how many are there. */
  amount: z.object({ done: z.string(), total: z.string() }).optional(),
});
export type WaitAction = z.infer<typeof WaitAction>;

/**
 * Brings an image onto this computer and proves it, for a hypervisor that can neither fetch one nor make
 * a disk of it; `target` is that hypervisor.
 */
export const ImageAction = z.object({
  ...base,
  kind: z.literal('image'),
  image: ImageRef,
  /** How this computer reaches the publisher; by its own settings when left out. */
  proxy: ProxySettings.optional(),
  /** The same in lines of shell, for people; nothing of it is run. */
  equivalent: z.array(z.string()),
});
export type ImageAction = z.infer<typeof ImageAction>;

/** Makes a disk on a host of an image that is on this computer. */
export const DiskAction = z.object({
  ...base,
  kind: z.literal('disk'),
  image: ImageRef,
  /** The disk's descriptor; its bytes come to lie beside it. */
  path: z.string(),
  equivalent: z.array(z.string()),
});
export type DiskAction = z.infer<typeof DiskAction>;

/** A call to a vSphere site; `target` is the site's name in the plan. */
export const SiteAction = z.object({
  ...base,
  kind: z.literal('site'),
  call: SiteCall,
  /** The same in lines of `govc`, for people who know it; nothing of it is run. */
  equivalent: z.array(z.string()),
});
export type SiteAction = z.infer<typeof SiteAction>;

/** A call to MAAS; `target` is the host that MAAS runs on. */
export const MaasAction = z.object({
  ...base,
  kind: z.literal('maas'),
  call: MaasCall,
  /** The same in lines of the `maas` command, for people who know it; nothing of it is run. */
  equivalent: z.array(z.string()),
});
export type MaasAction = z.infer<typeof MaasAction>;

/** Something only a person can do. The run waits until the step's own check is satisfied. */
export const ManualAction = z.object({ ...base, kind: z.literal('manual'), instructions: Message });
export type ManualAction = z.infer<typeof ManualAction>;

/** One change, as data: JSON, no closures, exactly one target. */
export const Action = z.discriminatedUnion('kind', [
  ScriptAction,
  UploadAction,
  ImageAction,
  DiskAction,
  SiteAction,
  MaasAction,
  WaitAction,
  ManualAction,
]);
export type Action = z.infer<typeof Action>;

/** What a step says before it is applied; the person is asked about each. */
export const Risk = z.enum([
  'weakens-security',
  'changes-power',
  'touches-network-path',
  'removes-data',
  'takes-over',
]);
export type Risk = z.infer<typeof Risk>;

export const PlannedStep = z.object({
  id: z.string(),
  step: z.string(),
  target: z.string(),
  actions: z.array(Action),
  risks: z.array(Risk),
  /** True when its actions rest on what earlier steps are expected to bring about. */
  predicted: z.boolean(),
  /**
   * It belongs to no plan of a step: a person asked for it beside the rest. It is done exactly as it
   * was shown, whatever a check says.
   */
  aside: z.literal(true).optional(),
  /** Steps of the same run, by id, that must have ended well before, beside those it needs. */
  after: z.array(z.string()).optional(),
  /** SHA-256 of the actions, hex. */
  digest: z.string(),
});
export type PlannedStep = z.infer<typeof PlannedStep>;

/** A machine of ours that a snapshot can be taken of before the risky steps, or why it cannot. */
export const SnapshotOffer = z.object({ machine: z.string(), trouble: Message.optional() });
export type SnapshotOffer = z.infer<typeof SnapshotOffer>;

/** What a person is shown before anything happens. What is previewed is exactly what is executed. */
export const Preview = z.object({
  steps: z.array(PlannedStep),
  /** Instances that were asked for and offer no action, with the reason. */
  left: z.array(z.object({ id: z.string(), reason: Message })),
  /** What could be kept by a snapshot first; whether it is to be taken is said with the request. */
  snapshots: z.array(SnapshotOffer).optional(),
  digest: z.string(),
});
export type Preview = z.infer<typeof Preview>;
