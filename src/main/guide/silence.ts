import type { Message } from '../../contract/message.ts';
import type { FactView } from '../engine/facts.ts';
import type { Read } from '../engine/probe.ts';

/** Errors that mean that nobody is there: not installed yet, off, or cut off. */
const NOBODY: ReadonlySet<string> = new Set([
  'host-refused',
  'host-silent',
  'host-timeout',
  'host-unreachable',
  'host-unresolved',
  'site-refused',
  'site-silent',
  'site-unreachable',
  'site-unresolved',
]);

/** Errors of our own side, before anybody was asked. */
const NOT_ASKED = /^(secret|vault|key|not-observed)/;

/**
 * How it failed that nobody answered; undefined when somebody did, whatever the answer was: one who
 * refuses our login is there. Throws when nobody has been asked.
 */
export function silence(facts: FactView, read: Read): Message | undefined {
  const error = facts.fact(read)?.error;
  if (error !== undefined && NOBODY.has(error.code)) return error.reason;
  if (error === undefined || NOT_ASKED.test(error.code)) facts.need(read);
  return undefined;
}
