import { parseAnswer, Ref, type Session } from './session.ts';
import { runTask, type TaskOptions } from './tasks.ts';
import type { MoRef } from './vim-value.ts';

export interface NewSnapshot {
  readonly name: string;
  readonly description: string;
  /** With what is in memory: reverting then gives a running machine. */
  readonly memory: boolean;
}

/** Returns the snapshot. */
export async function createSnapshot(
  session: Session,
  machine: MoRef,
  { name, description, memory }: NewSnapshot,
  options: TaskOptions = {},
): Promise<MoRef> {
  const args = { name, description, memory, quiesce: false };
  const made = await runTask(session, 'CreateSnapshot_Task', machine, args, options);
  return parseAnswer(session.site, Ref, made, 'VirtualMachineSnapshot');
}

/** What the machine's disks held since is lost. */
export async function revertToSnapshot(
  session: Session,
  snapshot: MoRef,
  options: TaskOptions = {},
): Promise<void> {
  await runTask(session, 'RevertToSnapshot_Task', snapshot, {}, options);
}

/** Keeps the machine as it is, and later snapshots. */
export async function removeSnapshot(
  session: Session,
  snapshot: MoRef,
  options: TaskOptions = {},
): Promise<void> {
  const args = { removeChildren: false };
  await runTask(session, 'RemoveSnapshot_Task', snapshot, args, options);
}
