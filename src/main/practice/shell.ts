import {
  Bash,
  type CommandContext,
  type CommandName,
  defineCommand,
  latin1FromBytes,
  parse,
  serialize,
} from 'just-bash';
import { BackgroundStatements, liveTransform } from './live-transform.ts';
import type { Machine } from './machine.ts';
import { type Process, SIGNALS } from './processes.ts';
import { Ended, type Io, type Program, type Programs, type RunOptions } from './program.ts';
import { readsInput } from './reads-input.ts';
import {
  bufferStreams,
  currentSession,
  type LiveInput,
  type Session,
  type Streams,
  sessions,
  type Tty,
} from './session.ts';
import { helperPrograms, turn } from './shell-helpers.ts';
import { VfsError } from './vfs-error.ts';
import { quote, reason } from './words.ts';

/** The just-bash commands we offer; those a small Ubuntu server does not have are left out. */
const BUILT_IN: CommandName[] = (
  'echo cat printf ls mkdir rmdir touch rm cp mv ln chmod pwd head wc grep fgrep egrep sed awk sort uniq ' +
  'comm cut paste tr rev nl fold expand unexpand strings split column join find basename dirname printenv ' +
  'alias unalias xargs true false base64 diff date sleep seq expr md5sum sha1sum sha256sum file tac od gzip gunzip zcat tar'
).split(' ') as CommandName[];

interface ScriptOptions {
  readonly user: string;
  readonly command: string;
  readonly streams: Streams;
  readonly stdin?: Uint8Array;
  readonly input?: LiveInput;
  readonly env?: Readonly<Record<string, string>>;
  /** Shell variables that are not exported: secrets, or what an interactive shell carries on. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly functions?: string;
  readonly cwd?: string;
  readonly name?: string;
  readonly args?: readonly string[];
  readonly parent?: Process;
  readonly process?: Process;
  readonly newGroup?: boolean;
  readonly tty?: Tty;
  readonly signal?: AbortSignal;
  readonly started?: (process: Process) => void;
}

export interface ScriptResult {
  readonly exitCode: number;
  /** All variables when the script ended; the interactive shell carries them on. */
  readonly variables: Readonly<Record<string, string>>;
  readonly state?: LineState;
}

interface LineState {
  readonly exported: Record<string, string>;
  readonly cwd: string;
}

/** just-bash's limits guard a host against strangers; here scripts are ours, and may be long-lived. */
const NO_LIMIT = 1e12;

/** Runs scripts and programs on a machine. Output is streamed; see live-transform.ts. */
export class Shell {
  readonly #machine: Machine;
  readonly #programs: ReadonlyMap<string, Program>;
  readonly #bashes = new Map<number, Bash>();
  /** Where an interactive line left its shell; `__state` writes it. */
  readonly states = new WeakMap<Session, LineState>();
  readonly #background = new BackgroundStatements();

  constructor(machine: Machine, programs: Programs) {
    this.#machine = machine;
    this.#programs = new Map(
      Object.entries({ ...programs, ...helperPrograms(this, machine, this.#background) }),
    );
  }

  get names(): string[] {
    return [...new Set([...BUILT_IN, ...this.#programs.keys()])].filter(
      (name) => !name.startsWith('__'),
    );
  }

  /** Names that only rewritten scripts call. */
  get helpers(): string[] {
    return [...this.#programs.keys()].filter((name) => name.startsWith('__'));
  }

  #bash(uid: number): Bash {
    let bash = this.#bashes.get(uid);
    if (!bash) {
      bash = new Bash({
        fs: this.#machine.fs,
        cwd: '/',
        commands: BUILT_IN,
        customCommands: [...this.#programs].map(([name, program]) => this.#command(name, program)),
        processInfo: { pid: 1100, ppid: 1, uid, gid: uid },
        // The file system and the network are ours: nothing a script does can leave this process.
        defenseInDepth: false,
        executionLimits: {
          maxExecutionTimeMs: Number.POSITIVE_INFINITY,
          maxCommandCount: NO_LIMIT,
          maxLoopIterations: NO_LIMIT,
          maxWorkUnits: NO_LIMIT,
          maxGlobOperations: NO_LIMIT,
          maxTraversalWork: NO_LIMIT,
          maxInputBytes: NO_LIMIT,
          maxLiveBytes: NO_LIMIT,
          maxExtensionCleanupTimeMs: 20,
        },
      });
      bash.registerTransformPlugin(liveTransform(new Set(this.#programs.keys()), this.#background));
      this.#bashes.set(uid, bash);
    }
    return bash;
  }

  /** Offers a program to just-bash: there it is a command whose output is collected. */
  #command(name: string, program: Program) {
    return defineCommand(name, async (args, ctx) => {
      const session = currentSession();
      if (name === '__live') {
        const exitCode = await this.#live(args, ctx, session);
        return { stdout: '', stderr: '', exitCode };
      }
      const streams = bufferStreams();
      const exitCode = await this.#call(
        name,
        program,
        args,
        this.#io(ctx, { ...session, streams }),
      );
      return {
        stdout: streams.stdout().toString('latin1'),
        stdoutKind: 'bytes',
        stdoutEncoding: 'binary',
        stderr: streams.stderr().toString('utf8'),
        exitCode,
      };
    });
  }

  /** `__live TRUNCATE OUT ERR PROGRAM ARGS…`: a program whose output goes to files as it is written. */
  async #live(args: readonly string[], ctx: CommandContext, session: Session): Promise<number> {
    const [truncate = '-', out = '', err = '', name = '', ...rest] = args;
    const streams = this.sinks(truncate, out, err, ctx.cwd, session);
    if (typeof streams === 'string') {
      session.streams.err(Buffer.from(streams));
      return 1;
    }
    const program = this.#programs.get(name);
    if (
      !program ||
      (!this.#machine.which(name, ctx.env.get('PATH')) && !SHELL_INTERNAL.has(name))
    ) {
      streams.err(Buffer.from(`bash: ${name}: command not found\n`));
      return 127;
    }
    return await this.#call(name, program, rest, this.#io(ctx, { ...session, streams }));
  }

  sinks(
    truncate: string,
    out: string,
    err: string,
    cwd: string,
    session: Session,
  ): Streams | string {
    const { fs } = this.#machine;
    const sink = (target: string) => {
      if (target === '/dev/practice/out') return session.streams.out;
      if (target === '/dev/practice/err') return session.streams.err;
      const path = fs.resolvePath(cwd, target);
      return (bytes: Uint8Array) => sessions.run(session, () => fs.appendSync(path, bytes));
    };
    try {
      if (truncate !== '-') fs.writeSync(fs.resolvePath(cwd, truncate), '');
      for (const target of [out, err])
        if (!target.startsWith('/dev/')) fs.appendSync(fs.resolvePath(cwd, target), '');
    } catch (error) {
      return `bash: ${truncate === '-' ? out : truncate}: ${reason(error)}\n`;
    }
    return { out: sink(out), err: sink(err) };
  }

  #io(ctx: CommandContext, session: Session): Io {
    return this.makeIo(session, {
      cwd: ctx.cwd,
      env: ctx.exportedEnv ?? {},
      variables: ctx.env,
      assign: (name, value) => void ctx.assignShellVariable?.(name, value),
      stdin: Buffer.from(latin1FromBytes(ctx.stdin), 'latin1'),
      ...(ctx.signal ? { signal: ctx.signal } : {}),
    });
  }

  makeIo(
    session: Session,
    given: Partial<Pick<Io, 'cwd' | 'env' | 'variables' | 'assign' | 'stdin' | 'signal'>> = {},
  ): Io {
    const io: Io = {
      machine: this.#machine,
      session,
      cwd: '/',
      env: {},
      variables: new Map(),
      assign: () => {},
      stdin: Buffer.alloc(0),
      signal: session.signal,
      ...given,
      out: (content) =>
        session.streams.out(typeof content === 'string' ? Buffer.from(content) : content),
      err: (content) =>
        session.streams.err(typeof content === 'string' ? Buffer.from(content) : content),
      run: (argv, options) => this.program(argv, io, options),
    };
    return io;
  }

  /** Calls one of our programs as a process of its own. */
  async #call(
    name: string,
    program: Program,
    args: readonly string[],
    io: Io,
    group = false,
  ): Promise<number> {
    const { processes } = this.#machine;
    if (SHELL_INTERNAL.has(name)) return await program(args, io);
    const process = processes.start({
      command: [name, ...args].join(' '),
      user: io.session.user,
      parent: io.session.process,
      newGroup: group,
    });
    const signal = AbortSignal.any([io.signal, process.controller.signal]);
    const session: Session = { ...io.session, process, signal };
    try {
      return await sessions.run(
        session,
        async () => await program(args, this.makeIo(session, { ...io, signal })),
      );
    } catch (error) {
      if (error instanceof Ended || signal.aborted)
        return 128 + SIGNALS[process.ended ?? io.session.process.ended ?? 'TERM'];
      if (!(error instanceof VfsError)) throw error;
      io.err(`${name}: ${error.message}\n`);
      return 1;
    } finally {
      processes.finish(process);
    }
  }

  /** Runs `argv` as a shell would find it: our program, a just-bash command, or a script file. */
  async program(argv: readonly string[], io: Io, options: RunOptions = {}): Promise<number> {
    const [name = '', ...args] = argv;
    const user = options.user ?? io.session.user;
    const env = options.env ?? io.env;
    const cwd = options.cwd ?? io.cwd;
    const path = name.includes('/')
      ? this.#machine.fs.resolvePath(cwd, name)
      : this.#machine.which(name, env.PATH);
    const node = path === undefined ? undefined : this.#machine.fs.find(path);
    if (path === undefined || node === undefined) {
      io.err(name.includes('/') ? `sh: 1: ${name}: not found\n` : `${name}: command not found\n`);
      return 127;
    }
    const base = path.slice(path.lastIndexOf('/') + 1);
    const program = this.#machine.isStub(path) ? this.#programs.get(base) : undefined;
    const shared = {
      user,
      command: argv.join(' '),
      streams: io.session.streams,
      stdin: options.stdin ?? io.stdin,
      env,
      cwd,
      parent: io.session.process,
      signal: options.signal ?? io.signal,
      ...(io.session.tty ? { tty: io.session.tty } : {}),
      ...(io.session.input ? { input: io.session.input } : {}),
      ...(options.newGroup ? { newGroup: true } : {}),
      ...(options.started ? { started: options.started } : {}),
    };
    if (program) return await this.#asProcess(base, program, args, shared);
    if (this.#machine.isStub(path)) {
      const line = [base, ...args].map(quote).join(' ');
      return (await this.script(line, { ...shared, env: { ...env } })).exitCode;
    }
    if ((node.mode & 0o111) === 0) {
      io.err(`sh: 1: ${name}: Permission denied\n`);
      return 126;
    }
    const source = this.#machine.fs.textSync(path);
    return (await this.script(source, { ...shared, name, args })).exitCode;
  }

  /** Runs a program with nobody waiting for it: a unit's main process, in a group of its own. */
  async daemon(
    argv: readonly string[],
    options: { user: string; env: Readonly<Record<string, string>>; cwd: string; streams: Streams },
    started: (process: Process) => void,
  ): Promise<number> {
    const { session, finish } = this.#session({ ...options, command: 'systemd' });
    finish();
    const io = this.makeIo(session, { env: options.env, cwd: options.cwd });
    return await this.program(argv, io, { newGroup: true, started });
  }

  async #asProcess(
    name: string,
    program: Program,
    args: readonly string[],
    shared: ScriptOptions,
  ): Promise<number> {
    const { session, finish } = this.#session(shared);
    try {
      const io = this.makeIo(session, {
        cwd: shared.cwd ?? '/',
        env: shared.env ?? {},
        stdin: Buffer.from(shared.stdin ?? []),
      });
      return await sessions.run(session, async () => await program(args, io));
    } catch (error) {
      if (session.signal.aborted)
        return 128 + SIGNALS[session.process.ended ?? shared.parent?.ended ?? 'TERM'];
      if (!(error instanceof VfsError)) throw error;
      session.streams.err(Buffer.from(`${name}: ${error.message}\n`));
      return 1;
    } finally {
      finish();
    }
  }

  #session(options: ScriptOptions): { session: Session; finish: () => void } {
    const { processes } = this.#machine;
    const account = this.#machine.account(options.user);
    const process =
      options.process ??
      processes.start({
        command: options.command,
        user: options.user,
        ...(options.parent ? { parent: options.parent } : {}),
        ...(options.newGroup ? { newGroup: true } : {}),
        ...(options.tty ? { tty: options.tty.name } : {}),
      });
    options.started?.(process);
    const signals = [process.controller.signal, this.#machine.power];
    if (options.signal) signals.push(options.signal);
    const session: Session = {
      user: options.user,
      uid: account.uid,
      gid: account.gid,
      process,
      signal: AbortSignal.any(signals),
      ...(options.tty ? { tty: options.tty } : {}),
      ...(options.input ? { input: options.input } : {}),
      streams: options.streams,
      armed: false,
      exports: Object.keys(options.env ?? this.#machine.environment(options.user)).filter((name) =>
        /^[A-Za-z_]\w*$/.test(name),
      ),
      traps: new Map(),
      jobs: new Set(),
    };
    return { session, finish: () => processes.finish(process) };
  }

  /** Runs a script; its output goes to `streams` as it is written. */
  async script(source: string, options: ScriptOptions): Promise<ScriptResult> {
    const { session, finish } = this.#session(options);
    await turn();
    const args = options.args ?? [];
    const env: Record<string, string> = {
      ...(options.env ?? this.#machine.environment(options.user)),
      ...options.variables,
      ...Object.fromEntries(args.map((value, index) => [String(index + 1), value])),
      PRACTICE_PID: options.variables?.PRACTICE_PID ?? String(session.process.pid),
    };
    if (options.args) {
      Object.assign(env, {
        '0': options.name ?? 'sh',
        '#': String(args.length),
        '@': args.join(' '),
        '*': args.join(' '),
      });
    }
    const exec = async (text: string, variables: Record<string, string>, cwd: string) => {
      session.armed = true;
      const result = await sessions.run(session, () =>
        this.#bash(session.uid).exec(text.replace(/^#![^\n]*/, ''), {
          rawScript: true,
          replaceEnv: true,
          env: variables,
          cwd,
          stdin: Buffer.from(options.stdin ?? []).toString('latin1'),
          stdinKind: 'bytes',
          signal: session.signal,
        }),
      );
      if (session.signal.aborted)
        return { exitCode: 128 + SIGNALS[session.process.ended ?? 'TERM'], env: result.env };
      if (result.stdout) session.streams.out(Buffer.from(result.stdout));
      if (result.stderr) session.streams.err(Buffer.from(result.stderr));
      return result;
    };
    try {
      const result = await exec(
        source,
        env,
        options.cwd ?? this.#machine.account(options.user).home,
      );
      const last = session.traps.get('EXIT') ?? session.traps.get('0');
      if (last && !session.signal.aborted) {
        session.traps.clear();
        await exec(last, result.env, result.env.PWD ?? '/');
      }
      const state = this.states.get(session);
      return { exitCode: result.exitCode, variables: result.env, ...(state ? { state } : {}) };
    } catch (error) {
      if (session.signal.aborted)
        return { exitCode: 128 + SIGNALS[session.process.ended ?? 'TERM'], variables: env };
      if (!(error instanceof VfsError)) throw error;
      // A full disk in the middle of a redirection; just-bash cannot go on from there.
      session.streams.err(Buffer.from(`bash: write error: ${reason(error)}\n`));
      return { exitCode: 1, variables: env };
    } finally {
      finish();
    }
  }

  /** One line of an interactive shell: what it changed is handed back for the next one. */
  async line(
    source: string,
    options: ScriptOptions & {
      functions: string;
      status: number;
      env: Readonly<Record<string, string>>;
      cwd: string;
    },
  ) {
    const kept = {
      exported: { ...options.env },
      variables: { ...options.variables },
      functions: options.functions,
      cwd: options.cwd,
    };
    let ast: ReturnType<typeof parse>;
    try {
      ast = parse(source);
    } catch (error) {
      options.streams.err(
        Buffer.from(`bash: ${error instanceof Error ? error.message : 'syntax error'}\n`),
      );
      return { ...kept, exitCode: 2, exited: false };
    }
    const defined = ast.statements.filter(
      ({ pipelines }) => pipelines[0]?.commands[0]?.type === 'FunctionDef',
    );
    const functions =
      defined.length > 0
        ? `${options.functions}${serialize({ ...ast, statements: defined })}\n`
        : options.functions;
    const status = options.status === 0 ? '' : `(exit ${options.status})\n`;
    const result = await this.script(`${options.functions}${status}${source}\n__state`, options);
    if (!result.state)
      return {
        ...kept,
        functions,
        exitCode: result.exitCode,
        exited: /(^|[\s;&|(])(exit|logout|exec)\b/.test(source) && result.exitCode !== 130,
      };
    const { exported, cwd } = result.state;
    const variables = Object.fromEntries(
      Object.entries(result.variables).filter(
        ([name]) => /^[A-Za-z_]\w*$/.test(name) && !(name in exported) && name !== 'PRACTICE_PID',
      ),
    );
    return { exported, variables, functions, cwd, exitCode: result.exitCode, exited: false };
  }

  /** Whether a typed command goes on in the next line (an open quote, `do` without `done`, …). */
  incomplete(source: string): boolean {
    if (/(^|[^\\])(\\\\)*\\$/.test(source)) return true;
    try {
      const ast = parse(source);
      return JSON.stringify(ast).includes('"terminated":false');
    } catch (error) {
      return /unexpected end|end of file|EOF|unterminated|unclosed|unexpected newline|got ''|matching/i.test(
        String(error),
      );
    }
  }

  /** Whether a script is likely to read its standard input; throws on a syntax error. */
  reads(source: string): boolean {
    return readsInput(parse(source));
  }
}

/** Belong to the calling shell: no process of their own. */
const SHELL_INTERNAL = new Set(
  '__live __redirect __background __source __state __tick __open __which __type trap wait umask jobs ulimit kill test ['.split(
    ' ',
  ),
);
