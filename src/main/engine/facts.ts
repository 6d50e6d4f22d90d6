import { z } from 'zod';
import { ErrorData, LabwrightError } from '../../contract/error.ts';
import type { Evidence } from '../../contract/finding.ts';
import type { Read } from './probe.ts';

/** Something observed on a target: an answer or the reason why there is none, and when and how. */
export const Fact = z.object({
  target: z.string(),
  key: z.string(),
  at: z.number(),
  command: z.string(),
  output: z.string(),
  value: z.unknown().optional(),
  error: ErrorData.optional(),
  /** Something was written to the target since. */
  stale: z.boolean().default(false),
});
export type Fact = z.infer<typeof Fact>;

/** Thrown inside a check that needs what could not be observed; the finding becomes *unknown*. */
export class NotObserved extends Error {
  override readonly name = 'NotObserved';
  readonly error: ErrorData;

  constructor(error: ErrorData) {
    super(error.code);
    this.error = error;
  }
}

export function factId(target: string, key: string): string {
  return `${target}\n${key}`;
}

/**
 * The facts as a pure function sees them. It remembers which were used, so that a finding carries
 * their evidence without every step naming it.
 */
export class FactView {
  readonly #facts: ReadonlyMap<string, Fact>;
  readonly #used = new Map<string, Fact>();

  constructor(facts: ReadonlyMap<string, Fact>) {
    this.#facts = facts;
  }

  /** The answer, or `undefined` when it is missing or failed. */
  maybe<T>(read: Read<T>): T | undefined {
    const fact = this.fact(read);
    return fact?.error === undefined ? (fact?.value as T | undefined) : undefined;
  }

  /** The answer; without one the whole finding is *unknown*, for the fact's own reason. */
  need<T>(read: Read<T>): T {
    const fact = this.fact(read);
    if (fact === undefined) {
      throw new NotObserved(new LabwrightError('not-observed').toData());
    }
    if (fact.error !== undefined) throw new NotObserved(fact.error);
    return fact.value as T;
  }

  fact(read: Read): Fact | undefined {
    const id = factId(read.target, read.probe.key);
    const fact = this.#facts.get(id);
    if (fact) this.#used.set(id, fact);
    return fact;
  }

  get evidence(): Evidence[] {
    return [...this.#used.values()].map(({ target, command, output, at }) => ({
      target,
      command,
      output,
      at,
    }));
  }
}

/** What is known, by target and probe. Kept in the journal's database so that a start shows it. */
export class FactStore {
  readonly #facts = new Map<string, Fact>();
  readonly #save: (fact: Fact) => void;

  constructor(known: Iterable<Fact> = [], save: (fact: Fact) => void = () => {}) {
    for (const fact of known) this.#facts.set(factId(fact.target, fact.key), fact);
    this.#save = save;
  }

  get(read: Read): Fact | undefined {
    return this.#facts.get(factId(read.target, read.probe.key));
  }

  put(fact: Fact): void {
    this.#facts.set(factId(fact.target, fact.key), fact);
    this.#save(fact);
  }

  /** After a write nothing known of the target is certain. */
  markStale(target: string): void {
    for (const fact of this.#facts.values()) {
      if (fact.target === target && !fact.stale) this.put({ ...fact, stale: true });
    }
  }

  view(): FactView {
    return new FactView(this.#facts);
  }

  /** A view in which some answers are replaced by predictions. */
  viewWith(predicted: ReadonlyMap<string, Fact>): FactView {
    return new FactView(new Map([...this.#facts, ...predicted]));
  }
}
