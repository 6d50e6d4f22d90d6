import { toErrorData } from '../../contract/error.ts';
import type { HostLink } from './host-link.ts';

/** How a host tells of changes by itself: a script without an end. */
export interface ChangeFeed {
  /** Runs as root, and must end when its standard input does. */
  readonly script: string;
  /** It is sent a line this often, for as long as someone listens. */
  readonly beatMs: number;
  /** Whether a line of its output says that something may have changed. */
  readonly tells: (line: string) => boolean;
}

/** How the script of a feed ends where the host has no means to tell. */
export const NOTHING_TO_FOLLOW = 9;

/** A host that went away is asked for again after this, and then less and less often. */
const AGAIN_MS = 1000;
const AGAIN_AT_MOST_MS = 60_000;
/** One that was followed for so long was in order: what comes next is a new trouble. */
const GOOD_MS = 30_000;
/** Login and sudo of a slow host. */
const START_DEADLINE_MS = 30_000;
/** A line longer than this is none of ours. */
const LINE_BYTES = 4096;

/** What a moment can mend. A refused login is not among it: to try again could lock the account. */
export const MENDS_ITSELF: ReadonlySet<string> = new Set([
  'host-closed',
  'host-refused',
  'host-sessions-full',
  'host-silent',
  'host-timeout',
  'host-unreachable',
  'host-unresolved',
]);

export interface FollowOptions {
  readonly link: HostLink;
  readonly feed: ChangeFeed;
  readonly changed: () => void;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Calls back for each line that tells of a change, however it is cut into chunks. */
function lineReader(tells: (line: string) => boolean, changed: () => void) {
  let rest = '';
  return (chunk: Buffer) => {
    const lines = (rest + chunk.toString('utf8')).split('\n');
    rest = (lines.pop() ?? '').slice(0, LINE_BYTES);
    if (lines.some((line) => tells(line.trim()))) changed();
  };
}

/**
 * Listens to a host until the signal, over broken links too. Says nothing of its own troubles: what
 * the host cannot push is still asked for by every check. Ends early when only a person can help.
 */
export async function followChanges(options: FollowOptions): Promise<void> {
  const { link, feed, changed, wait, signal } = options;
  let pause = AGAIN_MS;
  while (!signal.aborted) {
    const began = performance.now();
    try {
      const { exitCode } = await link.runApart({
        script: feed.script,
        sudo: true,
        deadlineMs: START_DEADLINE_MS,
        live: { beatMs: feed.beatMs, onOutput: lineReader(feed.tells, changed) },
        signal,
      });
      if (exitCode === NOTHING_TO_FOLLOW) return;
    } catch (error) {
      if (signal.aborted || !MENDS_ITSELF.has(toErrorData(error).code)) return;
    }
    pause = performance.now() - began > GOOD_MS ? AGAIN_MS : Math.min(pause * 2, AGAIN_AT_MOST_MS);
    await Promise.race([wait(pause), aborted(signal)]);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
