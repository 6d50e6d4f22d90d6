import type { PlanImpact } from '../../contract/api.ts';
import type { Plan } from '../../contract/plan.ts';
import { type Chapter, instantiate } from '../engine/step.ts';
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

/** What saving a changed plan would mean: values, steps that come and go, steps to look at again. */
export function planImpact(
  before: Plan | null,
  next: ReadPlan,
  chapters: readonly Chapter[],
): PlanImpact {
  const old = values(before);
  const now = values(next.plan);
  const paths = [...new Set([...old.keys(), ...now.keys()])].sort();
  const differences = paths
    .filter((path) => old.get(path) !== now.get(path))
    .map((path) => ({ path, old: old.get(path) ?? '', new: now.get(path) ?? '' }));
  const idsOf = (plan: Plan | null) =>
    plan ? instantiate(chapters, plan).map(({ id }) => id) : [];
  const oldIds = idsOf(before);
  const newIds = next.plan ? idsOf(next.plan) : oldIds;
  const touched = (id: string) => {
    const target = id.slice(id.indexOf('@') + 1);
    const section = id.slice(0, id.indexOf('.'));
    return differences.some(
      ({ path }) =>
        path.startsWith(`hosts.${target}.`) ||
        path.startsWith(`${section}.`) ||
        path.startsWith('proxy.'),
    );
  };
  return {
    problems: next.problems,
    added: newIds.filter((id) => !oldIds.includes(id)),
    removed: oldIds.filter((id) => !newIds.includes(id)),
    changed: newIds.filter((id) => oldIds.includes(id) && touched(id)),
    differences: next.plan ? differences : [],
  };
}
