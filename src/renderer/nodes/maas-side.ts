import { type BootHistory, type BootLadder, isStuck } from '../../contract/boot-ladder.ts';
import type { LabState } from '../../contract/lab-state.ts';
import type { MaasMachine } from '../../contract/maas.ts';
import type { Power } from './machine-rows.ts';

/** What MAAS says of one machine, and when it was asked. */
export interface MaasSide {
  readonly machine: MaasMachine;
  readonly ladder: BootLadder | undefined;
  readonly history: BootHistory;
  readonly at: number;
  /** Host of the MAAS server. */
  readonly server: string;
}

/** MAAS's machines by their addresses: a machine is the same on both sides when it has one of them. */
export function maasByMac(maas: LabState['maas']): Map<string, MaasSide> {
  const sides = new Map<string, MaasSide>();
  for (const [server, { at, machines, ladders, history }] of Object.entries(maas)) {
    for (const machine of machines) {
      const side = { machine, ladder: ladders[machine.id], history, at, server };
      for (const { mac } of machine.nics) sides.set(mac, side);
    }
  }
  return sides;
}

/** Whether MAAS believes another thing of the power than its hypervisor says. */
export function isPowerDrift(power: Power, { machine }: MaasSide): boolean {
  if (machine.power !== 'on' && machine.power !== 'off') return false;
  if (power !== 'on' && power !== 'off') return false;
  return power !== machine.power;
}

/** Whether it has stood on one rung of its start longer than it may, as of when MAAS was asked. */
export function isStuckNow(side: MaasSide, now: number): boolean {
  return side.ladder !== undefined && isStuck(side.ladder, side.history, now);
}
