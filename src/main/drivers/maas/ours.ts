import { LabwrightError } from '../../../contract/error.ts';
import type { MaasMachine, MaasStatus } from '../../../contract/maas.ts';

/** States in which nobody works on or with a machine. */
const IDLE: ReadonlySet<MaasStatus> = new Set([
  'new',
  'failed-commissioning',
  'missing',
  'ready',
  'retired',
  'broken',
  'failed-testing',
]);

/** What has to hold before a machine is deleted, because MAAS itself asks nothing. */
export function mayBeRemoved(
  maas: string,
  machine: MaasMachine,
  { macs, evenInUse }: { readonly macs: readonly string[]; readonly evenInUse?: boolean },
): void {
  const known = new Set(macs.map((mac) => mac.toLowerCase()));
  const theirs = [machine.bootMac, ...machine.nics.map(({ mac }) => mac)];
  const params = { maas, machine: machine.hostname };
  if (!theirs.some((mac) => known.has(mac))) throw new LabwrightError('maas-not-ours', params);
  if (evenInUse !== true && !IDLE.has(machine.status))
    throw new LabwrightError('maas-machine-in-use', { ...params, state: machine.status });
}
