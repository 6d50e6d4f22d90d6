import { base64Bytes, type Preview, type UploadAction } from '../../contract/action.ts';
import { actionText } from '../../contract/action-text.ts';
import type { Finding, FindingState } from '../../contract/finding.ts';
import { message } from '../../contract/message.ts';
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

/** With `now`, each with its age: they were found earlier, by someone else. */
export function printFindings(console: Console, findings: readonly Finding[], now?: number): void {
  const width = Math.max(...findings.map(({ id }) => id.length), 0);
  for (const finding of findings) {
    const { id, state, step, reason, notes, at, evidence } = finding;
    console.print(
      `${SIGNS[state]} ${state.padEnd(8)} ${id.padEnd(width)}  ${title(console, step)}`,
    );
    // Nothing was observed for what waits for other steps: that has no age.
    const age =
      now === undefined || evidence.length === 0 ? '' : ` (${ageText(console, now - at)})`;
    console.print(`    ${console.say(reason)}${age}`);
    for (const note of notes) console.print(`    · ${console.say(note)}`);
    if (finding.waitsFor.length > 0) console.print(`    ← ${finding.waitsFor.join(', ')}`);
  }
}

/** What is written: the text itself, or of bytes that nobody can read their size and hash. */
function uploadText(console: Console, action: UploadAction): string {
  if (action.encoding === undefined) return action.content;
  const params = { size: base64Bytes(action.content), sha256: action.sha256 ?? '–' };
  return console.say(message('upload.bytes', params));
}

const SPANS = [
  ['time.days', 86_400_000],
  ['time.hours', 3_600_000],
  ['time.minutes', 60_000],
  ['time.seconds', 1000],
] as const;

function ageText(console: Console, milliseconds: number): string {
  const found = SPANS.find(([, unit]) => milliseconds >= unit);
  if (found === undefined) return console.say({ key: 'time.justNow' });
  const [key, unit] = found;
  const span = console.say({ key, params: { n: Math.floor(milliseconds / unit) } });
  return console.say({ key: 'time.ago', params: { span } });
}

export function printPreview(console: Console, preview: Preview): void {
  for (const step of preview.steps) {
    console.print(
      `${step.id}  ${title(console, step.step)}${step.predicted ? '  (predicted)' : ''}`,
    );
    for (const [index, action] of step.actions.entries()) {
      console.print(`  ${index + 1}. ${console.say(action.title)}`);
      const text = action.kind === 'upload' ? uploadText(console, action) : actionText(action);
      for (const line of text.trimEnd().split('\n')) console.print(`     │ ${line}`);
    }
    for (const risk of step.risks) console.print(`  ! ${risk}`);
  }
  printLeft(console, preview);
  for (const { trouble } of preview.snapshots ?? []) {
    if (trouble !== undefined) console.print(`– ${console.say(trouble)}`);
  }
  console.print(`digest ${preview.digest}`);
}

/** What is not done, and why. */
export function printLeft(console: Console, { left }: Preview): void {
  for (const { id, reason } of left) {
    const named = withStepTitles(reason, console.language, (each) => console.say(each));
    console.print(`– ${id}: ${console.say(named)}`);
  }
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
