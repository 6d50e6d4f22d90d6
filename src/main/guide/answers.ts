import type { FactView } from '../engine/facts.ts';
import type { Read } from '../engine/probe.ts';

/** Errors that mean that nobody is there: not installed yet, off, or cut off. */
const NOBODY: ReadonlySet<string> = new Set([
  'host-refused',
  'host-silent',
  'host-timeout',
  'host-unreachable',
  'host-unresolved',
  'site-silent',
  'site-unreachable',
  'site-unresolved',
]);

/** Errors of our own side, before anybody was asked. */
const NOT_ASKED = /^(secret|vault|key|not-observed)/;

/**
 * Whether anybody answered, whatever the answer was: one who refuses our login is there. Throws when
 * nobody has been asked.
 */
export function answers(facts: FactView, read: Read): boolean {
  const error = facts.fact(read)?.error;
  if (error !== undefined && NOBODY.has(error.code)) return false;
  if (error === undefined || NOT_ASKED.test(error.code)) facts.need(read);
  return true;
}
