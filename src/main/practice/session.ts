import { AsyncLocalStorage } from 'node:async_hooks';
import type { Process } from './processes.ts';
import type { Io } from './program.ts';
import type { Credentials } from './vfs.ts';

/** Where a program's output goes *as it is written*; just-bash alone hands it over only at the end. */
export interface Streams {
  out(bytes: Uint8Array): void;
  err(bytes: Uint8Array): void;
}

/** The part of a terminal that programs ask for. */
export interface Tty {
  readonly name: string;
  readonly columns: number;
  readonly rows: number;
  /** One line typed by the person; undefined after Ctrl+D or when the terminal is gone. */
  readLine(options: { prompt: string; echo: boolean }): Promise<string | undefined>;
  /** Starts a nested interactive shell here and waits for its end. */
  shell?(options: {
    user: string;
    cwd: string;
    env: Record<string, string>;
    io: Io;
  }): Promise<number>;
  /** When sudo last accepted a password here (sudoers(5), timestamp_timeout: 15 minutes). */
  sudoAt?: number;
}

/** What a client goes on sending while its script runs; just-bash takes only what came before. */
export interface LiveInput {
  /** The next line; undefined when there will be none, or the process is ended first. */
  line(signal: AbortSignal): Promise<string | undefined>;
}

/** What a running shell knows about itself: who it is, what ends it, where its output goes. */
export interface Session extends Credentials {
  readonly user: string;
  readonly process: Process;
  readonly signal: AbortSignal;
  readonly tty?: Tty;
  readonly input?: LiveInput;
  /** Replaced by `exec >file` in a script. */
  streams: Streams;
  /** Set just before a script is parsed: its output is to be streamed (live-transform.ts). */
  armed: boolean;
  /** Names to export before the script begins. */
  readonly exports: readonly string[];
  readonly traps: Map<string, string>;
  readonly jobs: Set<Promise<number>>;
  lastJob?: { pid: number; done: Promise<number> };
}

/** Follows every promise of a running script, which just-bash's own context does not do. */
export const sessions = new AsyncLocalStorage<Session>();

export function currentSession(): Session {
  const session = sessions.getStore();
  if (!session) throw new Error('no practice session is running');
  return session;
}

/** Streams that keep what was written: for `$(…)`, pipes and tests. */
export function bufferStreams(): Streams & { stdout(): Buffer; stderr(): Buffer } {
  const out: Uint8Array[] = [];
  const err: Uint8Array[] = [];
  return {
    out: (bytes) => void out.push(bytes),
    err: (bytes) => void err.push(bytes),
    stdout: () => Buffer.concat(out),
    stderr: () => Buffer.concat(err),
  };
}
