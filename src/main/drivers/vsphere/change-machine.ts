import type { Session } from './session.ts';
import { runTask, type TaskOptions } from './tasks.ts';
import type { MoRef, VimObject } from './vim-value.ts';

export interface MachineChange {
  readonly cpus?: number;
  readonly memoryMebibytes?: number;
  /** Machines inside this machine. */
  readonly nested?: boolean;
}

/** Changes a machine that is off; `site-power-state` or `site-not-supported` when it is on. */
export async function changeMachine(
  session: Session,
  machine: MoRef,
  { cpus, memoryMebibytes, nested }: MachineChange,
  options: TaskOptions = {},
): Promise<void> {
  const spec: VimObject = {
    ...(cpus === undefined ? {} : { numCPUs: cpus }),
    ...(memoryMebibytes === undefined ? {} : { memoryMB: memoryMebibytes }),
    ...(nested === undefined ? {} : { nestedHVEnabled: nested }),
  };
  if (Object.keys(spec).length === 0) return;
  await runTask(session, 'ReconfigVM_Task', machine, { spec }, options);
}
