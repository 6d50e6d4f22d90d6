import type { Action, Risk } from '../../contract/action.ts';
import type { Finding } from '../../contract/finding.ts';
import type { Message } from '../../contract/message.ts';
import type { Host, Plan } from '../../contract/plan.ts';
import type { FactView } from './facts.ts';
import type { Read } from './probe.ts';

/** What a step's pure functions are given. */
export interface StepContext {
  readonly plan: Plan;
  /** What this instance is about: a host, or a network or machine that a host has. */
  readonly owner: string;
  /** Name of the host that is asked, and on which everything is done. */
  readonly target: string;
  readonly host: Host;
  readonly facts: FactView;
  readonly last: Finding | undefined;
}

/** What a check says. The engine adds `blocked`, `drifted`, `unknown`, `claimed` and `skipped`. */
export interface Verdict {
  readonly state: 'done' | 'todo' | 'manual';
  readonly reason: Message;
  readonly notes?: readonly Message[];
}

/** A fact that should hold after the step, for the preview of what comes after it. */
export interface Expected {
  readonly read: Read;
  readonly value: unknown;
}

export interface UndoContext extends StepContext {
  /** The answers of the step's reads before its actions, by probe key. */
  readonly before: Readonly<Record<string, unknown>>;
  /** Actions of the run that ended well. */
  readonly made: readonly Action[];
}

export interface FailedAction {
  readonly action: Action;
  readonly exitCode: number | undefined;
  readonly output: string;
}

/** Something in the plan that lives on a host: a machine, a network. */
export interface Owner {
  readonly owner: string;
  readonly target: string;
}

/** A step of the guide: defined once, instantiated per owner. Everything in it is pure. */
export interface Step {
  readonly id: string;
  /** Names of hosts, or what lives on them; one instance each. */
  readonly targets: (plan: Plan) => readonly (string | Owner)[];
  readonly needs: readonly string[];
  /** Steps that it needs wherever they are: what it does on one host rests on another. */
  readonly elsewhere?: readonly string[];
  /** May look at facts already known: it is asked again until it wants nothing new. */
  readonly reads: (context: StepContext) => readonly Read[];
  readonly check: (context: StepContext) => Verdict;
  readonly plan?: (context: StepContext) => readonly Action[];
  readonly risks?: readonly Risk[];
  readonly expects?: (context: StepContext) => readonly Expected[];
  readonly undo?: (context: UndoContext) => readonly Action[];
  /** Names the cause of a failure from the tool's own words. */
  readonly explain?: (context: StepContext, failed: FailedAction) => Message | undefined;
}

export interface Chapter {
  readonly id: string;
  readonly steps: readonly Step[];
}

/** A step for one owner. */
export interface StepInstance {
  readonly id: string;
  readonly step: Step;
  readonly owner: string;
  readonly target: string;
}

export function instanceId(step: string, owner: string): string {
  return `${step}@${owner}`;
}

/** All instances of the plan, in the guide's order. */
export function instantiate(chapters: readonly Chapter[], plan: Plan): StepInstance[] {
  return chapters.flatMap((chapter) =>
    chapter.steps.flatMap((step) =>
      step.targets(plan).map((each) => {
        const { owner, target } = typeof each === 'string' ? { owner: each, target: each } : each;
        return { id: instanceId(step.id, owner), step, owner, target };
      }),
    ),
  );
}

/** What an instance waits for: the needed step of the same owner, else all of it on its host. */
export function neededBy(instance: StepInstance, all: readonly StepInstance[]): StepInstance[] {
  const { needs, elsewhere = [] } = instance.step;
  const here = needs.flatMap((need) => {
    const candidates = all.filter(({ step }) => step.id === need);
    const own = candidates.filter(({ owner }) => owner === instance.owner);
    if (own.length > 0) return own;
    return candidates.filter(({ target }) => target === instance.target);
  });
  return [...here, ...all.filter(({ step }) => elsewhere.includes(step.id))];
}

/** The instances and all that they rest on, in the guide's order. */
export function withNeeds(
  wanted: readonly StepInstance[],
  all: readonly StepInstance[],
): StepInstance[] {
  const found = new Set<string>();
  const visit = (instance: StepInstance) => {
    if (found.has(instance.id)) return;
    found.add(instance.id);
    for (const need of neededBy(instance, all)) visit(need);
  };
  for (const instance of wanted) visit(instance);
  return all.filter(({ id }) => found.has(id));
}
