import { instanceId } from '../engine/step.ts';

const NODE = 'nodes.machine';
const SERVER = 'servers.machine';

/** The step that makes a machine of the plan and holds it against what there is. */
export function machineStepId({ name, install }: { name: string; install?: unknown }): string {
  return instanceId(install === undefined ? NODE : SERVER, name);
}

export function isMachineStep(step: string): boolean {
  return step === NODE || step === SERVER;
}
