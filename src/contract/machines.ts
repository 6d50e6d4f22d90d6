import { z } from 'zod';
import { MachineRole } from './plan.ts';

/** A machine of the plan as it shall be: its names and addresses are known before it exists. */
export const PlannedMachine = z.object({
  name: z.string(),
  /** Host or site that runs it. */
  on: z.string(),
  role: MachineRole,
  /** The step of the guide that holds it against what there is: `nodes.machine@NAME`. */
  step: z.string(),
  uuid: z.string(),
  cpus: z.number(),
  memoryMib: z.number(),
  disksGib: z.array(z.number()),
  firmware: z.enum(['bios', 'efi']),
  nested: z.boolean(),
  /** It was there before, and is only looked at until it bears our mark. */
  adopted: z.boolean().optional(),
  nics: z.array(
    z.object({
      /** Name of the network in the plan, and the bridge or portgroup that it is. */
      network: z.string(),
      bridge: z.string(),
      mac: z.string(),
    }),
  ),
});
export type PlannedMachine = z.infer<typeof PlannedMachine>;

/** What the machines of the plan that are not there yet will take of a host. */
export const HostForecast = z.object({
  host: z.string(),
  machines: z.number(),
  cpus: z.number(),
  memoryMib: z.number(),
  diskBytes: z.number(),
  /** Free in the pool that gets the disks; absent until the host was asked. */
  availableBytes: z.number().optional(),
});
export type HostForecast = z.infer<typeof HostForecast>;

export const PlannedMachines = z.object({
  /** What marks the things that this lab made. */
  lab: z.string(),
  machines: z.array(PlannedMachine),
  forecasts: z.array(HostForecast),
});
export type PlannedMachines = z.infer<typeof PlannedMachines>;

export const PowerChange = z.enum(['on', 'off', 'reset']);
export type PowerChange = z.infer<typeof PowerChange>;
