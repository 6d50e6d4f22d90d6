import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize, sep } from 'node:path';
import { RPCHandler } from '@orpc/server/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Core } from '../app/core.ts';
import type { TerminalPeer } from '../ssh/terminal-sessions.ts';
import { Access } from './access.ts';

/** A call carries at most a lab file and a secret. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

const SECURITY_HEADERS = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    // xterm's DOM renderer writes style elements; scripts stay strict.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=()',
};

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

/** A page that is loaded anew is away for less than this, also on a slow computer. */
const RELOAD_MS = 5000;

export interface BrowserShell {
  /** The address to open; works once. */
  readonly entrance: string;
  readonly port: number;
  /** How many connections pages have. */
  readonly pages: number;
  /** Resolves when the first page has come. */
  readonly visited: Promise<void>;
  /** Resolves when all pages have gone, and none has come back for longer than a reload takes. */
  readonly left: Promise<void>;
  close(): Promise<void>;
}

/** Serves the renderer and the contract on loopback. */
export async function serve(
  core: Core,
  options: { renderer: string; port?: number },
): Promise<BrowserShell> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const access = new Access(port);
  server.on('request', (request, response) => {
    answer(request, response, access, options.renderer).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
  });
  const calls = new RPCHandler(core.router);
  const visited = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  let empty: NodeJS.Timeout | undefined;
  const onLeave = () => {
    if (sockets.clients.size === 0) empty = setTimeout(left.resolve, RELOAD_MS);
  };
  server.on('upgrade', (request, socket, head) => {
    const path = request.url?.split('?')[0];
    const known = path === '/rpc' || path === '/terminals';
    if (
      !known ||
      !access.hostAllowed(request) ||
      !access.originAllowed(request) ||
      !access.hasSession(request)
    ) {
      socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => client.terminate());
      client.once('close', onLeave);
      clearTimeout(empty);
      visited.resolve();
      if (path === '/rpc') calls.upgrade(client, { context: {} });
      else attachTerminals(core, client);
    });
  });

  return {
    get entrance() {
      return access.entrance;
    },
    port,
    get pages() {
      return sockets.clients.size;
    },
    visited: visited.promise,
    left: left.promise,
    close: async () => {
      for (const client of sockets.clients) client.terminate();
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeAllConnections();
      await closed;
      clearTimeout(empty);
    },
  };
}

function attachTerminals(core: Core, client: WebSocket): void {
  const peer: TerminalPeer = { send: (frame) => client.send(frame, { binary: true }) };
  client.on('message', (data: Buffer, binary) => {
    try {
      if (!binary) throw new RangeError('terminal frames are binary');
      core.terminals.receive(peer, data);
    } catch {
      // A page that speaks rubbish is cut off; it may connect again.
      client.close(1008, 'malformed frame');
    }
  });
  client.on('close', () => core.terminals.drop(peer));
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  access: Access,
  renderer: string,
): Promise<void> {
  const refuse = (status: number, text: string) => {
    response.writeHead(status, {
      'Content-Type': 'text/plain; charset=utf-8',
      ...SECURITY_HEADERS,
    });
    response.end(`${text}\n`);
  };
  if (!access.hostAllowed(request)) return refuse(421, 'This is not the address of Labwright.');
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'Only GET.');
  // Not as a relative address: `//name/` would be another host.
  const url = new URL(`http://${request.headers.host}${request.url ?? '/'}`);
  if (url.pathname === '/enter') {
    const cookie = access.enter(url.searchParams.get('ticket') ?? '');
    if (cookie === undefined) {
      return refuse(403, 'This address works once. Start Labwright again to get a new one.');
    }
    response.writeHead(303, { Location: '/', 'Set-Cookie': cookie, 'Cache-Control': 'no-store' });
    response.end();
    return;
  }
  if (!access.hasSession(request)) {
    return refuse(403, 'Open Labwright by the address that it printed; it works once.');
  }
  const path = decoded(url.pathname);
  if (path === undefined) return refuse(404, 'Not found.');
  const relative = normalize(path).replace(/^[/\\]+/, '') || 'index.html';
  if (relative.split(sep).includes('..')) return refuse(404, 'Not found.');
  const type = TYPES[extname(relative)];
  const content =
    type === undefined
      ? undefined
      : await readFile(join(renderer, relative)).catch(() => undefined);
  if (type === undefined || content === undefined) return refuse(404, 'Not found.');
  // Built files carry a hash in their name; the page itself must always be asked for.
  const cache = relative.startsWith('assets/')
    ? 'private, max-age=31536000, immutable'
    : 'no-store';
  response.writeHead(200, { 'Content-Type': type, 'Cache-Control': cache, ...SECURITY_HEADERS });
  response.end(request.method === 'HEAD' ? undefined : content);
}
