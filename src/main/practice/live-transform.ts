import type {
  CommandNode,
  ScriptNode,
  SimpleCommandNode,
  StatementNode,
  TransformPlugin,
  WordNode,
} from 'just-bash';
import { sessions } from './session.ts';

/**
 * just-bash hands over a script's output when the script has ended, has no background jobs, and runs
 * `"$@"` in command position as one word. This rewrites a parsed script so that
 * - what would reach the script's own stdout or stderr is appended to two device files instead, which
 *   the session passes on at once;
 * - our own commands are called through `__live`, which gives them those streams directly;
 * - `cmd &` goes to `__background`, and `"$@"` gets `command` in front, which just-bash does right.
 * Pipes, substitutions and files stay just-bash's business.
 */
export const OUT_DEVICE = '/dev/practice/out';
export const ERR_DEVICE = '/dev/practice/err';

/**
 * Our helpers are called by path, so that a script may set PATH as it likes. just-bash knows commands
 * by path only in /bin and /usr/bin; listings leave these out.
 */
export const HELPERS = '/usr/bin';
const helper = (name: string) => `${HELPERS}/${name}`;

type Redirection = SimpleCommandNode['redirections'][number];
type Compound = Exclude<CommandNode, SimpleCommandNode>;

/** Destination of a stream: a word to append to, or null when just-bash collects it. */
interface Sinks {
  readonly out: WordNode | null;
  readonly err: WordNode | null;
}

const literal = (value: string): WordNode => ({ type: 'Word', parts: [{ type: 'Literal', value }] });
const DEVICES: Sinks = { out: literal(OUT_DEVICE), err: literal(ERR_DEVICE) };

function text(word: WordNode | null): string | undefined {
  if (!word) return undefined;
  let value = '';
  for (const part of word.parts) {
    if (part.type === 'Literal' || part.type === 'SingleQuoted' || part.type === 'Escaped') value += part.value;
    else return undefined;
  }
  return value;
}

const simple = (name: string, args: WordNode[] = [], redirections: Redirection[] = []): SimpleCommandNode => ({
  type: 'SimpleCommand',
  assignments: [],
  name: literal(name),
  args,
  redirections,
});

const statement = (command: CommandNode): StatementNode => ({
  type: 'Statement',
  pipelines: [{ type: 'Pipeline', commands: [command], negated: false }],
  operators: [],
  background: false,
});

const append = (fd: number, target: WordNode): Redirection => ({ type: 'Redirection', fd, operator: '>>', target });

/** Applies redirections to sinks. `rest` stays with just-bash; undefined: not one we understand. */
function follow(sinks: Sinks, redirections: Redirection[]) {
  let { out, err } = sinks;
  const truncated: WordNode[] = [];
  const rest: Redirection[] = [];
  for (const item of redirections) {
    const { operator, target } = item;
    const fd = item.fd ?? (operator.startsWith('<') ? 0 : 1);
    if (operator.startsWith('<') && fd === 0) {
      rest.push(item);
      continue;
    }
    if (target.type !== 'Word' || item.fdVariable) return undefined;
    if (operator === '>&' || operator === '&>' || operator === '&>>') {
      const to = text(target);
      if (operator === '>&' && fd === 2 && to === '1') err = out;
      else if (operator === '>&' && fd === 1 && to === '2') out = err;
      else if (operator !== '>&') {
        if (operator === '&>') truncated.push(target);
        out = target;
        err = target;
      } else return undefined;
    } else if ((operator === '>' || operator === '>|' || operator === '>>') && (fd === 1 || fd === 2)) {
      if (operator !== '>>') truncated.push(target);
      if (fd === 1) out = target;
      else err = target;
    } else return undefined;
  }
  return { out, err, truncated, rest };
}

/** Builtins that change the shell itself: a redirection would only get in the way. */
const SHELL_STATE = new Set('exit return break continue set shift unset local readonly export trap'.split(' '));

class Rewriter {
  readonly #own: ReadonlySet<string>;
  /** Functions whose every call writes to the devices; only their bodies can be rewritten. */
  readonly #open = new Set<string>();

  constructor(own: ReadonlySet<string>, script: ScriptNode) {
    this.#own = own;
    const calls = new Map<string, number>();
    const plain = new Map<string, number>();
    const defined = new Set<string>();
    visit(script, (node) => {
      if (node.type === 'FunctionDef') defined.add(String(node.name));
      if (node.type === 'SimpleCommand') {
        const name = text(node.name as WordNode | null);
        if (name) calls.set(name, (calls.get(name) ?? 0) + 1);
      }
    });
    const count = (statements: StatementNode[]) =>
      this.#each(statements, (command) => {
        const name = text(command.name);
        if (name && command.redirections.length === 0) plain.set(name, (plain.get(name) ?? 0) + 1);
      });
    count(script.statements);
    for (const name of defined) if (calls.get(name) === plain.get(name)) this.#open.add(name);
  }

  /** Simple commands that write to the devices if nothing redirects them; function bodies included. */
  #each(statements: StatementNode[], use: (command: SimpleCommandNode) => void): void {
    for (const { pipelines } of statements) {
      for (const { commands } of pipelines) {
        if (commands.length > 1) continue;
        for (const command of commands) {
          if (command.type === 'SimpleCommand') use(command);
          else if (command.type === 'FunctionDef') this.#each([statement(command.body)], use);
          else if (command.redirections.length === 0) for (const body of bodies(command)) this.#each(body, use);
        }
      }
    }
  }

  statements(list: StatementNode[], sinks: Sinks): void {
    for (const item of list) {
      for (const pipeline of item.pipelines) {
        const last = pipeline.commands.length - 1;
        pipeline.commands = pipeline.commands.map((command, index) => {
          const piped = index < last;
          const both = piped && pipeline.pipeStderr?.[index];
          return this.command(command, piped ? { out: null, err: both ? null : sinks.err } : sinks);
        });
      }
    }
  }

  command(command: CommandNode, sinks: Sinks): CommandNode {
    if (command.type === 'SimpleCommand') return this.#simple(command, sinks);
    if (command.type === 'FunctionDef') {
      if (this.#open.has(command.name)) command.body = this.#compound(command.body, DEVICES) as typeof command.body;
      return command;
    }
    return this.#compound(command, sinks);
  }

  #compound(command: Compound, sinks: Sinks): Compound {
    if (command.type === 'FunctionDef') return command;
    const sourced = sourcedAlone(command);
    if (sourced && sinks.out && sinks.err) {
      const run = simple(helper('__live'), [literal('-'), sinks.out, sinks.err, literal('__source'), ...sourced.args]);
      return { ...command, body: [statement(run)] } as Compound;
    }
    const followed = follow(sinks, command.redirections);
    if (!followed) return this.#collected(command, sinks);
    command.redirections = followed.rest;
    for (const body of bodies(command)) this.statements(body, followed);
    if (bodies(command).length === 0) this.#collected(command, followed);
    if (followed.truncated.length === 0) return command;
    // `>` truncates once, before the body, which then only appends.
    const empty = followed.truncated.map((target) =>
      statement(simple(':', [], [{ type: 'Redirection', fd: 1, operator: '>', target }])),
    );
    return { type: 'Group', body: [...empty, statement(command)], redirections: [] };
  }

  #collected<Node extends { redirections: Redirection[] }>(command: Node, { out, err }: Sinks): Node {
    command.redirections = [...(out ? [append(1, out)] : []), ...(err ? [append(2, err)] : []), ...command.redirections];
    return command;
  }

  #simple(command: SimpleCommandNode, sinks: Sinks): CommandNode {
    const name = text(command.name);
    if (command.name === null) return command;
    if (name === 'exec') return this.#exec(command, sinks);
    if (name !== undefined && SHELL_STATE.has(name) && command.redirections.length === 0) return command;
    if (name !== undefined && this.#open.has(name)) return command;
    if (name === undefined || !this.#own.has(name)) return this.#collected(command, sinks);
    const followed = follow(sinks, command.redirections);
    if (!followed?.out || !followed.err || followed.truncated.length > 1) return this.#collected(command, sinks);
    const [truncate] = followed.truncated;
    command.args = [truncate ?? literal('-'), followed.out, followed.err, command.name, ...command.args];
    command.name = literal(helper('__live'));
    command.redirections = followed.rest;
    return command;
  }

  #exec(command: SimpleCommandNode, sinks: Sinks): CommandNode {
    const [program, ...args] = command.args;
    if (program) {
      const run = this.#simple({ ...command, name: program, args }, sinks);
      return { type: 'Group', body: [statement(run), statement(simple('exit'))], redirections: [] };
    }
    const followed = follow(sinks, command.redirections);
    const files = followed && followed.rest.length === 0 && (followed.out !== sinks.out || followed.err !== sinks.err);
    if (!files || !followed.out || !followed.err) return command;
    return simple(helper('__redirect'), [followed.truncated[0] ?? literal('-'), followed.out, followed.err]);
  }
}

/** `( . FILE )`: nothing the file does outlives it, so it can run as a script of its own. */
function sourcedAlone(command: Compound): SimpleCommandNode | undefined {
  if (command.type !== 'Subshell' || command.redirections.length > 0 || command.body.length !== 1) return undefined;
  const [only] = command.body[0]?.pipelines ?? [];
  const [inner] = only?.commands ?? [];
  if (command.body[0]?.pipelines.length !== 1 || only?.commands.length !== 1 || inner?.type !== 'SimpleCommand') return undefined;
  const name = text(inner.name);
  return (name === '.' || name === 'source') && inner.redirections.length === 0 ? inner : undefined;
}

function bodies(command: CommandNode): StatementNode[][] {
  switch (command.type) {
    case 'If':
      return [...command.clauses.flatMap(({ condition, body }) => [condition, body]), command.elseBody ?? []];
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

type AnyNode = { type: string } & Record<string, unknown>;

function visit(value: unknown, use: (node: AnyNode) => void): void {
  if (Array.isArray(value)) for (const item of value) visit(item, use);
  else if (typeof value === 'object' && value !== null) {
    if (typeof (value as AnyNode).type === 'string') use(value as AnyNode);
    for (const item of Object.values(value)) visit(item, use);
  }
}

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

export function liveTransform(own: ReadonlySet<string>, background: BackgroundStatements): TransformPlugin {
  return {
    name: 'practice-live',
    transform({ ast }) {
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
        const number = background.add(structuredClone({ type: 'Script', statements: [...functions, sent] }));
        item.pipelines = statement(simple(helper('__background'), [literal(number)])).pipelines;
        item.operators = [];
        item.background = false;
      });
      const session = sessions.getStore();
      if (session?.armed) {
        session.armed = false;
        new Rewriter(own, ast).statements(ast.statements, DEVICES);
        if (session.exports.length > 0) ast.statements.unshift(statement(simple('export', session.exports.map(literal))));
      }
      guardRedirections(ast);
      return { ast };
    },
  };
}

/**
 * just-bash lets a redirection that cannot be opened end the whole script. So each one is tried first:
 * `CMD >FILE` becomes `if __open FILE; then CMD >FILE; else false; fi`.
 */
function guardRedirections(ast: ScriptNode): void {
  const guarded = new WeakSet<object>();
  visit(ast, (node) => {
    if (node.type !== 'Pipeline') return;
    const pipeline = node as unknown as StatementNode['pipelines'][number];
    pipeline.commands = pipeline.commands.map((command) => {
      // An `if` or `case` at the end of a pipe gets no input from just-bash; a group around it does.
      if ((command.type === 'If' || command.type === 'Case') && pipeline.commands.length > 1 && command.redirections.length === 0) {
        return { type: 'Group', body: [statement(command)], redirections: [] };
      }
      if (command.type === 'FunctionDef' || guarded.has(command)) return command;
      if (command.type === 'SimpleCommand' && text(command.name) === 'exec') return command;
      const files = command.redirections.flatMap(({ operator, target }) =>
        operator !== '>&' && operator.includes('>') && target.type === 'Word' && !text(target)?.startsWith('/dev/') ? [target] : [],
      );
      if (files.length === 0) return command;
      guarded.add(command);
      const said = command.redirections.filter(({ fd, target }) => fd === 2 && target.type === 'Word' && text(target) === ERR_DEVICE);
      const status = command.type === 'SimpleCommand' && keepStatus(command);
      const tried: CommandNode = {
        type: 'If',
        clauses: [{ condition: [statement(simple(helper('__open'), files, [NO_INPUT, ...said]))], body: [statement(command)] }],
        elseBody: [statement(simple('false'))],
        redirections: [],
      };
      if (!status) return pipeline.commands.length > 1 ? { type: 'Group', body: [statement(tried)], redirections: [] } : tried;
      const last: WordNode = { type: 'Word', parts: [{ type: 'ParameterExpansion', parameter: '?', operation: null }] };
      const keep: SimpleCommandNode = {
        type: 'SimpleCommand', name: null, args: [], redirections: [],
        assignments: [{ type: 'Assignment', name: STATUS, value: last, append: false, array: null }],
      };
      return { type: 'Group', body: [statement(keep), statement(tried)], redirections: [] };
    });
  });
}

/** Else trying a redirection would eat the input of the command it is for. */
const NO_INPUT: Redirection = { type: 'Redirection', fd: 0, operator: '<', target: literal('/dev/null') };
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

function isAllArguments(word: WordNode): boolean {
  const [part] = word.parts;
  if (word.parts.length !== 1 || !part) return false;
  if (part.type === 'ParameterExpansion') return part.parameter === '@' && part.operation === null;
  return part.type === 'DoubleQuoted' && part.parts.length === 1 && isAllArguments({ type: 'Word', parts: part.parts });
}

/** Programs that read their standard input when they are given no file. */
const READERS = new Set(
  'cat tee dd read sh bash dash tar base64 sha256sum md5sum head tail wc sed awk grep sort uniq tr cut xargs gzip gunzip od mapfile'.split(' '),
);

/**
 * Whether a script is likely to read its standard input. just-bash wants all of it before it starts,
 * and a client need not ever close it, so a script that reads nothing is not kept waiting.
 */
export function readsInput(script: ScriptNode): boolean {
  const inList = (list: StatementNode[]): boolean =>
    list.some(({ pipelines }) => pipelines.some(({ commands }) => commands[0] !== undefined && reads(commands[0])));
  const reads = (command: CommandNode): boolean => {
    if (command.type === 'FunctionDef') return inList([statement(command.body)]);
    if (command.redirections.some(({ operator, fd }) => operator.startsWith('<') && (fd ?? 0) === 0)) return false;
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
    if (name === 'sh' || name === 'bash' || name === 'dash') return !args.some((item) => item === '-c' || !item.startsWith('-'));
    if (name === 'tar') return args.some((item) => item === '-' || /^-?[a-z]*x[a-z]*$/.test(item));
    const operands = args.filter((item) => !item.startsWith('-') && !/^\d+$/.test(item)).length;
    return operands < (name === 'sed' || name === 'awk' || name === 'grep' ? 2 : 1);
  };
  return inList(script.statements);
}
