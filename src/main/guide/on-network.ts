import type { Machine } from '../../contract/inventory.ts';
import { networkName } from '../engine/machine-specs.ts';
import type { StepContext } from '../engine/step.ts';

/** Whether a machine is on the network that a step is about. */
export function onNetwork({ plan, owner }: StepContext, { nics }: Machine): boolean {
  const name = networkName(plan, owner);
  return nics.some(({ network }) => network === name);
}
