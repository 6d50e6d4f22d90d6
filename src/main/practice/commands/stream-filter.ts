import { badFilter } from '../python-traceback.ts';

export type Filter = (fields: Readonly<Record<string, unknown>>) => boolean;

/** Ends sstream-mirror: what it printed last, and status 1. */
export class Failure extends Error {}

/** `key=value`, `key!=value`, `key~regex` or `key!~regex`; a key that an item lacks is empty. */
export function parseFilter(expression: string): Filter {
  const match = /^([^!=~]+)(!=|!~|=|~)(.*)$/.exec(expression);
  if (!match) throw new Failure(badFilter(expression));
  const [, key = '', operator = '', value = ''] = match;
  const text = (fields: Readonly<Record<string, unknown>>) => String(fields[key] ?? '');
  if (operator.endsWith('='))
    return (fields) => (text(fields) === value) !== operator.startsWith('!');
  const pattern = new RegExp(value);
  return (fields) => pattern.test(text(fields)) !== operator.startsWith('!');
}
