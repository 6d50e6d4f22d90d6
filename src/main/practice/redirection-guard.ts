import type {
  CommandNode,
  ScriptNode,
  SimpleCommandNode,
  StatementNode,
  WordNode,
} from 'just-bash';
import {
  type AnyNode,
  ERR_DEVICE,
  helper,
  NO_INPUT,
  simple,
  statement,
  text,
  visit,
} from './shell-ast.ts';

/**
 * just-bash lets a redirection that cannot be opened end the whole script. So each one is tried first:
 * `CMD >FILE` becomes `if __open FILE; then CMD >FILE; else false; fi`.
 */
export function guardRedirections(ast: ScriptNode): void {
  const guarded = new WeakSet<object>();
  visit(ast, (node) => {
    if (node.type !== 'Pipeline') return;
    const pipeline = node as unknown as StatementNode['pipelines'][number];
    pipeline.commands = pipeline.commands.map((command) => {
      // An `if` or `case` at the end of a pipe gets no input from just-bash; a group around it does.
      if (
        (command.type === 'If' || command.type === 'Case') &&
        pipeline.commands.length > 1 &&
        command.redirections.length === 0
      ) {
        return { type: 'Group', body: [statement(command)], redirections: [] };
      }
      if (command.type === 'FunctionDef' || guarded.has(command)) return command;
      if (command.type === 'SimpleCommand' && text(command.name) === 'exec') return command;
      const files = command.redirections.flatMap(({ operator, target }) =>
        operator !== '>&' &&
        operator.includes('>') &&
        target.type === 'Word' &&
        !text(target)?.startsWith('/dev/')
          ? [target]
          : [],
      );
      if (files.length === 0) return command;
      guarded.add(command);
      const said = command.redirections.filter(
        ({ fd, target }) => fd === 2 && target.type === 'Word' && text(target) === ERR_DEVICE,
      );
      const status = command.type === 'SimpleCommand' && keepStatus(command);
      const tried: CommandNode = {
        type: 'If',
        clauses: [
          {
            condition: [statement(simple(helper('__open'), files, [NO_INPUT, ...said]))],
            body: [statement(command)],
          },
        ],
        elseBody: [statement(simple('false'))],
        redirections: [],
      };
      if (!status)
        return pipeline.commands.length > 1
          ? { type: 'Group', body: [statement(tried)], redirections: [] }
          : tried;
      const last: WordNode = {
        type: 'Word',
        parts: [{ type: 'ParameterExpansion', parameter: '?', operation: null }],
      };
      const keep: SimpleCommandNode = {
        type: 'SimpleCommand',
        name: null,
        args: [],
        redirections: [],
        assignments: [
          { type: 'Assignment', name: STATUS, value: last, append: false, array: null },
        ],
      };
      return { type: 'Group', body: [statement(keep), statement(tried)], redirections: [] };
    });
  });
}

const STATUS = 'PRACTICE_STATUS';

/** Trying the redirection changes `$?`, so a command that asks for it gets the kept one. */
function keepStatus(value: unknown): boolean {
  if (Array.isArray(value)) return value.map(keepStatus).includes(true);
  if (typeof value !== 'object' || value === null) return false;
  const node = value as AnyNode;
  if (node.type === 'CommandSubstitution') return false;
  if (node.type === 'ParameterExpansion' && node.parameter === '?') {
    node.parameter = STATUS;
    return true;
  }
  return Object.values(node).map(keepStatus).includes(true);
}
