import type { Machine } from './machine.ts';
import type { Process } from './processes.ts';
import type { Session } from './session.ts';

export interface RunOptions {
  /** Another identity: what sudo does. */
  readonly user?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: Uint8Array;
  /** Its own process group: what setsid and timeout do. */
  readonly newGroup?: boolean;
  readonly started?: (process: Process) => void;
  readonly signal?: AbortSignal;
}

/** What a program sees of the world. */
export interface Io {
  readonly machine: Machine;
  readonly session: Session;
  readonly cwd: string;
  /** Exported variables, as a child process would inherit them. */
  readonly env: Readonly<Record<string, string>>;
  /** All variables of the calling shell; only the shell's own helpers look here. */
  readonly variables: ReadonlyMap<string, string>;
  readonly assign: (name: string, value: string) => void;
  readonly stdin: Buffer;
  readonly signal: AbortSignal;
  out(content: string | Uint8Array): void;
  err(content: string | Uint8Array): void;
  /** Runs another program with this one's output streams; the exit status as a shell reports it. */
  run(argv: readonly string[], options?: RunOptions): Promise<number>;
}

/** Returns the exit status. Output appears as it is written, also when the shell is not finished. */
export type Program = (args: readonly string[], io: Io) => Promise<number> | number;

export type Programs = Readonly<Record<string, Program>>;

export interface Parsed {
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  readonly rest: readonly string[];
  readonly unknown?: string;
}

/**
 * getopt-like: `flags` take nothing, `valued` take a value (`-n 5`, `-n5`, `--max 1`, `--max=1`).
 * Short flags may be joined. Parsing stops at `--`, and at the first operand when `stop` is set.
 */
export function parseArgs(
  args: readonly string[],
  options: { flags?: string; valued?: string; stop?: boolean },
): Parsed {
  const known = new Set((options.flags ?? '').split(' '));
  const valued = new Set((options.valued ?? '').split(' '));
  const flags = new Set<string>();
  const values = new Map<string, string>();
  const rest: string[] = [];
  let unknown: string | undefined;
  for (let index = 0; index < args.length; index++) {
    const item = args[index] as string;
    if (item === '--') {
      rest.push(...args.slice(index + 1));
      break;
    }
    if (item.startsWith('--')) {
      const equals = item.indexOf('=');
      const name = equals < 0 ? item : item.slice(0, equals);
      if (equals >= 0 && (valued.has(name) || known.has(name)))
        values.set(name, item.slice(equals + 1));
      else if (valued.has(name)) values.set(name, args[++index] ?? '');
      else if (known.has(name)) flags.add(name);
      else unknown ??= item;
      if (equals >= 0) flags.add(name);
    } else if (item.startsWith('-') && item.length > 1) {
      for (let at = 1; at < item.length; at++) {
        const name = `-${item[at]}`;
        if (valued.has(name)) {
          values.set(name, item.slice(at + 1) || (args[++index] ?? ''));
          break;
        }
        if (known.has(name)) flags.add(name);
        else unknown ??= name;
      }
    } else if (options.stop) {
      rest.push(...args.slice(index));
      break;
    } else rest.push(item);
  }
  return { flags, values, rest, ...(unknown === undefined ? {} : { unknown }) };
}

/** Waits, or rejects at once when the process is ended. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new Ended());
    const stop = () => {
      clearTimeout(timer);
      reject(new Ended());
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** Unwinds a program whose process was ended by a signal. */
export class Ended extends Error {
  constructor() {
    super('ended by a signal');
  }
}

/** Resolves when the process is ended by a signal. */
export function ended(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  );
}
