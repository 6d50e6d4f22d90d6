// The only way out of the bed: an HTTP proxy that speaks to this machine's own apt archives and to
// nothing else. It lives outside the bed's network and listens on a unix socket; a relay inside
// the network (apt-relay.ts) carries hosts' connections to it.

import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, statSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { readAptArchives } from './apt-sources.ts';
import { cacheFolder } from './places.ts';

export interface AptProxy {
  close(): Promise<void>;
}

// Both kinds of address name their content: a pool file never changes under one version, and a
// by-hash file cannot. Everything else (InRelease above all) must be asked for afresh.
const isImmutable = (path: string): boolean =>
  (path.includes('/pool/') && path.endsWith('.deb')) || path.includes('/by-hash/SHA256/');

function sendFile(path: string, response: ServerResponse): void {
  response.writeHead(200, { 'content-length': statSync(path).size, 'x-bed-cache': 'hit' });
  createReadStream(path).pipe(response);
}

async function passOn(
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
  keepAs: string | undefined,
): Promise<void> {
  const headers: IncomingHttpHeaders = { ...request.headers, host: url.host };
  delete headers['proxy-connection'];
  // A partial answer must not be kept as if it were the whole file.
  if (keepAs !== undefined) {
    delete headers.range;
    delete headers['if-range'];
  }
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const out = httpRequest(url, { method: request.method ?? 'GET', headers }, resolve);
    out.on('error', reject);
    response.on('close', () => out.destroy());
    out.end();
  });
  response.writeHead(answer.statusCode ?? 502, answer.headers);
  if (keepAs === undefined || answer.statusCode !== 200 || request.method !== 'GET') {
    await pipeline(answer, response);
    return;
  }
  const part = `${keepAs}.${randomUUID()}`;
  const file = createWriteStream(part);
  try {
    answer.on('data', (chunk: Buffer) => file.write(chunk));
    await pipeline(answer, response);
    await new Promise<void>((resolve) => file.end(() => resolve()));
    if (statSync(part).size === Number(answer.headers['content-length'])) {
      await rename(part, keepAs);
    }
  } finally {
    file.destroy();
    await rm(part, { force: true });
  }
}

export async function startAptProxy(socketPath: string): Promise<AptProxy> {
  const allowed = new Set(readAptArchives().map((archive) => new URL(archive.uri).host));
  const folder = join(cacheFolder(), 'packages');
  mkdirSync(folder, { recursive: true });
  const sockets = new Set<Socket>();

  const server: Server = createServer((request, response) => {
    const refuse = (status: number, why: string) => {
      if (!response.headersSent) response.writeHead(status, { 'content-type': 'text/plain' });
      response.end(`${why}\n`);
    };
    let url: URL;
    try {
      url = new URL(request.url ?? '');
    } catch {
      refuse(400, 'the bed proxy takes absolute addresses only');
      return;
    }
    if (!allowed.has(url.host) || url.protocol !== 'http:') {
      refuse(403, `the bed proxy does not go to ${url.host}`);
      return;
    }
    const name = createHash('sha256').update(url.href).digest('hex');
    const keepAs = isImmutable(url.pathname) ? join(folder, name) : undefined;
    if (keepAs !== undefined && existsSync(keepAs) && request.method === 'GET') {
      sendFile(keepAs, response);
      return;
    }
    passOn(url, request, response, keepAs).catch((cause: Error) => {
      if (response.headersSent) response.destroy();
      else refuse(502, cause.message);
    });
  });

  server.on('connect', (request: IncomingMessage, client: Socket) => {
    const [host = '', port = '443'] = (request.url ?? '').split(':');
    if (!(allowed.has(host) || allowed.has(`${host}:${port}`))) {
      client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    const out = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      out.pipe(client);
      client.pipe(out);
    });
    out.on('error', () => client.destroy());
    client.on('error', () => out.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, () => resolve());
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
