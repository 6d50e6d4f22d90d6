import type { PlanImpact } from '../../contract/api.ts';
import { LabwrightError } from '../../contract/error.ts';
import type { Finding } from '../../contract/finding.ts';
import type { LabEvent, LabState } from '../../contract/lab-state.ts';
import type { Plan } from '../../contract/plan.ts';
import { type Claim, compare, readsOf } from '../engine/compare.ts';
import type { FactStore } from '../engine/facts.ts';
import type { Journal } from '../engine/journal.ts';
import type { Observer } from '../engine/observe.ts';
import type { Read } from '../engine/probe.ts';
import { type Chapter, instantiate, type StepInstance, withNeeds } from '../engine/step.ts';
import { readPlan } from '../plan/read-plan.ts';
import type { LabIdentities } from './lab-identities.ts';
import { planImpact } from './plan-impact.ts';

export interface LabFindingsOptions {
  readonly chapters: readonly Chapter[];
  /** Throws `plan-invalid` while lab.yaml cannot be read. */
  readonly plan: () => Plan;
  /** The same, or `null`. */
  readonly planIfValid: () => Plan | null;
  readonly state: () => LabState;
  readonly emit: (event: LabEvent) => void;
  readonly journal: Journal;
  readonly facts: FactStore;
  readonly observer: Observer;
  readonly identities: LabIdentities;
  /** Whether what is found may be recorded. */
  readonly owner: boolean;
  readonly assertOwner: () => void;
  readonly now: () => number;
  readonly who: string;
}

/** Rounds in which new facts may lead to new questions; the chapters need three. */
const OBSERVE_ROUNDS = 6;

/** The steps of the plan held against the facts: observe, then compare. */
export class LabFindings {
  readonly #options: LabFindingsOptions;
  readonly #claims: Record<string, Claim> = {};
  readonly #checking = new Map<string, number>();
  readonly #measuring = new Map<string, AbortController>();
  #last: Record<string, Finding>;

  constructor(options: LabFindingsOptions) {
    this.#options = options;
    this.#last = options.journal.lastFindings();
    for (const { at, entry } of options.journal.ofKinds('claim')) {
      if (entry.kind !== 'claim') continue;
      if (entry.what === 'withdrawn') delete this.#claims[entry.id];
      else this.#claims[entry.id] = { what: entry.what, who: entry.who, why: entry.why, at };
    }
  }

  /** Steps of the guide. */
  instances(): StepInstance[] {
    return instantiate(this.#options.chapters, this.#options.plan());
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

  /** Holds all steps against the facts that are known and tells what changed. */
  compareAll(record: boolean): Finding[] {
    const plan = this.#options.planIfValid();
    if (plan === null) return [];
    const findings = compare({
      plan,
      instances: instantiate(this.#options.chapters, plan),
      view: () => this.#options.facts.view(),
      last: this.#last,
      claims: this.#claims,
      now: this.#options.now(),
    });
    const gone = Object.keys(this.#options.state().findings).filter(
      (id) => !findings.some((finding) => finding.id === id),
    );
    if (gone.length > 0) this.#options.emit({ type: 'findings-gone', ids: gone });
    for (const finding of findings) this.#publish(finding, record);
    return findings;
  }

  #publish(finding: Finding, record: boolean): void {
    const shown = this.#options.state().findings[finding.id];
    if (JSON.stringify(shown) !== JSON.stringify(finding))
      this.#options.emit({ type: 'finding', finding });
    if (!record || !this.#options.owner) return;
    const last = this.#last[finding.id];
    // What an unobservable or blocked step was before decides whether it drifted: that is kept.
    if (finding.state === 'unknown' || finding.state === 'blocked') return;
    // Numbers in a reason (seconds, bytes) move all the time; only another statement is news.
    if (last?.state === finding.state && last.reason.key === finding.reason.key) return;
    this.#last = { ...this.#last, [finding.id]: finding };
    this.#options.journal.append({ kind: 'finding', finding });
  }

  /**
   * Observes what one instance wants to know, and holds it against that: one that the guide does not
   * show, or that another plan had.
   */
  async look(instance: StepInstance, plan: Plan): Promise<Finding> {
    const { facts, observer, identities, now } = this.#options;
    const view = () => facts.view();
    const asked = new Set<string>();
    for (let round = 0; round < OBSERVE_ROUNDS; round++) {
      const reads = readsOf(instance, plan, view()).filter(
        ({ target, probe }) => !asked.has(`${target}\n${probe.key}`),
      );
      if (reads.length === 0) break;
      for (const { target, probe } of reads) asked.add(`${target}\n${probe.key}`);
      await observer.observe(reads, { fresh: false });
      identities.record(reads);
    }
    const alone = { plan, instances: [instance], view, last: {}, claims: {}, now: now() };
    const [finding] = compare(alone);
    if (finding === undefined) throw new LabwrightError('step-unknown', { step: instance.id });
    return finding;
  }

  /** Asks a host one thing that no step wants to know. Throws what kept it from answering. */
  async ask<T>(read: Read<T>): Promise<T> {
    this.#options.assertOwner();
    await this.#options.observer.observe([read], { fresh: true });
    const fact = this.#options.facts.get(read);
    const { code, reason, detail } = fact?.error ?? {};
    if (code === undefined) return fact?.value as T;
    throw new LabwrightError(code, reason?.params, detail === undefined ? {} : { detail });
  }

  /** Observes and compares. `steps` narrows it to these and what they rest on. */
  async check(options: { steps?: readonly string[]; fresh: boolean }): Promise<Finding[]> {
    this.#options.assertOwner();
    const wanted = withNeeds(this.pick(options.steps), this.instances());
    await this.observe(wanted, options.fresh);
    const findings = this.compareAll(true);
    const ids = new Set(this.pick(options.steps).map(({ id }) => id));
    return findings.filter(({ id }) => ids.has(id));
  }

  /** Asks what these instances want to know, until they want nothing new. */
  async observe(wanted: readonly StepInstance[], fresh: boolean): Promise<void> {
    const targets = [...new Set(wanted.map(({ target }) => target))];
    for (const target of targets) this.#checking.set(target, (this.#checking.get(target) ?? 0) + 1);
    this.#options.emit({ type: 'checking', targets: [...this.#checking.keys()] });
    try {
      const asked = new Set<string>();
      for (let round = 0; round < OBSERVE_ROUNDS; round++) {
        const findings = new Map(this.compareAll(false).map((finding) => [finding.id, finding]));
        const reads: Read[] = [];
        for (const instance of wanted) {
          const blocked = findings.get(instance.id)?.state === 'blocked';
          for (const read of readsOf(instance, this.#options.plan(), this.#options.facts.view())) {
            const id = `${read.target}\n${read.probe.key}`;
            if ((read.probe.costly && blocked) || asked.has(id)) continue;
            asked.add(id);
            reads.push(read);
          }
        }
        if (reads.length === 0) break;
        await this.#options.observer.observe(reads, { fresh });
        this.#options.identities.record(reads);
      }
    } finally {
      for (const target of targets) {
        const count = (this.#checking.get(target) ?? 1) - 1;
        if (count > 0) this.#checking.set(target, count);
        else this.#checking.delete(target);
      }
      // First what was found, then that the check is over: who waits for the end sees all of it.
      this.compareAll(false);
      const checkedAt = this.#options.now();
      this.#options.emit({ type: 'checking', targets: [...this.#checking.keys()], checkedAt });
    }
  }

  /**
   * Measures what a step wants measured, which waits for something that the person does. Throws at once
   * when it cannot begin; what goes wrong later is told by the finding.
   */
  measure(id: string): Promise<void> {
    this.#options.assertOwner();
    const [instance] = this.pick([id]);
    if (instance === undefined || this.#measuring.has(instance.id)) return Promise.resolve();
    return this.#measure(instance);
  }

  async #measure(instance: StepInstance): Promise<void> {
    const { id } = instance;
    const stop = new AbortController();
    this.#measuring.set(id, stop);
    this.#tellMeasuring();
    const wanted = readsOf(instance, this.#options.plan(), this.#options.facts.view());
    const reads = wanted.filter(({ probe }) => probe.onDemand);
    await Promise.all(reads.map((read) => this.#options.observer.measure(read, stop.signal)));
    this.#measuring.delete(id);
    this.compareAll(true);
    this.#tellMeasuring();
  }

  stopMeasuring(id: string): void {
    this.#measuring.get(id)?.abort();
  }

  #tellMeasuring(): void {
    this.#options.emit({ type: 'measuring', ids: [...this.#measuring.keys()] });
  }

  claim(id: string, what: 'claimed' | 'skipped' | 'withdrawn', why: string): void {
    this.#options.assertOwner();
    this.pick([id]);
    const { who } = this.#options;
    const { at } = this.#options.journal.append({ kind: 'claim', id, what, who, why });
    if (what === 'withdrawn') delete this.#claims[id];
    else this.#claims[id] = { what, who, why, at };
    this.compareAll(true);
  }

  /** What saving this text would mean, held against what is known now. */
  impact(text: string): PlanImpact {
    const { planIfValid, chapters, facts } = this.#options;
    return planImpact(planIfValid(), readPlan(text), chapters, () => facts.view());
  }
}
