import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bodyOf, type Recording, recording, type SentRequest, sentRequest } from './recordings.ts';

const VERSION = '001-version-anon';

/** Answers with recordings, each once. The version it always knows. */
export class ReplayServer {
  readonly requests: (SentRequest & { readonly headers: IncomingMessage['headers'] })[] = [];
  readonly address: string;
  readonly #server: Server;
  #waiting: Recording[] = [];

  private constructor(server: Server) {
    this.#server = server;
    const { port } = server.address() as AddressInfo;
    this.address = `http://127.0.0.1:${port}/MAAS/`;
    server.on('request', (request, response) => void this.#answer(request, response));
  }

  static async start(): Promise<ReplayServer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ReplayServer(server);
  }

  /** What the next requests are answered with. */
  serve(...names: readonly string[]): void {
    this.requests.length = 0;
    this.#waiting = names.map(recording);
  }

  /** Recordings that nobody asked for. */
  get unasked(): readonly string[] {
    return this.#waiting.map(({ name }) => name);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
    const { method = '', url = '' } = request;
    const asked = sentRequest(method, url, [
      ...new URLSearchParams(Buffer.concat(pieces).toString()),
    ]);
    const version = asked.path.endsWith('/api/2.0/version/');
    const found = version ? recording(VERSION) : this.#take(asked);
    if (!version) this.requests.push({ ...asked, headers: request.headers });
    if (found === undefined) {
      response.writeHead(500, { 'Content-Type': 'text/plain' });
      response.end(`no recording waits for ${method} ${url}`);
      return;
    }
    const { 'Content-Length': _length, ...headers } = found.response.headers;
    response.writeHead(found.response.status, headers);
    response.end(bodyOf(found));
  }

  /** The one that fits best by method and path, else the first. */
  #take({ method, path }: SentRequest): Recording | undefined {
    const fits = this.#waiting.findIndex(
      ({ request }) => request.method === method && request.path.split('?')[0] === path,
    );
    return this.#waiting.splice(Math.max(0, fits), 1)[0];
  }
}
