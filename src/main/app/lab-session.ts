import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Adoption } from '../../contract/change.ts';
import { LabwrightError } from '../../contract/error.ts';
import { Inventory } from '../../contract/inventory.ts';
import {
  applyLabEvent,
  type InventoryState,
  type LabEvent,
  type LabState,
  MaasState,
  type PlanState,
} from '../../contract/lab-state.ts';
import type { PlannedMachines } from '../../contract/machines.ts';
import type { Message } from '../../contract/message.ts';
import type { MachineGroup, Plan } from '../../contract/plan.ts';
import { type Fact, FactStore } from '../engine/facts.ts';
import { INVENTORY_KEY } from '../engine/hypervisor.ts';
import { Journal } from '../engine/journal.ts';
import { Observer } from '../engine/observe.ts';
import { on } from '../engine/probe.ts';
import { MAAS_MACHINES_KEY } from '../engine/probes/maas.ts';
import { type Chapter, instantiate } from '../engine/step.ts';
import { ProcessLock } from '../files/process-lock.ts';
import { siteOfShell } from '../guide/site-driver.ts';
import { ImageCache } from '../images/image-cache.ts';
import { describeProblem, PlanFile } from '../plan/plan-file.ts';
import type { Connect } from '../ssh/connection.ts';
import { KnownHosts } from '../ssh/known-hosts.ts';
import { redact } from '../vault/redact.ts';
import type { Vault } from '../vault/vault.ts';
import { adoptable, adoptMachine } from './adopt-machine.ts';
import { driverFor } from './driver-for.ts';
import { EventQueue } from './event-queue.ts';
import { LabFindings } from './lab-findings.ts';
import { LabHosts } from './lab-hosts.ts';
import { LabIdentities } from './lab-identities.ts';
import { LabMaas } from './lab-maas.ts';
import { LabRuns } from './lab-runs.ts';
import { LabSites } from './lab-sites.ts';
import { lookAfterChanges } from './look-after-changes.ts';
import { plannedMachines } from './planned-machines.ts';
import { restoreRun } from './restore-run.ts';
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
const RUNS_SHOWN = 20;
/** Closing waits this long for hosts that are being tidied; nobody wants to wait for an app to end. */
const CLOSE_PATIENCE_MS = 1000;

/** One open lab: its plan, facts, findings, runs and hosts. One direction: plan and facts in, events out. */
export class LabSession {
  readonly path: string;
  readonly hosts: LabHosts;
  readonly sites: LabSites;
  readonly maas: LabMaas;
  readonly journal: Journal;
  readonly identities: LabIdentities;
  readonly findings: LabFindings;
  readonly runs: LabRuns;
  readonly #options: LabSessionOptions;
  readonly #file: PlanFile;
  readonly #lock: ProcessLock | undefined;
  readonly #facts: FactStore;
  readonly #observer: Observer;
  readonly #here: ThisComputer;
  readonly #watchers = new Set<EventQueue<LabEvent>>();
  #state: LabState;
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
      const isLost = SHOWN_WHOLE.has(fact.key) && fact.value === undefined;
      if (this.owner && !isLost) journal.saveFact(fact);
      const state = inventoryOf(fact);
      if (state !== undefined && !fact.stale && !this.#isShell(fact.target))
        this.#emit({ type: 'inventory', target: fact.target, state });
      const maas = maasOf(fact);
      if (maas !== undefined && !fact.stale)
        this.#emit({ type: 'maas', target: fact.target, state: maas });
    });
    const folder = dirname(options.path);
    this.hosts = new LabHosts({
      plan: () => this.#file.state.plan,
      folder,
      vault: options.vault,
      knownHosts: new KnownHosts(join(folder, LAB_FOLDER, 'known_hosts'), options.userKnownHosts),
      connect: options.connect,
      now: options.now,
      wait: options.wait,
      trustedSince: (host, fingerprint) => this.identities.trustedSince(host, fingerprint),
      changed: (host) => this.#emit({ type: 'host', host }),
    });
    const cache = options.cacheDirectory ?? userDirectories().cache;
    this.#here = new ThisComputer({
      images: new ImageCache(join(cache, 'images')),
      vault: options.vault,
      connect: options.connect,
      wait: options.wait,
    });
    this.sites = new LabSites({
      plan: () => this.#file.state.plan,
      pins: join(folder, LAB_FOLDER, 'certificates.json'),
      vault: options.vault,
      now: options.now,
      trustedSince: (site, fingerprint) => this.identities.trustedSince(site, fingerprint),
      changed: (host) => this.#emit({ type: 'host', host }),
      openImage: (image) => this.#here.openImage(image),
    });
    this.maas = new LabMaas({
      plan: () => this.#file.state.plan,
      link: (host) => this.hosts.link(host),
      vault: options.vault,
    });
    this.#observer = new Observer({
      store: this.#facts,
      link: (target) => this.hosts.link(target),
      redact: (text) => this.#redact(text),
      now: options.now,
      machineId: (target) => this.identities.of(target),
      closed: this.#closing.signal,
      elapsed: () => performance.now(),
      wait: options.wait,
      askApi: (target, question, signal) =>
        question.what === 'maas'
          ? this.maas.ask(target, question.of, signal)
          : this.sites.ask(target, question, signal),
      askHere: (question, signal) => this.#here.ask(question, signal),
    });
    const facts = this.#facts;
    this.identities = new LabIdentities({
      journal,
      facts,
      hosts: this.hosts,
      sites: this.sites,
      inventories: () => this.#state.inventories,
    });
    const shared = {
      plan: () => this.plan,
      state: () => this.#state,
      emit: (event: LabEvent) => this.#emit(event),
      journal,
      facts,
      identities: this.identities,
      now: options.now,
      assertOwner: () => this.#assertOwner(),
    };
    this.findings = new LabFindings({
      ...shared,
      chapters: options.chapters,
      planIfValid: () => this.#file.state.plan,
      observer: this.#observer,
      owner: this.owner,
      who: options.who,
    });
    this.runs = new LabRuns({
      ...shared,
      chapters: options.chapters,
      findings: this.findings,
      hosts: this.hosts,
      sites: this.sites,
      maas: this.maas,
      here: this.#here,
      vault: options.vault,
      redact: (text) => this.#redact(text),
      wait: options.wait,
    });
    const notices: Message[] = [];
    if (!(lock instanceof ProcessLock)) {
      notices.push(new LabwrightError('lab-locked', { pid: lock.heldBy }).reason);
    }
    if (journal.damaged) {
      const lost = this.identities.lostFrom(file.state.plan);
      const losses = [journal.damaged.reason, ...lost];
      // Also for who reads the successor later.
      if (this.owner) for (const text of losses) journal.append({ kind: 'note', text });
      notices.push(...losses);
    }
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
      maas: {},
      runs: [],
      checking: [],
      measuring: [],
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
      inventories: byTarget(this.journal.facts(), (fact) =>
        this.#isShell(fact.target) ? undefined : inventoryOf(fact),
      ),
      maas: byTarget(this.journal.facts(), maasOf),
      runs: restored.map(({ run }) => run),
    };
    this.findings.compareAll(false);
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

  /** Whether a host is the shell of a site: then what it has is shown once, as the site's. */
  #isShell(host: string): boolean {
    const { plan } = this.#file.state;
    return plan !== null && siteOfShell(plan, host) !== undefined;
  }

  #redact(text: string): string {
    return redact(text, this.#options.vault.known());
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
          ...(step.measures ? { measures: true } : {}),
        })),
      }))
      .filter(({ steps }) => steps.length > 0)
      .map((chapter, index) => ({ ...chapter, number: index + 1 }));
  }

  /** Looks again at a hypervisor or MAAS whenever it says that something changed, as long as this is open. */
  follow(): void {
    const following = lookAfterChanges({
      plan: () => this.#file.state.plan,
      facts: this.#facts,
      findings: this.findings,
      runs: this.runs,
      wait: this.#options.wait,
      closed: this.#closing.signal,
    });
    this.sites.follow(following.changed);
    this.hosts.follow(following);
    this.maas.follow(following.changed);
  }

  /** The machines of the plan, whether they exist or not. */
  plannedMachines(): PlannedMachines {
    return plannedMachines(this.plan, this.#state.inventories);
  }

  /** What lab.yaml would say of a machine that exists; its disks are asked for their sizes. */
  async adopt(host: string, uuid: string, role: MachineGroup['role']): Promise<Adoption> {
    const { plan } = this;
    const inventory = this.#state.inventories[host]?.inventory;
    adoptable(plan, inventory, uuid);
    const driver = driverFor({ plan, target: host, facts: this.#facts.view() });
    const sizes = await this.findings.ask(on(host, driver.diskSizes(uuid)));
    return adoptMachine({ file: this.#file.state, plan, host, inventory, uuid, role, sizes });
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
  async reset(name: string): Promise<void> {
    if (this.sites.has(name)) return this.sites.reset(name);
    await this.maas.close();
    return this.hosts.reset(name);
  }

  /** Looks at one host anew, after its trust or a secret changed. */
  async lookAt(host: string): Promise<void> {
    await this.reset(host);
    const steps = this.findings.instances().filter(({ target }) => target === host);
    if (steps.length === 0) {
      await (this.sites.has(host) ? this.sites.session(host) : this.hosts.link(host).control());
    } else if (!this.runs.busy)
      await this.findings.check({ steps: steps.map(({ id }) => id), fresh: false });
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
    const twice = Object.keys(this.#state.inventories).filter((name) => this.#isShell(name));
    if (twice.length > 0) this.#emit({ type: 'inventories-gone', targets: twice });
    if (gone.length > 0) this.#emit({ type: 'hosts-gone', names: gone });
    const shown = { ...this.hosts.states, ...this.sites.states };
    for (const host of Object.values(shown)) this.#emit({ type: 'host', host });
    this.findings.compareAll(true);
  }

  #assertOwner(): void {
    if (!this.owner) throw new LabwrightError('read-only');
  }

  /** Stops watching; durable jobs on hosts go on and are found again at the next start. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.runs.suspend();
    // A long look that is stopped takes its job off the host, if the host is quick enough.
    await Promise.race([this.#observer.settled(), this.#options.wait(CLOSE_PATIENCE_MS)]);
    await this.maas.close();
    await this.hosts.close();
    await this.sites.close();
    await this.runs.settled();
    for (const watcher of this.#watchers) watcher.close();
    this.#file.close();
    this.journal.close();
    this.#lock?.release();
  }
}

/** What these facts hold is drawn as it is, as map and tables, and stays known while nobody answers. */
const SHOWN_WHOLE: ReadonlySet<string> = new Set([INVENTORY_KEY, MAAS_MACHINES_KEY]);

function byTarget<T>(facts: Iterable<Fact>, of: (fact: Fact) => T | undefined): Record<string, T> {
  const found: Record<string, T> = {};
  for (const fact of facts) {
    const state = of(fact);
    if (state !== undefined) found[fact.target] = state;
  }
  return found;
}

function maasOf({ key, value, at }: Fact): MaasState | undefined {
  if (key !== MAAS_MACHINES_KEY || value === undefined) return undefined;
  const { data } = MaasState.safeParse({ at, ...(value as object) });
  return data;
}

function inventoryOf({ key, value, at }: Fact): InventoryState | undefined {
  if (key !== INVENTORY_KEY || value === undefined) return undefined;
  // One that an earlier version wrote may lack something: it is shown again once it is asked.
  const { data: inventory } = Inventory.safeParse(value);
  return inventory === undefined ? undefined : { at, inventory };
}
