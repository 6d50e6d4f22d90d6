import type { Finding, FindingState } from '../../contract/finding.ts';
import type { ChapterState, LabState } from '../../contract/lab-state.ts';

export interface Counts {
  readonly done: number;
  readonly total: number;
  readonly claimed: number;
  readonly skipped: number;
}

/** Ids of all step instances in the order of the guide. */
export function stepOrder(chapters: readonly ChapterState[]): string[] {
  return chapters.flatMap((chapter) => chapter.steps.map((step) => step.id));
}

/** What is claimed is counted apart: nobody has measured it. What is skipped is not counted. */
export function countSteps(
  ids: readonly string[],
  findings: Readonly<Record<string, Finding>>,
): Counts {
  const states = ids.map((id) => findings[id]?.state);
  const count = (state: FindingState) => states.filter((each) => each === state).length;
  const skipped = count('skipped');
  return { done: count('done'), total: ids.length - skipped, claimed: count('claimed'), skipped };
}

/** The first step that a person can work on now. */
export function nextStep(state: Pick<LabState, 'chapters' | 'findings'>): string | undefined {
  return stepOrder(state.chapters).find((id) => {
    const found = state.findings[id]?.state;
    return found === 'todo' || found === 'drifted';
  });
}

/** How a chapter stands as a whole, in the words of a step. */
export function chapterState(
  ids: readonly string[],
  findings: Readonly<Record<string, Finding>>,
): FindingState {
  const states = ids.map((id) => findings[id]?.state ?? 'unknown');
  const settled = states.every((state) => ['done', 'claimed', 'skipped'].includes(state));
  if (settled) return 'done';
  for (const state of ['drifted', 'todo', 'manual', 'unknown'] as const) {
    if (states.includes(state)) return state;
  }
  return 'blocked';
}

/** Whether a step is instantiated for more than one target, so that its title needs the target. */
export function hasManyTargets(chapters: readonly ChapterState[], step: string): boolean {
  return (
    chapters.flatMap((chapter) => chapter.steps).filter((each) => each.step === step).length > 1
  );
}

/** Whether applying a step in this state can offer anything. */
export function offersActions(state: FindingState | undefined): boolean {
  return state === 'todo' || state === 'drifted' || state === 'blocked' || state === 'unknown';
}

/** When something was last seen: what a lab still knows after a restart has an age. */
export function lastLook(findings: Readonly<Record<string, Finding>>): number | undefined {
  // Without evidence nothing was looked at; such a finding is as old as the comparison.
  const seen = Object.values(findings).filter(({ evidence }) => evidence.length > 0);
  return seen.length === 0 ? undefined : Math.max(...seen.map(({ at }) => at));
}
