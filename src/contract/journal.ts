import { z } from 'zod';
import { PlannedStep } from './action.ts';
import { Finding } from './finding.ts';
import { Message } from './message.ts';
import { Failure, RunKind } from './run.ts';

/** What the journal holds. Rows are appended and never changed. */
export const JournalEntry = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('run-started'),
    run: z.string(),
    what: RunKind,
    of: z.string().optional(),
    steps: z.array(PlannedStep),
    digest: z.string(),
    /**
     * The plan of that moment: what a later one no longer names can still be taken back. Read with
     * care: an earlier version may have written it.
     */
    plan: z.unknown().optional(),
  }),
  z.object({
    kind: z.literal('step-started'),
    run: z.string(),
    id: z.string(),
    planned: PlannedStep,
    /** Facts as they were before the change, by probe key; undo works from these. */
    before: z.record(z.string(), z.unknown()),
  }),
  z.object({
    kind: z.literal('action-started'),
    run: z.string(),
    id: z.string(),
    action: z.string(),
    /** The owner mark of the durable job, written before the job is created. */
    job: z.string().optional(),
  }),
  z.object({
    kind: z.literal('action-ended'),
    run: z.string(),
    id: z.string(),
    action: z.string(),
    state: z.enum(['succeeded', 'failed', 'cancelled', 'lost', 'not-run']),
    exitCode: z.number().optional(),
    output: z.string().default(''),
    /** Plain outputs by name; of a secret one the name under which the vault has it. */
    outputs: z
      .record(z.string(), z.object({ value: z.string() }).or(z.object({ secret: z.string() })))
      .optional(),
    failure: Failure.optional(),
  }),
  z.object({
    kind: z.literal('step-ended'),
    run: z.string(),
    id: z.string(),
    state: z.enum(['done', 'failed', 'cancelled', 'skipped']),
    failure: Failure.optional(),
  }),
  z.object({
    kind: z.literal('run-ended'),
    run: z.string(),
    state: z.enum(['succeeded', 'failed', 'cancelled']),
  }),
  z.object({ kind: z.literal('run-interrupted'), run: z.string() }),
  z.object({ kind: z.literal('run-resumed'), run: z.string() }),
  z.object({ kind: z.literal('finding'), finding: Finding }),
  z.object({
    kind: z.literal('trust'),
    target: z.string(),
    what: z.enum(['host-key-accepted', 'host-key-replaced', 'machine-id-recorded']),
    value: z.string(),
    old: z.string().optional(),
  }),
  z.object({
    kind: z.literal('claim'),
    id: z.string(),
    what: z.enum(['claimed', 'skipped', 'withdrawn']),
    who: z.string(),
    why: z.string(),
  }),
  z.object({
    kind: z.literal('plan-changed'),
    how: z.enum(['saved', 'outside']),
    sha256: z.string(),
  }),
  z.object({ kind: z.literal('note'), text: Message }),
]);
export type JournalEntry = z.infer<typeof JournalEntry>;

export const JournalRow = z.object({
  seq: z.number(),
  /** Milliseconds since the epoch. */
  at: z.number(),
  who: z.string(),
  entry: JournalEntry,
});
export type JournalRow = z.infer<typeof JournalRow>;
