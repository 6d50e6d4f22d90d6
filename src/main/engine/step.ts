import type { Action, Risk } from '../../contract/action.ts';
import type { Finding } from '../../contract/finding.ts';
import type { Machine } from '../../contract/inventory.ts';
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
  /** What a person has to type where we cannot: command text, in no language. */
  readonly keystrokes?: string;
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
  /** The run that is taken back. */
  readonly run?: string;
  /** What was downloaded shall stay: it costs hours to have again, and nothing else rests on it. */
  readonly keepData?: boolean;
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
  /** Steps that must be done wherever the plan has them, on other hosts too. */
  readonly needsEverywhere?: readonly string[];
  /** May look at facts already known: it is asked again until it wants nothing new. */
  readonly reads: (context: StepContext) => readonly Read[];
  readonly check: (context: StepContext) => Verdict;
  readonly plan?: (context: StepContext) => readonly Action[];
  readonly risks?: readonly Risk[];
  /** It reads something that a person begins to measure (`onDemand`). */
  readonly measures?: boolean;
  readonly expects?: (context: StepContext) => readonly Expected[];
  readonly undo?: (context: UndoContext) => readonly Action[];
  /** Whether a machine rests on what this made: then it is not taken away from under it. */
  readonly carries?: (context: StepContext, machine: Machine) => boolean;
  /** Names the cause of a failure from the tool's own words. */
  readonly explain?: (context: StepContext, failed: FailedAction) => Message | undefined;
}

export interface Chapter {
  readonly id: string;
  readonly steps: readonly Step[];
  /** Its steps are nothing to tick off: a person asks for them, and they are only run. */
  readonly aside?: true;
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
  const guide = chapters.filter(({ aside }) => aside === undefined);
  return everyInstance(guide, plan);
}

/** The same with those that are only run. */
export function everyInstance(chapters: readonly Chapter[], plan: Plan): StepInstance[] {
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
  const { needs, needsEverywhere = [] } = instance.step;
  const elsewhere = all.filter(({ step }) => needsEverywhere.includes(step.id));
  const near = needs.flatMap((need) => {
    const candidates = all.filter(({ step }) => step.id === need);
    const own = candidates.filter(({ owner }) => owner === instance.owner);
    if (own.length > 0) return own;
    return candidates.filter(({ target }) => target === instance.target);
  });
  return [...near, ...elsewhere];
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
