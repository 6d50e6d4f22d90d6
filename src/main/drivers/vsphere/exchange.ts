import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { Readable } from 'node:stream';
import { LabwrightError } from '../../../contract/error.ts';
import { connectionError } from './connection-error.ts';
import type { PinnedAgent } from './pinned-agent.ts';
import { HTTPS_PORT, type Site } from './site.ts';

export interface Exchange {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Text, or a stream of exactly `size` bytes. */
  readonly body: string | { readonly stream: Readable; readonly size: number };
  /** How long the site may say nothing, in milliseconds. */
  readonly silenceMs: number;
  /** How long the whole may take, in milliseconds; a transfer of a file has no such limit. */
  readonly deadlineMs?: number;
  /** More than this in the answer's body ends the exchange, in bytes. */
  readonly limit: number;
  readonly signal?: AbortSignal;
  /** Called as the body goes out, with the bytes sent so far. */
  readonly onSent?: (bytes: number) => void;
}

export interface ExchangeAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Pieces as they come, as text or as bytes. Throws typed errors: cut, too large, silent, cancelled. */
  readonly body: AsyncGenerator<string, void, void>;
  readonly bytes: AsyncGenerator<Buffer, void, void>;
  /** For a body that nobody reads: gives the connection up. */
  discard(): void;
}

/**
 * One HTTP exchange over a pinned connection. Rejects with a typed error that names the site;
 * what was sent is never part of it.
 */
export async function exchange(
  site: Site,
  agent: PinnedAgent,
  what: Exchange,
): Promise<ExchangeAnswer> {
  if (what.signal?.aborted) throw new LabwrightError('cancelled');
  const host = hostHeader(site);
  const length = what.method === 'GET' ? {} : { 'Content-Length': bodySize(what.body) };
  const sent = request({
    agent,
    method: what.method,
    path: what.path,
    host: site.address,
    port: site.port ?? HTTPS_PORT,
    headers: { ...what.headers, Host: host, ...length },
  });
  const guard = new Guard(site, sent, what);
  try {
    const answer = await answered(sent, what, guard);
    return {
      status: answer.statusCode ?? 0,
      headers: answer.headers,
      body: text(pieces(site, answer, what.limit, guard)),
      bytes: pieces(site, answer, what.limit, guard),
      discard: () => {
        guard.end();
        answer.destroy();
      },
    };
  } catch (error) {
    guard.end();
    if (typeof what.body !== 'string') what.body.stream.destroy();
    throw guard.explain(error);
  }
}

function bodySize(body: Exchange['body']): number {
  return typeof body === 'string' ? Buffer.byteLength(body) : body.size;
}

function hostHeader({ address, port = HTTPS_PORT }: Site): string {
  const name = address.includes(':') ? `[${address}]` : address;
  return port === HTTPS_PORT ? name : `${name}:${port}`;
}

function answered(sent: ClientRequest, what: Exchange, guard: Guard): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.on('error', reject);
    sent.once('response', resolve);
    const { body } = what;
    if (typeof body === 'string') {
      sent.end(body);
      return;
    }
    let bytes = 0;
    body.stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      guard.heard();
      what.onSent?.(bytes);
    });
    body.stream.once('error', (error) => sent.destroy(error));
    body.stream.pipe(sent);
  });
}

async function* text(
  pieces: AsyncGenerator<Buffer, void, void>,
): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  for await (const piece of pieces) yield decoder.decode(piece, { stream: true });
  yield decoder.decode();
}

async function* pieces(
  site: Site,
  answer: IncomingMessage,
  limit: number,
  guard: Guard,
): AsyncGenerator<Buffer, void, void> {
  let bytes = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      guard.pause();
      bytes += chunk.length;
      if (bytes > limit)
        throw new LabwrightError('site-answer-too-large', { site: site.name, limit });
      yield chunk;
      guard.heard();
    }
  } catch (error) {
    if (error instanceof LabwrightError) throw error;
    const cause = guard.explain(error);
    // The status line has come: whatever ended the connection, it ended within the answer.
    throw cause.code === 'site-closed'
      ? new LabwrightError('site-answer-cut', { site: site.name }, { cause: error })
      : cause;
  } finally {
    guard.end();
    // A reader that stops early does not want the rest.
    if (!answer.complete) answer.destroy();
  }
}

/** Ends a request that was cancelled or whose site fell silent, and remembers which it was. */
class Guard {
  readonly #site: Site;
  readonly #sent: ClientRequest;
  readonly #silenceMs: number;
  readonly #signal: AbortSignal | undefined;
  readonly #deadline: NodeJS.Timeout | undefined;
  #timer: NodeJS.Timeout | undefined;
  #reason: LabwrightError | undefined;

  constructor(site: Site, sent: ClientRequest, { silenceMs, deadlineMs, signal }: Exchange) {
    this.#site = site;
    this.#sent = sent;
    this.#silenceMs = silenceMs;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#cancelled);
    if (deadlineMs !== undefined) this.#deadline = setTimeout(() => this.#silent(), deadlineMs);
    this.heard();
  }

  heard(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#silent(), this.#silenceMs);
  }

  /** While a piece is being worked on, silence is our own. */
  pause(): void {
    clearTimeout(this.#timer);
  }

  end(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#deadline);
    this.#signal?.removeEventListener('abort', this.#cancelled);
  }

  explain(error: unknown): LabwrightError {
    return this.#reason ?? connectionError(this.#site, error);
  }

  readonly #cancelled = () => this.#stop(new LabwrightError('cancelled'));

  #silent(): void {
    this.#stop(new LabwrightError('site-silent', { site: this.#site.name }));
  }

  #stop(reason: LabwrightError): void {
    this.#reason ??= reason;
    this.#sent.destroy(reason);
  }
}
