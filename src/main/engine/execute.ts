import { randomBytes } from 'node:crypto';
import type {
  Action,
  DiskAction,
  ImageAction,
  PlannedStep,
  ScriptAction,
  WaitAction,
} from '../../contract/action.ts';
import { LabwrightError, toErrorData } from '../../contract/error.ts';
import type { Finding } from '../../contract/finding.ts';
import { isSatisfied } from '../../contract/finding.ts';
import type { ImageRef } from '../../contract/image-ref.ts';
import { inertText, lastLines } from '../../contract/inert-text.ts';
import { type Message, message } from '../../contract/message.ts';
import type { ActionRun, Failure, Run, StepRun } from '../../contract/run.ts';
import type { RawDisk } from '../images/raw-disk.ts';
import {
  cancelJob,
  JobLost,
  type JobState,
  jobNews,
  startJob,
  takeOutputs,
} from '../ssh/durable-job.ts';
import type { HostLink } from '../ssh/host-link.ts';
import { putDisk } from '../ssh/put-disk.ts';
import { uploadFile } from '../ssh/upload.ts';
import type { Journal } from './journal.ts';
import { isLinkTrouble, overBrokenLinks } from './over-broken-links.ts';
import { isCovered } from './preview.ts';
import { AmountMeter, ProgressMeter } from './progress.ts';
import type { FailedAction } from './step.ts';

/** Output in the run's state and in its entry of the journal. */
const TAIL_LINES = 40;
/** Output that the journal keeps beside that: an installation of many packages, not a flood. */
const KEPT_OUTPUT_CHARACTERS = 256 * 1024;
/** The last lines are found in this much. */
const RECENT_CHARACTERS = 16 * 1024;
/** A page is told of progress at most this often. */
const EMIT_MS = 150;
/** A link that stays away this long ends the watching (not the job): the run is interrupted. */
const RETRY_LIMIT_MS = 10 * 60 * 1000;

/** What the executor needs from the lab; the lab decides what facts and plans are. */
export interface ExecutorPort {
  readonly journal: Journal;
  link(target: string): HostLink;
  machineId(target: string): string | undefined;
  secret(name: string): Promise<string>;
  keepSecret(name: string, value: string): Promise<void>;
  redact(text: string): string;
  now(): number;
  /**
   * Milliseconds that only ever grow, for limits and rates: the clock of `now` may be set at any
   * time, and a laptop that slept must not wake up to a limit that has passed.
   */
  elapsed(): number;
  /** Waits; injected so that tests need no clock. */
  wait(milliseconds: number): Promise<void>;
  /** Carries out a call to a site or to MAAS, whose identity is asserted before. */
  call(action: ApiAction, options: OwnWork): Promise<void>;
  /** Brings an image onto this computer and proves it. */
  fetchImage(action: ImageAction, options: OwnWork): Promise<void>;
  /** A proved image of this computer, as the disk that it stands for. */
  openImage(image: ImageRef): Promise<RawDisk>;
  /** Observes what the step reads and says what is true now. */
  observe(id: string): Promise<Finding>;
  /** Plans the step from the facts of now. */
  planNow(id: string): PlannedStep;
  /** Answers of the step's reads, by probe key. */
  before(id: string): Record<string, unknown>;
  explain(id: string, failed: FailedAction): Message | undefined;
  needs(id: string): readonly string[];
  /** Names the machine behind a target: a site and a host may be one, which does one thing at a time. */
  machineOf(target: string): string;
  written(target: string): void;
  changed(run: Run): void;
}

/** What is done by an API, not on a host. */
export type ApiAction = Extract<Action, { kind: 'site' | 'maas' }>;
/** How work that this computer does itself is stopped, and how it tells how far it is. */
export interface OwnWork {
  /** The run that it is part of; a snapshot is named after it. */
  readonly run: string;
  readonly signal: AbortSignal;
  /** A task of a site tells a share, not an amount. */
  readonly onProgress: (percent: number) => void;
  readonly onAmount: (doneBytes: number, totalBytes: number | undefined) => void;
}

/** A wait asks this often; what it waits for takes minutes. */
const WAIT_LOOK_MS = 5000;

type Output = { readonly value: string } | { readonly secret: string };

class StepCancelled extends Error {}

/** The run ended for us, but not on the host: the app is closing, or the link stays down. */
class RunSuspended extends Error {}

export function newRunId(now: number): string {
  const stamp = new Date(now).toISOString().slice(0, 19).replaceAll(/[-:T]/g, '');
  return `${stamp}-${randomBytes(3).toString('hex')}`;
}

/** The run as it is before anything was done. */
export function plannedRun(
  id: string,
  kind: Run['kind'],
  steps: readonly PlannedStep[],
  digest: string,
  at: number,
  of?: string,
): Run {
  return {
    id,
    kind,
    ...(of === undefined ? {} : { of }),
    state: 'running',
    digest,
    startedAt: at,
    cancelRequested: false,
    steps: steps.map((step) => ({
      id: step.id,
      step: step.step,
      target: step.target,
      state: 'waiting',
      actions: step.actions.map((action) => toActionRun(step.id, action)),
    })),
  };
}

function toActionRun(step: string, action: Action): ActionRun {
  return { id: `${step}/${action.id}`, action, state: 'waiting', tail: '' };
}

/** Executes one run: hosts in parallel, steps of a host in order, one failure never stops others. */
export class RunExecutor {
  readonly run: Run;
  readonly #planned: ReadonlyMap<string, PlannedStep>;
  readonly #port: ExecutorPort;
  readonly #running = new Map<string, { link: HostLink; job: { id: string; sudo: boolean } }>();
  readonly #calls = new Map<string, AbortController>();
  readonly #accepts = new Map<string, (digest: string | undefined) => void>();
  /** Outputs by `step@target/action`, for later actions of the same step. */
  readonly #outputs = new Map<string, Record<string, Output>>();
  /** What each action has printed, as far as it is kept. */
  readonly #printed = new Map<string, { text: string; cut: boolean }>();
  readonly #suspend = new AbortController();
  #emitTimer: NodeJS.Timeout | undefined;

  constructor(run: Run, planned: readonly PlannedStep[], port: ExecutorPort) {
    this.run = run;
    this.#planned = new Map(planned.map((step) => [step.id, step]));
    this.#port = port;
  }

  /**
   * Carries the run out. `inFlight` is the action that was under way when the app last ended: its
   * job is found again and waited for before anything else is done on that host.
   */
  async execute(
    inFlight: readonly { step: string; action: string; job: string }[] = [],
  ): Promise<void> {
    const hosts = Map.groupBy(this.run.steps, (step) => this.#port.machineOf(step.target));
    const ends = new Map<string, { promise: Promise<void>; done: () => void }>();
    for (const step of this.run.steps) {
      const { promise, resolve } = Promise.withResolvers<void>();
      ends.set(step.id, { promise, done: resolve });
    }
    let suspended = false;
    const chains = [...hosts.values()].map(async (steps) => {
      for (const step of steps) {
        try {
          const needs = this.#waitsFor(step).filter((id) => ends.has(id));
          await Promise.all(needs.map((id) => ends.get(id)?.promise));
          if (suspended) return;
          if (step.state === 'waiting') await this.#runStep(step, needs, inFlight);
        } catch (error) {
          if (!(error instanceof RunSuspended)) throw error;
          suspended = true;
          return;
        } finally {
          ends.get(step.id)?.done();
        }
      }
    });
    await Promise.all(chains);
    clearTimeout(this.#emitTimer);
    this.run.endedAt = this.#port.now();
    delete this.run.cancel;
    if (suspended) {
      this.run.state = 'interrupted';
      this.#emit();
      return;
    }
    const states = this.run.steps.map((step) => step.state);
    const state = states.includes('failed')
      ? 'failed'
      : this.run.cancelRequested && states.some((s) => s === 'cancelled')
        ? 'cancelled'
        : 'succeeded';
    this.run.state = state;
    this.#port.journal.append({ kind: 'run-ended', run: this.run.id, state });
    this.#emit();
  }

  /** What must end before a step: what it rests on, or, when taking back, what rests on it. */
  #waitsFor(step: StepRun): readonly string[] {
    const after = this.#planned.get(step.id)?.after ?? [];
    if (this.run.kind === 'apply') return [...after, ...this.#port.needs(step.id)];
    const resting = this.run.steps.filter((other) => this.#port.needs(other.id).includes(step.id));
    return [...after, ...resting.map(({ id }) => id)];
  }

  /** Only what an apply does follows from the plan; the rest is done exactly as it was shown. */
  #follows(step: StepRun): boolean {
    return this.run.kind === 'apply' && this.#planned.get(step.id)?.aside === undefined;
  }

  /** Ends the run as the running action allows; the rest is not started. */
  async cancel(): Promise<void> {
    this.run.cancelRequested = true;
    for (const accept of this.#accepts.values()) accept(undefined);
    for (const call of this.#calls.values()) call.abort();
    this.#emit();
    for (const step of this.run.steps) {
      for (const action of step.actions) {
        const running = this.#running.get(action.id);
        if (action.state !== 'running' || !running || action.action.kind !== 'script') continue;
        if (action.action.cancel !== 'kill') continue;
        // Over a broken link the watching itself cancels, as soon as the host answers again.
        await cancelJob(running.link, running.job).catch((error: unknown) => {
          if (!isLinkTrouble(error)) throw error;
        });
      }
    }
  }

  /** The app is closing: stop watching. Jobs on hosts go on. */
  suspend(): void {
    this.#suspend.abort();
    for (const accept of this.#accepts.values()) accept(undefined);
  }

  /** A person has seen the difference of a paused step and wants it so. */
  accept(digest: string): void {
    for (const step of this.run.steps) {
      if (step.state === 'paused' && step.changed?.digest === digest) {
        this.#accepts.get(step.id)?.(digest);
        return;
      }
    }
    throw new LabwrightError('preview-outdated');
  }

  async #runStep(
    step: StepRun,
    needs: readonly string[],
    inFlight: readonly { step: string; action: string; job: string }[],
  ): Promise<void> {
    const { journal } = this.#port;
    try {
      if (this.run.cancelRequested) throw new StepCancelled();
      const failed = this.run.steps.filter(
        ({ id, state }) => needs.includes(id) && state !== 'done',
      );
      if (failed[0]) {
        const reason = message('run.needs-failed', { step: failed[0].id });
        return this.#endStep(step, 'skipped', {
          code: 'needs-failed',
          reason,
          output: '',
          advice: [],
        });
      }
      for (const lost of inFlight.filter((item) => item.step === step.id)) {
        await this.#takeUpAgain(step, lost);
      }
      step.state = 'checking';
      this.#emit();
      const finding = await this.#observe(step.id);
      const follows = this.#follows(step);
      if (follows && isSatisfied(finding.state)) return this.#endStep(step, 'done');
      if (finding.state === 'blocked' && follows) {
        throw new StepFailure(fromFinding('run.cannot-observe', finding));
      }
      if (finding.state === 'unknown') {
        throw new StepFailure(fromFinding('run.cannot-observe', finding));
      }
      const shown = this.#planned.get(step.id);
      const planned = follows ? await this.#settle(step, shown) : shown;
      if (planned === undefined) throw new StepCancelled();
      step.actions = planned.actions.map((action) => toActionRun(step.id, action));
      step.state = 'running';
      const before = this.#port.before(step.id);
      journal.append({ kind: 'step-started', run: this.run.id, id: step.id, planned, before });
      for (const action of step.actions) {
        if (this.run.cancelRequested) throw new StepCancelled();
        await this.#runAction(step, action);
      }
      step.state = 'proving';
      this.#emit();
      const proof = await this.#observe(step.id);
      if (follows && !isSatisfied(proof.state)) {
        throw new StepFailure(fromFinding('error.proof-failed', proof));
      }
      this.#endStep(step, 'done');
    } catch (error) {
      this.#passOnSuspension(error);
      if (error instanceof StepCancelled) return this.#endStep(step, 'cancelled');
      if (error instanceof StepFailure) return this.#endStep(step, 'failed', error.failure);
      const data = toErrorData(error);
      const output = data.detail ?? '';
      this.#endStep(step, 'failed', { code: data.code, reason: data.reason, output, advice: [] });
    }
  }

  async #observe(id: string): Promise<Finding> {
    const finding = await this.#port.observe(id);
    // A link that we closed ourselves says nothing about the host.
    if (this.#suspend.signal.aborted) throw new RunSuspended();
    return finding;
  }

  /** What fails while the app is closing was not the host's doing: it is not recorded as failed. */
  #passOnSuspension(error: unknown): void {
    if (error instanceof RunSuspended) throw error;
    if (this.#suspend.signal.aborted) throw new RunSuspended();
  }

  /**
   * Plans anew; when that is not covered by what was shown, a person decides. By another way than the
   * one shown it is never done: a run does not change its driver half-way.
   */
  async #settle(step: StepRun, shown: PlannedStep | undefined): Promise<PlannedStep | undefined> {
    const now = this.#port.planNow(step.id);
    if (shown && isCovered(now.actions, shown.actions)) return now;
    const ways = new Set(shown?.actions.map(({ target }) => target));
    const moved = now.actions.find(({ target }) => ways.size > 0 && !ways.has(target));
    if (moved !== undefined) {
      const params = { from: [...ways].join(', '), to: moved.target };
      const reason = message('run.driver-changed', params);
      throw new StepFailure({ code: 'driver-changed', reason, output: '', advice: [] });
    }
    step.state = 'paused';
    step.changed = now;
    this.run.state = 'paused';
    this.#emit();
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    this.#accepts.set(step.id, resolve);
    const digest = await promise;
    this.#accepts.delete(step.id);
    if (this.#suspend.signal.aborted) throw new RunSuspended();
    delete step.changed;
    step.state = 'checking';
    // Another host may wait for a decision too.
    if (!this.run.steps.some(({ state }) => state === 'paused')) this.run.state = 'running';
    return digest === now.digest ? now : undefined;
  }

  #endStep(
    step: StepRun,
    state: 'done' | 'failed' | 'cancelled' | 'skipped',
    failure?: Failure,
  ): void {
    step.state = state;
    if (failure) step.failure = failure;
    for (const action of step.actions) {
      if (action.state === 'waiting') action.state = 'not-run';
    }
    this.#port.journal.append({
      kind: 'step-ended',
      run: this.run.id,
      id: step.id,
      state,
      ...(failure === undefined ? {} : { failure }),
    });
    this.#emit();
  }

  async #runAction(step: StepRun, actionRun: ActionRun): Promise<void> {
    const { action } = actionRun;
    const { journal } = this.#port;
    const run = this.run.id;
    const job = action.kind === 'script' ? { job: `${run}-${randomBytes(4).toString('hex')}` } : {};
    journal.append({ kind: 'action-started', run, id: step.id, action: action.id, ...job });
    Object.assign(actionRun, { state: 'running', startedAt: this.#port.now(), ...job });
    if (action.kind === 'script') this.run.cancel = action.cancel;
    else if (action.kind === 'upload' || action.kind === 'manual') delete this.run.cancel;
    else this.run.cancel = 'kill';
    this.#emit();
    try {
      switch (action.kind) {
        case 'script':
          await this.#startScript(step, action, job.job ?? '');
          this.#port.written(action.target);
          await this.#watch(step, actionRun, action, job.job ?? '');
          await this.#takeOutputs(step, action, job.job ?? '');
          break;
        case 'upload': {
          const machineId = this.#port.machineId(action.target);
          const { path, content, mode, encoding, sha256, sudo } = action;
          const bytes = {
            ...(encoding === undefined ? {} : { encoding }),
            ...(sha256 === undefined ? {} : { sha256 }),
            ...(sudo === undefined ? {} : { sudo }),
          };
          const pinned = machineId === undefined ? {} : { machineId };
          this.#port.written(action.target);
          const upload = { path, content, mode, ...bytes, ...pinned };
          // Written beside its place and renamed: repeating it is harmless.
          await this.#retrying(action.target, () =>
            uploadFile(this.#port.link(action.target), upload),
          );
          break;
        }
        case 'site':
        case 'maas':
          this.#port.written(action.target);
          await this.#doOwn(actionRun, (how) => this.#port.call(action, how));
          this.#port.written(action.target);
          break;
        case 'image':
          await this.#doOwn(actionRun, (how) => this.#port.fetchImage(action, how));
          break;
        case 'disk':
          this.#port.written(action.target);
          await this.#doOwn(actionRun, (how) => this.#putDisk(action, how));
          break;
        case 'wait':
          await this.#waitFor(actionRun, action);
          break;
        case 'manual':
          throw new StepFailure({
            code: 'manual',
            reason: action.instructions,
            output: '',
            advice: [message('run.manual-then-check')],
          });
      }
      this.#endAction(step, actionRun, 'succeeded');
    } catch (error) {
      this.#passOnSuspension(error);
      if (error instanceof StepCancelled) {
        this.#endAction(step, actionRun, 'cancelled');
        throw error;
      }
      const failure = error instanceof StepFailure ? error.failure : toFailure(error);
      const lost = failure.code === 'job-lost';
      this.#endAction(step, actionRun, lost ? 'lost' : 'failed', failure);
      throw new StepFailure(failure);
    }
  }

  /** Keeps what the script handed on: secrets in the vault, the rest for later actions of the step. */
  async #takeOutputs(step: StepRun, action: ScriptAction, job: string): Promise<void> {
    const wanted = action.outputs ?? [];
    if (wanted.length === 0) return;
    const from = { id: job, sudo: action.sudo };
    const values = await this.#retrying(action.target, () =>
      takeOutputs(this.#port.link(action.target), from, wanted),
    );
    const kept: Record<string, Output> = {};
    for (const { name, secret } of wanted) {
      const value = values.get(name) ?? '';
      if (secret === undefined) kept[name] = { value };
      else {
        await this.#port.keepSecret(secret, value);
        kept[name] = { secret };
      }
    }
    this.#outputs.set(`${step.id}/${action.id}`, kept);
  }

  /** What this computer does itself: it is stopped with the run, and tells how far it is. */
  async #doOwn(actionRun: ActionRun, work: (how: OwnWork) => Promise<void>): Promise<void> {
    const stop = new AbortController();
    this.#calls.set(actionRun.id, stop);
    const amount = new AmountMeter();
    try {
      await work({
        signal: AbortSignal.any([stop.signal, this.#suspend.signal]),
        run: this.run.id,
        onProgress: (percent) => {
          actionRun.tail = `${percent} %`;
          this.#emitSoon();
        },
        onAmount: (done, total) => {
          actionRun.progress = amount.tell(done, total, this.#port.elapsed());
          this.#emitSoon();
        },
      });
    } catch (error) {
      if (stop.signal.aborted) throw new StepCancelled();
      throw error;
    } finally {
      this.#calls.delete(actionRun.id);
    }
  }

  /** The bytes of an image go to their place on a host, anew where the link broke. */
  async #putDisk({ target, image, path }: DiskAction, how: OwnWork): Promise<void> {
    const machineId = this.#port.machineId(target);
    const pinned = machineId === undefined ? {} : { machineId };
    const open = () => this.#port.openImage(image);
    await this.#retrying(target, () =>
      putDisk(this.#port.link(target), { path, open, ...pinned, ...how }),
    );
  }

  /** Looks again and again until the finding is satisfied. */
  async #waitFor(actionRun: ActionRun, action: WaitAction): Promise<void> {
    const until = this.#port.elapsed() + action.seconds * 1000;
    for (;;) {
      const finding = await this.#observe(action.finding);
      if (isSatisfied(finding.state)) return;
      if (this.run.cancelRequested) throw new StepCancelled();
      if (action.amount !== undefined) {
        const { done, total } = action.amount;
        const doneBytes = Number(finding.reason.params?.[done] ?? 0);
        const totalBytes = Number(finding.reason.params?.[total] ?? 0);
        actionRun.progress = { doneBytes, ...(totalBytes > 0 ? { totalBytes } : {}) };
        this.#emitSoon();
      }
      if (this.#port.elapsed() >= until) {
        throw new StepFailure(fromFinding('run.waited-in-vain', finding));
      }
      await this.#port.wait(WAIT_LOOK_MS);
    }
  }

  async #startScript(step: StepRun, action: ScriptAction, id: string): Promise<void> {
    const secrets = await Promise.all(
      action.secrets.map(async ({ variable, name }) => ({
        variable,
        value: await this.#port.secret(name),
      })),
    );
    for (const { variable, action: from, output } of action.refs ?? []) {
      const made = this.#outputs.get(`${step.id}/${from}`)?.[output];
      if (made === undefined) {
        const expected = `${from}.${output}`;
        throw new LabwrightError('output-unexpected', { host: action.target, expected });
      }
      const value = 'secret' in made ? await this.#port.secret(made.secret) : made.value;
      secrets.push({ variable, value });
    }
    const machineId = this.#port.machineId(action.target);
    const pinned = machineId === undefined ? {} : { machineId };
    const { sudo } = action;
    const script = action.namesRun ? `RUN=${this.run.id}\n${action.script}` : action.script;
    // A lost answer leaves open whether it began; starting the same id again cannot do it twice.
    await this.#retrying(action.target, () =>
      startJob(this.#port.link(action.target), { id, script, sudo, secrets, ...pinned }),
    );
  }

  /** Follows a job to its end, over broken links. Throws StepFailure or StepCancelled. */
  async #watch(
    step: StepRun,
    actionRun: ActionRun,
    action: ScriptAction,
    id: string,
  ): Promise<void> {
    const link = this.#port.link(action.target);
    const job = { id, sudo: action.sudo };
    this.#running.set(actionRun.id, { link, job });
    const meter = action.progress && new ProgressMeter(action.progress);
    const decoder = new TextDecoder('utf-8');
    let output = '';
    let offset = 0;
    let heardAt = { clock: this.#port.now(), elapsed: this.#port.elapsed() };
    let cancelled = false;
    let cut = false;
    try {
      for (;;) {
        // The wish to cancel may have come before the job was there, or while the link was down.
        if (this.run.cancelRequested && action.cancel === 'kill' && !cancelled) {
          await this.#retrying(action.target, () => cancelJob(link, job));
          cancelled = true;
        }
        const news = await this.#retrying(action.target, () =>
          jobNews(link, job, offset, this.#suspend.signal),
        );
        offset = news.offset;
        const at = { clock: this.#port.now(), elapsed: this.#port.elapsed() };
        const text = decoder.decode(news.bytes, { stream: news.state.state === 'running' });
        if (news.bytes.length > 0) {
          heardAt = at;
          delete actionRun.silentSince;
        } else if (at.elapsed - heardAt.elapsed > action.silenceSeconds * 1000) {
          actionRun.silentSince = heardAt.clock;
        }
        // Before it is cut: half a secret would no longer be known as one.
        output = this.#port.redact(output + text);
        if (output.length > KEPT_OUTPUT_CHARACTERS) {
          output = output.slice(-KEPT_OUTPUT_CHARACTERS);
          cut = true;
        }
        this.#printed.set(actionRun.id, { text: output, cut });
        actionRun.tail = lastLines(inertText(output.slice(-RECENT_CHARACTERS)), TAIL_LINES);
        if (meter) actionRun.progress = meter.feed(text, at.elapsed);
        this.#emitSoon();
        if (news.state.state !== 'running') {
          this.#judge(step, actionRun, action, news.state, output);
          return;
        }
      }
    } finally {
      this.#running.delete(actionRun.id);
      delete actionRun.silentSince;
    }
  }

  #judge(
    step: StepRun,
    actionRun: ActionRun,
    action: ScriptAction,
    state: JobState,
    output: string,
  ): void {
    switch (state.state) {
      case 'running':
        return;
      case 'cancelled':
        throw new StepCancelled();
      case 'absent':
      case 'lost': {
        const why = state.state === 'lost' ? state.why : 'absent';
        throw new JobLost(action.target, why);
      }
      case 'exited': {
        actionRun.exitCode = state.exitCode;
        if (state.exitCode === 0) return;
        const { exitCode } = state;
        const reason =
          this.#port.explain(step.id, { action, exitCode, output }) ??
          message('run.exit-code', { code: exitCode });
        throw new StepFailure({
          code: 'job-failed',
          reason,
          output: actionRun.tail,
          advice: [message('run.fix-then-check')],
        });
      }
    }
  }

  /** The job that was running when the app ended: found by its mark, waited for, recorded. */
  async #takeUpAgain(step: StepRun, lost: { action: string; job: string }): Promise<void> {
    const actionRun = step.actions.find(({ action }) => action.id === lost.action);
    if (actionRun?.action.kind !== 'script') return;
    step.state = 'running';
    Object.assign(actionRun, { state: 'running', job: lost.job, startedAt: this.#port.now() });
    this.run.cancel = actionRun.action.cancel;
    this.#emit();
    try {
      await this.#watch(step, actionRun, actionRun.action, lost.job);
      await this.#takeOutputs(step, actionRun.action, lost.job);
      this.#endAction(step, actionRun, 'succeeded');
    } catch (error) {
      if (error instanceof RunSuspended) throw error;
      // Whatever came of it, what is true now is observed next and the rest is planned from that.
      const failure = error instanceof StepFailure ? error.failure : toFailure(error);
      const state =
        error instanceof StepCancelled
          ? 'cancelled'
          : failure.code === 'job-lost'
            ? 'lost'
            : 'failed';
      this.#endAction(step, actionRun, state, error instanceof StepCancelled ? undefined : failure);
      if (error instanceof StepCancelled && this.run.cancelRequested) throw error;
    }
    this.#port.written(actionRun.action.target);
  }

  #endAction(
    step: StepRun,
    actionRun: ActionRun,
    state: 'succeeded' | 'failed' | 'cancelled' | 'lost',
    failure?: Failure,
  ): void {
    Object.assign(actionRun, { state, endedAt: this.#port.now(), ...(failure ? { failure } : {}) });
    const outputs = this.#outputs.get(actionRun.id);
    const { journal } = this.#port;
    journal.transaction(() => {
      this.#keepPrinted(actionRun);
      journal.append({
        kind: 'action-ended',
        run: this.run.id,
        id: step.id,
        action: actionRun.action.id,
        state,
        output: actionRun.tail,
        ...(outputs === undefined ? {} : { outputs }),
        ...(actionRun.exitCode === undefined ? {} : { exitCode: actionRun.exitCode }),
        ...(failure === undefined ? {} : { failure }),
      });
    });
    this.#emit();
  }

  /** All that was printed, where that is more than the last lines. */
  #keepPrinted(actionRun: ActionRun): void {
    const printed = this.#printed.get(actionRun.id);
    if (printed === undefined) return;
    this.#printed.delete(actionRun.id);
    const text = inertText(printed.text).trimEnd();
    if (!printed.cut && text === actionRun.tail) return;
    this.#port.journal.keepOutput(this.run.id, actionRun.id, { text, truncated: printed.cut });
  }

  /** Repeats a call while the link is broken, then gives the run up as interrupted. */
  async #retrying<T>(target: string, call: () => Promise<T>): Promise<T> {
    const { signal } = this.#suspend;
    const { elapsed, wait } = this.#port;
    const link = this.#port.link(target);
    try {
      return await overBrokenLinks({ link, elapsed, wait, limitMs: RETRY_LIMIT_MS, signal }, () => {
        if (signal.aborted) throw new RunSuspended();
        return call();
      });
    } catch (error) {
      if (signal.aborted || isLinkTrouble(error)) throw new RunSuspended();
      throw error;
    }
  }

  #emit(): void {
    clearTimeout(this.#emitTimer);
    this.#emitTimer = undefined;
    this.#port.changed(structuredClone(this.run));
  }

  #emitSoon(): void {
    this.#emitTimer ??= setTimeout(() => this.#emit(), EMIT_MS);
  }
}

class StepFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.code);
    this.failure = failure;
  }
}

function toFailure(error: unknown): Failure {
  const data = toErrorData(error);
  return { code: data.code, reason: data.reason, output: data.detail ?? '', advice: [] };
}

function fromFinding(key: string, finding: Finding): Failure {
  const output = finding.evidence.at(-1)?.output ?? '';
  const code = key === 'error.proof-failed' ? 'proof-failed' : 'unknown';
  return { code, reason: finding.reason, output, advice: [message(key)] };
}
