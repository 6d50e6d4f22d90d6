import type { ScriptNode, StatementNode, WordNode } from 'just-bash';
import { simple, statement, text, visit } from './shell-ast.ts';

/**
 * Under `set -e` just-bash ends a script when something fails inside a function on the left of `||`.
 * POSIX ignores the error there, and just-bash does so in the condition of an `if`. So
 * `f || B` becomes `if f; then true; else B; fi`.
 */
export function guardOrLists(ast: ScriptNode): void {
  const functions = new Set<string>();
  visit(ast, (node) => {
    if (node.type === 'FunctionDef') functions.add(String(node.name));
  });
  if (functions.size === 0) return;
  visit(ast, (node) => {
    if (node.type !== 'Statement') return;
    const list = node as unknown as StatementNode;
    const [first, ...rest] = list.pipelines;
    const [left] = first?.commands ?? [];
    if (!first || list.operators.length === 0 || list.operators.some((each) => each !== '||'))
      return;
    if (first.commands.length !== 1 || left?.type !== 'SimpleCommand') return;
    if (!functions.has(text(left.name as WordNode | null) ?? '')) return;
    const otherwise = { ...statement(simple('true')), pipelines: rest };
    otherwise.operators = list.operators.slice(1);
    const condition = { ...statement(simple('true')), pipelines: [first] };
    list.pipelines = statement({
      type: 'If',
      clauses: [{ condition: [condition], body: [statement(simple('true'))] }],
      elseBody: [otherwise],
      redirections: [],
    }).pipelines;
    list.operators = [];
  });
}
