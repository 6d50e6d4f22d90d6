import {
  type Action,
  base64Bytes,
  type Preview,
  type UploadAction,
} from '../../contract/action.ts';
import { actionText } from '../../contract/action-text.ts';
import type { Finding, FindingState } from '../../contract/finding.ts';
import { message } from '../../contract/message.ts';
import type { Progress, Run } from '../../contract/run.ts';
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

/** Columns of a terminal: kana and kanji take two (Unicode, East Asian Width). */
function columnsOf(text: string): number {
  return [...text].reduce(
    (sum, letter) => sum + (/[\u3000-\u9fff\uff00-\uff60]/.test(letter) ? 2 : 1),
    0,
  );
}

/** The step's name in the person's language. */
function title(console: Console, step: string): string {
  return console.say({ key: `step.${step}.title` });
}

/** With `now`, each with its age: they were found earlier, by someone else. */
export function printFindings(console: Console, findings: readonly Finding[], now?: number): void {
  const width = Math.max(...findings.map(({ id }) => id.length), 0);
  const words = findings.map(({ state }) => console.say({ key: `state.${state}` }));
  const columns = Math.max(...words.map(columnsOf), 0);
  for (const [index, finding] of findings.entries()) {
    const word = words[index] ?? '';
    const pad = ' '.repeat(columns - columnsOf(word));
    const { id, state, step, reason, notes, at, evidence } = finding;
    console.print(`${SIGNS[state]} ${word}${pad} ${id.padEnd(width)}  ${title(console, step)}`);
    // Nothing was observed for what waits for other steps: that has no age.
    const age =
      now === undefined || evidence.length === 0 ? '' : ` (${ageText(console, now - at)})`;
    console.print(`    ${console.say(reason)}${age}`);
    for (const note of notes) console.print(`    · ${console.say(note)}`);
    if (finding.keystrokes !== undefined)
      for (const line of finding.keystrokes.trimEnd().split('\n')) console.print(`      ${line}`);
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

function spanText(console: Console, milliseconds: number): string | undefined {
  const found = SPANS.find(([, unit]) => milliseconds >= unit);
  if (found === undefined) return undefined;
  const [key, unit] = found;
  return console.say({ key, params: { n: Math.floor(milliseconds / unit) } });
}

function ageText(console: Console, milliseconds: number): string {
  const span = spanText(console, milliseconds);
  if (span === undefined) return console.say({ key: 'time.justNow' });
  return console.say({ key: 'time.ago', params: { span } });
}

/** `2.1 MB of 5.5 MB · 983 kB/s · 3 s left` */
function progressText(console: Console, progress: Progress): string {
  const size = (bytes: number) => formatBytes(bytes, console.language);
  const { doneBytes, totalBytes, bytesPerSecond, secondsLeft } = progress;
  const parts = [
    totalBytes === undefined
      ? size(doneBytes)
      : console.say({
          key: 'progress.of',
          params: { done: size(doneBytes), total: size(totalBytes) },
        }),
  ];
  if (bytesPerSecond) {
    parts.push(console.say({ key: 'progress.rate', params: { rate: size(bytesPerSecond) } }));
  }
  const span = secondsLeft === undefined ? undefined : spanText(console, secondsLeft * 1000);
  if (span !== undefined) parts.push(console.say({ key: 'progress.left', params: { span } }));
  return parts.join(' · ');
}

/** As whom a script runs and with what mode a file is written: both are part of what is agreed to. */
function how(action: Action): string {
  if (action.kind === 'script' && action.sudo) return '  [sudo]';
  return action.kind === 'upload' ? `  [sudo, ${action.mode}]` : '';
}

export function printPreview(console: Console, preview: Preview): void {
  for (const step of preview.steps) {
    console.print(
      `${step.id}  ${title(console, step.step)}${step.predicted ? `  (${console.say({ key: 'cli.predicted' })})` : ''}`,
    );
    for (const [index, action] of step.actions.entries()) {
      console.print(`  ${index + 1}. ${console.say(action.title)}${how(action)}`);
      const text = action.kind === 'upload' ? uploadText(console, action) : actionText(action);
      for (const line of text.trimEnd().split('\n')) console.print(`     │ ${line}`);
    }
    for (const risk of step.risks) console.print(`  ! ${console.say({ key: `risk.${risk}` })}`);
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
        this.#console.note(`[${this.#word('step', step.state)}] ${step.id}`);
        if (step.failure) this.#console.note(`    ${this.#console.say(step.failure.reason)}`);
        if (step.failure?.output) this.#console.note(indent(step.failure.output));
        for (const advice of step.failure?.advice ?? []) {
          this.#console.note(`    → ${this.#console.say(advice)}`);
        }
      }
      for (const action of step.actions) {
        if (this.#changed(action.id, action.state) && action.state !== 'waiting') {
          const title = this.#console.say(action.action.title);
          this.#console.note(`  [${this.#word('action', action.state)}] ${title}`);
        }
        const { progress } = action;
        if (action.state !== 'running' || progress === undefined || now - this.#progressAt < 2000)
          continue;
        this.#progressAt = now;
        this.#console.note(`    ${progressText(this.#console, progress)}`);
      }
    }
  }

  #word(what: 'step' | 'action', state: string): string {
    return this.#console.say({ key: `run.${what}.${state}` });
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
