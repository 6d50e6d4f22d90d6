import { LabwrightError } from '../../../contract/error.ts';
import { annotationOf, carriesMark } from './machine-spec.ts';
import type { MachineFacts } from './machines.ts';
import { ownerOf } from './owner-mark.ts';
import type { Session } from './session.ts';
import { runTask, type TaskOptions } from './tasks.ts';

/** Adds our mark below what people wrote. `site-not-ours` for a machine that another lab has marked. */
export async function markMachine(
  session: Session,
  { ref, name, annotation }: MachineFacts,
  mark: string,
  options: TaskOptions = {},
): Promise<void> {
  if (carriesMark(annotation, mark)) return;
  if (ownerOf(annotation) !== undefined) {
    throw new LabwrightError('site-not-ours', { site: session.site.name, what: name });
  }
  const spec = { annotation: annotationOf({ note: annotation, mark }) };
  await runTask(session, 'ReconfigVM_Task', ref, { spec }, options);
}

/** Takes the mark away; what people wrote is as it was. */
export async function unmarkMachine(
  session: Session,
  { ref, annotation }: MachineFacts,
  mark: string,
  options: TaskOptions = {},
): Promise<void> {
  const kept = annotation.split('\n').filter((line) => line.trimEnd() !== mark);
  const spec = { annotation: kept.join('\n') };
  await runTask(session, 'ReconfigVM_Task', ref, { spec }, options);
}
