import { type Finding, isSatisfied } from '../../contract/finding.ts';
import { message } from '../../contract/message.ts';
import type { Host, Plan, Site } from '../../contract/plan.ts';
import { type FactView, NotObserved } from './facts.ts';
import type { Read } from './probe.ts';
import { neededBy, type StepContext, type StepInstance } from './step.ts';

/** What a person said about an instance, from the journal. */
export interface Claim {
  readonly what: 'claimed' | 'skipped';
  readonly who: string;
  readonly why: string;
  readonly at: number;
}

export interface CompareInput {
  readonly plan: Plan;
  readonly instances: readonly StepInstance[];
  /** A fresh view for every instance, so that each finding has its own evidence. */
  readonly view: () => FactView;
  readonly last: Readonly<Record<string, Finding>>;
  readonly claims: Readonly<Record<string, Claim>>;
  readonly now: number;
}

/** What a site and a host have in common: where it is and as whom we are there. */
function asHost(site: Site | undefined): Host | undefined {
  if (site === undefined) return undefined;
  const { address, port, user, password } = site;
  return { role: 'other', address, port, user, auth: { password } };
}

export function contextOf(
  instance: StepInstance,
  plan: Plan,
  facts: FactView,
  last?: Finding,
): StepContext {
  const host = plan.hosts[instance.target] ?? asHost(plan.sites[instance.target]);
  if (host === undefined) throw new RangeError(`no host ${instance.target} in the plan`);
  const { owner, target } = instance;
  return { plan, owner, target, host, facts, last };
}

/** The reads of an instance with what is known so far. */
export function readsOf(instance: StepInstance, plan: Plan, facts: FactView): readonly Read[] {
  return instance.step.reads(contextOf(instance, plan, facts));
}

/** Whether a step that is not done now was done before, as far as we know. */
function wasDone(last: Finding | undefined): boolean {
  return last?.state === 'done' || last?.state === 'drifted';
}

function compareOne(
  instance: StepInstance,
  input: CompareInput,
  sofar: Map<string, Finding>,
): Finding {
  const { plan, now } = input;
  const last = input.last[instance.id];
  const base = { id: instance.id, step: instance.step.id, target: instance.target };
  const blank = { ...base, notes: [], evidence: [], waitsFor: [], at: now };
  const claim = input.claims[instance.id];
  if (claim?.what === 'skipped') {
    const { what: state, ...by } = claim;
    return {
      ...blank,
      state,
      reason: message('finding.skipped', { who: by.who, why: by.why }),
      by,
    };
  }
  const waitsFor = neededBy(instance, input.instances)
    .filter((need) => !isSatisfied(sofar.get(need.id)?.state ?? 'unknown'))
    .map((need) => need.id);
  if (waitsFor.length > 0) {
    return { ...blank, state: 'blocked', reason: message('finding.blocked'), waitsFor };
  }
  const facts = input.view();
  try {
    const verdict = instance.step.check(contextOf(instance, plan, facts, last));
    const { evidence } = facts;
    const at = evidence.reduce((least, item) => Math.min(least, item.at), now);
    const found = {
      ...blank,
      reason: verdict.reason,
      notes: [...(verdict.notes ?? [])],
      ...(verdict.keystrokes === undefined ? {} : { keystrokes: verdict.keystrokes }),
      evidence,
      at,
    };
    if (verdict.state === 'todo' && wasDone(last)) return { ...found, state: 'drifted' };
    if (verdict.state !== 'done' && claim) {
      const { what: state, ...by } = claim;
      return {
        ...found,
        state,
        reason: message('finding.claimed', { who: by.who, why: by.why }),
        by,
      };
    }
    return { ...found, state: verdict.state };
  } catch (error) {
    if (!(error instanceof NotObserved)) throw error;
    return { ...blank, state: 'unknown', reason: error.error.reason, evidence: facts.evidence };
  }
}

/** Holds steps against facts. Pure: the same input gives the same findings. */
export function compare(input: CompareInput): Finding[] {
  const sofar = new Map<string, Finding>();
  for (const instance of input.instances) {
    sofar.set(instance.id, compareOne(instance, input, sofar));
  }
  return [...sofar.values()];
}
