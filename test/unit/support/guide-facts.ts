import type { Message } from '../../../src/contract/message.ts';
import type { Mirror } from '../../../src/contract/plan.ts';
import type { Selection } from '../../../src/main/drivers/simplestreams/streams.ts';
import { contextOf } from '../../../src/main/engine/compare.ts';
import { FactStore } from '../../../src/main/engine/facts.ts';
import type { Probe } from '../../../src/main/engine/probe.ts';
import {
  indexStamp,
  listing,
  publishedSelection,
  sourceSelection,
} from '../../../src/main/engine/probes/mirror.ts';
import { proxyOf } from '../../../src/main/engine/probes/proxy.ts';
import type { Step, StepContext } from '../../../src/main/engine/step.ts';
import { planOf, planText } from './plans.ts';

export const AT = 1_700_000_000_000;
export const STAMP = 'stamp';
export const SHA = 'a'.repeat(64);

/** The guide's plan, with the filters of its command. */
export function guidePlan(change: (text: string) => string = (text) => text) {
  return planOf(change(`${planText()}    release: '~(trusty|precise)'\n`));
}

/** What a stream of two files offers. */
export function selection(more: Partial<Selection> = {}): Selection {
  const file = (path: string) => ({ path, size: 1000, sha256: 'ab', product: 'p', version: 'v' });
  return {
    files: [file('trusty/kernel'), file('trusty/root-image.gz')],
    offered: { release: ['precise', 'trusty', 'xenial'], arch: ['amd64'] },
    unanchored: [],
    counts: [2],
    ...more,
  };
}

/** Facts about the mirror's host, made by hand: what a check would have been told. */
export class GuideFacts {
  readonly plan;
  readonly mirror: Mirror;
  readonly store = new FactStore();

  constructor(plan = guidePlan()) {
    this.plan = plan;
    this.mirror = plan.mirror!;
  }

  #of({ key, script: command }: Probe<unknown>) {
    return { target: this.mirror.host, key, at: AT, command, output: '', stale: false };
  }

  put<T>(probe: Probe<T>, value: T): this {
    this.store.put({ ...this.#of(probe), value });
    return this;
  }

  /** A mirror as it is after a run: published, with these files of 1000 bytes. */
  published(have: readonly string[], of: Selection = selection()): this {
    const stamp = { stamp: STAMP, indexSha256: SHA, unsigned: false };
    return this.put(indexStamp(this.mirror), stamp)
      .files(have)
      .put(publishedSelection(this.mirror, STAMP), of);
  }

  files(have: readonly string[], partialBytes = 0): this {
    const sizes = Object.fromEntries(have.map((path) => [path, 1000]));
    return this.put(listing(this.mirror), { sizes, stamp: 'listing', partialBytes });
  }

  source(of: Selection = selection()): this {
    const proxy = proxyOf(this.plan, this.plan.hosts[this.mirror.host]!);
    return this.put(sourceSelection(this.mirror, proxy), of);
  }

  /** The source could not be asked. */
  noSource(reason: Message): this {
    const proxy = proxyOf(this.plan, this.plan.hosts[this.mirror.host]!);
    const fact = this.#of(sourceSelection(this.mirror, proxy));
    this.store.put({ ...fact, error: { code: 'look-failed', reason } });
    return this;
  }

  context(step: Step): StepContext {
    const target = this.mirror.host;
    const instance = { id: `${step.id}@${target}`, step, owner: target, target };
    return contextOf(instance, this.plan, this.store.view());
  }

  check(step: Step) {
    const { state, reason, notes = [] } = step.check(this.context(step));
    return {
      state,
      reason: reason.key,
      params: reason.params ?? {},
      notes: notes.map((n) => n.key),
    };
  }

  /** Scripts of what the step would do now. */
  scripts(step: Step): string[] {
    const actions = step.plan?.(this.context(step)) ?? [];
    return actions.map((action) => (action.kind === 'script' ? action.script : action.kind));
  }
}
