import type { Preview } from '../../contract/action.ts';
import { LabwrightError } from '../../contract/error.ts';
import type { LabState } from '../../contract/lab-state.ts';
import type { PowerChange } from '../../contract/machines.ts';
import type { Plan } from '../../contract/plan.ts';
import type { Hypervisor } from '../engine/hypervisor.ts';
import { machineSpecs, machineStepId } from '../engine/machine-specs.ts';
import { asPreview, digestOf } from '../engine/preview.ts';
import { instanceId } from '../engine/step.ts';

/**
 * What changing the power of a machine would do. Only for machines of the plan that bear the mark of
 * this lab; the script looks for the mark again before it does anything.
 */
export function powerPreview(input: {
  readonly plan: Plan;
  readonly inventories: LabState['inventories'];
  readonly hypervisor: Pick<Hypervisor, 'power'>;
  readonly host: string;
  readonly uuid: string;
  readonly to: PowerChange;
}): Preview {
  const { plan, inventories, hypervisor, host, uuid, to } = input;
  const spec = machineSpecs(plan).find((each) => each.on === host && each.uuid === uuid);
  const found = inventories[host]?.inventory.machines.find((each) => each.uuid === uuid);
  if (spec === undefined || found?.owner?.lab !== spec.mark.lab) {
    throw new LabwrightError('machine-not-ours', { name: found?.name ?? spec?.name ?? uuid });
  }
  const actions = [...hypervisor.power(spec, to)];
  // The machine's own step: it observes the machine afterwards.
  const step = machineStepId(spec);
  const id = instanceId(step, spec.name);
  const risks = ['changes-power' as const];
  const digest = digestOf(actions);
  return asPreview([{ id, step, target: host, actions, risks, predicted: false, digest }]);
}
