import { expect, test } from 'vitest';
import type { Preview } from '../../src/contract/action.ts';
import { message } from '../../src/contract/message.ts';
import { Console } from '../../src/main/cli/console.ts';
import { printPreview } from '../../src/main/cli/report.ts';
import type { Language } from '../../src/messages/catalogues.ts';
import { sentence } from '../../src/messages/sentence.ts';
import { withStepTitles } from '../../src/messages/step-titles.ts';

const WAITS = message('preview.waits', { steps: 'mirror.disk@mirror, mirror.packages@mirror' });

function shown(language: Language, text = WAITS): string {
  const say = (each: typeof text) => sentence(language, each);
  return say(withStepTitles(text, language, say));
}

test('what a step waits for is told by titles, in either language', () => {
  const title = (language: Language, step: string) =>
    sentence(language, { key: `step.${step}.title` });
  expect(shown('en')).toBe(
    `Waits for “${title('en', 'mirror.disk')}”, “${title('en', 'mirror.packages')}”.`,
  );
  expect(shown('ja')).toBe(
    `「${title('ja', 'mirror.disk')}」「${title('ja', 'mirror.packages')}」を待っています。`,
  );
});

test('a sentence about something else stays as it is', () => {
  const other = message('error.step-unknown', { step: 'a.b@c' });
  expect(withStepTitles(other, 'en', () => 'x')).toBe(other);
});

test('the command line prints titles too', () => {
  const lines: string[] = [];
  const console = new (class extends Console {
    override print(line: string): void {
      lines.push(line);
    }
  })('en');
  const preview: Preview = {
    steps: [],
    left: [{ id: 'mirror.images@mirror', reason: WAITS }],
    digest: 'd',
  };
  printPreview(console, preview);
  expect(lines.join('\n')).not.toContain('mirror.disk@');
  expect(lines.join('\n')).toContain(shown('en'));
});
