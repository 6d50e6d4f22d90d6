import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { LabwrightError } from '../../../src/contract/error.ts';
import type { TestCertificate } from './test-certificate.ts';

export interface StubRequest {
  readonly method: string;
  /** After the root (`/MAAS/`), without the query. */
  readonly path: string;
  readonly op: string | undefined;
  readonly query: URLSearchParams;
  readonly form: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}

/** Answers itself, or gives what is answered: an object as JSON, a text as text. */
export type StubHandler = (
  request: StubRequest,
  response: ServerResponse,
) => unknown | Promise<unknown>;

/** What a handler that has dealt with the response itself returns. */
export const ANSWERED = Symbol('answered');

/** A MAAS that says what the test wants: for what cannot be recorded. */
export class MaasStub {
  readonly requests: StubRequest[] = [];
  readonly address: string;
  /** How many requests were under way at once, at most. */
  mostAtOnce = 0;
  #atOnce = 0;
  readonly #server: Server;
  readonly #handler: StubHandler;

  private constructor(server: Server, address: string, handler: StubHandler) {
    this.#server = server;
    this.address = address;
    this.#handler = handler;
  }

  static async start(handler: StubHandler, certificate?: TestCertificate): Promise<MaasStub> {
    let stub: MaasStub | undefined;
    const listener: RequestListener = (request, response) => void stub?.answer(request, response);
    const server =
      certificate === undefined ? createServer(listener) : createTlsServer(certificate, listener);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const scheme = certificate === undefined ? 'http' : 'https';
    stub = new MaasStub(server, `${scheme}://127.0.0.1:${port}/MAAS/`, handler);
    return stub;
  }

  /** Requests but that for the version, as `METHOD path?op`. */
  get calls(): readonly string[] {
    return this.requests
      .filter(({ path }) => !path.endsWith('/version/'))
      .map(({ method, path, op }) => `${method} ${path}${op === undefined ? '' : `?${op}`}`);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#atOnce);
    response.once('close', () => {
      this.#atOnce -= 1;
    });
    const pieces: Buffer[] = [];
    for await (const piece of incoming as AsyncIterable<Buffer>) pieces.push(piece);
    const url = new URL(incoming.url ?? '', 'http://maas');
    const request: StubRequest = {
      method: incoming.method ?? '',
      path: url.pathname.replace(/^\/MAAS\//, ''),
      op: url.searchParams.get('op') ?? undefined,
      query: url.searchParams,
      form: new URLSearchParams(Buffer.concat(pieces).toString()),
      headers: incoming.headers,
    };
    this.requests.push(request);
    const answer = await this.#handler(request, response);
    if (answer === ANSWERED) return;
    const text = typeof answer === 'string';
    if (!response.hasHeader('Content-Type'))
      response.setHeader('Content-Type', text ? 'text/plain' : 'application/json; charset=utf-8');
    response.end(text ? answer : JSON.stringify(answer ?? null));
  }
}

/** A clock that only moves when somebody sleeps, and writes down for how long. */
export class SteppedClock {
  readonly sleeps: number[] = [];
  #now: number;

  constructor(now = Date.parse('2026-11-26T12:00:00Z')) {
    this.#now = now;
  }

  now = (): number => this.#now;

  sleep = async (milliseconds: number, signal?: AbortSignal): Promise<void> => {
    if (signal?.aborted) throw new LabwrightError('cancelled');
    this.sleeps.push(milliseconds);
    this.#now += milliseconds;
    await new Promise(setImmediate);
  };
}

export const refuse = (
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): typeof ANSWERED => {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', ...headers });
  response.end(body);
  return ANSWERED;
};

export async function errorOf(work: Promise<unknown>): Promise<LabwrightError> {
  const error = await work.then(
    (value) => new Error(`no error, but ${JSON.stringify(value)}`),
    (caught: unknown) => caught,
  );
  if (!(error instanceof LabwrightError)) throw error;
  return error;
}

/** Everything of an error that can be shown or logged. */
export const allOf = (error: LabwrightError): string =>
  JSON.stringify([error, error.message, error.stack, error.toData(), String(error.cause)]);
