import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Answer,
  anonymous,
  badText,
  noHeader,
  Refused,
  refused,
  unknownPath,
  wrongVerb,
} from './answer.ts';
import { api1Routes } from './api-1-routes.ts';
import { api2Routes } from './api-2-routes.ts';
import { Region, type RegionLine, type RegionOptions } from './region.ts';
import { Fields, readFields } from './request-form.ts';
import { findRoute, type Route, verbsOf } from './routes.ts';

const ROOT = '/MAAS/';
const MAX_REQUEST = 64 * 1024 * 1024;

/** What a 3.3.11 says of itself (recorded). */
const VERSION = {
  capabilities: [
    'networks-management',
    'static-ipaddresses',
    'ipv6-deployment-ubuntu',
    'devices-management',
    'storage-deployment-ubuntu',
    'network-deployment-ubuntu',
    'bridging-interface-ubuntu',
    'bridging-automatic-ubuntu',
    'authenticate-api',
  ],
  version: '3.3.11',
  subversion: '',
};

/** What a 1.7.6 says of itself (source of 1.7). */
const VERSION_1 = {
  capabilities: [
    'networks-management',
    'static-ipaddresses',
    'ipv6-deployment-ubuntu',
    'devices-management',
  ],
  version: '1.7.6',
  subversion: '',
};

interface Api {
  readonly path: string;
  readonly routes: readonly Route[];
  readonly version: unknown;
}

const APIS: Readonly<Record<RegionLine, Api>> = {
  '3.3': { path: 'api/2.0/', routes: api2Routes, version: VERSION },
  '1.7': { path: 'api/1.0/', routes: api1Routes, version: VERSION_1 },
};

export interface PracticeMaas {
  /** Up to and including the slash before `api`. */
  readonly address: string;
  /** What it knows: to look at, and to change as somebody else would. */
  readonly region: Region;
  close(): Promise<void>;
}

/**
 * A MAAS on loopback. A 3.3 answers as a real one was recorded to, a 1.7 as its source says.
 */
export async function startPracticeMaas(options: RegionOptions): Promise<PracticeMaas> {
  const region = new Region(options);
  const api = APIS[options.line];
  const server = createServer((request, response) => void answer(region, api, request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}${ROOT}`,
    region,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answer(
  region: Region,
  api: Api,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let given: Answer;
  try {
    given = await handle(region, api, request);
  } catch (error) {
    // A bug of ours is what MAAS makes of its own: status 500 with the text.
    given =
      error instanceof Refused
        ? error.answer
        : refused(500, error instanceof Error ? error.message : String(error)).answer;
  }
  response.writeHead(given.status, {
    Date: new Date(region.time.now()).toUTCString(),
    ...given.headers,
    'Content-Length': Buffer.byteLength(given.body),
  });
  response.end(given.body);
}

async function handle(region: Region, api: Api, request: IncomingMessage): Promise<Answer> {
  const url = new URL(request.url ?? '', 'http://maas');
  const method = request.method ?? '';
  const form = await readFields(await bodyOf(request), request.headers['content-type'] ?? '');
  const base = ROOT + api.path;
  if (!url.pathname.startsWith(base)) {
    const known = api.path === 'api/2.0/' && url.pathname === `${ROOT}accounts/authenticate/`;
    if (known) return authenticate(region, form);
    // Of another API, or of the pages: Django's own answer.
    throw refused(404, '', { 'Content-Type': 'text/html; charset=utf-8' });
  }
  const path = url.pathname.slice(base.length);
  if (path === 'version/') return anonymous(api.version);
  const found = findRoute(api.routes, path);
  if (found === undefined) throw unknownPath(url.pathname);
  const query = new Fields([...url.searchParams]);
  const op = query.get('op') ?? form.get('op');
  const key = op === undefined ? method : `${method}?${op}`;
  const user = region.users.signedBy(request.headers.authorization);
  const { route, params } = found;
  if (user === undefined) {
    // A path with an anonymous side is asked for the operation first, and has it not (recorded).
    if (route.anonymous === undefined) throw noHeader();
    const handler = route.anonymous[key];
    if (handler === undefined) throw signature(method, op);
    return handler({ region, params, query, form });
  }
  const handler = route.calls[key];
  if (handler === undefined) throw missing(route, method, op);
  return handler({ region, user, params, query, form });
}

const signature = (method: string, op: string | undefined): Refused =>
  badText(`Unrecognised signature: method=${method} op=${op ?? 'None'}`);

function missing(route: Route, method: string, op: string | undefined): Refused {
  const verbs = verbsOf(route);
  return op === undefined && !verbs.includes(method) ? wrongVerb(verbs) : signature(method, op);
}

/** A key for a user name and a password: no part of the API, and answered differently. */
function authenticate(region: Region, form: Fields): Answer {
  const user = region.users.byPassword(form.get('username') ?? '', form.get('password') ?? '');
  if (user === undefined)
    return { status: 403, body: '', headers: { 'Content-Type': 'text/html; charset=utf-8' } };
  const key = region.users.newKey(user, form.get('consumer') ?? 'MAAS consumer');
  const body = JSON.stringify({
    consumer_key: key.consumer,
    name: key.label,
    token_key: key.token,
    token_secret: key.secret,
  });
  return { status: 200, body, headers: { 'Content-Type': 'application/json', Vary: 'Cookie' } };
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MAX_REQUEST) throw refused(413, 'Request body exceeded the limit.');
    pieces.push(piece);
  }
  return new Uint8Array(Buffer.concat(pieces));
}
