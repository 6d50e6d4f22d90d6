import { createHash, timingSafeEqual } from 'node:crypto';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import type {
  Connection,
  ParsedKey,
  PseudoTtyInfo,
  ServerChannel,
  Session as SshSession,
} from 'ssh2';
import ssh2 from 'ssh2';
import { LoaderGate } from './loader-gate.ts';
import type { Machine } from './machine.ts';
import { SIGNALS } from './processes.ts';
import type { LiveInput, Streams } from './session.ts';
import { Terminal } from './terminal.ts';

/** The machine's sshd: ssh2's server, answering as OpenSSH does (RFC 4252, RFC 4254). */
interface SshServerOptions {
  readonly machine: Machine;
  readonly hostKey: string;
  readonly authorizedKeys: readonly string[];
  readonly password?: string;
  /** ESXi's `PasswordAuthentication no`: questions only, and a last round without any. */
  readonly keyboardOnly: boolean;
  /** Where a port of the machine's own loopback leads on this computer; undefined where nothing listens. */
  readonly service?: (port: number) => number | undefined;
}

interface SshServer {
  readonly port: number;
  /** Stops listening and drops the present connections, as a stopped server would; or listens again. */
  setReachable(reachable: boolean): void;
  close(): Promise<void>;
}

function same(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

const hashed = (text: string) => createHash('sha256').update(text).digest();

export async function startSshServer(options: SshServerOptions): Promise<SshServer> {
  const { machine, password, keyboardOnly } = options;
  const connections = new Set<Connection>();
  let reachable = true;
  const keys = options.authorizedKeys
    .map((line) => ssh2.utils.parseKey(line))
    .filter((key): key is ParsedKey => !(key instanceof Error));

  const server = new ssh2.Server(
    { hostKeys: [options.hostKey], ident: 'OpenSSH_8.9p1 Ubuntu-3ubuntu0.10' },
    (client) => {
      connections.add(client);
      // Else Nagle's algorithm and delayed acknowledgements add 40 ms to every answer. Not in @types/ssh2.
      (client as Connection & { setNoDelay(on: boolean): void }).setNoDelay(true);
      client.on('error', () => {});
      client.on('close', () => connections.delete(client));
      client.on('authentication', (context) => {
        const methods = [
          ...(keys.length > 0 ? ['publickey' as const] : []),
          ...(password === undefined || keyboardOnly ? [] : ['password' as const]),
          ...(password === undefined ? [] : ['keyboard-interactive' as const]),
        ];
        const known = context.username === machine.options.user;
        if (context.method === 'publickey') {
          const match = keys.find(
            (key) => key.type === context.key.algo && same(key.getPublicSSH(), context.key.data),
          );
          if (!known || !match) return context.reject(methods);
          if (!context.signature || !context.blob) return context.accept();
          return match.verify(context.blob, context.signature, context.hashAlgo) === true
            ? context.accept()
            : context.reject(methods);
        }
        const right = (typed: string | undefined) =>
          known && password !== undefined && same(hashed(typed ?? ''), hashed(password));
        if (context.method === 'password' && !keyboardOnly)
          return right(context.password) ? context.accept() : context.reject(methods);
        if (context.method === 'keyboard-interactive' && password !== undefined) {
          return context.prompt([{ prompt: 'Password: ', echo: false }], (answers) => {
            if (!right(answers[0])) context.reject(methods);
            else if (keyboardOnly) context.prompt([], () => context.accept());
            else context.accept();
          });
        }
        return context.reject(methods);
      });
      client.on('ready', () => {
        client.on('session', (accept) => serveSession(machine, accept()));
        client.on('tcpip', (accept, reject, { destIP, destPort }) => {
          const here = ['127.0.0.1', 'localhost', '::1'].includes(destIP);
          const port = here ? options.service?.(destPort) : undefined;
          // What nobody listens on is refused as OpenSSH refuses it (RFC 4254, 5.1: CONNECT_FAILED).
          if (port === undefined) return reject();
          const near = accept();
          const far = connectTcp(port, '127.0.0.1');
          near.pipe(far).pipe(near);
          near.on('error', () => far.destroy());
          far.on('error', () => near.destroy());
          near.on('close', () => far.destroy());
        });
      });
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const dropAll = () => {
    for (const client of connections) client.end();
  };
  return {
    port,
    setReachable(value) {
      if (value === reachable) return;
      reachable = value;
      if (value) server.listen(port, '127.0.0.1');
      else {
        server.close();
        dropAll();
      }
    },
    close: () =>
      new Promise((resolve) => {
        if (reachable) server.close(() => resolve());
        else resolve();
        dropAll();
      }),
  };
}

/** One session channel: its terminal and variables, then a shell or a command (RFC 4254, 6). */
function serveSession(machine: Machine, session: SshSession): void {
  let pty: PseudoTtyInfo | undefined;
  let terminal: Terminal | undefined;
  const variables: Record<string, string> = {};
  session.on('pty', (accept, _reject, info) => {
    pty = info;
    accept?.();
  });
  session.on('window-change', (accept, _reject, info) => {
    if (pty) Object.assign(pty, info);
    terminal?.resize(info.cols, info.rows);
    accept?.();
  });
  session.on('env', (accept, reject, info) => {
    // OpenSSH's AcceptEnv on Ubuntu: LANG and LC_*.
    if (/^(LANG|LC_\w+)$/.test(info.key)) {
      variables[info.key] = info.val;
      accept?.();
    } else reject?.();
  });
  const openTerminal = (channel: ServerChannel, info: PseudoTtyInfo) => {
    terminal = new Terminal({
      machine,
      channel,
      columns: info.cols,
      rows: info.rows,
      variables: { ...variables, TERM: 'xterm-256color' },
    });
    return terminal;
  };
  session.on('shell', (accept) => {
    const channel = accept();
    if (pty) void openTerminal(channel, pty).login();
    else new CommandChannel(machine, channel, 'bash -s', variables).start();
  });
  session.on('exec', (accept, _reject, { command }) => {
    const channel = accept();
    machine.commandLog.push(command);
    if (pty) void openTerminal(channel, pty).runOnce(command);
    else new CommandChannel(machine, channel, command, variables).start();
  });
}

/** A command without a terminal: the loader, or anything else, run as the login user. */
class CommandChannel {
  readonly #machine: Machine;
  readonly #channel: ServerChannel;
  readonly #command: string;
  readonly #variables: Readonly<Record<string, string>>;
  readonly #hangUp = new AbortController();
  readonly #input: Buffer[] = [];
  #gate: LoaderGate | undefined;
  #started = false;
  #over = false;

  constructor(
    machine: Machine,
    channel: ServerChannel,
    command: string,
    variables: Readonly<Record<string, string>>,
  ) {
    this.#machine = machine;
    this.#channel = channel;
    this.#command = command;
    this.#variables = variables;
    channel.on('close', () => this.#onClose());
    channel.on('error', () => this.#onClose());
  }

  /** sshd(8) ends nothing here; what reads its input sees the end, and the rest is not kept waiting. */
  #onClose(): void {
    this.#gate?.end();
    if (!this.#gate?.listened) this.#hangUp.abort();
  }

  get #streams(): Streams {
    return {
      out: (bytes) => void (this.#over || this.#channel.write(bytes)),
      err: (bytes) => void (this.#over || this.#channel.stderr.write(bytes)),
    };
  }

  start(): void {
    const gate = LoaderGate.for(this.#command, this.#machine, this.#streams);
    this.#gate = gate;
    if (gate) {
      this.#channel.on('data', (bytes: Buffer) => gate.write(bytes));
      this.#channel.on('end', () => gate.end());
      gate.ready.then(
        (ready) => {
          if ('exitCode' in ready) this.#exit(ready.exitCode);
          else void this.#run(ready.script, ready.user, ready.variables, ready.stdin, ready.input);
        },
        () => this.#exit(1),
      );
      gate.start();
      return;
    }
    const source = this.#command;
    const begin = () => {
      if (this.#started) return;
      this.#started = true;
      void this.#run(source, this.#machine.options.user, {}, Buffer.concat(this.#input));
    };
    this.#channel.on('data', (bytes: Buffer) => this.#input.push(bytes));
    this.#channel.on('end', begin);
    let waits = true;
    try {
      waits = this.#machine.shell.reads(source);
    } catch {
      waits = false;
    }
    if (!waits) begin();
  }

  async #run(
    script: string,
    user: string,
    secrets: Readonly<Record<string, string>>,
    stdin: Buffer,
    input?: LiveInput,
  ): Promise<void> {
    // A real sshd forks first. In one process, the client must get to hear that its request was granted.
    for (let hop = 0; hop < 3; hop++) await new Promise((resolve) => setImmediate(resolve));
    const plain = this.#machine.environment(user);
    const { exitCode } = await this.#machine.shell.script(script, {
      user,
      command: 'sh',
      streams: this.#streams,
      stdin,
      ...(input === undefined ? {} : { input }),
      env: { ...plain, ...this.#variables },
      variables: secrets,
      cwd: this.#machine.account(this.#machine.options.user).home,
      newGroup: true,
      signal: this.#hangUp.signal,
      args: [],
      name: 'labwright',
    });
    this.#exit(exitCode);
  }

  #exit(exitCode: number): void {
    if (this.#over) return;
    this.#over = true;
    const signal = Object.entries(SIGNALS).find(([, number]) => exitCode === 128 + number)?.[0];
    try {
      // dash and bash report a signalled child by status; only the shell's own death is a signal.
      if (signal === 'KILL' && this.#hangUp.signal.aborted) this.#channel.exit(signal, false, '');
      else this.#channel.exit(exitCode);
      this.#channel.end();
    } catch {
      // The client went away first.
    }
  }
}
