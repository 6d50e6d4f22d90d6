import { z } from 'zod';

/** What a machine passes through from its power button to being of use, in order (users.md, ladder). */
export const BOOT_STAGES = [
  'asked',
  'powered',
  'dhcp',
  'bootloader',
  'kernel',
  'ephemeral',
  'reporting',
  'over',
] as const;
export const BootStage = z.enum(BOOT_STAGES);
export type BootStage = z.infer<typeof BootStage>;

/** How far a machine has come since MAAS last set to work with it. Stages without proof are absent. */
export const BootLadder = z.object({
  /** What MAAS is doing with it. */
  work: z.enum(['commissioning', 'deploying']),
  /** The highest rung with proof. */
  stage: BootStage,
  /** When it was reached, milliseconds since the epoch. */
  since: z.number(),
  /** Rungs with proof, in order: MAAS's own words. */
  proofs: z.array(z.object({ stage: BootStage, at: z.number(), said: z.string() })),
  /** Why it ended, when it failed. */
  failed: z.string().optional(),
});
export type BootLadder = z.infer<typeof BootLadder>;

/** How long this took before in this lab, medians in seconds; absent without an earlier one. */
export const BootHistory = z.object({
  commissioning: z.number().optional(),
  deploying: z.number().optional(),
  /** Until the rung after this one was reached. */
  stages: z.partialRecord(BootStage, z.number()),
});
export type BootHistory = z.infer<typeof BootHistory>;

/**
 * How long a rung may take when this lab has no history, in seconds. What is usual, by the guide's
 * numbers (users.md, section 5), doubled: spanning tree takes up to 50 s before the first DHCP request.
 */
const PATIENCE_SECONDS: Readonly<Record<BootStage, number>> = {
  asked: 180,
  powered: 120,
  dhcp: 60,
  bootloader: 120,
  kernel: 180,
  ephemeral: 300,
  reporting: 1500,
  over: Number.POSITIVE_INFINITY,
};
/** What took this much longer than ever before in this lab is stuck. */
const SLOWER_THAN_BEFORE = 3;
const SHORTEST_SECONDS = 60;

/** After so many seconds on this rung a machine counts as stuck. */
export function patienceSeconds(stage: BootStage, history: BootHistory): number {
  const before = history.stages[stage];
  if (before === undefined || stage === 'over') return PATIENCE_SECONDS[stage];
  return Math.max(SHORTEST_SECONDS, before * SLOWER_THAN_BEFORE);
}

/** Whether a machine has stood on one rung longer than it may. MAAS itself waits for 30 minutes. */
export function isStuck(ladder: BootLadder, history: BootHistory, now: number): boolean {
  if (ladder.failed !== undefined || ladder.stage === 'over') return false;
  return now - ladder.since > patienceSeconds(ladder.stage, history) * 1000;
}

/** Seconds until it is of use, by this lab's own history; absent without one. */
export function secondsLeft(
  ladder: BootLadder,
  history: BootHistory,
  now: number,
): number | undefined {
  const usual = history[ladder.work];
  const began = ladder.proofs[0]?.at;
  if (usual === undefined || began === undefined || ladder.stage === 'over') return undefined;
  return Math.max(0, usual - (now - began) / 1000);
}
