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
  /** Throws ProbeAnswerError (or a ZodError) when the answer is not what was expected. */
  parse(output: ProbeOutput): T | Promise<T>;
  /** Shown as evidence instead of the script, when the script is long. */
  readonly shown?: string;
  /** Asked of a site by its API, instead of a script on a host; the answer comes as JSON. */
  readonly ask?: SiteQuestion;
  /** Name of a secret: the vault is asked, instead of the host, whether it holds it. */
  readonly secret?: string;
}

/** What may be known of a secret. The digest is there for what nobody can guess: an API key. */
export interface SecretHeld {
  readonly held: boolean;
  readonly sha256?: string;
}

/** What is asked of a vSphere site. */
export type SiteQuestion =
  | { readonly what: 'inventory' }
  | { readonly what: 'machine'; readonly uuid: string };

/** The host answered, but not as it should; `expected` is for people. */
export class ProbeAnswerError extends Error {
  override readonly name = 'ProbeAnswerError';
  readonly expected: string;

  constructor(expected: string) {
    super(`expected ${expected}`);
    this.expected = expected;
  }
}

const QUICK_SECONDS = 10;
/** Thousands of machines over a slow line. */
const SITE_SECONDS = 120;

type QuickProbe<T> = Pick<Probe<T>, 'key' | 'script' | 'parse'> &
  Partial<Pick<Probe<T>, 'sudo' | 'seconds' | 'shown' | 'ask' | 'secret'>>;

/** A probe that answers at once. */
export function quick<T>(probe: QuickProbe<T>): Probe<T> {
  return { sudo: false, seconds: QUICK_SECONDS, costly: false, maxAgeSeconds: 0, ...probe };
}

/** A question to a site's API. `parse` gets what the driver found, as plain data. */
export function askSite<T>(probe: {
  readonly key: string;
  readonly ask: SiteQuestion;
  readonly shown: string;
  readonly parse: (value: unknown) => T;
}): Probe<T> {
  const { key, ask, shown, parse } = probe;
  return quick({
    key,
    script: '',
    shown,
    ask,
    seconds: SITE_SECONDS,
    parse: ({ text }) => parse(JSON.parse(text)),
  });
}

/** Whether the vault of this computer holds a secret. Only the name goes anywhere. */
export function secretHeld(name: string): Probe<SecretHeld> {
  return quick({
    key: `secret ${name}`,
    script: '',
    shown: `secret ${name}`,
    secret: name,
    parse: ({ text }) => JSON.parse(text) as SecretHeld,
  });
}

type CostlyProbe<T> = Pick<Probe<T>, 'key' | 'script' | 'parse' | 'seconds' | 'maxAgeSeconds'> &
  Partial<Pick<Probe<T>, 'sudo' | 'shown'>>;

/** A probe that reads much or goes over the network. */
export function costly<T>(probe: CostlyProbe<T>): Probe<T> {
  return { sudo: true, costly: true, ...probe };
}

/** A probe wanted from a target. */
export interface Read<T = unknown> {
  readonly target: string;
  readonly probe: Probe<T>;
}

export function on<T>(target: string, probe: Probe<T>): Read<T> {
  return { target, probe };
}
