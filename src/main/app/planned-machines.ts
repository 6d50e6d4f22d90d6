import type { LabState } from '../../contract/lab-state.ts';
import type { PlannedMachines } from '../../contract/machines.ts';
import type { Plan } from '../../contract/plan.ts';
import { labId, machineSpecs } from '../engine/machine-specs.ts';
import { forecast } from '../guide/machine-rules.ts';
import { machineStorage } from '../guide/machine-storage.ts';
import { machineStepId } from './machine-step.ts';

/** The machines of the plan with their addresses, and what the missing ones will take. */
export function plannedMachines(plan: Plan, inventories: LabState['inventories']): PlannedMachines {
  const specs = machineSpecs(plan);
  const hosts = [...new Set(specs.map(({ on }) => on))];
  return {
    lab: labId(plan),
    machines: specs.map(({ mark: _, disksGib, nics, ...spec }) => ({
      ...spec,
      step: machineStepId(spec),
      disksGib: [...disksGib],
      nics: nics.map((nic) => ({ ...nic })),
    })),
    forecasts: hosts.map((host) => {
      const inventory = inventories[host]?.inventory;
      const wanted = forecast(
        specs.filter(({ on }) => on === host),
        inventory ?? { machines: [] },
      );
      const pool = machineStorage(plan, host, inventory?.storages ?? [], undefined);
      return {
        host,
        ...wanted,
        ...(pool === undefined ? {} : { availableBytes: pool.availableBytes }),
      };
    }),
  };
}
