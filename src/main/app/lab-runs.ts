import type { Preview } from '../../contract/action.ts';
import type { Change } from '../../contract/change.ts';
import { LabwrightError } from '../../contract/error.ts';
import type { PowerChange } from '../../contract/machines.ts';
import type { Message } from '../../contract/message.ts';
import type { Run, RunKind } from '../../contract/run.ts';
import { newRunId, plannedRun, RunExecutor } from '../engine/execute.ts';
import { preview } from '../engine/preview.ts';
import { machineOf } from '../guide/site-driver.ts';
import { type ChangeScene, changePreview } from './change-preview.ts';
import { driverFor } from './driver-for.ts';
import { makingRuns, type PastRun, pastRun } from './past-runs.ts';
import { powerPreview } from './power-preview.ts';
import { type RestoredRun, restoreRun } from './restore-run.ts';
import { markWritten, type RunPortOptions, runPort } from './run-port.ts';
import { withSnapshots } from './snapshot-first.ts';
import { undoPreview } from './undo-preview.ts';

export interface LabRunsOptions extends RunPortOptions {
  /** Throws where this process may only look. */
  readonly assertOwner: () => void;
}

/** What is done to a lab: previewed, executed one run at a time, resumed, taken back. */
export class LabRuns {
  readonly #options: LabRunsOptions;
  #executor: RunExecutor | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: LabRunsOptions) {
    this.#options = options;
  }

  get busy(): boolean {
    return this.#executor !== undefined;
  }

  /**
   * What would be done for these steps, from the facts of now; with `snapshot`, after snapshots of
   * the machines that they put at risk.
   */
  async preview(steps: readonly string[] | undefined, snapshot = false): Promise<Preview> {
    const wanted = this.#options.findings.pick(steps);
    const shown = preview({
      plan: this.#options.plan(),
      instances: this.#options.findings.instances(),
      wanted,
      store: this.#options.facts,
      findings: this.#options.state().findings,
      now: this.#options.now(),
    });
    return withSnapshots(shown, this.#scene(), snapshot);
  }

  /** Starts a run of exactly what the preview with this digest showed. */
  async apply(
    steps: readonly string[] | undefined,
    digest: string,
    snapshot = false,
  ): Promise<Run> {
    this.#assertIdle();
    return this.#startExactly('apply', await this.preview(steps, snapshot), digest);
  }

  #startRun(kind: RunKind, shown: Preview, of?: string): Run {
    this.#assertIdle();
    const now = this.#options.now();
    const id = newRunId(now);
    const { steps, digest } = shown;
    const ofRun = of === undefined ? {} : { of };
    this.#options.journal.append({
      kind: 'run-started',
      run: id,
      what: kind,
      ...ofRun,
      steps,
      digest,
      plan: this.#options.plan(),
    });
    const run = plannedRun(id, kind, steps, digest, now, of);
    this.#execute(new RunExecutor(run, steps, runPort(this.#options)), []);
    return run;
  }

  #execute(executor: RunExecutor, inFlight: RestoredRun['inFlight']): void {
    this.#executor = executor;
    this.#options.emit({ type: 'run', run: structuredClone(executor.run) });
    this.#running = executor
      .execute(inFlight)
      .catch((error: unknown) => {
        // A full disk, for one: the journal could not be written, so nothing more may be done.
        executor.run.state = 'interrupted';
        this.#options.emit({ type: 'run', run: structuredClone(executor.run) });
        this.#options.emit({
          type: 'notices',
          notices: [...this.#options.state().notices, toNotice(error)],
        });
      })
      .finally(async () => {
        this.#executor = undefined;
        if (executor.run.state !== 'interrupted') {
          const { steps } = executor.run;
          const machine = (target: string) => machineOf(this.#options.plan(), target);
          const touched = new Set(steps.map(({ target }) => machine(target)));
          // What a step was about may be a host itself: a machine that was switched off, or put back.
          for (const { id, target, actions } of steps) {
            const owner = id.slice(id.indexOf('@') + 1);
            if (owner === target || actions.every(({ startedAt }) => startedAt === undefined))
              continue;
            touched.add(machine(owner));
            markWritten(this.#options, owner);
          }
          const wanted = this.#options.findings
            .instances()
            .filter(({ target }) => touched.has(machine(target)));
          await this.#options.findings.observe(wanted, false).catch(() => {});
          this.#options.findings.compareAll(true);
        }
      });
  }

  /** Resolves when no run is under way. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async cancel(run: string): Promise<void> {
    if (this.#executor?.run.id !== run) throw new LabwrightError('run-unknown');
    await this.#executor.cancel();
  }

  acceptChange(run: string, digest: string): void {
    if (this.#executor?.run.id !== run) throw new LabwrightError('run-unknown');
    this.#executor.accept(digest);
  }

  /** Goes on with an interrupted run, from what is true now. */
  resume(id: string): Run {
    this.#assertIdle();
    const restored = restoreRun(this.#options.journal.ofRun(id));
    if (restored === undefined || restored.run.state !== 'interrupted') {
      throw new LabwrightError('run-unknown');
    }
    const { run, planned, inFlight } = restored;
    run.state = 'running';
    delete run.endedAt;
    // Steps whose end is recorded are over; the rest is looked at again.
    for (const step of run.steps) {
      if (step.state !== 'done' && step.state !== 'failed') step.state = 'waiting';
    }
    this.#options.journal.append({ kind: 'run-resumed', run: id });
    this.#execute(new RunExecutor(run, planned, runPort(this.#options)), inFlight);
    return run;
  }

  /** Closes an interrupted run without going on; what it did stays and is observed. */
  dismiss(id: string): void {
    this.#assertIdle();
    const run = this.#options.state().runs.find((item) => item.id === id);
    if (run?.state !== 'interrupted') throw new LabwrightError('run-unknown');
    this.#options.journal.append({ kind: 'run-ended', run: id, state: 'cancelled' });
    this.#options.emit({ type: 'run', run: { ...run, state: 'cancelled' } });
  }

  /** Takes back what a run made, in reverse order, from what was recorded before the change. */
  previewUndo(id: string): Preview {
    const past = this.#past(id);
    if (past.run.kind !== 'apply' && past.run.kind !== 'mark') {
      throw new LabwrightError('run-unknown');
    }
    const shown = undoPreview(past, this.#scene());
    const stays = shown.left.every(({ reason }) => reason.key === 'undo.stays');
    const nothing = shown.steps.length === 0 && stays;
    if (nothing && past.takenBack.size > 0) throw new LabwrightError('run-undone');
    return shown;
  }

  undo(id: string, digest: string): Run {
    return this.#startExactly('undo', this.previewUndo(id), digest, id);
  }

  previewPower(host: string, uuid: string, to: PowerChange, snapshot = false): Preview {
    const scene = this.#scene();
    const { plan, inventories, driver } = scene;
    const hypervisor = driver(plan, host);
    const shown = powerPreview({ plan, inventories, hypervisor, host, uuid, to });
    return withSnapshots(shown, scene, snapshot);
  }

  power(host: string, uuid: string, to: PowerChange, digest: string, snapshot = false): Run {
    return this.#startExactly('power', this.previewPower(host, uuid, to, snapshot), digest);
  }

  previewChange(change: Change): Preview {
    return changePreview(change, this.#scene());
  }

  change(change: Change, digest: string): Run {
    const of = 'run' in change ? change.run : undefined;
    return this.#startExactly(change.what, this.previewChange(change), digest, of);
  }

  #startExactly(kind: RunKind, shown: Preview, digest: string, of?: string): Run {
    this.#assertIdle();
    if (shown.digest !== digest) throw new LabwrightError('preview-outdated');
    return this.#startRun(kind, shown, of);
  }

  #past(run: string): PastRun {
    const found = pastRun(this.#options.journal, run, this.#options.plan());
    if (found === undefined) throw new LabwrightError('run-unknown');
    return found;
  }

  #scene(): ChangeScene {
    const { plan, state, chapters, facts, journal } = this.#options;
    const present = plan();
    return {
      plan: present,
      present,
      chapters,
      inventories: state().inventories,
      facts: () => facts.view(),
      driver: (of, target) => driverFor({ plan: of, target, facts: facts.view() }),
      past: (run) => this.#past(run),
      pasts: () => makingRuns(journal, present),
    };
  }

  #assertIdle(): void {
    this.#options.assertOwner();
    if (this.#executor !== undefined) throw new LabwrightError('run-busy');
  }

  /** Stops following what runs; durable jobs on hosts go on and are found again at the next start. */
  suspend(): void {
    this.#executor?.suspend();
  }
}

function toNotice(error: unknown): Message {
  return error instanceof LabwrightError ? error.reason : new LabwrightError('internal').reason;
}
