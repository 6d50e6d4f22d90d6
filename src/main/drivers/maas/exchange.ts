import { Pool } from 'undici';
import { LabwrightError } from '../../../contract/error.ts';
import { connectionError } from './connection-error.ts';
import { dialledConnector } from './dialled-connector.ts';
import type { Dial, MaasRoot } from './maas-server.ts';
import { pinnedConnector } from './pinned-connector.ts';

/** As many as calls are let through at once (link.ts), and one to spare for what is being closed. */
const MAX_SOCKETS = 7;
/** Shorter than the patience of nginx, Apache and twisted (60 s and more), so that we close first. */
const IDLE_MS = 10_000;

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** After the root, with its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** How long the server may think before it says anything, in milliseconds. */
  readonly thinkMs: number;
  /** How long it may stop in the middle of an answer, in milliseconds. */
  readonly silenceMs: number;
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly status: number;
  /** Lower-case names; of a repeated header the first. */
  readonly headers: Readonly<Record<string, string>>;
  /** Pieces as they come; throws typed errors. Read it, or `discard` it. */
  readonly body: AsyncGenerator<Uint8Array, void, void>;
  discard(): void;
}

/** HTTP with one MAAS. Sends everything exactly once and follows no redirection. */
export class MaasHttp {
  readonly root: MaasRoot;
  readonly #maas: string;
  readonly #kept: Pool;
  /** A write goes over a connection of its own: one that dies idle cannot take it down half-sent. */
  readonly #fresh: Pool;

  constructor(maas: string, root: MaasRoot, pin: string | undefined, dial?: Dial) {
    this.root = root;
    this.#maas = maas;
    const connect =
      dial === undefined || root.tls
        ? pinnedConnector(maas, root, pin)
        : dialledConnector(root, dial);
    const shared = { connect, connections: MAX_SOCKETS, keepAliveTimeout: IDLE_MS };
    this.#kept = new Pool(root.url.origin, shared);
    // No pipelining at all is how undici is told to close after each answer.
    this.#fresh = new Pool(root.url.origin, { ...shared, pipelining: 0 });
  }

  async send(request: Request): Promise<Answer> {
    if (request.signal?.aborted) throw new LabwrightError('cancelled');
    const pool = request.method === 'GET' ? this.#kept : this.#fresh;
    try {
      const { statusCode, headers, body } = await pool.request({
        method: request.method,
        path: `${this.root.url.pathname}${request.path}`,
        headers: request.headers,
        body: request.body ?? null,
        headersTimeout: request.thinkMs,
        bodyTimeout: request.silenceMs,
        ...(request.signal === undefined ? {} : { signal: request.signal }),
      });
      return {
        status: statusCode,
        headers: Object.fromEntries(
          Object.entries(headers).map(([name, value = '']) => [
            name,
            (typeof value === 'string' ? value : (value[0] ?? '')) as string,
          ]),
        ),
        body: this.#pieces(body, request.signal),
        discard: () => {
          body.on('error', () => {});
          body.destroy();
        },
      };
    } catch (error) {
      throw this.#explain(error, request.signal);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#kept.destroy(), this.#fresh.destroy()]);
  }

  async *#pieces(
    body: AsyncIterable<Uint8Array>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Uint8Array, void, void> {
    try {
      yield* body;
    } catch (error) {
      const explained = this.#explain(error, signal);
      // The status line has come: whatever ended the connection, it ended within the answer.
      if (explained.code !== 'maas-closed') throw explained;
      throw new LabwrightError('maas-answer-cut', { maas: this.#maas });
    }
  }

  #explain(error: unknown, signal: AbortSignal | undefined): LabwrightError {
    if (signal?.aborted) return new LabwrightError('cancelled');
    return connectionError(this.#maas, this.root, error);
  }
}
