import { z } from 'zod';
import { Message } from './message.ts';

/** The eight states of a step held against facts (design: Words). */
export const FindingState = z.enum([
  'done',
  'todo',
  'drifted',
  'blocked',
  'unknown',
  'manual',
  'claimed',
  'skipped',
]);
export type FindingState = z.infer<typeof FindingState>;

/** What was run on a target and what it answered. Output is plain text, made inert for display. */
export const Evidence = z.object({
  target: z.string(),
  command: z.string(),
  output: z.string(),
  /** Milliseconds since the epoch. */
  at: z.number(),
});
export type Evidence = z.infer<typeof Evidence>;

export const StepInstanceId = z.string().regex(/^[a-z0-9.-]+@[A-Za-z0-9._-]+$/);

export const Finding = z.object({
  /** `step@target`, for example `mirror.packages@mirror`. */
  id: StepInstanceId,
  step: z.string(),
  target: z.string(),
  state: FindingState,
  /** One sentence: what was found, or the cause when it is not done. */
  reason: Message,
  /** Further sentences: traps noticed, predictions, advice. */
  notes: z.array(Message).default([]),
  /** What a person has to type where we cannot; command text, never translated. */
  keystrokes: z.string().optional(),
  evidence: z.array(Evidence).default([]),
  /** Instances that must be done first. */
  waitsFor: z.array(z.string()).default([]),
  /** When the youngest fact behind it was observed, ms since the epoch. */
  at: z.number(),
  /** Only for `claimed` and `skipped`. */
  by: z.object({ who: z.string(), why: z.string(), at: z.number() }).optional(),
});
export type Finding = z.infer<typeof Finding>;

/** Whether the steps that need this one may go on. */
export function isSatisfied(state: FindingState): boolean {
  return state === 'done' || state === 'claimed' || state === 'skipped';
}
