import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createMessage, generateKey, type PrivateKey, sign } from 'openpgp';

/** How one request for the image goes wrong. */
export type Trouble = 'cut' | 'spoiled' | 'no-range' | 'gone' | 'hangs';

export interface LoopbackPublisher {
  readonly url: string;
  readonly port: number;
  readonly sha256: string;
  /** The key that signs, as gpgv takes it. */
  readonly keyring: Buffer;
  /** Path and first byte of each request for a file. */
  readonly requests: { readonly method: string; readonly path: string; readonly from: number }[];
  /** What becomes of the next requests for the image, one after another. */
  readonly troubles: Trouble[];
  /** Files as they are served; a test may take one away or change it. */
  readonly files: Map<string, Buffer>;
  /** Ends answers that hang, as a publisher does that comes back to life. */
  hangUp(): void;
  close(): Promise<void>;
}

const FILE = 'server-cloudimg-amd64.img';
const FOLDER = '/releases/noble/release';

let key: Promise<PrivateKey> | undefined;

async function signingKey(): Promise<PrivateKey> {
  key ??= generateKey({
    userIDs: [{ name: 'publisher', email: 'p@localhost' }],
    curve: 'ed25519Legacy',
    format: 'object',
  }).then(({ privateKey }) => privateKey);
  return key;
}

/** Publishes an image on loopback as Ubuntu does: the image, SHA256SUMS, and its signature beside it. */
export async function publishOnLoopback(image: Buffer): Promise<LoopbackPublisher> {
  const sha256 = createHash('sha256').update(image).digest('hex');
  const sums = Buffer.from(`${'0'.repeat(64)} *other.img\n${sha256} *${FILE}\n`);
  const signingKeys = await signingKey();
  const signature = await sign({
    message: await createMessage({ binary: sums }),
    signingKeys,
    detached: true,
    format: 'armored',
  });
  const files = new Map([
    [FILE, image],
    ['SHA256SUMS', sums],
    ['SHA256SUMS.gpg', Buffer.from(signature)],
  ]);
  const requests: LoopbackPublisher['requests'] = [];
  const troubles: Trouble[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/moved') {
      response.writeHead(302, { location: `${FOLDER}/${FILE}` }).end();
      return;
    }
    const name = pathname.startsWith(`${FOLDER}/`) ? pathname.slice(FOLDER.length + 1) : '';
    const bytes = files.get(name);
    const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    requests.push({ method: request.method ?? '', path: name, from });
    if (bytes === undefined) response.writeHead(404).end('no such file');
    else serve(request, response, bytes, from, name === FILE ? troubles : []);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${FOLDER}/${FILE}`,
    port,
    sha256,
    keyring: Buffer.from(signingKeys.toPublic().write()),
    requests,
    troubles,
    files,
    hangUp: () => {
      for (const socket of sockets) socket.destroy();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

function serve(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Buffer,
  from: number,
  troubles: Trouble[],
): void {
  const trouble = request.method === 'GET' ? troubles.shift() : undefined;
  if (trouble === 'gone') {
    response.writeHead(404).end('gone');
    return;
  }
  const start = trouble === 'no-range' ? 0 : from;
  if (start > 0 && start >= bytes.length) {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
    return;
  }
  response.statusCode = start > 0 ? 206 : 200;
  if (start > 0) {
    response.setHeader('content-range', `bytes ${start}-${bytes.length - 1}/${bytes.length}`);
  }
  response.setHeader('content-length', bytes.length - start);
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const body = Buffer.from(bytes.subarray(start));
  const middle = body.length >> 1;
  if (trouble === 'spoiled') body[middle] = (body[middle] ?? 0) ^ 1;
  if (trouble === 'cut') {
    response.write(body.subarray(0, middle), () => response.destroy());
  } else if (trouble === 'hangs') response.write(body.subarray(0, middle));
  else response.end(body);
}
