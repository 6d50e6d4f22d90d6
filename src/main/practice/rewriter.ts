import type {
  CommandNode,
  ScriptNode,
  SimpleCommandNode,
  StatementNode,
  WordNode,
} from 'just-bash';
import {
  append,
  bodies,
  type Compound,
  ERR_DEVICE,
  helper,
  literal,
  OUT_DEVICE,
  type Redirection,
  simple,
  statement,
  text,
  truncating,
  visit,
} from './shell-ast.ts';

/** Destination of a stream: a word to append to, or null when just-bash collects it. */
interface Sinks {
  readonly out: WordNode | null;
  readonly err: WordNode | null;
}

/** The session's own streams. */
export const DEVICES: Sinks = { out: literal(OUT_DEVICE), err: literal(ERR_DEVICE) };

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
    } else if (
      (operator === '>' || operator === '>|' || operator === '>>') &&
      (fd === 1 || fd === 2)
    ) {
      if (operator !== '>>') truncated.push(target);
      if (fd === 1) out = target;
      else err = target;
    } else return undefined;
  }
  return { out, err, truncated, rest };
}

/** Builtins that change the shell itself: a redirection would only get in the way. */
const SHELL_STATE = new Set(
  'exit return break continue set shift unset local readonly export trap'.split(' '),
);

/** Makes the output of a script's uncollected commands go to its sinks at once. */
export class Rewriter {
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
          else if (command.redirections.length === 0)
            for (const body of bodies(command)) this.#each(body, use);
        }
      }
    }
  }

  /** `scoped`: in a subshell, `exec >FILE` redirects the rest of this list and nothing else. */
  statements(list: StatementNode[], given: Sinks, scoped = false): void {
    let sinks = given;
    for (const item of list) {
      const only = item.pipelines.length === 1 ? item.pipelines[0] : undefined;
      const command = only?.commands.length === 1 ? only.commands[0] : undefined;
      if (
        scoped &&
        only &&
        command?.type === 'SimpleCommand' &&
        text(command.name) === 'exec' &&
        command.args.length === 0
      ) {
        const followed = follow(sinks, command.redirections);
        if (followed && followed.rest.length === 0) {
          sinks = followed;
          only.commands = [truncating(followed.truncated)];
          continue;
        }
      }
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
      if (this.#open.has(command.name))
        command.body = this.#compound(command.body, DEVICES) as typeof command.body;
      return command;
    }
    return this.#compound(command, sinks);
  }

  #compound(command: Compound, sinks: Sinks): Compound {
    if (command.type === 'FunctionDef') return command;
    const sourced = sourcedAlone(command);
    if (sourced && sinks.out && sinks.err) {
      const run = simple(helper('__live'), [
        literal('-'),
        sinks.out,
        sinks.err,
        literal('__source'),
        ...sourced.args,
      ]);
      return { ...command, body: [statement(run)] } as Compound;
    }
    const followed = follow(sinks, command.redirections);
    if (!followed) return this.#collected(command, sinks);
    command.redirections = followed.rest;
    for (const body of bodies(command))
      this.statements(body, followed, command.type === 'Subshell');
    if (bodies(command).length === 0) this.#collected(command, followed);
    if (followed.truncated.length === 0) return command;
    // `>` truncates once, before the body, which then only appends.
    return {
      type: 'Group',
      body: [statement(truncating(followed.truncated)), statement(command)],
      redirections: [],
    };
  }

  #collected<Node extends { redirections: Redirection[] }>(
    command: Node,
    { out, err }: Sinks,
  ): Node {
    command.redirections = [
      ...(out ? [append(1, out)] : []),
      ...(err ? [append(2, err)] : []),
      ...command.redirections,
    ];
    return command;
  }

  #simple(command: SimpleCommandNode, sinks: Sinks): CommandNode {
    const name = text(command.name);
    if (command.name === null) return command;
    if (name === 'exec') return this.#exec(command, sinks);
    if (name !== undefined && SHELL_STATE.has(name) && command.redirections.length === 0)
      return command;
    if (name !== undefined && this.#open.has(name)) return command;
    if (name === undefined || !this.#own.has(name)) return this.#collected(command, sinks);
    const followed = follow(sinks, command.redirections);
    if (!followed?.out || !followed.err || followed.truncated.length > 1)
      return this.#collected(command, sinks);
    const [truncate] = followed.truncated;
    command.args = [
      truncate ?? literal('-'),
      followed.out,
      followed.err,
      command.name,
      ...command.args,
    ];
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
    const files =
      followed &&
      followed.rest.length === 0 &&
      (followed.out !== sinks.out || followed.err !== sinks.err);
    if (!files || !followed.out || !followed.err) return command;
    return simple(helper('__redirect'), [
      followed.truncated[0] ?? literal('-'),
      followed.out,
      followed.err,
    ]);
  }
}

/** `( . FILE )`: nothing the file does outlives it, so it can run as a script of its own. */
function sourcedAlone(command: Compound): SimpleCommandNode | undefined {
  if (command.type !== 'Subshell' || command.redirections.length > 0 || command.body.length !== 1)
    return undefined;
  const [only] = command.body[0]?.pipelines ?? [];
  const [inner] = only?.commands ?? [];
  if (
    command.body[0]?.pipelines.length !== 1 ||
    only?.commands.length !== 1 ||
    inner?.type !== 'SimpleCommand'
  )
    return undefined;
  const name = text(inner.name);
  return (name === '.' || name === 'source') && inner.redirections.length === 0 ? inner : undefined;
}
