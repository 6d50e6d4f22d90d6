import type { JournalEntry, JournalRow } from '../../contract/journal.ts';
import type { Message } from '../../contract/message.ts';
import type { Journal } from '../engine/journal.ts';
import type { Console } from './console.ts';

/** Rows of the journal as lines of text: when, who, and one sentence. */
export class JournalLines {
  readonly #console: Console;
  readonly #journal: Journal;
  /** Titles of actions by `run`, step and action; only the row of the step's start has them. */
  readonly #titles = new Map<string, ReadonlyMap<string, Message>>();

  constructor(console: Console, journal: Journal) {
    this.#console = console;
    this.#journal = journal;
  }

  line({ seq, at, who, entry }: JournalRow): string {
    const kind = this.#say(`journal.kind.${entry.kind}`);
    return [seq, new Date(at).toISOString(), who, kind, this.#sentence(entry)].join('  ');
  }

  #say(key: string, params?: Message['params']): string {
    return this.#console.say(params === undefined ? { key } : { key, params });
  }

  #sentence(entry: JournalEntry): string {
    switch (entry.kind) {
      // The id of the run is what undo and resume ask for.
      case 'run-started':
        return `${this.#say(`journal.runStarted.${entry.what}`, { n: entry.steps.length })} · ${entry.run}`;
      case 'run-ended':
        return this.#run(`run.state.${entry.state}`, entry.run);
      case 'run-interrupted':
        return this.#run('run.state.interrupted', entry.run);
      case 'run-resumed':
        return this.#run('journal.resumed', entry.run);
      case 'step-started':
        return this.#step(entry.id);
      case 'step-ended':
        return this.#ended(this.#step(entry.id), `run.step.${entry.state}`, entry.failure?.reason);
      case 'action-started':
        return this.#action(entry.run, entry.id, entry.action);
      case 'action-ended':
        return this.#ended(
          this.#action(entry.run, entry.id, entry.action),
          `run.action.${entry.state}`,
          entry.failure?.reason,
        );
      case 'finding': {
        const { id, state, reason } = entry.finding;
        return this.#ended(this.#step(id), `state.${state}`, reason);
      }
      case 'trust':
        return `${entry.target}: ${this.#say(`journal.trust.${entry.what}`)} ${entry.value}`;
      case 'claim': {
        const why = entry.why === '' ? '' : ` — ${entry.why}`;
        return `${this.#step(entry.id)}: ${this.#say(`journal.claim.${entry.what}`)}${why}`;
      }
      case 'plan-changed':
        return this.#say(`journal.plan.${entry.how}`);
      case 'note':
        return this.#console.say(entry.text);
    }
  }

  #run(state: string, run: string): string {
    return `${this.#say('journal.run', { state: this.#say(state) })} · ${run}`;
  }

  #step(id: string): string {
    const at = id.indexOf('@');
    return `${this.#say(`step.${id.slice(0, at)}.title`)} (${id.slice(at + 1)})`;
  }

  #action(run: string, step: string, action: string): string {
    let titles = this.#titles.get(run);
    if (titles === undefined) {
      titles = titlesOf(this.#journal.ofRun(run));
      this.#titles.set(run, titles);
    }
    const title = titles.get(`${step}/${action}`);
    return `${this.#step(step)} › ${title ? this.#console.say(title) : action}`;
  }

  #ended(what: string, state: string, reason: Message | undefined): string {
    return `${what}: ${this.#say(state)}${reason ? ` — ${this.#console.say(reason)}` : ''}`;
  }
}

function titlesOf(rows: readonly JournalRow[]): ReadonlyMap<string, Message> {
  const titles = new Map<string, Message>();
  for (const { entry } of rows) {
    if (entry.kind !== 'step-started') continue;
    for (const { id, title } of entry.planned.actions) titles.set(`${entry.id}/${id}`, title);
  }
  return titles;
}
