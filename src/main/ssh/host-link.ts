import type { Duplex } from 'node:stream';
import PQueue from 'p-queue';
import { LabwrightError } from '../../contract/error.ts';
import type { HostKey } from '../../contract/lab-state.ts';
import type { Connect, Connection, Login } from './connection.ts';
import { describeKey, type KnownHosts, keyTypeOfBlob } from './known-hosts.ts';
import { runScript, type ScriptRequest, type ScriptResult } from './run-script.ts';

/** OpenSSH allows 10 sessions a connection (sshd_config MaxSessions); two are left to the person. */
const CHANNELS_AT_ONCE = 8;

/** A host key that needs a person's decision. The error's code says whether it is new or changed. */
export class HostKeyError extends LabwrightError {
  readonly offered: HostKey;

  constructor(
    code: 'host-key-unknown' | 'host-key-changed' | 'host-key-revoked',
    where: { host: string; address: string; port: number },
    offered: HostKey,
  ) {
    super(code, { ...where, fingerprint: offered.fingerprint, type: offered.type });
    this.offered = offered;
  }
}

export interface HostLinkOptions {
  readonly connect: Connect;
  readonly knownHosts: KnownHosts;
  /** Credentials are fetched anew for every connection, so that a changed secret takes effect. */
  readonly login: () => Promise<Login>;
  /** The password that sudo asks for. */
  readonly sudoPassword: () => Promise<string>;
  readonly onState?: (state: 'connecting' | 'connected' | 'closed', error?: Error) => void;
}

export type HostScript = Omit<ScriptRequest, 'host' | 'sudoPassword'>;

/** One host: a shared control connection, opened on first use, and others for terminals. */
export class HostLink {
  readonly name: string;
  readonly #options: HostLinkOptions;
  readonly #queue = new PQueue({ concurrency: CHANNELS_AT_ONCE });
  #control: Promise<Connection> | undefined;
  #closed = false;

  constructor(name: string, options: HostLinkOptions) {
    this.name = name;
    this.#options = options;
  }

  /** A connection of its own, for a terminal or a transfer. The caller ends it. */
  async openConnection(signal?: AbortSignal): Promise<Connection> {
    const { connect, knownHosts } = this.#options;
    const login = await this.#options.login();
    const where = { host: login.name, address: login.address, port: login.port };
    const trusted = await knownHosts.trusted(login.address, login.port);
    return connect({
      login,
      knownKeyTypes: trusted.map(({ type }) => type),
      ...(signal === undefined ? {} : { signal }),
      verify: async (blob) => {
        if (keyTypeOfBlob(blob) === '') throw new LabwrightError('host-closed', where);
        const { verdict } = await knownHosts.judge(login.address, login.port, blob);
        if (verdict === 'match') return;
        throw new HostKeyError(`host-key-${verdict}`, where, describeKey(blob));
      },
    });
  }

  async control(): Promise<Connection> {
    if (this.#closed) throw new LabwrightError('host-closed', { host: this.name });
    this.#control ??= this.#openControl();
    return this.#control;
  }

  async #openControl(): Promise<Connection> {
    this.#options.onState?.('connecting');
    try {
      const connection = await this.openConnection();
      this.#options.onState?.('connected');
      connection.ended.then((error) => {
        this.#control = undefined;
        this.#options.onState?.('closed', error);
      });
      return connection;
    } catch (error) {
      this.#control = undefined;
      this.#options.onState?.('closed', error as Error);
      throw error;
    }
  }

  /** Runs a script on the control connection; see runScript for the errors. */
  async run(request: HostScript): Promise<ScriptResult> {
    return this.#queue.add(async () => {
      const connection = await this.control();
      return runScript(connection, {
        ...request,
        host: this.name,
        sudoPassword: this.#options.sudoPassword,
      });
    });
  }

  /** A TCP port as the host reaches it, on the control connection; see Connection.forward. */
  async forward(address: string, port: number): Promise<Duplex> {
    return (await this.control()).forward(address, port);
  }

  /** As `run`, over a connection of its own: what takes long and fills the line holds nobody up. */
  async runApart(request: HostScript): Promise<ScriptResult> {
    const connection = await this.openConnection(request.signal);
    try {
      return await runScript(connection, {
        ...request,
        host: this.name,
        sudoPassword: this.#options.sudoPassword,
      });
    } finally {
      connection.end();
    }
  }

  /** Drops the connection so that the next use connects anew, with today's trust and secrets. */
  async reset(): Promise<void> {
    const control = this.#control;
    this.#control = undefined;
    (await control?.catch(() => undefined))?.end();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.reset();
  }
}
