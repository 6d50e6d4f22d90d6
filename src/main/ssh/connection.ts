import type { Duplex, Readable } from 'node:stream';

/** What a connection needs to know of a host. Values of secrets live only in this object. */
export interface Login {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string;
  readonly privateKey?: string;
  readonly passphrase?: string;
  /** Also offers algorithms that are no longer safe, for hosts that know no others. */
  readonly oldAlgorithms?: boolean;
  /** Socket of the running ssh-agent. */
  readonly agent?: string;
}

export interface ChannelExit {
  readonly code: number | undefined;
  readonly signal: string | undefined;
}

/** One remote process. Reading may be paused: the host is then held back by the SSH window. */
export interface Channel {
  readonly stream: Duplex;
  readonly stderr: Readable;
  /** Resolves when the channel has closed and all output was delivered. */
  readonly closed: Promise<ChannelExit>;
  resize(columns: number, rows: number): void;
  /** Closes at once; the server ends the process or leaves it, as it likes. */
  close(): void;
}

/** The port behind which the SSH library stands; the system's `ssh` could be another one. */
export interface Connection {
  readonly algorithms: string;
  readonly ended: Promise<Error | undefined>;
  exec(command: string): Promise<Channel>;
  shell(columns: number, rows: number, term: string): Promise<Channel>;
  /**
   * Bytes to and from a TCP port as the host itself reaches it (direct-tcpip, RFC 4254, 7.2). Throws
   * `host-forward-refused` where nothing listens and `host-forward-forbidden` where sshd allows none.
   */
  forward(address: string, port: number): Promise<Duplex>;
  end(): void;
}

/** Asked before any credential is sent. Throwing refuses the host and becomes the error of connect. */
export type VerifyHostKey = (blob: Buffer) => Promise<void>;

export interface ConnectOptions {
  readonly login: Login;
  readonly knownKeyTypes: readonly string[];
  readonly verify: VerifyHostKey;
  readonly signal?: AbortSignal;
}

export type Connect = (options: ConnectOptions) => Promise<Connection>;
