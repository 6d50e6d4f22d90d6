import type {
  CommandNode,
  ScriptNode,
  SimpleCommandNode,
  StatementNode,
  TransformPlugin,
  WordNode,
} from 'just-bash';
import { guardOrLists } from './or-lists.ts';
import { guardRedirections } from './redirection-guard.ts';
import { DEVICES, Rewriter } from './rewriter.ts';
import { sessions } from './session.ts';
import { helper, literal, NO_INPUT, simple, statement, text, visit } from './shell-ast.ts';

/** `$!` and `$$` are just-bash's own constants; these variables hold the machine's numbers. */
const SPECIAL: Readonly<Record<string, string>> = { '!': 'PRACTICE_JOB', $: 'PRACTICE_PID' };

/** Statements sent to the background, by number, until `__background` runs them. */
export class BackgroundStatements {
  readonly #scripts: ScriptNode[] = [];

  add(script: ScriptNode): string {
    this.#scripts.push(script);
    return String(this.#scripts.length - 1);
  }

  get(number: string): ScriptNode | undefined {
    return this.#scripts[Number(number)];
  }
}

/**
 * just-bash hands over a script's output when the script has ended, has no background jobs, and runs
 * `"$@"` in command position as one word. This rewrites a parsed script so that
 * - what would reach the script's own stdout or stderr is appended to two device files instead, which
 *   the session passes on at once;
 * - our own commands are called through `__live`, which gives them those streams directly;
 * - `cmd &` goes to `__background`, and `"$@"` gets `command` in front, which just-bash does right.
 * Pipes, substitutions and files stay just-bash's business.
 */
export function liveTransform(
  own: ReadonlySet<string>,
  background: BackgroundStatements,
): TransformPlugin {
  return {
    name: 'practice-live',
    transform({ ast }) {
      guardOrLists(ast);
      const functions: StatementNode[] = [];
      visit(ast, (node) => {
        if (node.type === 'ParameterExpansion') {
          const other = SPECIAL[String(node.parameter)];
          if (other) node.parameter = other;
        }
        if (node.type === 'FunctionDef') functions.push(statement(node as unknown as CommandNode));
        if (node.type === 'SimpleCommand') {
          const command = node as unknown as SimpleCommandNode;
          // just-bash answers `command -v` from its registry, not from what is installed.
          const first = text(command.args[0] ?? null);
          if (text(command.name) === 'command' && (first === '-v' || first === '-V')) {
            command.name = literal(helper('__which'));
          }
          if (text(command.name) === 'type') command.name = literal(helper('__type'));
          if (command.name && isAllArguments(command.name)) {
            command.args.unshift(command.name);
            command.name = literal('command');
          }
        }
      });
      visit(ast, (node) => {
        const item = node as unknown as StatementNode;
        if (node.type !== 'Statement' || !item.background) return;
        const sent: StatementNode = { ...item, background: false };
        const number = background.add(
          structuredClone({ type: 'Script', statements: [...functions, sent] }),
        );
        item.pipelines = statement(simple(helper('__background'), [literal(number)])).pipelines;
        item.operators = [];
        item.background = false;
      });
      visit(ast, (node) => {
        // A loop of builtins alone would never let the rest of the app have its turn.
        if (
          node.type === 'While' ||
          node.type === 'Until' ||
          node.type === 'For' ||
          node.type === 'CStyleFor'
        ) {
          (node.body as StatementNode[]).unshift(
            statement(simple(helper('__tick'), [], [NO_INPUT])),
          );
        }
      });
      const session = sessions.getStore();
      if (session?.armed) {
        session.armed = false;
        new Rewriter(own, ast).statements(ast.statements, DEVICES);
        if (session.exports.length > 0)
          ast.statements.unshift(statement(simple('export', session.exports.map(literal))));
      }
      guardRedirections(ast);
      return { ast };
    },
  };
}

function isAllArguments(word: WordNode): boolean {
  const [part] = word.parts;
  if (word.parts.length !== 1 || !part) return false;
  if (part.type === 'ParameterExpansion') return part.parameter === '@' && part.operation === null;
  return (
    part.type === 'DoubleQuoted' &&
    part.parts.length === 1 &&
    isAllArguments({ type: 'Word', parts: part.parts })
  );
}
