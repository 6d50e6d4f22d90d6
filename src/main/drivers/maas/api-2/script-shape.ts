import { z } from 'zod';
import type { MaasScriptResult, MaasScriptSet } from '../../../../contract/maas.ts';
import type { KnownScript } from '../../../engine/maas.ts';
import { scriptStateOf } from '../numbers.ts';
import { text } from '../optional-text.ts';

const state = z.int().transform((number) => scriptStateOf(number) ?? 'unknown');

/** A number, or an empty text where there is none yet. */
const moment = z
  .union([z.number(), z.literal(''), z.null()])
  .optional()
  .transform((value) => (typeof value === 'number' ? value : undefined));

/** `0:01:30`, `1 day, 0:00:30`, or empty; what is not told is 0. */
export function secondsOf(duration: string): number {
  const match = /^(?:(\d+) days?, )?(\d+):(\d{2}):(\d{2})/.exec(duration);
  if (match === null) return 0;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}

/** Absent when it was not asked for. */
const base64 = z
  .string()
  .optional()
  .transform((value) =>
    value === undefined ? undefined : Buffer.from(value, 'base64').toString(),
  );

const Result = z
  .object({
    id: z.int(),
    name: z.string(),
    status: state,
    exit_status: z.int().nullish(),
    starttime: moment,
    endtime: moment,
    estimated_runtime: text,
    output: base64,
    stderr: base64,
  })
  .transform(
    (result): MaasScriptResult => ({
      id: result.id,
      name: result.name,
      state: result.status,
      ...(result.exit_status == null ? {} : { exitCode: result.exit_status }),
      ...(result.starttime === undefined ? {} : { startedAt: result.starttime }),
      ...(result.endtime === undefined ? {} : { endedAt: result.endtime }),
      expectedSeconds: secondsOf(result.estimated_runtime),
      ...(result.output === undefined ? {} : { output: result.output }),
      ...(result.stderr === undefined ? {} : { errors: result.stderr }),
    }),
  );

/** MAAS's numbers for the kinds of sets. */
const KINDS = ['commissioning', 'installation', 'testing'] as const;

export const ScriptSet = z
  .object({
    id: z.int(),
    type: z.int().min(0).max(2),
    system_id: z.string(),
    status: state,
    results: z.array(Result),
  })
  .transform(
    ({ id, type, system_id, status, results }): MaasScriptSet => ({
      id,
      kind: KINDS[type] ?? 'commissioning',
      machine: system_id,
      state: status,
      scripts: results,
    }),
  );

export const KnownScriptShape = z
  .object({ name: z.string(), title: text, timeout: text })
  .transform(
    ({ name, title, timeout }): KnownScript => ({
      name,
      title,
      timeoutSeconds: secondsOf(timeout),
    }),
  );
