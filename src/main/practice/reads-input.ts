import type { CommandNode, ScriptNode, StatementNode } from 'just-bash';
import { bodies, statement, text } from './shell-ast.ts';

/** Programs that read their standard input when they are given no file. */
const READERS = new Set(
  'cat tee dd read sh bash dash tar base64 sha256sum md5sum head tail wc sed awk grep sort uniq tr cut xargs gzip gunzip od mapfile'.split(
    ' ',
  ),
);

/**
 * Whether a script is likely to read its standard input. just-bash wants all of it before it starts,
 * and a client need not ever close it, so a script that reads nothing is not kept waiting.
 */
export function readsInput(script: ScriptNode): boolean {
  const inList = (list: StatementNode[]): boolean =>
    list.some(({ pipelines }) =>
      pipelines.some(({ commands }) => commands[0] !== undefined && reads(commands[0])),
    );
  const reads = (command: CommandNode): boolean => {
    if (command.type === 'FunctionDef') return inList([statement(command.body)]);
    if (
      command.redirections.some(({ operator, fd }) => operator.startsWith('<') && (fd ?? 0) === 0)
    )
      return false;
    if (command.type !== 'SimpleCommand') return bodies(command).some(inList);
    let words = [command.name, ...command.args].map((word) => text(word) ?? 'x');
    while (words[0] === 'sudo' || words[0] === 'command' || words[0] === 'exec') {
      words = words.slice(1);
      while (words[0]?.startsWith('-')) words = words.slice(1);
    }
    const [name = '', ...args] = words;
    if (!READERS.has(name)) return false;
    if (name === 'read' || name === 'tee' || name === 'xargs' || name === 'tr') return true;
    if (name === 'dd') return !args.some((item) => item.startsWith('if='));
    if (name === 'sh' || name === 'bash' || name === 'dash')
      return !args.some((item) => item === '-c' || !item.startsWith('-'));
    if (name === 'tar') return args.some((item) => item === '-' || /^-?[a-z]*x[a-z]*$/.test(item));
    const operands = args.filter((item) => !item.startsWith('-') && !/^\d+$/.test(item)).length;
    return operands < (name === 'sed' || name === 'awk' || name === 'grep' ? 2 : 1);
  };
  return inList(script.statements);
}
