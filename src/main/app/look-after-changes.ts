import type { Plan } from '../../contract/plan.ts';
import { readsOf } from '../engine/compare.ts';
import type { FactStore } from '../engine/facts.ts';
import { INVENTORY_KEY } from '../engine/hypervisor.ts';
import { on } from '../engine/probe.ts';
import { MAAS_MACHINES_KEY, maasMachines } from '../engine/probes/maas.ts';
import { MENDS_ITSELF } from '../ssh/follow-changes.ts';
import { driverFor } from './driver-for.ts';
import type { LabFindings } from './lab-findings.ts';
import type { Following } from './lab-hosts.ts';
import type { LabRuns } from './lab-runs.ts';

export interface LookAfterChangesOptions {
  readonly plan: () => Plan | null;
  readonly facts: FactStore;
  readonly findings: LabFindings;
  readonly runs: LabRuns;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly closed: AbortSignal;
}

/** What hypervisors and MAAS tell of when it changes. */
const CHANGING: ReadonlySet<string> = new Set([INVENTORY_KEY, MAAS_MACHINES_KEY]);
/** Changes are gathered for this long before they are looked at. */
const FOLLOW_PAUSE_MS = 500;
/**
 * A look that meets a link which is dying is made again, later and later: the connection that told of
 * the change can be newer than the one that is asked, whose end is noticed within 30 s.
 */
const LOOK_AGAIN_MS = [1000, 2000, 4000, 8000, 16_000] as const;

/** Looks again at a hypervisor or MAAS after it has told of a change. Many come together; one look is enough. */
export function lookAfterChanges(options: LookAfterChangesOptions): Following {
  const { plan, facts, findings, runs, wait, closed } = options;
  /** What is about to be looked at, or is; `again` when more came in the middle of it. */
  const looks = new Map<string, 'waiting' | 'looking' | 'again'>();

  /** The steps that rest on what has changed; others of the same host have not moved. */
  const stepsOn = (target: string): string[] => {
    const now = plan();
    if (now === null) return [];
    return findings
      .instances()
      .filter((instance) =>
        readsOf(instance, now, facts.view()).some(
          (read) => read.target === target && CHANGING.has(read.probe.key),
        ),
      )
      .map(({ id }) => id);
  };

  const isLost = (target: string): boolean => {
    const now = plan();
    if (now === null) return false;
    const { inventory } = driverFor({ plan: now, target, facts: facts.view() });
    return [on(target, inventory), on(target, maasMachines)].some((read) => {
      const code = facts.get(read)?.error?.code;
      return code !== undefined && MENDS_ITSELF.has(code);
    });
  };

  const look = async (target: string) => {
    let tries = 0;
    let pause: number | undefined = FOLLOW_PAUSE_MS;
    while (pause !== undefined && !closed.aborted) {
      looks.set(target, 'waiting');
      await wait(pause);
      // A run looks for itself, but at what it touches, and before this may have happened.
      while (runs.busy) await runs.settled();
      looks.set(target, 'looking');
      const steps = stepsOn(target);
      if (steps.length > 0 && !closed.aborted) await findings.check({ steps, fresh: false });
      if (looks.get(target) === 'again') pause = FOLLOW_PAUSE_MS;
      else pause = isLost(target) ? LOOK_AGAIN_MS[tries++] : undefined;
    }
  };

  return {
    feed: (host) => {
      const now = plan();
      if (now === null || stepsOn(host).length === 0) return undefined;
      return driverFor({ plan: now, target: host, facts: facts.view() }).changes;
    },
    changed: (target) => {
      if (closed.aborted) return;
      if (looks.has(target)) {
        if (looks.get(target) === 'looking') looks.set(target, 'again');
        return;
      }
      // What cannot be looked at now is said by the next check that a person asks for.
      look(target)
        .catch(() => {})
        .finally(() => looks.delete(target));
    },
  };
}
