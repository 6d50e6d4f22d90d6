import { z } from 'zod';
import type { MaasQuestion } from '../../contract/maas-call.ts';
import type { Message } from '../../contract/message.ts';
import type { ProxySettings } from '../../contract/plan.ts';
import type { WantedImage } from './probes/cloud-image.ts';

/** What one probe printed. stderr is mixed in unless the probe's script says otherwise. */
export interface ProbeOutput {
  readonly exitCode: number;
  readonly text: string;
}

/**
 * A question to a host, as data: a POSIX shell script and the parser of its answer. Quick probes of
 * one host are put into one script and one round trip; costly ones run as durable jobs.
 */
export interface Probe<T> {
  /** Names the question with all that it depends on: equal keys mean equal answers. */
  readonly key: string;
  /** Runs on dash, bash and busybox ash (and in the practice lab). Must not change the host. */
  readonly script: string;
  readonly sudo: boolean;
  /** After this the probe is stopped and its fact is *unknown*. */
  readonly seconds: number;
  readonly costly: boolean;
  /** For costly probes: an answer younger than this is used again, until something is written. */
  readonly maxAgeSeconds: number;
  /** A costly one that waits for what a person does: asked only when a person wants it. */
  readonly onDemand?: boolean;
  /** Throws ProbeAnswerError (or a ZodError) when the answer is not what was expected. */
  parse(output: ProbeOutput): T | Promise<T>;
  /** Shown as evidence instead of the script, when the script is long. */
  readonly shown?: string;
  /** Asked by an API, instead of a script on a host; the answer comes as JSON. */
  readonly ask?: ApiQuestion;
  /**
   * Asked of this target, whatever a step is bound to: a machine on a site whose licence forbids the
   * API to write is looked at by the shell of the same host.
   */
  readonly at?: string;
  /** Asked of this computer instead; the answer comes as JSON. */
  readonly here?: HereQuestion;
}

/** What is asked of a vSphere site; `host` names one of a vCenter's. */
export type SiteQuestion =
  | { readonly what: 'inventory'; readonly host?: string }
  | { readonly what: 'machine'; readonly uuid: string }
  /** How large its disks are, in bytes. */
  | { readonly what: 'disks'; readonly uuid: string }
  | {
      readonly what: 'portgroup';
      readonly portgroup: string;
      readonly switch: string;
      readonly host?: string;
    }
  | { readonly what: 'time'; readonly host?: string }
  /** The digest of a small file on a datastore. */
  | { readonly what: 'file'; readonly datastore: string; readonly path: string };

/** What is asked of a site, or of the MAAS on a host, by its API. */
export type ApiQuestion = SiteQuestion | { readonly what: 'maas'; readonly of: MaasQuestion };

/** What is asked of this computer on behalf of a target that cannot do it itself. */
export type HereQuestion =
  | { readonly what: 'stored-images' }
  | {
      readonly what: 'offered-image';
      readonly image: WantedImage;
      readonly proxy: ProxySettings | undefined;
    }
  | { readonly what: 'ssh-answer'; readonly address: string; readonly port: number }
  /** Asks the vault about a secret; its value stays there. */
  | { readonly what: 'secret-held'; readonly name: string };

/** What may be known of a secret. The digest is there for what nobody can guess: an API key. */
const SecretHeld = z.object({ held: z.boolean(), sha256: z.string().optional() });
export type SecretHeld = z.infer<typeof SecretHeld>;

/** The host answered, but not as it should; `expected` is for people. */
export class ProbeAnswerError extends Error {
  override readonly name = 'ProbeAnswerError';
  readonly expected: string;

  constructor(expected: string) {
    super(`expected ${expected}`);
    this.expected = expected;
  }
}

/** The host did what it was asked and could not find it out; `reason` names the cause. */
export class ProbeFailed extends Error {
  override readonly name = 'ProbeFailed';
  readonly reason: Message;

  constructor(reason: Message) {
    super(reason.key);
    this.reason = reason;
  }
}

const QUICK_SECONDS = 10;
/** Thousands of machines over a slow line. */
const API_SECONDS = 120;

type QuickProbe<T> = Pick<Probe<T>, 'key' | 'script' | 'parse'> &
  Partial<Pick<Probe<T>, 'sudo' | 'seconds' | 'shown' | 'ask' | 'here'>>;

/** A probe that answers at once. */
export function quick<T>(probe: QuickProbe<T>): Probe<T> {
  return { sudo: false, seconds: QUICK_SECONDS, costly: false, maxAgeSeconds: 0, ...probe };
}

/** A question to an API. `parse` gets what the driver found, as plain data. */
export function askApi<T>(probe: {
  readonly key: string;
  readonly ask: ApiQuestion;
  readonly shown: string;
  readonly parse: (value: unknown) => T;
}): Probe<T> {
  const { key, ask, shown, parse } = probe;
  return quick({
    key,
    script: '',
    shown,
    ask,
    seconds: API_SECONDS,
    parse: ({ text }) => parse(JSON.parse(text)),
  });
}

/** A question to this computer. With an age the answer is used again for so long. */
export function askHere<T>(probe: {
  readonly key: string;
  readonly here: HereQuestion;
  readonly shown: string;
  readonly maxAgeSeconds?: number;
  readonly parse: (value: unknown) => T;
}): Probe<T> {
  const { parse, maxAgeSeconds, ...rest } = probe;
  return {
    ...quick({ ...rest, script: '', parse: ({ text }) => parse(JSON.parse(text)) }),
    costly: maxAgeSeconds !== undefined,
    maxAgeSeconds: maxAgeSeconds ?? 0,
  };
}

type CostlyProbe<T> = Pick<Probe<T>, 'key' | 'script' | 'parse' | 'seconds' | 'maxAgeSeconds'> &
  Partial<Pick<Probe<T>, 'sudo' | 'shown'>>;

/** A probe that reads much or goes over the network. */
export function costly<T>(probe: CostlyProbe<T>): Probe<T> {
  return { sudo: true, costly: true, ...probe };
}

/** A measurement that a person begins. Its answer keeps, with its age, until the next one. */
export function onDemand<T>(probe: Omit<CostlyProbe<T>, 'maxAgeSeconds'>): Probe<T> {
  return { sudo: true, costly: true, maxAgeSeconds: 0, onDemand: true, ...probe };
}

/** A probe wanted from a target. */
export interface Read<T = unknown> {
  readonly target: string;
  readonly probe: Probe<T>;
}

export function on<T>(target: string, probe: Probe<T>): Read<T> {
  return { target: probe.at ?? target, probe };
}

/** Whether the vault of this computer holds a secret. Only the name goes anywhere. */
export function secretHeld(name: string): Probe<SecretHeld> {
  return askHere({
    key: `secret ${name}`,
    here: { what: 'secret-held', name },
    shown: `secret ${name}`,
    parse: (value) => SecretHeld.parse(value),
  });
}
