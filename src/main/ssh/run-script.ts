import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { LabwrightError } from '../../contract/error.ts';
import type { Channel, Connection } from './connection.ts';
import { loaderCommand, loaderFrame, type ScriptSecret, sudoLoaderCommand } from './loader.ts';

export interface ScriptRequest {
  /** Name of the host, for messages. */
  readonly host: string;
  /** POSIX sh. */
  readonly script: string;
  readonly sudo: boolean;
  /** Sent only when sudo asks; fetched late so that it is not read from the vault in vain. */
  readonly sudoPassword?: () => Promise<string>;
  readonly secrets?: readonly ScriptSecret[];
  /** The script's own stdin; a stream goes out as fast as the script takes it. */
  readonly stdin?: Uint8Array | Readable;
  /** The whole run must be over by then; of a live one, the start. */
  readonly deadlineMs: number;
  /** For a script without an end. */
  readonly live?: LiveScript;
  readonly maxOutputBytes?: number;
  readonly signal?: AbortSignal;
}

/** What is said is handed over as it comes; its stdin stays open and gets a line now and then. */
export interface LiveScript {
  readonly beatMs: number;
  readonly onOutput: (chunk: Buffer) => void;
}

export interface ScriptResult {
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
}

/** Enough for the products file of a real stream (a few MB); more is a broken or hostile host. */
const MAX_OUTPUT_BYTES = 32 * 1024 * 1024;
const MAX_STDERR_BYTES = 64 * 1024;
/** What may come before the nonce: a banner of the login shell's start-up files. */
const MAX_PREAMBLE_BYTES = 256 * 1024;

/** Reads sudo's refusals; the loader pins LC_ALL=C. Texts: sudo 1.8–1.9 sources, `sudoers.so`. */
function sudoRefusal(
  stderr: string,
  exitCode: number | undefined,
  host: string,
): Error | undefined {
  const options = { detail: stderr.trim() };
  if (/not in the sudoers file|not allowed to (execute|run)|may not run sudo/.test(stderr)) {
    return new LabwrightError('sudo-denied', { host }, options);
  }
  if (/must have a tty|terminal is required/.test(stderr)) {
    return new LabwrightError('sudo-needs-terminal', { host }, options);
  }
  if (
    /incorrect password|no password was provided|password is required|Sorry, try again/.test(stderr)
  ) {
    return new LabwrightError('sudo-wrong-password', { host }, options);
  }
  if (exitCode === 127 || /sudo.*No such file|sudo: (command )?not found/.test(stderr)) {
    return new LabwrightError('sudo-missing', { host }, options);
  }
  return undefined;
}

class ScriptRun {
  readonly #request: ScriptRequest;
  readonly #nonce = `lw${randomBytes(12).toString('hex')}`;
  readonly #prompt = `[${this.#nonce}] password: `;
  #channel: Channel | undefined;
  #started = false;
  #passwordSent = false;
  #preamble = Buffer.alloc(0);
  #stdout: Buffer[] = [];
  #stdoutBytes = 0;
  #stderr = '';
  #over = false;
  #deadline: NodeJS.Timeout | undefined;
  #beat: NodeJS.Timeout | undefined;
  readonly #stopped = Promise.withResolvers<never>();

  constructor(request: ScriptRequest) {
    this.#request = request;
  }

  async run(connection: Connection): Promise<ScriptResult> {
    const { sudo, host, deadlineMs, signal } = this.#request;
    const command = sudo
      ? sudoLoaderCommand(this.#nonce, this.#prompt)
      : loaderCommand(this.#nonce);
    this.#deadline = setTimeout(
      () => this.#stop(new LabwrightError('host-timeout', { host })),
      deadlineMs,
    );
    const abort = () => this.#stop(new LabwrightError('cancelled'));
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    this.#watchStdin();
    try {
      // A peer behind a dead link answers neither an open nor a close: nothing may wait for it.
      return await Promise.race([this.#exchange(connection, command), this.#stopped.promise]);
    } finally {
      clearTimeout(this.#deadline);
      clearInterval(this.#beat);
      signal?.removeEventListener('abort', abort);
      // A script that ended early does not want the rest.
      if (this.#request.stdin instanceof Readable) this.#request.stdin.destroy();
    }
  }

  /** What cannot be read to its end must never look like all of it. It may fail before it is wanted. */
  #watchStdin(): void {
    const { stdin } = this.#request;
    if (!(stdin instanceof Readable)) return;
    stdin.on('error', (error) => this.#stop(error));
    if (stdin.errored !== null) this.#stop(stdin.errored);
  }

  async #exchange(connection: Connection, command: string): Promise<ScriptResult> {
    const { host } = this.#request;
    const channel = await connection.exec(command);
    this.#channel = channel;
    if (this.#over) this.#hangUp();
    channel.stream.on('data', (chunk: Buffer) => this.#onStdout(chunk));
    channel.stderr.on('data', (chunk: Buffer) => this.#onStderr(chunk));
    let linkFailure: Error | undefined;
    connection.ended.then((error) => {
      linkFailure = error ?? new LabwrightError('host-closed', { host });
    });
    const exit = await Promise.race([
      channel.closed,
      // ssh2 does not always close channels when a half-open connection is destroyed.
      connection.ended.then(() => ({ code: undefined, signal: undefined })),
    ]);
    if (exit.code === undefined && exit.signal === undefined) {
      throw linkFailure ?? new LabwrightError('host-closed', { host });
    }
    if (!this.#started) throw this.#notStarted(exit.code);
    return {
      stdout: Buffer.concat(this.#stdout),
      stderr: this.#stderr,
      exitCode: exit.code,
      signal: exit.signal,
    };
  }

  #notStarted(exitCode: number | undefined): Error {
    const { host, sudo } = this.#request;
    const refusal = sudo ? sudoRefusal(this.#stderr, exitCode, host) : undefined;
    const detail = `${this.#preamble.toString('utf8')}${this.#stderr}`.trim();
    return refusal ?? new LabwrightError('host-no-shell', { host }, { detail });
  }

  #stop(error: unknown): void {
    this.#over = true;
    this.#stopped.reject(error);
    this.#hangUp();
  }

  #hangUp(): void {
    this.#channel?.close();
    this.#channel?.stream.destroy();
  }

  #onStdout(chunk: Buffer): void {
    if (this.#over) return;
    if (this.#started) {
      this.#collect(chunk);
      return;
    }
    this.#preamble = Buffer.concat([this.#preamble, chunk]);
    const mark = Buffer.from(`${this.#nonce}\n`);
    const at = this.#preamble.indexOf(mark);
    if (at < 0) {
      if (this.#preamble.length > MAX_PREAMBLE_BYTES) {
        this.#stop(new LabwrightError('output-too-large', { host: this.#request.host }));
      }
      return;
    }
    this.#started = true;
    const rest = this.#preamble.subarray(at + mark.length);
    this.#preamble = Buffer.alloc(0);
    this.#stderr = '';
    const { stream } = this.#channel!;
    const { script, secrets, stdin, live } = this.#request;
    stream.write(loaderFrame(this.#nonce, script, secrets));
    if (live !== undefined) {
      clearTimeout(this.#deadline);
      this.#beat = setInterval(() => stream.write('\n'), live.beatMs);
    } else if (stdin instanceof Readable) stdin.pipe(stream);
    else stream.end(stdin === undefined ? undefined : Buffer.from(stdin));
    if (rest.length > 0) this.#collect(rest);
  }

  #collect(chunk: Buffer): void {
    if (this.#request.live !== undefined) {
      this.#request.live.onOutput(chunk);
      return;
    }
    this.#stdoutBytes += chunk.length;
    if (this.#stdoutBytes > (this.#request.maxOutputBytes ?? MAX_OUTPUT_BYTES)) {
      this.#stdout = [];
      this.#stop(new LabwrightError('output-too-large', { host: this.#request.host }));
      return;
    }
    this.#stdout.push(chunk);
  }

  #onStderr(chunk: Buffer): void {
    if (this.#over) return;
    if (this.#stderr.length < MAX_STDERR_BYTES) this.#stderr += chunk.toString('utf8');
    if (this.#started || !this.#request.sudo) return;
    const asked = this.#stderr.split(this.#prompt).length - 1;
    if (asked === 0) return;
    if (this.#passwordSent) {
      // Asked again: the password is wrong. More tries could lock the account.
      if (asked > 1) {
        this.#stop(new LabwrightError('sudo-wrong-password', { host: this.#request.host }));
      }
      return;
    }
    this.#passwordSent = true;
    const password = this.#request.sudoPassword;
    const fetched = password
      ? password()
      : Promise.reject(new LabwrightError('secret-missing', { name: 'sudo_password' }));
    fetched.then(
      (value) => this.#channel?.stream.write(`${value}\n`),
      (error: unknown) => this.#stop(error),
    );
  }
}

/**
 * Runs one script in one channel. Throws LabwrightError `host-timeout`, `host-closed`,
 * `output-too-large`, `cancelled`, `host-no-shell` and the `sudo-*` codes; a non-zero exit of the
 * script itself is a result, not an error.
 */
export function runScript(connection: Connection, request: ScriptRequest): Promise<ScriptResult> {
  return new ScriptRun(request).run(connection);
}
