// Publishes a cloud image as Ubuntu does: the image, SHA256SUMS, and a signature beside it.

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SigningKey } from '../bed/signing-key.ts';

export interface Publisher {
  readonly url: string;
  readonly sha256: string;
  /** Requests for the image, with the byte each began at. */
  readonly fetches: readonly number[];
  /** How the next requests for the image go wrong, one after another. */
  readonly troubles: ('cut' | 'spoiled')[];
  /** Signs the list with another key, or changes it after it was signed. */
  publish(key: SigningKey, spoiled?: boolean): Promise<void>;
  close(): Promise<void>;
}

const FILE = 'server-cloudimg-amd64.img';

/** Serves on an address of the bed, with ranges, as any web server of images does. */
export async function publishImage(
  address: string,
  image: Buffer,
  key: SigningKey,
): Promise<Publisher> {
  const sha256 = createHash('sha256').update(image).digest('hex');
  const fetches: number[] = [];
  const troubles: Publisher['troubles'] = [];
  let sums = '';
  let signature = '';
  const publish: Publisher['publish'] = async (by, spoiled = false) => {
    const honest = `${'0'.repeat(64)} *other.img\n${sha256} *${FILE}\n`;
    signature = await by.detach(honest);
    sums = spoiled ? honest.replace('other', 'others') : honest;
  };
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    if (path.endsWith('/SHA256SUMS')) return void response.end(sums);
    if (path.endsWith('/SHA256SUMS.gpg')) return void response.end(signature);
    if (!path.endsWith(`/${FILE}`)) return void response.writeHead(404).end();
    const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const size = image.length;
    response.setHeader('accept-ranges', 'bytes');
    response.setHeader('content-length', size - start);
    if (start > 0) response.setHeader('content-range', `bytes ${start}-${size - 1}/${size}`);
    response.statusCode = start > 0 ? 206 : 200;
    if (request.method === 'HEAD') return void response.end();
    fetches.push(start);
    const trouble = troubles.shift();
    const body = image.subarray(start);
    if (trouble === 'spoiled') {
      const other = Buffer.from(body);
      other[other.length >> 1] = (other[other.length >> 1] ?? 0) ^ 1;
      response.end(other);
    } else if (trouble === 'cut') {
      response.write(body.subarray(0, body.length >> 1), () => response.destroy());
    } else response.end(body);
  });
  server.listen(0, address);
  await once(server, 'listening');
  await publish(key);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${address}:${port}/releases/noble/release/${FILE}`,
    sha256,
    fetches,
    troubles,
    publish,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
