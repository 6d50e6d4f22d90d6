import { type ErrorCode, LabwrightError, toErrorData } from '../../contract/error.ts';
import { PracticeRoom } from '../../contract/practice-room.ts';
import type { MessageKey } from '../../messages/catalogues.ts';
import { VERSION } from '../server/local-core.ts';
import { dropSnapshots, teardown, undo } from './change-commands.ts';
import { Console } from './console.ts';
import { apply, check, dismiss, journal, plan, resume, trust } from './lab-commands.ts';
import { answerForm, type Command, commandOf, type Options, parse } from './options.ts';
import { PlanInvalid } from './plan-invalid.ts';
import { practice } from './practice-command.ts';
import { serveCommand } from './serve-command.ts';

const USAGE = `  labwright check   --lab lab.yaml [--step ID]... [--measure] [--json]
  labwright plan    --lab lab.yaml [--step ID]... [--snapshot] [--json]
  labwright apply   --lab lab.yaml [--step ID]... [--snapshot] [--yes | --expect DIGEST] [--json]
  labwright resume  --lab lab.yaml [--run ID] [--yes] [--json]
  labwright dismiss --lab lab.yaml [--run ID] [--json]
  labwright undo    --lab lab.yaml --run ID [--revert] [--yes | --expect DIGEST] [--json]
  labwright drop-snapshots --lab lab.yaml --run ID [--yes | --expect DIGEST] [--json]
  labwright teardown --lab lab.yaml [--keep-data] [--yes | --expect DIGEST] [--json]
  labwright journal --lab lab.yaml [--limit N] [--search TEXT] [--json]
  labwright trust   --lab lab.yaml --host NAME --fingerprint SHA256:… [--replace]
  labwright practice [--room ${PracticeRoom.options.join('|')}] [--line v2|v3] [--json]
  labwright serve   [--port N] [--no-window]`;

function helpText(console: Console): string {
  const say = (key: MessageKey) => console.say({ key }).replaceAll('\n', '\n  ');
  return `labwright ${VERSION}

${USAGE}

  ${say('cli.help.measure')}
  ${say('cli.help.interrupted')}
  ${say('cli.help.way-back')}

  --secret NAME=@FILE   ${say('cli.help.secret')}
  --language en|ja      ${say('cli.help.language')}

${say('cli.help.exit')}
`;
}

const COMMANDS: Record<Command, (options: Options, console: Console) => Promise<number>> = {
  check,
  plan,
  apply,
  resume,
  dismiss,
  undo,
  'drop-snapshots': dropSnapshots,
  teardown,
  journal,
  trust,
  practice,
  serve: serveCommand,
};

/** What was asked for cannot be understood: the help is of use then. */
const MISUSE: ReadonlySet<string> = new Set<ErrorCode>([
  'argument-extra',
  'command-unknown',
  'option-missing',
  'option-unfit',
  'option-unknown',
  'option-value',
]);

/** Runs one command and returns the exit code. */
async function run(args: string[]): Promise<number> {
  const { language, json } = answerForm(args);
  const console = new Console(language);
  try {
    const parsed = parse(args);
    const { values, positionals } = parsed;
    if (values.version) {
      process.stdout.write(`${VERSION}\n`);
      return 0;
    }
    if (values.help || positionals.length === 0) {
      (values.help ? process.stdout : process.stderr).write(helpText(console));
      return values.help ? 0 : 2;
    }
    const command = commandOf(parsed);
    return command === undefined ? 2 : await COMMANDS[command](values, console);
  } catch (error) {
    answerError(error, json, console);
    return 2;
  }
}

/** One answer: data on standard output for a script, or sentences beside it for a person. */
function answerError(error: unknown, json: boolean, console: Console): void {
  const data = toErrorData(error);
  if (json) process.stdout.write(`${JSON.stringify({ error: data })}\n`);
  else {
    const said = error instanceof PlanInvalid ? error.lines(console) : [console.say(data.reason)];
    if (data.detail) said.push(data.detail);
    process.stderr.write(`labwright: ${said.join('\n')}\n`);
    if (MISUSE.has(data.code)) process.stderr.write(`\n${helpText(console)}`);
  }
  if (!(error instanceof LabwrightError) && process.env.LABWRIGHT_DEBUG) {
    process.stderr.write(`${(error as Error).stack}\n`);
  }
}

// The settings' file writer (when-exit) answers these by sending them to us a second time, which
// would end us before our own answer to the first. It also listens for `exit`, and that is enough.
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.removeAllListeners(signal);
// A reader that has seen enough (head, less) closes the pipe; that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});
process.exitCode = await run(process.argv.slice(2));
// A host that never answers must not keep the command alive after its result is out.
process.stdout.write('', () => process.exit());
