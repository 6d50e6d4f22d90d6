import type { CommandNode, SimpleCommandNode, StatementNode, WordNode } from 'just-bash';

/** Making and reading pieces of just-bash's syntax trees. */

export const OUT_DEVICE = '/dev/practice/out';
export const ERR_DEVICE = '/dev/practice/err';

/**
 * Our helpers are called by path, so that a script may set PATH as it likes. just-bash knows commands
 * by path only in /bin and /usr/bin; listings leave these out.
 */
export const HELPERS = '/usr/bin';
export const helper = (name: string) => `${HELPERS}/${name}`;

export type Redirection = SimpleCommandNode['redirections'][number];
export type Compound = Exclude<CommandNode, SimpleCommandNode>;

export const literal = (value: string): WordNode => ({
  type: 'Word',
  parts: [{ type: 'Literal', value }],
});
export function text(word: WordNode | null): string | undefined {
  if (!word) return undefined;
  let value = '';
  for (const part of word.parts) {
    if (part.type === 'Literal' || part.type === 'SingleQuoted' || part.type === 'Escaped')
      value += part.value;
    else return undefined;
  }
  return value;
}

export const simple = (
  name: string,
  args: WordNode[] = [],
  redirections: Redirection[] = [],
): SimpleCommandNode => ({
  type: 'SimpleCommand',
  assignments: [],
  name: literal(name),
  args,
  redirections,
});

export const statement = (command: CommandNode): StatementNode => ({
  type: 'Statement',
  pipelines: [{ type: 'Pipeline', commands: [command], negated: false }],
  operators: [],
  background: false,
});

export const truncating = (files: WordNode[]): SimpleCommandNode =>
  simple(
    ':',
    [],
    files.map((target) => ({ type: 'Redirection', fd: 1, operator: '>', target })),
  );

export const append = (fd: number, target: WordNode): Redirection => ({
  type: 'Redirection',
  fd,
  operator: '>>',
  target,
});

export function bodies(command: CommandNode): StatementNode[][] {
  switch (command.type) {
    case 'If':
      return [
        ...command.clauses.flatMap(({ condition, body }) => [condition, body]),
        command.elseBody ?? [],
      ];
    case 'While':
    case 'Until':
      return [command.condition, command.body];
    case 'For':
    case 'CStyleFor':
    case 'Subshell':
    case 'Group':
      return [command.body];
    case 'Case':
      return command.items.map(({ body }) => body);
    default:
      return [];
  }
}

export type AnyNode = { type: string } & Record<string, unknown>;

export function visit(value: unknown, use: (node: AnyNode) => void): void {
  if (Array.isArray(value)) for (const item of value) visit(item, use);
  else if (typeof value === 'object' && value !== null) {
    if (typeof (value as AnyNode).type === 'string') use(value as AnyNode);
    for (const item of Object.values(value)) visit(item, use);
  }
}

/** Else trying a redirection would eat the input of the command it is for. */
export const NO_INPUT: Redirection = {
  type: 'Redirection',
  fd: 0,
  operator: '<',
  target: literal('/dev/null'),
};
