import { createHash } from 'node:crypto';
import type { Action, PlannedStep, Preview } from '../../contract/action.ts';
import { type Finding, isSatisfied } from '../../contract/finding.ts';
import { type Message, message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import { contextOf } from './compare.ts';
import { type Fact, type FactStore, factId, NotObserved } from './facts.ts';
import { neededBy, type StepInstance } from './step.ts';

/** JSON with sorted keys, so that equal data has one text. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

/** What is executed: everything but the forecast of its amount. */
function essence(action: Action): unknown {
  switch (action.kind) {
    case 'script': {
      const { progress: _, ...rest } = action;
      return rest;
    }
    case 'image':
    case 'disk':
      return { ...action, image: { ...action.image, size: undefined } };
    case 'site': {
      if (action.call.kind !== 'put-disk') return action;
      const image = { ...action.call.image, size: undefined };
      return { ...action, call: { ...action.call, image } };
    }
    default:
      return action;
  }
}

export function digestOf(actions: readonly Action[]): string {
  return createHash('sha256')
    .update(canonical(actions.map(essence)))
    .digest('hex');
}

/** Steps as they are shown, with one digest over what would be done and in which order. */
export function asPreview(
  steps: readonly PlannedStep[],
  left: Preview['left'] = [],
  snapshots: Preview['snapshots'] = undefined,
): Preview {
  const lines = steps.map(({ id, digest, after = [] }) => `${[id, digest, ...after].join(' ')}\n`);
  const digest = createHash('sha256').update(lines.join('')).digest('hex');
  return { steps: [...steps], left, digest, ...(snapshots === undefined ? {} : { snapshots }) };
}

/** Whether nothing would be done that was not shown: equal actions, or some of them. */
export function isCovered(now: readonly Action[], shown: readonly Action[]): boolean {
  const known = new Set(shown.map((action) => canonical(essence(action))));
  return now.every((action) => known.has(canonical(essence(action))));
}

/** The actions of an instance, planned from facts; a step that needs nothing has none. */
export function planStep(
  instance: StepInstance,
  plan: Plan,
  facts: ReturnType<FactStore['view']>,
  last: Finding | undefined,
  predicted: boolean,
): PlannedStep {
  const actions = [...(instance.step.plan?.(contextOf(instance, plan, facts, last)) ?? [])];
  return {
    id: instance.id,
    step: instance.step.id,
    target: instance.target,
    actions,
    risks: [...(instance.step.risks ?? [])],
    predicted,
    digest: digestOf(actions),
  };
}

export interface PreviewInput {
  readonly plan: Plan;
  /** All instances; needed to know what rests on what. */
  readonly instances: readonly StepInstance[];
  /** What the person asked for. */
  readonly wanted: readonly StepInstance[];
  readonly store: FactStore;
  readonly findings: Readonly<Record<string, Finding>>;
  readonly now: number;
}

/**
 * What would be done, in order. A step that waits for one that is itself in the preview is planned
 * from the facts that are expected by then, and is marked as predicted.
 */
export function preview(input: PreviewInput): Preview {
  const { plan, store, findings } = input;
  const expected = new Map<string, Fact>();
  const planned: PlannedStep[] = [];
  const left: { id: string; reason: Message }[] = [];
  /** Instances that will be satisfied by then: planned, or found to need nothing. */
  const coming = new Set<string>();
  const leave = (instance: StepInstance, reason: Message) => left.push({ id: instance.id, reason });
  for (const instance of input.wanted) {
    const finding = findings[instance.id];
    if (finding === undefined) {
      leave(instance, message('preview.not-checked'));
      continue;
    }
    if (isSatisfied(finding.state)) continue;
    const needs = neededBy(instance, input.instances);
    const unmet = needs.filter(
      (need) => !isSatisfied(findings[need.id]?.state ?? 'unknown') && !coming.has(need.id),
    );
    if (unmet.length > 0) {
      leave(instance, message('preview.waits', { steps: unmet.map(({ id }) => id).join(', ') }));
      continue;
    }
    const facts = store.viewWith(expected);
    const context = contextOf(instance, plan, facts, finding);
    const predicted = finding.state === 'blocked';
    // A step that only measures is satisfied by the ones before it, or by a person.
    const measures = instance.step.plan === undefined;
    if (measures && !predicted) {
      leave(instance, finding.reason);
      continue;
    }
    try {
      if (predicted && instance.step.check(context).state === 'done') {
        coming.add(instance.id);
        continue;
      }
      if (measures) continue;
      const step = planStep(instance, plan, facts, finding, predicted);
      if (step.actions.length === 0) {
        leave(instance, finding.reason);
        continue;
      }
      planned.push(step);
      coming.add(instance.id);
      for (const { read, value } of instance.step.expects?.(context) ?? []) {
        const { target, probe } = read;
        expected.set(factId(target, probe.key), {
          target,
          key: probe.key,
          at: input.now,
          command: probe.shown ?? probe.script,
          output: '',
          value,
          stale: false,
        });
      }
    } catch (error) {
      if (!(error instanceof NotObserved)) throw error;
      if (measures) continue;
      leave(instance, message('preview.needs-facts', { step: instance.id }));
    }
  }
  return asPreview(planned, left);
}
