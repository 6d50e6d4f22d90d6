import type { PlannedMachines } from '../../contract/machines.ts';
import { calls } from '../core/core-connection.ts';
import { useLab } from '../core/lab-context.ts';
import type { Answer } from '../core/use-answer.ts';
import { useAnswer } from '../core/use-answer.ts';

/** The machines of the plan; asked again when the plan or what a host has changes. */
export function usePlanned(): Answer<PlannedMachines> {
  const { path, state } = useLab();
  const asked = Object.values(state.inventories).map(({ at }) => at);
  return useAnswer(path, `${state.plan.sha256} ${asked.join(' ')}`, (signal) =>
    calls.machines.planned({ lab: path }, { signal }),
  );
}
