import type { Action } from '../../contract/action.ts';
import { quote } from '../../contract/shell-quote.ts';

/** Beginnings that mean nothing without the lines after them. */
const PART_OF_MORE = /^(if|for|while|until|case|function|then|do|else|fi|done|esac|\{|\}|\()/;
const SETTING_UP = /^(set |#|:|export |[A-Za-z_][A-Za-z0-9_]*=)/;
const NEEDS_SHELL = /[|&;<>$`(){}]/;

/**
 * The command that a terminal is opened with: the first one of the first script, in one line,
 * because a line break would send it. Nothing, where a single line would not make sense.
 */
export function typedCommand(actions: readonly Action[]): string {
  const script = actions.find((action) => action.kind === 'script');
  if (script === undefined) return '';
  const first = script.script
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '' && !SETTING_UP.test(line));
  if (first === undefined || PART_OF_MORE.test(first) || first.includes('<<')) return '';
  if (!script.sudo) return first;
  return NEEDS_SHELL.test(first) ? `sudo sh -c ${quote(first)}` : `sudo ${first}`;
}
