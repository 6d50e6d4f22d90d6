import type { ServerChannel } from 'ssh2';
import { KERNEL, PRETTY } from './layout.ts';
import { LineEditor } from './line-editor.ts';
import type { Machine } from './machine.ts';
import type { Process } from './processes.ts';
import type { Io } from './program.ts';
import type { Streams, Tty } from './session.ts';

interface ShellState {
  readonly user: string;
  cwd: string;
  /** Exported variables, and the others. */
  env: Record<string, string>;
  variables: Record<string, string>;
  functions: string;
  status: number;
  readonly history: string[];
}

/** An interactive login: a line editor in front of the machine's shell. */
export class Terminal implements Tty {
  readonly name: string;
  sudoAt?: number;
  columns: number;
  rows: number;
  readonly #machine: Machine;
  readonly #channel: ServerChannel;
  readonly #editor: LineEditor;
  readonly #variables: Readonly<Record<string, string>>;
  readonly #hangUp = new AbortController();
  #foreground: Process | undefined;
  #reading = false;

  constructor(options: {
    machine: Machine;
    channel: ServerChannel;
    columns: number;
    rows: number;
    variables: Readonly<Record<string, string>>;
  }) {
    this.#machine = options.machine;
    this.#channel = options.channel;
    this.columns = options.columns || 80;
    this.rows = options.rows || 24;
    this.#variables = options.variables;
    this.name = `pts/${options.machine.nextTerminal++}`;
    this.#editor = new LineEditor(
      (text) => this.#write(text),
      () => this.columns,
    );
    this.#channel.on('data', (bytes: Buffer) => this.#input(bytes));
    const gone = () => {
      this.#hangUp.abort();
      this.#editor.close();
    };
    this.#channel.on('end', gone);
    this.#channel.on('close', gone);
    this.#channel.on('error', gone);
  }

  resize(columns: number, rows: number): void {
    if (columns > 0) this.columns = columns;
    if (rows > 0) this.rows = rows;
  }

  #write(text: string | Uint8Array): void {
    if (!this.#hangUp.signal.aborted) this.#channel.write(text);
  }

  get #streams(): Streams {
    const write = (bytes: Uint8Array) =>
      this.#write(
        Buffer.from(Buffer.from(bytes).toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1'),
      );
    return { out: write, err: write };
  }

  #input(bytes: Buffer): void {
    const running = this.#foreground;
    if (!running || this.#reading) {
      this.#editor.feed(bytes);
      return;
    }
    // The line discipline: an interrupt reaches the running command and flushes what was typed ahead.
    const at = Math.max(bytes.lastIndexOf(3), bytes.lastIndexOf(28));
    if (at >= 0) {
      this.#write('^C');
      this.#editor.flush();
      for (const process of this.#machine.processes.group(running.pgid))
        this.#machine.processes.signal(process, 'INT');
    }
    if (at + 1 < bytes.length) this.#editor.feed(bytes.subarray(at + 1));
  }

  async readLine(options: { prompt: string; echo: boolean }): Promise<string | undefined> {
    this.#reading = true;
    try {
      const outcome = await this.#editor.read(options);
      if (outcome.kind === 'interrupt' && this.#foreground)
        this.#machine.processes.signal(this.#foreground, 'INT');
      return outcome.kind === 'line' ? outcome.text : undefined;
    } finally {
      this.#reading = false;
    }
  }

  /** Text of /etc/motd: short, and it says what this is. */
  #motd(): string {
    const { release } = this.#machine.options;
    return `Welcome to ${PRETTY[release]} (GNU/Linux ${KERNEL[release]} x86_64)\n\n * This is a simulated server of the Labwright practice lab. Nothing here is real.\n\n`;
  }

  async login(): Promise<void> {
    const { user } = this.#machine.options;
    this.#streams.out(Buffer.from(this.#motd()));
    const status = await this.#loop(this.#state(user, this.#machine.account(user).home, {}), true);
    this.#exit(status);
  }

  async runOnce(command: string): Promise<void> {
    const { user } = this.#machine.options;
    const state = this.#state(user, this.#machine.account(user).home, {});
    await this.#execute(state, command);
    this.#exit(state.status);
  }

  async shell(options: {
    user: string;
    cwd: string;
    env: Record<string, string>;
    io: Io;
  }): Promise<number> {
    const outer = this.#foreground;
    const status = await this.#loop(this.#state(options.user, options.cwd, options.env), false);
    this.#foreground = outer;
    return status;
  }

  #state(user: string, cwd: string, env: Record<string, string>): ShellState {
    const exported = { ...this.#machine.environment(user), ...this.#variables, ...env, PWD: cwd };
    return { user, cwd, env: exported, variables: {}, functions: '', status: 0, history: [] };
  }

  #exit(status: number): void {
    try {
      this.#channel.exit(status);
      this.#channel.end();
    } catch {
      // Already gone.
    }
  }

  #prompt(state: ShellState): string {
    const { home } = this.#machine.account(state.user);
    const shown =
      state.cwd === home
        ? '~'
        : state.cwd.startsWith(`${home}/`)
          ? `~${state.cwd.slice(home.length)}`
          : state.cwd;
    const host = this.#machine.options.hostname.split('.')[0];
    return `${state.user}@${host}:${shown}${state.user === 'root' ? '#' : '$'} `;
  }

  async #loop(state: ShellState, login: boolean): Promise<number> {
    for (;;) {
      this.#foreground = undefined;
      const command = await this.#command(state);
      if (command === undefined) {
        if (!this.#hangUp.signal.aborted) this.#write(login ? 'logout\r\n' : 'exit\r\n');
        return state.status;
      }
      if (command.trim() === '') continue;
      state.history.push(command);
      if (await this.#execute(state, command)) {
        if (login) this.#write('logout\r\n');
        else this.#write('exit\r\n');
        return state.status;
      }
      if (this.#hangUp.signal.aborted) return 129;
    }
  }

  /** A complete command: more lines are asked for while quotes or compounds are open. */
  async #command(state: ShellState): Promise<string | undefined> {
    let command = '';
    for (;;) {
      const outcome = await this.#editor.read({
        prompt: command === '' ? this.#prompt(state) : '> ',
        echo: true,
        history: state.history,
        complete: (before) => this.#complete(state, before),
      });
      if (outcome.kind === 'interrupt') {
        state.status = 130;
        return '';
      }
      if (outcome.kind === 'end') return command === '' ? undefined : command;
      command += outcome.text;
      if (!this.#machine.shell.incomplete(command)) return command;
      command += '\n';
    }
  }

  /** Runs a command and keeps what it changed; true when it ended the shell. */
  async #execute(state: ShellState, command: string): Promise<boolean> {
    const result = await this.#machine.shell.line(command, {
      user: state.user,
      command: 'bash',
      streams: this.#streams,
      env: state.env,
      variables: state.variables,
      functions: state.functions,
      status: state.status,
      cwd: this.#machine.fs.find(state.cwd) ? state.cwd : '/',
      tty: this,
      newGroup: true,
      signal: this.#hangUp.signal,
      started: (process) => {
        this.#foreground = process;
      },
    });
    if (result.exitCode === 130) this.#write('\r\n');
    state.status = result.exitCode;
    state.env = result.exported;
    state.variables = result.variables;
    state.functions = result.functions;
    state.cwd = result.cwd;
    return result.exited;
  }

  #complete(state: ShellState, before: string): { insert: string; choices: readonly string[] } {
    const word = /(?:[^\s\\]|\\.)*$/.exec(before)?.[0] ?? '';
    const { fs } = this.#machine;
    const slash = word.lastIndexOf('/');
    const folder = fs.resolvePath(
      state.cwd,
      slash < 0 ? '.' : word.slice(0, slash + 1).replace(/^~(?=\/)/, state.env.HOME ?? '/'),
    );
    const start = word.slice(slash + 1);
    const first = slash < 0 && before.trim() === word;
    const node = fs.find(folder);
    const names = first
      ? this.#machine.shell.names.filter((name) => this.#machine.which(name))
      : [...(node?.children.keys() ?? [])];
    const found = names
      .filter((name) => name.startsWith(start) && (start !== '' || !name.startsWith('.')))
      .sort();
    if (found.length === 0) return { insert: '', choices: [] };
    let common = found[0] as string;
    for (const name of found) while (!name.startsWith(common)) common = common.slice(0, -1);
    let insert = common.slice(start.length);
    if (found.length === 1)
      insert += !first && fs.find(`${folder}/${found[0]}`)?.kind === 'directory' ? '/' : ' ';
    return { insert, choices: found };
  }
}
