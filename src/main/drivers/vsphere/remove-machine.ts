import { LabwrightError } from '../../../contract/error.ts';
import { carriesMark } from './machine-spec.ts';
import { describeMachine } from './machines.ts';
import type { CallOptions, Session } from './session.ts';
import { runTask, type TaskOptions } from './tasks.ts';
import type { MoRef } from './vim-value.ts';

/** Takes a machine of ours off the site's list; its files stay. `site-not-ours` without the mark. */
export async function unregisterMachine(
  session: Session,
  machine: MoRef,
  mark: string,
  options: CallOptions = {},
): Promise<void> {
  await assertOurs(session, machine, mark, options);
  await session.call('UnregisterVM', machine, {}, options);
}

/** Deletes a machine of ours with its disks; it must be off. `site-not-ours` without the mark. */
export async function destroyMachine(
  session: Session,
  machine: MoRef,
  mark: string,
  options: TaskOptions = {},
): Promise<void> {
  await assertOurs(session, machine, mark, options);
  await runTask(session, 'Destroy_Task', machine, {}, options);
}

async function assertOurs(
  session: Session,
  machine: MoRef,
  mark: string,
  options: CallOptions,
): Promise<void> {
  const { name, annotation } = await describeMachine(session, machine, options);
  if (carriesMark(annotation, mark)) return;
  throw new LabwrightError('site-not-ours', { site: session.site.name, what: name });
}
