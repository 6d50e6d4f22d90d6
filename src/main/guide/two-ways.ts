import type { Plan } from '../../contract/plan.ts';
import type { Step, StepContext } from '../engine/step.ts';

/** One step that is done one way on some targets, and another way on the rest. */
export function twoWays(
  isFirst: (plan: Plan, target: string) => boolean,
  first: Step,
  second: Step,
): Step {
  const way = ({ plan, target }: Pick<StepContext, 'plan' | 'target'>) =>
    isFirst(plan, target) ? first : second;
  return {
    id: first.id,
    targets: (plan) => [...new Set([...first.targets(plan), ...second.targets(plan)])],
    needs: [...new Set([...first.needs, ...second.needs])],
    reads: (context) => way(context).reads(context),
    check: (context) => way(context).check(context),
    plan: (context) => way(context).plan?.(context) ?? [],
    expects: (context) => way(context).expects?.(context) ?? [],
    carries: (context, machine) => way(context).carries?.(context, machine) ?? false,
    undo: (context) => way(context).undo?.(context) ?? [],
    explain: (context, failed) => way(context).explain?.(context, failed),
  };
}
