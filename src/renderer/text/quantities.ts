import type { Text } from './use-text.ts';

/** How long ago, in the largest unit that says enough. */
export function age(text: Text, at: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - at) / 1000));
  if (seconds < 5) return text.t('time.justNow');
  return text.t('time.ago', { span: span(text, seconds) });
}

/** A length of time: `12 s`, `3 min`, `2 h`, `5 d`. */
export function span(text: Text, seconds: number): string {
  if (seconds < 60) return text.t('time.seconds', { n: Math.round(seconds) });
  if (seconds < 3600) return text.t('time.minutes', { n: Math.round(seconds / 60) });
  if (seconds < 86_400) return text.t('time.hours', { n: Math.round(seconds / 3600) });
  return text.t('time.days', { n: Math.round(seconds / 86_400) });
}

/** Local time of day, with the date unless it is today. */
export function moment(at: number, language: string, now: number): string {
  const date = new Date(at);
  const today = date.toDateString() === new Date(now).toDateString();
  return new Intl.DateTimeFormat(language, {
    ...(today ? {} : { year: 'numeric', month: 'short', day: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(date);
}

/** The full local time with its zone, for a title. */
export function momentWithZone(at: number, language: string): string {
  return new Intl.DateTimeFormat(language, {
    dateStyle: 'full',
    timeStyle: 'long',
    hourCycle: 'h23',
  }).format(new Date(at));
}
