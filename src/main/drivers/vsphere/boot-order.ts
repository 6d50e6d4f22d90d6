import { describeMachine, type MachineFacts } from './machines.ts';
import type { Session } from './session.ts';
import { runTask, type TaskOptions } from './tasks.ts';
import type { MoRef, VimObject } from './vim-value.ts';

/**
 * Lets a machine boot from all its network cards and then its disks, or the other way round. Boot
 * devices are named by their keys, which the site gives: so this comes after the making. Returns
 * false when the order is already that.
 */
export async function setBootFirst(
  session: Session,
  machine: MoRef,
  first: 'network' | 'disk',
  options: TaskOptions = {},
): Promise<boolean> {
  const facts = await describeMachine(session, machine, options);
  const wanted = bootOrder(facts, first);
  const now = facts.bootOrder.map(({ key }) => key);
  if (wanted.map(({ deviceKey }) => deviceKey).join() === now.join()) return false;
  const spec = { bootOptions: { bootOrder: wanted } };
  await runTask(session, 'ReconfigVM_Task', machine, { spec }, options);
  return true;
}

function bootOrder({ nics, disks }: MachineFacts, first: 'network' | 'disk'): VimObject[] {
  const network = nics.map(({ key }) => ({
    _type: 'VirtualMachineBootOptionsBootableEthernetDevice',
    deviceKey: key,
  }));
  const disk = disks.map(({ key }) => ({
    _type: 'VirtualMachineBootOptionsBootableDiskDevice',
    deviceKey: key,
  }));
  return first === 'network' ? [...network, ...disk] : [...disk, ...network];
}
