import { z } from 'zod';
import { LabwrightError } from '../../../contract/error.ts';
import { asFields } from './faults.ts';
import type { PowerState } from './machines.ts';
import { retrieveOne } from './properties.ts';
import type { Session } from './session.ts';
import { runTask, type TaskOptions } from './tasks.ts';
import { watch } from './updates.ts';
import type { MoRef } from './vim-value.ts';

/** A machine that waits for storage or memory may take a while; five minutes is no longer waiting. */
const POWER_MS = 300_000;

const State = z.enum(['poweredOn', 'poweredOff', 'suspended']);

/** Powers on; resolves when the machine is on. False when it was on already. */
export function powerOn(
  session: Session,
  machine: MoRef,
  options: TaskOptions = {},
): Promise<boolean> {
  return power(session, machine, 'PowerOnVM_Task', 'poweredOn', options);
}

/** Pulls the plug; resolves when the machine is off. False when it was off already. */
export function powerOff(
  session: Session,
  machine: MoRef,
  options: TaskOptions = {},
): Promise<boolean> {
  return power(session, machine, 'PowerOffVM_Task', 'poweredOff', options);
}

/** Presses reset on a machine that is on; `site-power-state` otherwise. */
export async function reset(
  session: Session,
  machine: MoRef,
  options: TaskOptions = {},
): Promise<void> {
  await runTask(session, 'ResetVM_Task', machine, {}, options);
}

async function power(
  session: Session,
  machine: MoRef,
  method: string,
  wanted: PowerState,
  options: TaskOptions,
): Promise<boolean> {
  const { properties } = await retrieveOne(session, machine, ['runtime.powerState'], options);
  if (properties['runtime.powerState'] === wanted) return false;
  // Whichever of the two fails ends the other.
  const ended = new AbortController();
  const limit = AbortSignal.timeout(POWER_MS);
  const signals = [ended.signal, limit, ...(options.signal ? [options.signal] : [])];
  const both = { ...options, signal: AbortSignal.any(signals) };
  try {
    const state = untilPower(session, machine, wanted, both);
    await Promise.race([runTask(session, method, machine, {}, both), refusal(state)]);
    // A task that ended well is no proof: what counts is the state.
    const now = await retrieveOne(session, machine, ['runtime.powerState'], both);
    if (now.properties['runtime.powerState'] !== wanted) await state;
    return true;
  } catch (error) {
    const stopped = error instanceof LabwrightError && error.code === 'cancelled';
    if (!stopped || !limit.aborted || options.signal?.aborted) throw error;
    throw new LabwrightError('site-timed-out', { site: session.site.name });
  } finally {
    ended.abort();
  }
}

/** Only the failure of a promise: it never resolves. */
function refusal(work: Promise<void>): Promise<never> {
  return new Promise((_resolve, reject) => {
    work.catch(reject);
  });
}

/** Resolves when the machine is in the state. Throws `site-question` when it waits for a person. */
async function untilPower(
  session: Session,
  machine: MoRef,
  wanted: PowerState,
  options: TaskOptions,
): Promise<void> {
  const paths = ['runtime.powerState', 'runtime.question'];
  for await (const { changes } of watch(
    session,
    { type: machine.type, paths },
    [machine],
    options,
  )) {
    for (const { kind, changes: values } of changes) {
      const site = session.site.name;
      if (kind === 'leave') {
        throw new LabwrightError('site-object-gone', { site, what: machine.value });
      }
      // "Was it copied or moved?" blocks a power-on for ever.
      const { text } = asFields(values['runtime.question']);
      if (typeof text === 'string') {
        throw new LabwrightError('site-question', { site, what: machine.value, said: text });
      }
      if (State.safeParse(values['runtime.powerState']).data === wanted) return;
    }
  }
}
