import type { Preview } from '../../contract/action.ts';
import { LabwrightError } from '../../contract/error.ts';
import type { LabEvent, LabState } from '../../contract/lab-state.ts';
import type { PowerChange } from '../../contract/machines.ts';
import { type Message, message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import type { Run } from '../../contract/run.ts';
import type { SiteCall } from '../../contract/site-call.ts';
import { contextOf, readsOf } from '../engine/compare.ts';
import { type ExecutorPort, newRunId, plannedRun, RunExecutor } from '../engine/execute.ts';
import type { FactStore } from '../engine/facts.ts';
import type { Journal } from '../engine/journal.ts';
import { digestOf, planStep, preview } from '../engine/preview.ts';
import { on } from '../engine/probe.ts';
import { writesRefused } from '../engine/probes/site.ts';
import { neededBy, type StepInstance, withNeeds } from '../engine/step.ts';
import { machineOf } from '../guide/site-driver.ts';
import type { Vault } from '../vault/vault.ts';
import { driverFor } from './driver-for.ts';
import type { LabFindings } from './lab-findings.ts';
import type { LabHosts } from './lab-hosts.ts';
import type { LabIdentities } from './lab-identities.ts';
import type { LabMaas } from './lab-maas.ts';
import type { LabSites } from './lab-sites.ts';
import { powerPreview } from './power-preview.ts';
import { type RestoredRun, restoreRun } from './restore-run.ts';
import type { ThisComputer } from './this-computer.ts';

export interface LabRunsOptions {
  readonly plan: () => Plan;
  readonly state: () => LabState;
  readonly emit: (event: LabEvent) => void;
  readonly journal: Journal;
  readonly facts: FactStore;
  readonly findings: LabFindings;
  readonly identities: LabIdentities;
  readonly hosts: LabHosts;
  readonly sites: LabSites;
  readonly maas: LabMaas;
  readonly here: ThisComputer;
  readonly vault: Vault;
  readonly redact: (text: string) => string;
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
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

  /** What would be done for these steps, from the facts of now. */
  async preview(steps: readonly string[] | undefined): Promise<Preview> {
    const wanted = this.#options.findings.pick(steps);
    return preview({
      plan: this.#options.plan(),
      instances: this.#options.findings.instances(),
      wanted,
      store: this.#options.facts,
      findings: this.#options.state().findings,
      now: this.#options.now(),
    });
  }

  /** Starts a run of exactly what the preview with this digest showed. */
  async apply(steps: readonly string[] | undefined, digest: string): Promise<Run> {
    this.#assertIdle();
    const shown = await this.preview(steps);
    if (shown.digest !== digest) throw new LabwrightError('preview-outdated');
    return this.#startRun('apply', shown);
  }

  #startRun(kind: Run['kind'], shown: Preview, of?: string): Run {
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
    });
    const run = plannedRun(id, kind, steps, digest, now, of);
    this.#execute(new RunExecutor(run, steps, this.#port()), []);
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
          const machine = (target: string) => machineOf(this.#options.plan(), target);
          const touched = new Set(executor.run.steps.map(({ target }) => machine(target)));
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

  #port(): ExecutorPort {
    const instance = (id: string): StepInstance => {
      const found = this.#options.findings.instances().find((item) => item.id === id);
      if (found === undefined) throw new LabwrightError('step-unknown', { step: id });
      return found;
    };
    return {
      journal: this.#options.journal,
      link: (target) => this.#options.hosts.link(target),
      machineId: (target) => this.#options.identities.of(target),
      call: ({ target, ...action }, how) =>
        action.kind === 'site'
          ? this.#callSite(target, action.call, how)
          : this.#options.maas.perform(target, action.call, how.signal),
      fetchImage: (action, how) => this.#options.here.fetchImage(action, how),
      openImage: (image) => this.#options.here.openImage(image),
      secret: (name) => this.#options.vault.get(name),
      keepSecret: (name, value) => this.#options.vault.set(name, value),
      redact: (text) => this.#options.redact(text),
      now: this.#options.now,
      elapsed: () => performance.now(),
      wait: this.#options.wait,
      observe: async (id) => {
        await this.#options.findings.observe(
          withNeeds([instance(id)], this.#options.findings.instances()),
          false,
        );
        const all = new Map(
          this.#options.findings.compareAll(true).map((finding) => [finding.id, finding]),
        );
        const found = all.get(id);
        if (found === undefined) throw new LabwrightError('step-unknown', { step: id });
        // "Waits for earlier steps" is no cause: the run tells what those steps wait for.
        let cause = found;
        while (cause.state === 'blocked') {
          const next = all.get(cause.waitsFor[0] ?? '');
          if (next === undefined) break;
          cause = next;
        }
        return { ...found, reason: cause.reason, evidence: cause.evidence };
      },
      planNow: (id) =>
        planStep(
          instance(id),
          this.#options.plan(),
          this.#options.facts.view(),
          this.#options.state().findings[id],
          false,
        ),
      before: (id) => {
        const view = this.#options.facts.view();
        return Object.fromEntries(
          readsOf(instance(id), this.#options.plan(), view)
            .filter(({ probe }) => !probe.costly)
            .map((read) => [read.probe.key, view.maybe(read)]),
        );
      },
      explain: (id, failed) => {
        const { step } = instance(id);
        return step.explain?.(
          contextOf(instance(id), this.#options.plan(), this.#options.facts.view()),
          failed,
        );
      },
      needs: (id) =>
        neededBy(instance(id), this.#options.findings.instances()).map((need) => need.id),
      machineOf: (target) => machineOf(this.#options.plan(), target),
      written: (target) => this.#written(target),
      changed: (run) => this.#options.emit({ type: 'run', run }),
    };
  }

  /** What is known of a machine is uncertain once it was written to, by whichever of its names. */
  #written(target: string): void {
    const plan = this.#options.plan();
    const machine = machineOf(plan, target);
    for (const name of Object.keys({ ...plan.hosts, ...plan.sites })) {
      if (machineOf(plan, name) === machine) this.#options.facts.markStale(name);
    }
  }

  /**
   * One change at a site. That the API refused it for want of a licence is noted as a fact, so that
   * the next plan goes another way (guide/site-driver.ts); that it let one through takes the note away.
   */
  async #callSite(
    target: string,
    call: SiteCall,
    how: Parameters<ExecutorPort['call']>[1],
  ): Promise<void> {
    const { facts, identities, sites, state, now } = this.#options;
    const note = (value?: { licence: string }) =>
      facts.put({
        target,
        key: writesRefused.key,
        at: now(),
        command: call.kind,
        output: value === undefined ? '' : 'RestrictedVersion',
        stale: false,
        ...(value === undefined ? {} : { value }),
      });
    try {
      await sites.perform(target, call, identities.of(target), how);
      if (facts.view().maybe(on(target, writesRefused)) !== undefined) note();
    } catch (error) {
      if (error instanceof LabwrightError && error.code === 'site-licence-read-only') {
        note({ licence: state().inventories[target]?.inventory.licence?.name ?? '' });
      }
      throw error;
    }
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
    this.#execute(new RunExecutor(run, planned, this.#port()), inFlight);
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
    const restored = restoreRun(this.#options.journal.ofRun(id));
    if (restored === undefined || restored.run.kind !== 'apply')
      throw new LabwrightError('run-unknown');
    const all = this.#options.findings.instances();
    const takenBack = this.#takenBack(id);
    const left: Preview['left'] = [];
    const steps = restored.run.steps.toReversed().flatMap((step) => {
      if (takenBack.has(step.id)) return [];
      const instance = all.find((item) => item.id === step.id);
      const made = step.actions
        .filter(({ state }) => state === 'succeeded')
        .map(({ action }) => action);
      if (instance === undefined || made.length === 0) return [];
      const context = contextOf(instance, this.#options.plan(), this.#options.facts.view());
      const before = restored.before[step.id] ?? {};
      const actions = [...(instance.step.undo?.({ ...context, before, made }) ?? [])];
      if (actions.length === 0) {
        left.push({ id: step.id, reason: message('undo.stays') });
        return [];
      }
      const base = { id: step.id, step: step.step, target: step.target, predicted: false };
      return [{ ...base, actions, risks: ['removes-data' as const], digest: digestOf(actions) }];
    });
    if (steps.length === 0 && takenBack.size > 0) throw new LabwrightError('run-undone');
    const actions = steps.flatMap((step) => step.actions);
    return { steps, left, digest: digestOf(actions) };
  }

  /**
   * Steps of a run that an undo has taken back. Once more would remove what others made since; a
   * step whose undo failed may be tried again.
   */
  #takenBack(id: string): ReadonlySet<string> {
    const madeAt = new Map<string, number>();
    for (const { seq, entry } of this.#options.journal.ofRun(id)) {
      if (entry.kind === 'step-started') madeAt.set(entry.id, seq);
    }
    const steps = this.#options.journal.ofKinds('run-started').flatMap(({ seq, entry }) => {
      if (entry.kind !== 'run-started' || entry.what !== 'undo' || entry.of !== id) return [];
      const undone = restoreRun(this.#options.journal.ofRun(entry.run))?.run.steps ?? [];
      // A run that was resumed after its undo has made the step anew.
      return undone.filter(
        (step) => step.state === 'done' && seq > (madeAt.get(step.id) ?? Number.MAX_SAFE_INTEGER),
      );
    });
    return new Set(steps.map((step) => step.id));
  }

  undo(id: string, digest: string): Run {
    this.#assertIdle();
    const shown = this.previewUndo(id);
    if (shown.digest !== digest) throw new LabwrightError('preview-outdated');
    return this.#startRun('undo', shown, id);
  }

  previewPower(host: string, uuid: string, to: PowerChange): Preview {
    const { inventories } = this.#options.state();
    const { facts } = this.#options;
    const hypervisor = driverFor({ plan: this.#options.plan(), target: host, facts: facts.view() });
    return powerPreview({ plan: this.#options.plan(), inventories, hypervisor, host, uuid, to });
  }

  power(host: string, uuid: string, to: PowerChange, digest: string): Run {
    this.#assertIdle();
    const shown = this.previewPower(host, uuid, to);
    if (shown.digest !== digest) throw new LabwrightError('preview-outdated');
    return this.#startRun('power', shown);
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
