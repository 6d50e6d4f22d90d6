import { z } from 'zod';
import { Action, Cancel, PlannedStep } from './action.ts';
import { Message } from './message.ts';

/** Amount of a running action. Rates come from the core, which has the clock. */
export const Progress = z.object({
  doneBytes: z.number(),
  totalBytes: z.number().optional(),
  bytesPerSecond: z.number().optional(),
  secondsLeft: z.number().optional(),
  /** What is being worked on: a file name, a package. */
  item: z.string().optional(),
});
export type Progress = z.infer<typeof Progress>;

export const Failure = z.object({
  code: z.string(),
  /** The cause in one line. */
  reason: Message,
  /** Last lines of output, made inert. */
  output: z.string().default(''),
  /** What to try next. */
  advice: z.array(Message).default([]),
});
export type Failure = z.infer<typeof Failure>;

export const ActionRun = z.object({
  /** `step@target/action`. */
  id: z.string(),
  action: Action,
  state: z.enum(['waiting', 'running', 'succeeded', 'failed', 'cancelled', 'lost', 'not-run']),
  job: z.string().optional(),
  startedAt: z.number().optional(),
  endedAt: z.number().optional(),
  exitCode: z.number().optional(),
  progress: Progress.optional(),
  /** Set while the action has been silent for longer than its limit. */
  silentSince: z.number().optional(),
  /** Last lines of output, made inert. */
  tail: z.string().default(''),
  failure: Failure.optional(),
});
export type ActionRun = z.infer<typeof ActionRun>;

export const StepRun = z.object({
  id: z.string(),
  step: z.string(),
  target: z.string(),
  state: z.enum([
    'waiting',
    'checking',
    'running',
    'proving',
    'done',
    'failed',
    'cancelled',
    'skipped',
    'paused',
  ]),
  actions: z.array(ActionRun),
  failure: Failure.optional(),
  /** Set when `paused`: what would be done now differs from what was shown. */
  changed: PlannedStep.optional(),
});
export type StepRun = z.infer<typeof StepRun>;

export const RunState = z.enum([
  'running',
  'paused',
  'succeeded',
  'failed',
  'cancelled',
  'interrupted',
]);
export type RunState = z.infer<typeof RunState>;

/** What a run is for. All but `apply` do exactly what was shown, whatever the plan says by then. */
export const RunKind = z.enum([
  'apply',
  'undo',
  'power',
  'revert',
  'drop-snapshots',
  'mark',
  'remove',
  'teardown',
]);
export type RunKind = z.infer<typeof RunKind>;

export const Run = z.object({
  id: z.string(),
  kind: RunKind,
  /** For what is about another run (undo, revert, drop-snapshots): that run. */
  of: z.string().optional(),
  state: RunState,
  steps: z.array(StepRun),
  startedAt: z.number(),
  endedAt: z.number().optional(),
  digest: z.string(),
  cancelRequested: z.boolean().default(false),
  /** How the action that is running now takes a cancel. */
  cancel: Cancel.optional(),
});
export type Run = z.infer<typeof Run>;
