import type { Action } from '../../contract/action.ts';
import { quote } from '../../contract/shell-quote.ts';

/** Beginnings and ends that mean nothing without the lines around them. */
const PART_OF_MORE =
  /^(if|for|while|until|case|function|then|do|elif|else|fi|done|esac|trap|\{|\}|\(|\))|<<|\s#|([|&;({]|\b(then|do|else|in))$/;
const NEEDS_SHELL = /[|&;<>$`(){}*?[\]~#!]|^(set|export|cd|umask|\.|:|[A-Za-z_][A-Za-z0-9_]*=)/;
const STOPS_AT_ERRORS = /^set -[a-z]*e[a-z]*$/;
/** More than this nobody reads before sending it. */
const MOST_COMMANDS = 3;
const LONGEST = 240;

function quotesAreClosed(line: string): boolean {
  return line.replace(/\\[^']|'[^']*'|"(\\.|[^"\\])*"/g, '').search(/['"\\]/) < 0;
}

/** The commands of a script, when each stands on a line of its own. */
function commandsOf(script: string): string[] | undefined {
  const lines = script
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const simple = lines.every((line) => !PART_OF_MORE.test(line) && quotesAreClosed(line));
  return simple ? lines : undefined;
}

/**
 * The whole step in one line, for a terminal to be opened with: a line break would send it. Nothing
 * where it takes more than a line that a person can read, and never a part: who presses Enter on
 * what stands there expects the step to be done.
 */
export function typedCommand(actions: readonly Action[], target: string): string {
  const parts: string[] = [];
  let commands = 0;
  for (const action of actions) {
    if (action.kind !== 'script' || action.target !== target) return '';
    // What is handed from action to action, or asked for, has no place on a line.
    if (action.secrets.length > 0 || action.outputs !== undefined || action.refs !== undefined) {
      return '';
    }
    const lines = commandsOf(action.script);
    if (lines === undefined) return '';
    const real = lines.filter((line) => !STOPS_AT_ERRORS.test(line));
    commands += real.length;
    const [only] = real;
    if (only === undefined) continue;
    const alone = real.length === 1;
    const script = alone ? only : lines.join('; ');
    const plain = alone && !NEEDS_SHELL.test(only);
    if (action.sudo) parts.push(plain ? `sudo ${only}` : `sudo sh -c ${quote(script)}`);
    else parts.push(plain ? only : `(${script})`);
  }
  const line = parts.join(' && ');
  return commands > MOST_COMMANDS || line.length > LONGEST ? '' : line;
}
