import { LabwrightError } from '../../contract/error.ts';
import type { HostLink } from '../ssh/host-link.ts';

/** After a broken link it is tried again, first soon, then less often. */
const RETRY_MS = [500, 1000, 2000, 5000, 10_000] as const;

/** Errors that say nothing about the host's work, only about the way to it. */
const LINK_TROUBLE: ReadonlySet<string> = new Set([
  'host-closed',
  'host-refused',
  'host-silent',
  'host-timeout',
  'host-unreachable',
  'host-unresolved',
]);

export function isLinkTrouble(error: unknown): boolean {
  return error instanceof LabwrightError && LINK_TROUBLE.has(error.code);
}

export interface BrokenLinkOptions {
  readonly link: HostLink;
  /** Milliseconds of a clock that nobody sets. */
  elapsed(): number;
  /** Waits; injected so that tests need no clock. */
  wait(milliseconds: number): Promise<void>;
  /** The link may stay away this long; then its error is thrown. */
  readonly limitMs: number;
  readonly signal?: AbortSignal;
}

/** Makes a call that is harmless to repeat until it is answered, over as many connections as it takes. */
export async function overBrokenLinks<T>(
  { link, elapsed, wait, limitMs, signal }: BrokenLinkOptions,
  call: () => Promise<T>,
): Promise<T> {
  const since = elapsed();
  for (let attempt = 0; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (signal?.aborted || !isLinkTrouble(error) || elapsed() - since > limitMs) throw error;
      await link.reset();
      await wait(RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)] ?? 0);
    }
  }
}
