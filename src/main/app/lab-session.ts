import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Preview } from '../../contract/action.ts';
import type { PlanImpact } from '../../contract/api.ts';
import { LabwrightError } from '../../contract/error.ts';
import type { Finding } from '../../contract/finding.ts';
import { Inventory } from '../../contract/inventory.ts';
import {
  applyLabEvent,
  type InventoryState,
  type LabEvent,
  type LabState,
  type PlanState,
} from '../../contract/lab-state.ts';
import type { PlannedMachines, PowerChange } from '../../contract/machines.ts';
import { type Message, message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import type { Run } from '../../contract/run.ts';
import { type Claim, compare, contextOf, readsOf } from '../engine/compare.ts';
import { type ExecutorPort, newRunId, plannedRun, RunExecutor } from '../engine/execute.ts';
import { type Fact, FactStore } from '../engine/facts.ts';
import { INVENTORY_KEY } from '../engine/hypervisor.ts';
import { Journal } from '../engine/journal.ts';
import { Observer } from '../engine/observe.ts';
import { digestOf, planStep, preview } from '../engine/preview.ts';
import { on, type Read } from '../engine/probe.ts';
import { system } from '../engine/probes/host.ts';
import {
  type Chapter,
  instantiate,
  neededBy,
  type StepInstance,
  withNeeds,
} from '../engine/step.ts';
import { ProcessLock } from '../files/process-lock.ts';
import { ImageCache } from '../images/image-cache.ts';
import { describeProblem, PlanFile } from '../plan/plan-file.ts';
import { readPlan } from '../plan/read-plan.ts';
import type { Connect } from '../ssh/connection.ts';
import { KnownHosts } from '../ssh/known-hosts.ts';
import { redact } from '../vault/redact.ts';
import type { Vault } from '../vault/vault.ts';
import { driverFor } from './driver-for.ts';
import { EventQueue } from './event-queue.ts';
import { LabHosts, MACHINE_ID } from './lab-hosts.ts';

import { LabSites } from './lab-sites.ts';
import { planImpact } from './plan-impact.ts';
import { plannedMachines } from './planned-machines.ts';
import { powerPreview } from './power-preview.ts';
import { type RestoredRun, restoreRun } from './restore-run.ts';
import { ThisComputer } from './this-computer.ts';
import { userDirectories } from './user-directories.ts';

export interface LabSessionOptions {
  readonly path: string;
  readonly practice: boolean;
  readonly chapters: readonly Chapter[];
  readonly vault: Vault;
  readonly connect: Connect;
  readonly userKnownHosts: string | undefined;
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly who: string;
  /** Where images are kept that this computer fetches; the user's own folder for such. */
  readonly cacheDirectory?: string;
}

/** Folder beside lab.yaml with what was recorded about the lab; never for git. */
export const LAB_FOLDER = '.labwright';
/** Rounds in which new facts may lead to new questions; the chapters need three. */
const OBSERVE_ROUNDS = 6;
const RUNS_SHOWN = 20;
/** Changes at a site are gathered for this long before they are looked at. */
const FOLLOW_PAUSE_MS = 500;
/** Closing waits this long for hosts that are being tidied; nobody wants to wait for an app to end. */
const CLOSE_PATIENCE_MS = 1000;

/** One open lab: its plan, facts, findings, runs and hosts. One direction: plan and facts in, events out. */
export class LabSession {
  readonly path: string;
  readonly hosts: LabHosts;
  readonly sites: LabSites;
  readonly journal: Journal;
  readonly #options: LabSessionOptions;
  readonly #file: PlanFile;
  readonly #lock: ProcessLock | undefined;
  readonly #facts: FactStore;
  readonly #observer: Observer;
  readonly #here: ThisComputer;
  readonly #claims: Record<string, Claim> = {};
  readonly #machineIds = new Map<string, string>();
  readonly #watchers = new Set<EventQueue<LabEvent>>();
  #last: Record<string, Finding>;
  #state: LabState;
  #executor: RunExecutor | undefined;
  #running: Promise<void> = Promise.resolve();
  #checking = new Map<string, number>();
  readonly #closing = new AbortController();

  private constructor(
    options: LabSessionOptions,
    file: PlanFile,
    journal: Journal,
    lock: ProcessLock | { heldBy: number },
    vaultNotice: Message | undefined,
  ) {
    this.#options = options;
    this.path = options.path;
    this.#file = file;
    this.journal = journal;
    this.#lock = lock instanceof ProcessLock ? lock : undefined;
    this.#facts = new FactStore(journal.facts(), (fact) => {
      // What a hypervisor had stays known, with its age, while the host cannot be asked.
      const isLost = fact.key === INVENTORY_KEY && fact.value === undefined;
      if (this.owner && !isLost) journal.saveFact(fact);
      const state = inventoryOf(fact);
      if (state !== undefined && !fact.stale)
        this.#emit({ type: 'inventory', target: fact.target, state });
    });
    this.#last = journal.lastFindings();
    this.#readClaims();
    const folder = dirname(options.path);
    this.hosts = new LabHosts({
      plan: () => this.#file.state.plan,
      folder,
      vault: options.vault,
      knownHosts: new KnownHosts(join(folder, LAB_FOLDER, 'known_hosts'), options.userKnownHosts),
      connect: options.connect,
      now: options.now,
      trustedSince: (host, fingerprint) => this.#trustedSince(host, fingerprint),
      changed: (host) => this.#emit({ type: 'host', host }),
    });
    const cache = options.cacheDirectory ?? userDirectories().cache;
    this.#here = new ThisComputer(
      new ImageCache(join(cache, 'images')),
      options.connect,
      options.wait,
    );
    this.sites = new LabSites({
      plan: () => this.#file.state.plan,
      pins: join(folder, LAB_FOLDER, 'certificates.json'),
      vault: options.vault,
      now: options.now,
      trustedSince: (site, fingerprint) => this.#trustedSince(site, fingerprint),
      changed: (host) => this.#emit({ type: 'host', host }),
      openImage: (image) => this.#here.openImage(image),
    });
    this.#observer = new Observer({
      store: this.#facts,
      link: (target) => this.hosts.link(target),
      redact: (text) => this.#redact(text),
      now: options.now,
      machineId: (target) => this.#machineIds.get(target),
      closed: this.#closing.signal,
      elapsed: () => performance.now(),
      wait: options.wait,
      askSite: (target, question, signal) => this.sites.ask(target, question, signal),
      askHere: (question, signal) => this.#here.ask(question, signal),
    });
    const notices: Message[] = [];
    if (!(lock instanceof ProcessLock)) {
      notices.push(new LabwrightError('lab-locked', { pid: lock.heldBy }).reason);
    }
    if (journal.damaged) notices.push(...this.#journalLosses(journal.damaged));
    if (vaultNotice) notices.push(vaultNotice);
    this.#state = {
      path: options.path,
      practice: options.practice,
      access: this.owner ? 'owner' : 'read-only',
      plan: file.state,
      chapters: [],
      findings: {},
      hosts: {},
      inventories: {},
      runs: [],
      checking: [],
      notices,
    };
  }

  static async open(options: LabSessionOptions): Promise<LabSession> {
    const file = await PlanFile.open(options.path);
    const folder = join(dirname(options.path), LAB_FOLDER);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(join(folder, '.gitignore'), '*\n', { flag: 'wx' }).catch(() => {});
    } catch (cause) {
      throw new LabwrightError(
        'plan-unreadable',
        { path: folder },
        { cause, detail: String(cause) },
      );
    }
    const lock = ProcessLock.acquire(join(folder, 'lock'));
    try {
      const { now, who } = options;
      const journal = Journal.open(join(folder, 'journal.db'), { now, who });
      const { notice } = await options.vault.info();
      const session = new LabSession(options, file, journal, lock, notice);
      await session.#start();
      return session;
    } catch (error) {
      if (lock instanceof ProcessLock) lock.release();
      throw error;
    }
  }

  async #start(): Promise<void> {
    await this.hosts.sync(null, this.#file.state.plan);
    await this.sites.sync(null, this.#file.state.plan);
    const restored = this.journal
      .runs(RUNS_SHOWN)
      .flatMap((id) => restoreRun(this.journal.ofRun(id)) ?? []);
    for (const { run } of restored) {
      if (run.state !== 'interrupted' || !this.owner) continue;
      const rows = this.journal.ofRun(run.id);
      if (rows.at(-1)?.entry.kind !== 'run-interrupted') {
        this.journal.append({ kind: 'run-interrupted', run: run.id });
      }
    }
    this.#state = {
      ...this.#state,
      chapters: this.#chapterStates(),
      hosts: { ...this.hosts.states, ...this.sites.states },
      inventories: Object.fromEntries(
        this.journal.facts().flatMap((fact) => {
          const state = inventoryOf(fact);
          return state === undefined ? [] : [[fact.target, state]];
        }),
      ),
      runs: restored.map(({ run }) => run),
    };
    this.#compareAll(false);
    if (this.owner) this.#file.watch((state) => this.#onPlan(state, 'outside'));
  }

  get owner(): boolean {
    return this.#lock !== undefined;
  }

  get state(): LabState {
    return this.#state;
  }

  get plan(): Plan {
    const { plan, problems } = this.#file.state;
    if (plan === null) {
      const first = problems[0] ? describeProblem(problems[0]) : '';
      throw new LabwrightError('plan-invalid', { first });
    }
    return plan;
  }

  get busy(): boolean {
    return this.#executor !== undefined;
  }

  instances(): StepInstance[] {
    return instantiate(this.#options.chapters, this.plan);
  }

  /** Instances by step id (`mirror.packages`) or instance id; all when nothing is named. */
  pick(names: readonly string[] | undefined): StepInstance[] {
    const all = this.instances();
    if (names === undefined) return all;
    return names.flatMap((name) => {
      const found = all.filter(({ id, step }) => id === name || step.id === name);
      if (found.length === 0) throw new LabwrightError('step-unknown', { step: name });
      return found;
    });
  }

  watch(signal?: AbortSignal): AsyncGenerator<LabEvent, void, void> {
    const snapshot = (): LabEvent => ({ type: 'snapshot', state: this.#state });
    const queue = new EventQueue<LabEvent>(snapshot);
    queue.push(snapshot());
    this.#watchers.add(queue);
    const forget = () => this.#watchers.delete(queue);
    return (async function* () {
      try {
        yield* queue.drain(signal);
      } finally {
        forget();
      }
    })();
  }

  #emit(event: LabEvent): void {
    this.#state = applyLabEvent(this.#state, event) ?? this.#state;
    for (const watcher of this.#watchers) watcher.push(event);
  }

  #redact(text: string): string {
    return redact(text, this.#options.vault.known());
  }

  /**
   * What a damaged journal means, also for its successor: who reads that later must know. A machine
   * whose identity was lost would otherwise be trusted anew without a word.
   */
  #journalLosses({ reason }: LabwrightError): Message[] {
    const losses = [reason];
    const { plan } = this.#file.state;
    const lost = Object.keys({ ...plan?.hosts, ...plan?.sites }).filter(
      (name) => !this.#machineIds.has(name),
    );
    if (lost.length > 0) {
      losses.push(message('journal.identities-anew', { hosts: lost.join(', ') }));
    }
    if (this.owner) for (const text of losses) this.journal.append({ kind: 'note', text });
    return losses;
  }

  #readClaims(): void {
    for (const { at, entry } of this.journal.ofKinds('claim', 'trust')) {
      if (entry.kind === 'claim') {
        if (entry.what === 'withdrawn') delete this.#claims[entry.id];
        else this.#claims[entry.id] = { what: entry.what, who: entry.who, why: entry.why, at };
      } else if (entry.kind === 'trust') {
        if (entry.what === 'machine-id-recorded') this.#machineIds.set(entry.target, entry.value);
        // A deliberate replacement of the key also lets the machine be another one.
        if (entry.what === 'host-key-replaced') this.#machineIds.delete(entry.target);
      }
    }
  }

  #trustedSince(host: string, fingerprint: string): number | undefined {
    return this.journal
      .ofKinds('trust')
      .findLast(
        ({ entry }) =>
          entry.kind === 'trust' && entry.target === host && entry.value === fingerprint,
      )?.at;
  }

  #chapterStates(): LabState['chapters'] {
    const plan = this.#file.state.plan;
    if (plan === null) return [];
    return this.#options.chapters
      .map((chapter) => ({
        id: chapter.id,
        steps: instantiate([chapter], plan).map(({ id, step, target }) => ({
          id,
          step: step.id,
          target,
        })),
      }))
      .filter(({ steps }) => steps.length > 0)
      .map((chapter, index) => ({ ...chapter, number: index + 1 }));
  }

  /** Holds all steps against the facts that are known and tells what changed. */
  #compareAll(record: boolean): Finding[] {
    const { plan } = this.#file.state;
    if (plan === null) return [];
    const findings = compare({
      plan,
      instances: instantiate(this.#options.chapters, plan),
      view: () => this.#facts.view(),
      last: this.#last,
      claims: this.#claims,
      now: this.#options.now(),
    });
    const gone = Object.keys(this.#state.findings).filter(
      (id) => !findings.some((finding) => finding.id === id),
    );
    if (gone.length > 0) this.#emit({ type: 'findings-gone', ids: gone });
    for (const finding of findings) this.#publish(finding, record);
    return findings;
  }

  #publish(finding: Finding, record: boolean): void {
    const shown = this.#state.findings[finding.id];
    if (JSON.stringify(shown) !== JSON.stringify(finding)) this.#emit({ type: 'finding', finding });
    if (!record || !this.owner) return;
    const last = this.#last[finding.id];
    // What an unobservable or blocked step was before decides whether it drifted: that is kept.
    if (finding.state === 'unknown' || finding.state === 'blocked') return;
    // Numbers in a reason (seconds, bytes) move all the time; only another statement is news.
    if (last?.state === finding.state && last.reason.key === finding.reason.key) return;
    this.#last = { ...this.#last, [finding.id]: finding };
    this.journal.append({ kind: 'finding', finding });
  }

  /** Observes and compares. `steps` narrows it to these and what they rest on. */
  async check(options: { steps?: readonly string[]; fresh: boolean }): Promise<Finding[]> {
    this.#assertOwner();
    const wanted = withNeeds(this.pick(options.steps), this.instances());
    await this.#observe(wanted, options.fresh);
    const findings = this.#compareAll(true);
    const ids = new Set(this.pick(options.steps).map(({ id }) => id));
    return findings.filter(({ id }) => ids.has(id));
  }

  async #observe(wanted: readonly StepInstance[], fresh: boolean): Promise<void> {
    const targets = [...new Set(wanted.map(({ target }) => target))];
    for (const target of targets) this.#checking.set(target, (this.#checking.get(target) ?? 0) + 1);
    this.#emit({ type: 'checking', targets: [...this.#checking.keys()] });
    try {
      const asked = new Set<string>();
      for (let round = 0; round < OBSERVE_ROUNDS; round++) {
        const findings = new Map(this.#compareAll(false).map((finding) => [finding.id, finding]));
        const reads: Read[] = [];
        for (const instance of wanted) {
          const blocked = findings.get(instance.id)?.state === 'blocked';
          for (const read of readsOf(instance, this.plan, this.#facts.view())) {
            const id = `${read.target}\n${read.probe.key}`;
            if ((read.probe.costly && blocked) || asked.has(id)) continue;
            asked.add(id);
            reads.push(read);
          }
        }
        if (reads.length === 0) break;
        await this.#observer.observe(reads, { fresh });
        this.#recordMachines(reads);
      }
    } finally {
      for (const target of targets) {
        const count = (this.#checking.get(target) ?? 1) - 1;
        if (count > 0) this.#checking.set(target, count);
        else this.#checking.delete(target);
      }
      // First what was found, then that the check is over: who waits for the end sees all of it.
      this.#compareAll(false);
      const checkedAt = this.#options.now();
      this.#emit({ type: 'checking', targets: [...this.#checking.keys()], checkedAt });
    }
  }

  /** Pins the identity of a machine at first sight; another one later is an error, not a fact. */
  #recordMachines(reads: readonly Read[]): void {
    for (const { target, probe } of reads) {
      if (probe.ask?.what === 'inventory') this.#recordSite(target);
      if (probe.key !== system.key) continue;
      const read = on(target, system);
      const fact = this.#facts.get(read);
      const found = this.#facts.view().maybe(read);
      if (!fact || !found) continue;
      this.hosts.patch(target, { system: found.name, machineId: found.machineId });
      const known = this.#machineIds.get(target);
      if (known === undefined && found.machineId !== '') {
        this.#machineIds.set(target, found.machineId);
        const value = found.machineId;
        this.journal.append({ kind: 'trust', target, what: 'machine-id-recorded', value });
      } else if (known !== undefined && known !== found.machineId) {
        const error = new LabwrightError('host-identity-changed', { host: target });
        const { value: _, ...rest } = fact;
        this.#facts.put({ ...rest, error: error.toData() });
        const id = found.machineId;
        const offered = { type: MACHINE_ID, fingerprint: id, line: `${MACHINE_ID} ${id}` };
        this.hosts.patch(target, { connection: 'changed', error: error.toData(), offered });
      }
    }
  }

  /** The same for a site; every write asserts it again. */
  #recordSite(target: string): void {
    const found = this.#state.inventories[target]?.inventory;
    if (found === undefined || found.identity === '') return;
    const known = this.#machineIds.get(target);
    if (known === undefined) {
      this.#machineIds.set(target, found.identity);
      const value = found.identity;
      this.journal.append({ kind: 'trust', target, what: 'machine-id-recorded', value });
    } else if (known !== found.identity) {
      const error = new LabwrightError('site-identity-changed', { site: target }).toData();
      this.sites.patch(target, { connection: 'failed', error });
    }
  }

  /** Looks again at a site whenever it says that something changed there. For as long as it is open. */
  follow(): void {
    const waiting = new Set<string>();
    this.sites.follow((site) => {
      if (waiting.has(site)) return;
      waiting.add(site);
      // Many changes come together; one look is enough. Our own runs look for themselves.
      const look = async () => {
        await this.#options.wait(FOLLOW_PAUSE_MS);
        waiting.delete(site);
        const steps = this.instances().filter(({ target }) => target === site);
        if (this.busy || steps.length === 0 || this.#closing.signal.aborted) return;
        await this.check({ steps: steps.map(({ id }) => id), fresh: false });
      };
      // What cannot be looked at now is said by the next check that a person asks for.
      look().catch(() => {});
    });
  }

  /** What would be done for these steps, from the facts of now. */
  async preview(steps: readonly string[] | undefined): Promise<Preview> {
    const wanted = this.pick(steps);
    return preview({
      plan: this.plan,
      instances: this.instances(),
      wanted,
      store: this.#facts,
      findings: this.#state.findings,
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
    this.journal.append({ kind: 'run-started', run: id, what: kind, ...ofRun, steps, digest });
    const run = plannedRun(id, kind, steps, digest, now, of);
    this.#execute(new RunExecutor(run, steps, this.#port()), []);
    return run;
  }

  #execute(executor: RunExecutor, inFlight: RestoredRun['inFlight']): void {
    this.#executor = executor;
    this.#emit({ type: 'run', run: structuredClone(executor.run) });
    this.#running = executor
      .execute(inFlight)
      .catch((error: unknown) => {
        // A full disk, for one: the journal could not be written, so nothing more may be done.
        executor.run.state = 'interrupted';
        this.#emit({ type: 'run', run: structuredClone(executor.run) });
        this.#emit({ type: 'notices', notices: [...this.#state.notices, toNotice(error)] });
      })
      .finally(async () => {
        this.#executor = undefined;
        if (executor.run.state !== 'interrupted') {
          const touched = new Set(executor.run.steps.map(({ target }) => target));
          const wanted = this.instances().filter(({ target }) => touched.has(target));
          await this.#observe(wanted, false).catch(() => {});
          this.#compareAll(true);
        }
      });
  }

  /** Resolves when no run is under way. */
  async settled(): Promise<void> {
    await this.#running;
  }

  #port(): ExecutorPort {
    const instance = (id: string): StepInstance => {
      const found = this.instances().find((item) => item.id === id);
      if (found === undefined) throw new LabwrightError('step-unknown', { step: id });
      return found;
    };
    return {
      journal: this.journal,
      link: (target) => this.hosts.link(target),
      machineId: (target) => this.#machineIds.get(target),
      callSite: (target, call, how) =>
        this.sites.perform(target, call, this.#machineIds.get(target), how),
      fetchImage: (action, how) => this.#here.fetchImage(action, how),
      openImage: (image) => this.#here.openImage(image),
      secret: (name) => this.#options.vault.get(name),
      keepSecret: (name, value) => this.#options.vault.set(name, value),
      redact: (text) => this.#redact(text),
      now: this.#options.now,
      elapsed: () => performance.now(),
      wait: this.#options.wait,
      observe: async (id) => {
        await this.#observe(withNeeds([instance(id)], this.instances()), false);
        const all = new Map(this.#compareAll(true).map((finding) => [finding.id, finding]));
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
        planStep(instance(id), this.plan, this.#facts.view(), this.#state.findings[id], false),
      before: (id) => {
        const view = this.#facts.view();
        return Object.fromEntries(
          readsOf(instance(id), this.plan, view)
            .filter(({ probe }) => !probe.costly)
            .map((read) => [read.probe.key, view.maybe(read)]),
        );
      },
      explain: (id, failed) => {
        const { step } = instance(id);
        return step.explain?.(contextOf(instance(id), this.plan, this.#facts.view()), failed);
      },
      needs: (id) => neededBy(instance(id), this.instances()).map((need) => need.id),
      written: (target) => this.#facts.markStale(target),
      changed: (run) => this.#emit({ type: 'run', run }),
    };
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
    const restored = restoreRun(this.journal.ofRun(id));
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
    this.journal.append({ kind: 'run-resumed', run: id });
    this.#execute(new RunExecutor(run, planned, this.#port()), inFlight);
    return run;
  }

  /** Closes an interrupted run without going on; what it did stays and is observed. */
  dismiss(id: string): void {
    this.#assertIdle();
    const run = this.#state.runs.find((item) => item.id === id);
    if (run?.state !== 'interrupted') throw new LabwrightError('run-unknown');
    this.journal.append({ kind: 'run-ended', run: id, state: 'cancelled' });
    this.#emit({ type: 'run', run: { ...run, state: 'cancelled' } });
  }

  /** Takes back what a run made, in reverse order, from what was recorded before the change. */
  previewUndo(id: string): Preview {
    const restored = restoreRun(this.journal.ofRun(id));
    if (restored === undefined || restored.run.kind !== 'apply')
      throw new LabwrightError('run-unknown');
    const all = this.instances();
    const takenBack = this.#takenBack(id);
    const steps = restored.run.steps.toReversed().flatMap((step) => {
      if (takenBack.has(step.id)) return [];
      const instance = all.find((item) => item.id === step.id);
      const made = step.actions
        .filter(({ state }) => state === 'succeeded')
        .map(({ action }) => action);
      if (instance?.step.undo === undefined || made.length === 0) return [];
      const context = contextOf(instance, this.plan, this.#facts.view());
      const before = restored.before[step.id] ?? {};
      const actions = [...instance.step.undo({ ...context, before, made })];
      if (actions.length === 0) return [];
      const base = { id: step.id, step: step.step, target: step.target, predicted: false };
      return [{ ...base, actions, risks: ['removes-data' as const], digest: digestOf(actions) }];
    });
    if (steps.length === 0 && takenBack.size > 0) throw new LabwrightError('run-undone');
    const actions = steps.flatMap((step) => step.actions);
    return { steps, left: [], digest: digestOf(actions) };
  }

  /**
   * Steps of a run that an undo has taken back. Once more would remove what others made since; a
   * step whose undo failed may be tried again.
   */
  #takenBack(id: string): ReadonlySet<string> {
    const madeAt = new Map<string, number>();
    for (const { seq, entry } of this.journal.ofRun(id)) {
      if (entry.kind === 'step-started') madeAt.set(entry.id, seq);
    }
    const steps = this.journal.ofKinds('run-started').flatMap(({ seq, entry }) => {
      if (entry.kind !== 'run-started' || entry.what !== 'undo' || entry.of !== id) return [];
      const undone = restoreRun(this.journal.ofRun(entry.run))?.run.steps ?? [];
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

  /** The machines of the plan, whether they exist or not. */
  plannedMachines(): PlannedMachines {
    return plannedMachines(this.plan, this.#state.inventories);
  }

  previewPower(host: string, uuid: string, to: PowerChange): Preview {
    const { inventories } = this.#state;
    const hypervisor = driverFor(this.plan, host);
    return powerPreview({ plan: this.plan, inventories, hypervisor, host, uuid, to });
  }

  power(host: string, uuid: string, to: PowerChange, digest: string): Run {
    this.#assertIdle();
    const shown = this.previewPower(host, uuid, to);
    if (shown.digest !== digest) throw new LabwrightError('preview-outdated');
    return this.#startRun('power', shown);
  }

  claim(id: string, what: 'claimed' | 'skipped' | 'withdrawn', why: string): void {
    this.#assertOwner();
    this.pick([id]);
    const { who } = this.#options;
    const { at } = this.journal.append({ kind: 'claim', id, what, who, why });
    if (what === 'withdrawn') delete this.#claims[id];
    else this.#claims[id] = { what, who, why, at };
    this.#compareAll(true);
  }

  async trust(host: string, fingerprint: string, replace: boolean): Promise<void> {
    this.#assertOwner();
    if (this.sites.has(host)) {
      const { key, old } = await this.sites.trust(host, fingerprint, replace);
      const what = replace ? 'host-key-replaced' : 'host-key-accepted';
      const before = old === undefined ? {} : { old };
      this.journal.append({ kind: 'trust', target: host, what, value: key, ...before });
      if (replace) this.#machineIds.delete(host);
      return;
    }
    const { key, old, machine } = await this.hosts.trust(host, fingerprint, replace);
    if (machine) {
      const before = this.#machineIds.get(host);
      const was = before === undefined ? {} : { old: before };
      this.journal.append({
        kind: 'trust',
        target: host,
        what: 'machine-id-recorded',
        value: key,
        ...was,
      });
      this.#machineIds.set(host, key);
      await this.hosts.reset(host);
      return;
    }
    const what = replace ? 'host-key-replaced' : 'host-key-accepted';
    const before = old === undefined ? {} : { old };
    this.journal.append({ kind: 'trust', target: host, what, value: key, ...before });
    if (replace) this.#machineIds.delete(host);
    await this.hosts.reset(host);
  }

  /** Connects to a host or site; one that waits for a decision about its key is met, too. */
  async meet(name: string): Promise<void> {
    try {
      await (this.sites.has(name) ? this.sites.session(name) : this.hosts.link(name).control());
    } catch (error) {
      const { connection } = this.#state.hosts[name] ?? {};
      if (connection !== 'untrusted' && connection !== 'changed') throw error;
    }
  }

  /** Forgets the connection to a host or site; the next use makes a new one. */
  reset(name: string): Promise<void> {
    return this.sites.has(name) ? this.sites.reset(name) : this.hosts.reset(name);
  }

  /** Looks at one host anew, after its trust or a secret changed. */
  async lookAt(host: string): Promise<void> {
    await this.reset(host);
    const steps = this.instances().filter(({ target }) => target === host);
    if (steps.length === 0) {
      await (this.sites.has(host) ? this.sites.session(host) : this.hosts.link(host).control());
    } else if (!this.busy) await this.check({ steps: steps.map(({ id }) => id), fresh: false });
  }

  /** What saving this text would mean, held against what is known now. */
  impact(text: string): PlanImpact {
    const { plan } = this.#file.state;
    return planImpact(plan, readPlan(text), this.#options.chapters, () => this.#facts.view());
  }

  async savePlan(text: string, expected: string): Promise<PlanState> {
    this.#assertOwner();
    const before = this.#file.state.plan;
    const state = await this.#file.save(text, expected);
    await this.#onPlan(state, 'saved', before);
    return state;
  }

  async reloadPlan(): Promise<void> {
    const before = this.#file.state.plan;
    if (await this.#file.reload()) await this.#onPlan(this.#file.state, 'outside', before);
  }

  async #onPlan(
    state: PlanState,
    how: 'saved' | 'outside',
    before: Plan | null = this.#state.plan.plan,
  ) {
    this.journal.append({ kind: 'plan-changed', how, sha256: state.sha256 });
    const gone = [
      ...(await this.hosts.sync(before, state.plan)),
      ...(await this.sites.sync(before, state.plan)),
    ];
    this.#emit({ type: 'plan', plan: state, chapters: this.#chapterStates() });
    if (gone.length > 0) this.#emit({ type: 'hosts-gone', names: gone });
    const shown = { ...this.hosts.states, ...this.sites.states };
    for (const host of Object.values(shown)) this.#emit({ type: 'host', host });
    this.#compareAll(true);
  }

  #assertOwner(): void {
    if (!this.owner) throw new LabwrightError('read-only');
  }

  #assertIdle(): void {
    this.#assertOwner();
    if (this.#executor !== undefined) throw new LabwrightError('run-busy');
  }

  /** Stops watching; durable jobs on hosts go on and are found again at the next start. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#executor?.suspend();
    // A long look that is stopped takes its job off the host, if the host is quick enough.
    await Promise.race([this.#observer.settled(), this.#options.wait(CLOSE_PATIENCE_MS)]);
    await this.hosts.close();
    await this.sites.close();
    await this.#running;
    for (const watcher of this.#watchers) watcher.close();
    this.#file.close();
    this.journal.close();
    this.#lock?.release();
  }
}

/** Facts that are the inventory of a hypervisor are shown whole, as map and tables. */
function inventoryOf({ key, value, at }: Fact): InventoryState | undefined {
  if (key !== INVENTORY_KEY || value === undefined) return undefined;
  // One that an earlier version wrote may lack something: it is shown again once it is asked.
  const { data: inventory } = Inventory.safeParse(value);
  return inventory === undefined ? undefined : { at, inventory };
}

function toNotice(error: unknown): Message {
  return error instanceof LabwrightError ? error.reason : new LabwrightError('internal').reason;
}
