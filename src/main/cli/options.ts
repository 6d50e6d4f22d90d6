import { parseArgs } from 'node:util';
import { LabwrightError } from '../../contract/error.ts';

const OPTIONS = {
  lab: { type: 'string' },
  step: { type: 'string', multiple: true },
  measure: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  expect: { type: 'string' },
  run: { type: 'string' },
  limit: { type: 'string' },
  search: { type: 'string' },
  host: { type: 'string' },
  fingerprint: { type: 'string' },
  replace: { type: 'boolean', default: false },
  snapshot: { type: 'boolean', default: false },
  revert: { type: 'boolean', default: false },
  'keep-data': { type: 'boolean', default: false },
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

/** What a command takes beside the options that all of them take. */
const COMMANDS = {
  check: { needs: ['lab'], takes: ['step', 'measure'] },
  plan: { needs: ['lab'], takes: ['step', 'snapshot'] },
  apply: { needs: ['lab'], takes: ['step', 'yes', 'expect', 'snapshot'] },
  resume: { needs: ['lab'], takes: ['run', 'yes'] },
  dismiss: { needs: ['lab'], takes: ['run'] },
  undo: { needs: ['lab', 'run'], takes: ['yes', 'expect', 'revert'] },
  'drop-snapshots': { needs: ['lab', 'run'], takes: ['yes', 'expect'] },
  teardown: { needs: ['lab'], takes: ['yes', 'expect', 'keep-data'] },
  journal: { needs: ['lab'], takes: ['limit', 'search'] },
  trust: { needs: ['lab', 'host', 'fingerprint'], takes: ['replace'] },
  practice: { needs: [], takes: ['room', 'line'] },
  serve: { needs: [], takes: ['port', 'no-window'] },
} as const satisfies Record<string, { needs: readonly string[]; takes: readonly string[] }>;

const FOR_ALL: readonly string[] = ['json', 'secret', 'language', 'help', 'version'];

export type Command = keyof typeof COMMANDS;

function isCommand(name: string): name is Command {
  return Object.hasOwn(COMMANDS, name);
}

/** Throws an error that names the option which is not known or not well used. */
export function parse(args: string[]) {
  const parsed = parseStrictly(args);
  const { language } = parsed.values;
  if (language !== undefined && language !== 'en' && language !== 'ja') {
    throw new LabwrightError('option-value', { option: '--language' });
  }
  return parsed;
}

function parseStrictly(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // Node says it in English only; what it names is the same in every language.
    const option = /'(?:-\w, )?(-[^' =]*)/.exec(message)?.[1] ?? '';
    const known = code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' ? 'option-unknown' : 'option-value';
    throw new LabwrightError(known, { option }, { cause: error });
  }
}

/** What can be said of the language and form of answers even when the rest cannot be parsed. */
export function answerForm(args: string[]): { language: string | undefined; json: boolean } {
  const { values } = parseArgs({ args, options: OPTIONS, allowPositionals: true, strict: false });
  const { language } = values;
  return {
    language: typeof language === 'string' ? language : undefined,
    json: values.json === true,
  };
}

/** The command, once what was given is what it needs and takes. */
export function commandOf({ values, positionals }: ParsedArgs): Command | undefined {
  const [command, extra] = positionals;
  if (command === undefined) return undefined;
  if (!isCommand(command)) throw new LabwrightError('command-unknown', { command });
  if (extra !== undefined) throw new LabwrightError('argument-extra', { argument: extra });
  const { needs, takes } = COMMANDS[command];
  const given: Readonly<Record<string, unknown>> = values;
  const fits: readonly string[] = [...needs, ...takes, ...FOR_ALL];
  // An option that is ignored lets a person believe in a limit that there is not.
  for (const [name, value] of Object.entries(given)) {
    if (value === false || fits.includes(name)) continue;
    throw new LabwrightError('option-unfit', { command, option: `--${name}` });
  }
  for (const name of needs) {
    if (given[name] !== undefined) continue;
    throw new LabwrightError('option-missing', { command, option: `--${name}` });
  }
  return command;
}
