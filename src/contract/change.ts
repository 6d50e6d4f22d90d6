import { z } from 'zod';
import { PlanProblem } from './lab-state.ts';
import { Message } from './message.ts';

/**
 * Something that no step of the guide does by itself and that a person asks for: previewed, agreed
 * to by its digest, and done exactly as it was shown.
 */
export const Change = z.discriminatedUnion('what', [
  /** Back to the snapshots that a run took; what happened on those machines since is lost. */
  z.object({ what: z.literal('revert'), run: z.string() }),
  /** All is well: the snapshots that a run took are not needed any more. */
  z.object({ what: z.literal('drop-snapshots'), run: z.string() }),
  /** An adopted machine gets the mark of this lab, and may be changed from then on. */
  z.object({ what: z.literal('mark'), host: z.string(), uuid: z.string() }),
  /** What bears our mark and has left the plan. */
  z.object({
    what: z.literal('remove'),
    host: z.string(),
    /** By UUID. */
    machines: z.array(z.string()).default([]),
    /** By the name that they have on the host. */
    networks: z.array(z.string()).default([]),
  }),
  /** Everything that any run made and that is still there. */
  z.object({
    what: z.literal('teardown'),
    /** Mirrored and downloaded images stay. */
    keepData: z.boolean().default(false),
  }),
]);
export type Change = z.infer<typeof Change>;

/** What putting a machine that exists into the plan would write, before anything is saved. */
export const Adoption = z.object({
  /** Its name in the plan. */
  name: z.string(),
  /** The whole of lab.yaml, for saving, and the hash of what it was made from. */
  text: z.string(),
  expected: z.string(),
  /** The new lines alone. */
  added: z.string(),
  /** What keeps lab.yaml from being saved so. */
  problems: z.array(PlanProblem),
  /** In what the machine differs from what one of its role should be. */
  departures: z.array(Message),
  notes: z.array(Message),
});
export type Adoption = z.infer<typeof Adoption>;
