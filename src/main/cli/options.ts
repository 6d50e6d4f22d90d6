import { parseArgs } from 'node:util';

const OPTIONS = {
  lab: { type: 'string' },
  step: { type: 'string', multiple: true },
  json: { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  expect: { type: 'string' },
  run: { type: 'string' },
  limit: { type: 'string' },
  search: { type: 'string' },
  host: { type: 'string' },
  fingerprint: { type: 'string' },
  replace: { type: 'boolean', default: false },
  line: { type: 'string' },
  room: { type: 'string' },
  port: { type: 'string' },
  'no-window': { type: 'boolean', default: false },
  secret: { type: 'string', multiple: true },
  language: { type: 'string' },
  help: { type: 'boolean', default: false },
  version: { type: 'boolean', default: false },
} as const;

export type ParsedArgs = ReturnType<typeof parse>;
export type Options = ParsedArgs['values'];

/** Throws a TypeError that names the option which is not known. */
export function parse(args: string[]) {
  return parseArgs({ args, options: OPTIONS, allowPositionals: true });
}
