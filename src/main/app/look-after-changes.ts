import type { Plan } from '../../contract/plan.ts';
import { readsOf } from '../engine/compare.ts';
import type { FactStore } from '../engine/facts.ts';
import { INVENTORY_KEY } from '../engine/hypervisor.ts';
import { MAAS_MACHINES_KEY } from '../engine/probes/maas.ts';
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

/** Looks again at a hypervisor or MAAS after it has told of a change. Many come together; one look is enough. */
export function lookAfterChanges(options: LookAfterChangesOptions): Following {
  const { plan, facts, findings, runs, wait, closed } = options;
  const waiting = new Set<string>();

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

  const look = async (target: string) => {
    await wait(FOLLOW_PAUSE_MS);
    // A run looks for itself, but at what it touches, and before this may have happened.
    while (runs.busy) await runs.settled();
    waiting.delete(target);
    const steps = stepsOn(target);
    if (steps.length > 0 && !closed.aborted) await findings.check({ steps, fresh: false });
  };

  return {
    feed: (host) => {
      const now = plan();
      if (now === null || stepsOn(host).length === 0) return undefined;
      return driverFor({ plan: now, target: host, facts: facts.view() }).changes;
    },
    changed: (target) => {
      if (waiting.has(target) || closed.aborted) return;
      waiting.add(target);
      // What cannot be looked at now is said by the next check that a person asks for.
      look(target).catch(() => waiting.delete(target));
    },
  };
}
