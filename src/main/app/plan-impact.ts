import type { PlanImpact } from '../../contract/api.ts';
import type { Plan } from '../../contract/plan.ts';
import { contextOf } from '../engine/compare.ts';
import { type FactView, NotObserved } from '../engine/facts.ts';
import { type Chapter, instantiate, type StepInstance } from '../engine/step.ts';
import type { ReadPlan } from '../plan/read-plan.ts';

function flatten(value: unknown, path: string, into: Map<string, string>): void {
  if (value === undefined) return;
  if (Array.isArray(value)) {
    into.set(path, value.map(String).join(', '));
    return;
  }
  if (value !== null && typeof value === 'object') {
    for (const [key, item] of Object.entries(value))
      flatten(item, path ? `${path}.${key}` : key, into);
    return;
  }
  into.set(path, String(value));
}

function values(plan: Plan | null): Map<string, string> {
  const found = new Map<string, string>();
  flatten(plan ?? {}, '', found);
  return found;
}

/** What a step asks and what it says, under a plan: when both stay, the change does not touch it. */
function standing(instance: StepInstance, plan: Plan, facts: FactView): string {
  const context = contextOf(instance, plan, facts);
  const asks = instance.step
    .reads(context)
    .map(({ target, probe }) => [target, probe.key, probe.script]);
  try {
    return JSON.stringify([asks, instance.step.check(context)]);
  } catch (error) {
    if (error instanceof NotObserved) return JSON.stringify([asks]);
    throw error;
  }
}

/** What saving a changed plan would mean: values, steps that come and go, steps to look at again. */
export function planImpact(
  before: Plan | null,
  next: ReadPlan,
  chapters: readonly Chapter[],
  view: () => FactView,
): PlanImpact {
  const old = values(before);
  const now = values(next.plan);
  const paths = [...new Set([...old.keys(), ...now.keys()])].sort();
  const differences = paths
    .filter((path) => old.get(path) !== now.get(path))
    .map((path) => ({ path, old: old.get(path) ?? '', new: now.get(path) ?? '' }));
  const instances = (plan: Plan | null) => (plan ? instantiate(chapters, plan) : []);
  const oldOnes = new Map(instances(before).map((instance) => [instance.id, instance]));
  const newOnes = new Map(
    instances(next.plan ?? before).map((instance) => [instance.id, instance]),
  );
  const changed = [...newOnes.values()].filter(({ id, target }) => {
    const old = oldOnes.get(id);
    if (old === undefined || before === null || next.plan === null) return false;
    if (differences.some(({ path }) => path.startsWith(`hosts.${target}.`))) return true;
    return standing(old, before, view()) !== standing(old, next.plan, view());
  });
  return {
    problems: next.problems,
    added: [...newOnes.keys()].filter((id) => !oldOnes.has(id)),
    removed: [...oldOnes.keys()].filter((id) => !newOnes.has(id)),
    changed: changed.map(({ id }) => id),
    differences: next.plan ? differences : [],
  };
}
