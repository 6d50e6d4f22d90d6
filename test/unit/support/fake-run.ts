import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Action, PlannedStep } from '../../../src/contract/action.ts';
import type { Finding, FindingState } from '../../../src/contract/finding.ts';
import { message } from '../../../src/contract/message.ts';
import type { Run } from '../../../src/contract/run.ts';
import { type ExecutorPort, plannedRun, RunExecutor } from '../../../src/main/engine/execute.ts';
import { Journal } from '../../../src/main/engine/journal.ts';
import { digestOf } from '../../../src/main/engine/preview.ts';
import { FakeHost } from './fake-host.ts';
import { script } from './steps.ts';

export function tempJournal(now: () => number = () => 1): Journal {
  const folder = mkdtempSync(join(tmpdir(), 'labwright-journal-'));
  const journal = Journal.open(join(folder, 'journal.db'), { now, who: 'ann' });
  onTestFinished(() => {
    journal.close();
    rmSync(folder, { recursive: true });
  });
  return journal;
}

export function plannedStep(id: string, actions?: readonly Action[]): PlannedStep {
  const [step = '', target = ''] = id.split('@');
  const list = [...(actions ?? [script('make', target, `make ${id}`)])];
  return { id, step, target, actions: list, risks: [], predicted: false, digest: digestOf(list) };
}

/** A run on fake hosts: a step is done once a job of its name has ended well. */
export class FakeRun {
  readonly hosts = new Map<string, FakeHost>();
  readonly done = new Set<string>();
  readonly vault = new Map<string, string>();
  readonly states: Run[] = [];
  readonly events: string[] = [];
  readonly needs: Record<string, readonly string[]>;
  readonly journal: Journal;
  readonly planned: PlannedStep[];
  readonly run: Run;
  readonly executor: RunExecutor;
  /** What is planned when a step's turn comes, where that differs from what was shown. */
  readonly replanned: Record<string, PlannedStep> = {};
  readonly found: Record<string, FindingState> = {};
  /** The clock, which a test may set; `elapsed` goes on regardless. */
  now = 0;
  elapsed = 0;
  waited = 0;
  /** Targets that are another name for a machine. */
  machines: Record<string, string> = {};
  /** What a site does when it is called. */
  call: ExecutorPort['call'] = () => Promise.reject(new Error('no site'));
  /** What becomes of an image that is fetched. */
  fetchImage: ExecutorPort['fetchImage'] = () => Promise.reject(new Error('no image'));
  /** What happens while the run waits. */
  onWait: () => void = () => {};

  constructor(
    planned: readonly PlannedStep[],
    needs: Record<string, readonly string[]> = {},
    kind: Run['kind'] = 'apply',
    existing: { journal?: Journal; run?: Run } = {},
  ) {
    this.planned = [...planned];
    this.needs = needs;
    this.journal = existing.journal ?? tempJournal();
    this.run = existing.run ?? plannedRun('20260101000000-abc123', kind, planned, 'digest', 0);
    this.executor = new RunExecutor(this.run, planned, this.#port());
  }

  host(name: string): FakeHost {
    const known = this.hosts.get(name);
    if (known) return known;
    const host = new FakeHost(name);
    host.work = (text) => {
      this.finish(text);
      return 0;
    };
    this.hosts.set(name, host);
    return host;
  }

  /** What a job brings about: `make x@a` makes x@a, and an undo's `drop x@a` takes it away. */
  finish(text: string): void {
    const [verb, id = ''] = text.split(' ');
    if (verb === 'make') this.done.add(id);
    else this.done.delete(id);
    this.events.push(text);
  }

  get states1(): Record<string, string> {
    return Object.fromEntries(this.run.steps.map(({ id, state }) => [id, state]));
  }

  /** The journal as short words, oldest first. */
  rows(): string[] {
    return this.journal.ofRun(this.run.id).map(({ entry }) => {
      const parts: string[] = [entry.kind];
      if ('id' in entry) parts.push(entry.id);
      if ('action' in entry) parts.push(entry.action);
      if ('state' in entry) parts.push(entry.state);
      return parts.join(' ');
    });
  }

  /** Resolves when the run, as it is shown, is so. */
  async until(condition: (run: Run) => boolean): Promise<Run> {
    for (;;) {
      const run = this.states.at(-1);
      if (run && condition(run)) return run;
      await new Promise(setImmediate);
    }
  }

  #port(): ExecutorPort {
    return {
      journal: this.journal,
      link: (target) => this.host(target).link,
      machineId: () => undefined,
      call: (action, options) => this.call(action, options),
      fetchImage: (action, options) => this.fetchImage(action, options),
      openImage: () => Promise.reject(new Error('no image')),
      secret: async (name) => this.vault.get(name) ?? `value of ${name}`,
      keepSecret: async (name, value) => {
        this.vault.set(name, value);
      },
      redact: (text) => text.replaceAll('swordfish', '***'),
      now: () => this.now,
      elapsed: () => this.elapsed,
      wait: async (milliseconds) => {
        this.waited += milliseconds;
        this.now += milliseconds;
        this.elapsed += milliseconds;
        this.onWait();
      },
      observe: async (id) => this.#finding(id),
      planNow: (id) => this.replanned[id] ?? this.planned.find((step) => step.id === id)!,
      before: (id) => ({ before: id }),
      explain: (_id, { output }) =>
        output.includes('known cause') ? message('known-cause') : undefined,
      needs: (id) => this.needs[id] ?? [],
      machineOf: (target) => this.machines[target] ?? target,
      written: (target) => this.events.push(`written ${target}`),
      changed: (run) => this.states.push(run),
    };
  }

  #finding(id: string): Finding {
    const [step = '', target = ''] = id.split('@');
    const state = this.found[id] ?? (this.done.has(id) ? 'done' : 'todo');
    const evidence = [{ target, command: 'look', output: 'seen', at: 0 }];
    return {
      id,
      step,
      target,
      state,
      reason: message(state),
      notes: [],
      evidence,
      waitsFor: [],
      at: 0,
    };
  }
}
