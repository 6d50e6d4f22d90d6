import { connect as connectTcp, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Client, type ClientChannel } from 'ssh2';
import { LabwrightError } from '../../contract/error.ts';
import { describeOffer, offeredAlgorithms } from './algorithms.ts';
import type { Channel, ChannelExit, Connect, Connection, ConnectOptions } from './connection.ts';

/** A LAN host answers in milliseconds; a sleeping one behind a VPN within a few seconds. */
const TCP_TIMEOUT_MS = 10_000;
/** Old racks need seconds for a handshake; a host that accepts and never speaks must still fail. */
const HANDSHAKE_TIMEOUT_MS = 20_000;
/** ssh2's callbacks may never fire on a half-open socket, so every channel open has a deadline. */
const CHANNEL_TIMEOUT_MS = 15_000;
/**
 * A server that has its fill of sessions refuses one more, and sshd(8) still counts those that it has
 * just closed: what comes in the same packet as our last close is refused. Nothing has run then, so
 * the same is asked again.
 */
const REFUSED_AGAIN_MS = 100;
/** Reasons of a refused channel (RFC 4254, 5.1). At MaxSessions OpenSSH says `connectFailed`. */
const REFUSED = { prohibited: 1, connectFailed: 2, shortage: 4 } as const;
/**
 * A dead link is noticed within 30 s. ssh2 gives up when it would ask once more after three
 * unanswered questions, so it takes four intervals after the last answer.
 */
const KEEPALIVE_MS = 7000;
const KEEPALIVE_MISSES = 3;

function tcpError(error: NodeJS.ErrnoException, where: Record<string, string | number>): Error {
  switch (error.code) {
    case 'ECONNREFUSED':
      return new LabwrightError('host-refused', where, { cause: error });
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new LabwrightError('host-unresolved', where, { cause: error });
    default:
      return new LabwrightError('host-unreachable', where, { cause: error, detail: error.message });
  }
}

function openSocket(options: ConnectOptions, where: Record<string, string | number>) {
  return new Promise<Socket>((resolve, reject) => {
    const { address, port } = options.login;
    const socket = connectTcp({ host: address, port, noDelay: true });
    const abort = () => socket.destroy(new LabwrightError('cancelled'));
    socket.setTimeout(TCP_TIMEOUT_MS, () =>
      socket.destroy(new LabwrightError('host-unreachable', where)),
    );
    options.signal?.addEventListener('abort', abort, { once: true });
    socket.once('error', (error) => {
      options.signal?.removeEventListener('abort', abort);
      reject(error instanceof LabwrightError ? error : tcpError(error, where));
    });
    socket.once('connect', () => {
      options.signal?.removeEventListener('abort', abort);
      socket.setTimeout(0);
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

interface Ssh2Error extends Error {
  level?: string;
}

function handshakeError(error: Ssh2Error, where: Record<string, string | number>): Error {
  if (error instanceof LabwrightError) return error;
  const options = { cause: error, detail: error.message };
  if (error.level === 'client-authentication') {
    return new LabwrightError('host-auth-failed', where, options);
  }
  if (error.level === 'client-timeout') return new LabwrightError('host-silent', where, options);
  if (/no matching/i.test(error.message)) {
    const detail = `${error.message}\n${describeOffer()}`;
    return new LabwrightError('host-no-common-algorithm', where, { cause: error, detail });
  }
  if (/privateKey|passphrase|key format/i.test(error.message)) {
    return new LabwrightError('key-unreadable', where, options);
  }
  return new LabwrightError('host-closed', where, options);
}

function wrapChannel(stream: ClientChannel): Channel {
  let exit: ChannelExit = { code: undefined, signal: undefined };
  stream.on('exit', (code: number | null, signal?: string) => {
    exit = { code: code ?? undefined, signal };
  });
  const closed = new Promise<ChannelExit>((resolve) => {
    stream.once('close', () => resolve(exit));
  });
  // A channel that dies with its connection also emits an error; `closed` says all that is needed.
  stream.on('error', () => {});
  stream.stderr.on('error', () => {});
  return {
    stream,
    stderr: stream.stderr,
    closed,
    resize: (columns, rows) => stream.setWindow(rows, columns, 0, 0),
    close: () => stream.close(),
  };
}

type Start = (done: (error: Error | undefined, stream: ClientChannel) => void) => void;

class Ssh2Connection implements Connection {
  readonly algorithms: string;
  readonly ended: Promise<Error | undefined>;
  readonly #client: Client;
  readonly #where: Record<string, string | number>;

  constructor(client: Client, algorithms: string, where: Record<string, string | number>) {
    this.#client = client;
    this.#where = where;
    this.algorithms = algorithms;
    this.ended = new Promise((resolve) => {
      let failure: Error | undefined;
      client.on('error', (error) => {
        failure = new LabwrightError('host-closed', where, { cause: error, detail: error.message });
      });
      client.once('close', () => resolve(failure));
    });
  }

  exec(command: string): Promise<Channel> {
    return this.#session((done) => this.#client.exec(command, done));
  }

  shell(columns: number, rows: number, term: string): Promise<Channel> {
    const window = { cols: columns, rows, term, width: 0, height: 0 };
    return this.#session((done) => this.#client.shell(window, {}, done));
  }

  async forward(address: string, port: number): Promise<Duplex> {
    try {
      const stream = await this.#open(
        (done) => this.#client.forwardOut('127.0.0.1', 0, address, port, done),
        // Who uses it hears of its end by `close`.
        (channel) => channel.on('error', () => {}),
        () => false,
      );
      return stream;
    } catch (error) {
      const reason = refusalOf((error as Error).cause);
      if (reason === undefined) throw error;
      const code =
        reason === REFUSED.prohibited ? 'host-forward-forbidden' : 'host-forward-refused';
      const where = { host: String(this.#where.host), address, port };
      throw new LabwrightError(code, where, { cause: error });
    }
  }

  end(): void {
    this.#client.end();
    this.#client.destroy();
  }

  #session(start: Start): Promise<Channel> {
    return this.#open(
      start,
      wrapChannel,
      (reason) => reason === REFUSED.connectFailed || reason === REFUSED.shortage,
    );
  }

  /**
   * Opens a channel; one that is refused for a reason that may pass is asked for again. `wrap` listens
   * before anything else can arrive: the exit status may come with the very next packet.
   */
  #open<T>(
    start: Start,
    wrap: (channel: ClientChannel) => T,
    mayPass: (reason: number) => boolean,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      let refusal: Error | undefined;
      let again: NodeJS.Timeout | undefined;
      const finish = () => {
        clearTimeout(timer);
        clearTimeout(again);
      };
      const fail = (cause?: unknown) => {
        finish();
        const detail = cause instanceof Error ? { cause, detail: cause.message } : {};
        reject(new LabwrightError('host-closed', this.#where, detail));
      };
      const timer = setTimeout(() => {
        finish();
        if (refusal) {
          const detail = { cause: refusal, detail: refusal.message };
          reject(new LabwrightError('host-sessions-full', this.#where, detail));
          return;
        }
        reject(new LabwrightError('host-timeout', this.#where));
        this.#client.destroy();
      }, CHANNEL_TIMEOUT_MS);
      this.ended.then(() => fail());
      const attempt = () => {
        // Counts as unanswered until it is answered: a link may die between two attempts.
        refusal = undefined;
        try {
          start((error, stream) => {
            if (error && mayPass(refusalOf(error) ?? 0)) {
              refusal = error;
              again = setTimeout(attempt, REFUSED_AGAIN_MS);
              return;
            }
            if (error) return fail(error);
            finish();
            resolve(wrap(stream));
          });
        } catch (error) {
          fail(error);
        }
      };
      attempt();
    });
  }
}

/** Why the server did not open a channel, as ssh2 hands it on. */
function refusalOf(error: unknown): number | undefined {
  const reason = (error as { reason?: unknown } | undefined)?.reason;
  return typeof reason === 'number' ? reason : undefined;
}

/** Connects with ssh2. The host key is always judged, before anything secret is sent. */
export const connectSsh2: Connect = async (options) => {
  const { login } = options;
  const where = { host: login.name, address: login.address, port: login.port, user: login.user };
  const socket = await openSocket(options, where);
  const client = new Client();
  let algorithms = '';
  client.on('handshake', (negotiated) => {
    algorithms = `${negotiated.kex}, ${negotiated.serverHostKey}, ${negotiated.cs.cipher}`;
  });
  return new Promise<Connection>((resolve, reject) => {
    let refused: unknown;
    let ready = false;
    const abort = () => {
      refused = new LabwrightError('cancelled');
      client.destroy();
    };
    options.signal?.addEventListener('abort', abort, { once: true });
    client.once('ready', () => {
      ready = true;
      options.signal?.removeEventListener('abort', abort);
      client.removeAllListeners('error');
      resolve(new Ssh2Connection(client, algorithms, where));
    });
    client.on('error', (error) => {
      if (!ready) reject(refused ?? handshakeError(error, where));
    });
    client.once('close', () => {
      if (!ready) reject(refused ?? new LabwrightError('host-closed', where));
    });
    // The server may ask any number of questions; without an echo they want the password.
    client.on('keyboard-interactive', (_name, _instructions, _lang, prompts, finish) => {
      finish(prompts.map(() => login.password ?? ''));
    });
    try {
      client.connect({
        sock: socket,
        username: login.user,
        ...(login.password === undefined ? {} : { password: login.password, tryKeyboard: true }),
        ...(login.privateKey === undefined ? {} : { privateKey: login.privateKey }),
        ...(login.passphrase === undefined ? {} : { passphrase: login.passphrase }),
        ...(login.agent === undefined ? {} : { agent: login.agent }),
        algorithms: offeredAlgorithms(options.knownKeyTypes, login.oldAlgorithms),
        readyTimeout: HANDSHAKE_TIMEOUT_MS,
        keepaliveInterval: KEEPALIVE_MS,
        keepaliveCountMax: KEEPALIVE_MISSES,
        hostVerifier: (blob: Buffer, accept: (valid: boolean) => void) => {
          options.verify(blob).then(
            () => accept(true),
            (error: unknown) => {
              refused = error;
              accept(false);
            },
          );
        },
      });
    } catch (error) {
      socket.destroy();
      reject(handshakeError(error as Ssh2Error, where));
    }
  });
};
