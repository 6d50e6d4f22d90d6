import type { Preview } from '../../contract/action.ts';
import { actionText } from '../../contract/action-text.ts';
import type { Finding, FindingState } from '../../contract/finding.ts';
import type { Run } from '../../contract/run.ts';
import { formatBytes } from '../../messages/formats.ts';
import { withStepTitles } from '../../messages/step-titles.ts';
import type { Console } from './console.ts';

const SIGNS: Readonly<Record<FindingState, string>> = {
  done: '✓',
  todo: '○',
  drifted: '◐',
  blocked: '⊘',
  unknown: '?',
  manual: '✋',
  claimed: '✎',
  skipped: '↷',
};

/** The step's name in the person's language. */
function title(console: Console, step: string): string {
  return console.say({ key: `step.${step}.title` });
}

export function printFindings(console: Console, findings: readonly Finding[]): void {
  const width = Math.max(...findings.map(({ id }) => id.length), 0);
  for (const finding of findings) {
    const { id, state, step, reason, notes } = finding;
    console.print(
      `${SIGNS[state]} ${state.padEnd(8)} ${id.padEnd(width)}  ${title(console, step)}`,
    );
    console.print(`    ${console.say(reason)}`);
    for (const note of notes) console.print(`    · ${console.say(note)}`);
    if (finding.waitsFor.length > 0) console.print(`    ← ${finding.waitsFor.join(', ')}`);
  }
}

export function printPreview(console: Console, preview: Preview): void {
  for (const step of preview.steps) {
    console.print(
      `${step.id}  ${title(console, step.step)}${step.predicted ? '  (predicted)' : ''}`,
    );
    for (const [index, action] of step.actions.entries()) {
      console.print(`  ${index + 1}. ${console.say(action.title)}`);
      for (const line of actionText(action).split('\n')) console.print(`     │ ${line}`);
    }
    for (const risk of step.risks) console.print(`  ! ${risk}`);
  }
  for (const { id, reason } of preview.left) {
    const named = withStepTitles(reason, console.language, (each) => console.say(each));
    console.print(`– ${id}: ${console.say(named)}`);
  }
  console.print(`digest ${preview.digest}`);
}

/** One line for what a run is doing, or nothing when the line would be the same as before. */
export class RunReporter {
  readonly #console: Console;
  readonly #seen = new Map<string, string>();
  #progressAt = 0;

  constructor(console: Console) {
    this.#console = console;
  }

  report(run: Run, now: number): void {
    for (const step of run.steps) {
      if (this.#changed(step.id, step.state) && step.state !== 'waiting') {
        this.#console.note(`[${step.state}] ${step.id}`);
        if (step.failure) this.#console.note(`    ${this.#console.say(step.failure.reason)}`);
        if (step.failure?.output) this.#console.note(indent(step.failure.output));
        for (const advice of step.failure?.advice ?? []) {
          this.#console.note(`    → ${this.#console.say(advice)}`);
        }
      }
      for (const action of step.actions) {
        if (this.#changed(action.id, action.state) && action.state !== 'waiting') {
          this.#console.note(`  [${action.state}] ${this.#console.say(action.action.title)}`);
        }
        const { progress } = action;
        if (action.state !== 'running' || progress === undefined || now - this.#progressAt < 2000)
          continue;
        this.#progressAt = now;
        const { language } = this.#console;
        const total =
          progress.totalBytes === undefined
            ? ''
            : ` / ${formatBytes(progress.totalBytes, language)}`;
        const rate = progress.bytesPerSecond
          ? ` · ${formatBytes(progress.bytesPerSecond, language)}/s`
          : '';
        const left = progress.secondsLeft === undefined ? '' : ` · ${progress.secondsLeft} s`;
        this.#console.note(
          `    ${formatBytes(progress.doneBytes, language)}${total}${rate}${left}`,
        );
      }
    }
  }

  #changed(id: string, state: string): boolean {
    if (this.#seen.get(id) === state) return false;
    this.#seen.set(id, state);
    return true;
  }
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `    │ ${line}`)
    .join('\n');
}
