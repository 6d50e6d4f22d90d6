import type { Preview } from '../../contract/action.ts';
import { LabwrightError } from '../../contract/error.ts';
import type { LabState } from '../../contract/lab-state.ts';
import type { PowerChange } from '../../contract/machines.ts';
import type { Plan } from '../../contract/plan.ts';
import type { Hypervisor } from '../engine/hypervisor.ts';
import { machineSpecs } from '../engine/machine-specs.ts';
import { digestOf } from '../engine/preview.ts';
import { instanceId } from '../engine/step.ts';

/** The step whose instance a change of power belongs to: it observes the machine afterwards. */
export const MACHINE_STEP = 'nodes.machine';

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
  const digest = digestOf(actions);
  const step = {
    id: instanceId(MACHINE_STEP, spec.name),
    step: MACHINE_STEP,
    target: host,
    actions,
    risks: ['changes-power' as const],
    predicted: false,
    digest,
  };
  return { steps: [step], left: [], digest };
}
