import { json, refused } from './answer.ts';
import { machineJson, type RegionMachine } from './machine.ts';
import type { Region } from './region.ts';
import type { Call, Handler } from './routes.ts';

const RESERVED = 'This method is reserved for admin users.';
export const NOT_ALLOWED = 'User is not allowed access to this API.';

/** For administrators; others are told so in one of MAAS's three ways. */
export const admin =
  (handler: Handler, said = RESERVED): Handler =>
  (call) => {
    if (!call.user.admin) throw refused(403, said);
    return handler(call);
  };

export const shown = (region: Region, machine: RegionMachine): object =>
  machineJson(machine, region.events.message(machine.id));

/** Something done to a machine, which is then shown. */
export const act =
  (work: (call: Call, machine: RegionMachine) => void): Handler =>
  (call) => {
    const machine = call.region.machines.one(call.params[0] ?? '');
    work(call, machine);
    return json(shown(call.region, machine));
  };

export const list = (region: Region, machines: readonly RegionMachine[]) =>
  json(machines.map((machine) => shown(region, machine)));

export const param = ({ params }: Call, index = 0): string => params[index] ?? '';
