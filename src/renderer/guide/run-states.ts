import type { LabState } from '../../contract/lab-state.ts';
import type { Run, StepRun } from '../../contract/run.ts';

/** Under way, or waiting for a person to decide. */
export function isOpenRun(run: Run): boolean {
  return run.state === 'running' || run.state === 'paused' || run.state === 'interrupted';
}

/** The youngest run that has something to do with a step instance. */
export function lastRunOf(
  runs: readonly Run[],
  id: string,
): { readonly run: Run; readonly step: StepRun } | undefined {
  for (const run of [...runs].reverse()) {
    const step = run.steps.find((candidate) => candidate.id === id);
    if (step !== undefined) return { run, step };
  }
  return undefined;
}

/** The step that a run is at: running, checking, proving or paused; else the first unfinished. */
export function currentStep(run: Run): StepRun | undefined {
  const busy = new Set<StepRun['state']>(['checking', 'running', 'proving', 'paused']);
  return (
    run.steps.find((step) => busy.has(step.state)) ??
    run.steps.find((step) => step.state === 'waiting' || step.state === 'failed')
  );
}

/** Which runs have been taken back already, by themselves or with the whole lab. */
export function undoneRuns(runs: readonly Run[]): ReadonlySet<string> {
  const undone = new Set<string>();
  for (const run of runs) {
    if (run.state !== 'succeeded') continue;
    if (run.kind === 'undo' && run.of !== undefined) undone.add(run.of);
    if (run.kind !== 'teardown') continue;
    for (const { id, startedAt } of runs) if (startedAt < run.startedAt) undone.add(id);
  }
  return undone;
}

/** Whether a run has brought something about that has not been taken back, however it ended. */
export function mayBeUndone(run: Run, runs: readonly Run[]): boolean {
  const made = run.kind === 'apply' || run.kind === 'mark';
  if (!made || isOpenRun(run) || undoneRuns(runs).has(run.id)) return false;
  return run.steps.some((step) => step.actions.some(({ state }) => state === 'succeeded'));
}

/** Whether a machine still has a snapshot that a run took. */
export function keepsSnapshot(
  { inventories }: Pick<LabState, 'inventories'>,
  run: string,
): boolean {
  return Object.values(inventories).some(({ inventory }) =>
    inventory.machines.some(({ snapshots }) => snapshots?.includes(run)),
  );
}

/** The step instance that is being worked on, for whoever has chosen nothing else to look at. */
export function runningStep(runs: readonly Run[]): string | undefined {
  const run = runs.findLast((each) => each.state === 'running');
  return run === undefined ? undefined : currentStep(run)?.id;
}
