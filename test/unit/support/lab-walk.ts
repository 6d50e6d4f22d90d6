import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';
import type { Change } from '../../../src/contract/change.ts';
import type { Run } from '../../../src/contract/run.ts';
import type { LabSession } from '../../../src/main/app/lab-session.ts';

/** What a person does with a lab, each to its end. */
export class LabWalk {
  readonly session: LabSession;

  constructor(session: LabSession) {
    this.session = session;
  }

  async check(): Promise<Record<string, string>> {
    const findings = await this.session.findings.check({ fresh: false });
    return Object.fromEntries(findings.map(({ id, state }) => [id, state]));
  }

  /** The reason of a finding and its notes, by their keys. */
  said(id: string): string[] {
    const { reason, notes } = this.session.state.findings[id]!;
    return [reason, ...notes].map(({ key }) => key);
  }

  async apply(steps?: string[], snapshot = false): Promise<Run> {
    const { digest } = await this.session.runs.preview(steps, snapshot);
    return this.#ended(await this.session.runs.apply(steps, digest, snapshot));
  }

  async undo(run: string): Promise<Run> {
    const { digest } = this.session.runs.previewUndo(run);
    return this.#ended(this.session.runs.undo(run, digest));
  }

  async change(change: Change): Promise<Run> {
    const { digest } = this.session.runs.previewChange(change);
    return this.#ended(this.session.runs.change(change, digest));
  }

  async #ended({ id }: Run): Promise<Run> {
    await this.session.runs.settled();
    const run = this.session.state.runs.find((each) => each.id === id)!;
    const failures = run.steps.flatMap(({ id: step, failure }) =>
      failure === undefined ? [] : [`${step}: ${failure.reason.key} ${failure.output}`],
    );
    expect(failures).toEqual([]);
    expect(run.state).toBe('succeeded');
    return run;
  }

  /** Edits lab.yaml as a person does, and looks again. */
  async plan(edit: (text: string) => string): Promise<void> {
    const text = edit(await readFile(this.session.path, 'utf8'));
    await this.session.savePlan(text, this.session.state.plan.sha256);
    expect(this.session.state.plan.problems).toEqual([]);
    await this.check();
  }
}

/** What a run did, step by step, by the ids of its actions. */
export const actionsOf = (steps: readonly { id: string; actions: readonly { id: string }[] }[]) =>
  steps.map(({ id, actions }) => [id, ...actions.map((each) => each.id.replace(/^.*\//, ''))]);
