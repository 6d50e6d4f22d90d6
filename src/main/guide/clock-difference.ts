import { on } from '../engine/probe.ts';
import { clock } from '../engine/probes/host.ts';
import type { StepContext } from '../engine/step.ts';

/** Signatures and TLS fail, and logs cannot be compared, when clocks are further apart. */
export const CLOCK_LIMIT_SECONDS = 60;

/** Seconds by which the host's clock was ahead of ours (negative: behind) when it was asked. */
export function clockAhead({ target, facts }: Pick<StepContext, 'target' | 'facts'>) {
  const read = on(target, clock);
  const theirs = facts.maybe(read);
  const asked = facts.fact(read)?.at;
  return theirs === undefined || asked === undefined
    ? undefined
    : theirs - Math.round(asked / 1000);
}

/** Seconds by which the host's clock is too far behind, if it is. */
export function clockBehind(context: Pick<StepContext, 'target' | 'facts'>): number | undefined {
  const ahead = clockAhead(context) ?? 0;
  return -ahead > CLOCK_LIMIT_SECONDS ? -ahead : undefined;
}
