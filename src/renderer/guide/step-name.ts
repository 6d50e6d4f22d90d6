import type { Text } from '../text/use-text.ts';

/** `mirror.packages@mirror` in its two halves. */
export function splitInstance(id: string): { readonly step: string; readonly target: string } {
  const at = id.indexOf('@');
  return at < 0 ? { step: id, target: '' } : { step: id.slice(0, at), target: id.slice(at + 1) };
}

/** The title of a step as a person reads it. */
export function stepTitle(text: Text, step: string): string {
  return text.say({ key: `step.${step}.title` });
}
