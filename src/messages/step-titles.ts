import type { Message } from '../contract/message.ts';

/** Sentences that name steps by instance; the core knows no titles, they are in the catalogues. */
const NAMES_STEPS: ReadonlySet<string> = new Set([
  'preview.waits',
  'preview.needs-facts',
  'run.needs-failed',
]);

/** The same message with the titles of its steps in place of `mirror.packages@mirror`. */
export function withStepTitles(
  message: Message,
  language: string,
  say: (message: Message) => string,
): Message {
  if (!NAMES_STEPS.has(message.key)) return message;
  const [open, close, between] = language.startsWith('ja') ? ['「', '」', ''] : ['“', '”', ', '];
  const titles = (ids: string) =>
    ids
      .split(', ')
      .map((id) => {
        const at = id.indexOf('@');
        const step = at < 0 ? id : id.slice(0, at);
        return `${open}${say({ key: `step.${step}.title` })}${close}`;
      })
      .join(between);
  const params = Object.entries(message.params ?? {}).map(([name, value]) =>
    (name === 'steps' || name === 'step') && typeof value === 'string'
      ? [name, titles(value)]
      : [name, value],
  );
  return { ...message, params: Object.fromEntries(params) };
}
