import { z } from 'zod';
import { LabwrightError } from '../../../contract/error.ts';
import type { Decoded } from './decode.ts';
import { faultError, localizedFault } from './faults.ts';
import { retrieveOne } from './properties.ts';
import { type CallOptions, parseAnswer, Ref, type Session } from './session.ts';
import { watch } from './updates.ts';
import type { MoRef, VimValue } from './vim-value.ts';

export interface TaskOptions extends CallOptions {
  /** Called with the percentage, 0 to 100, whenever the site tells a new one. */
  readonly onProgress?: (percent: number) => void;
}

const TaskInfo = z.looseObject({
  state: z.enum(['queued', 'running', 'success', 'error']),
  progress: z.number().optional(),
  cancelled: z.boolean().optional(),
  error: z.custom<Decoded>().optional(),
  result: z.custom<Decoded>().optional(),
});

/** Asking the site to stop must itself not take long: somebody is waiting for it. */
const CANCEL_MS = 10_000;

/**
 * Starts a task and follows it to its end by the site's own updates. Resolves to the task's result.
 * A fault, at the start or afterwards, is thrown as a typed error. Aborting asks the site to cancel
 * the task and throws `cancelled`; a task that cannot be cancelled runs on.
 */
export async function runTask(
  session: Session,
  method: string,
  self: MoRef,
  args: Readonly<Record<string, VimValue | undefined>>,
  options: TaskOptions = {},
): Promise<Decoded | undefined> {
  // Not to be cut off by the signal: a task that began must be known to be cancelled.
  const { signal, ...rest } = options;
  if (signal?.aborted) throw new LabwrightError('cancelled');
  const started = await session.call(method, self, args, rest);
  const task = parseAnswer(session.site, Ref, started, 'Task');
  try {
    return await followTask(session, task, options);
  } catch (error) {
    if (signal?.aborted) await cancelTask(session, task);
    throw error;
  }
}

async function followTask(
  session: Session,
  task: MoRef,
  { onProgress, ...options }: TaskOptions,
): Promise<Decoded | undefined> {
  let told: number | undefined;
  const look = (value: Decoded): z.infer<typeof TaskInfo> | undefined => {
    const info = parseAnswer(session.site, TaskInfo, value, 'TaskInfo');
    if (info.progress !== undefined && info.progress !== told) {
      told = info.progress;
      onProgress?.(told);
    }
    if (info.state === 'error') throw taskError(session, info);
    return info.state === 'success' ? info : undefined;
  };
  const wanted = { type: 'Task', paths: ['info'] };
  for await (const { changes, restarted } of watch(session, wanted, [task], options)) {
    for (const { kind, changes: values, missing } of changes) {
      if (missing.info !== undefined) throw faultError(session.site.name, missing.info);
      if (kind === 'leave') throw gone(session, task);
      const done = values.info === undefined ? undefined : look(values.info);
      if (done !== undefined) return done.result;
    }
    if (!restarted) continue;
    // vcsim loses what happens between its first answer and its beginning to listen. Once is enough.
    const { properties } = await retrieveOne(session, task, ['info'], options);
    const done = properties.info === undefined ? undefined : look(properties.info);
    if (done !== undefined) return done.result;
  }
  throw gone(session, task);
}

function taskError(
  session: Session,
  { cancelled, error }: z.infer<typeof TaskInfo>,
): LabwrightError {
  const fault = localizedFault(error);
  if (cancelled === true) return new LabwrightError('cancelled', {}, { cause: fault });
  return faultError(session.site.name, fault);
}

/** Sites forget ended tasks after some minutes. */
function gone(session: Session, task: MoRef): LabwrightError {
  return new LabwrightError('site-object-gone', { site: session.site.name, what: task.value });
}

async function cancelTask(session: Session, task: MoRef): Promise<void> {
  try {
    await session.call('CancelTask', task, {}, { silenceMs: CANCEL_MS });
  } catch {
    // It ended meanwhile or cannot be cancelled; what it did is observed anew.
  }
}
