import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LabwrightError } from '../../../src/contract/error.ts';
import type { WantedImage } from '../../../src/main/engine/probes/cloud-image.ts';
import { ImageCache } from '../../../src/main/images/image-cache.ts';
import { offeredHere } from '../../../src/main/images/published-image.ts';
import { type LoopbackPublisher, publishOnLoopback } from '../support/loopback-publisher.ts';
import { qcow2Image } from '../support/qcow2-image.ts';

const { image, disk } = qcow2Image({
  clusterBits: 12,
  version: 3,
  tail: 4096,
  clusters: Array.from({ length: 60 }, (_, fill) => ({
    kind: fill % 3 === 0 ? ('hole' as const) : ('plain' as const),
    fill,
  })),
});

/** No proxy of the machine that runs the tests may come between. */
const DIRECT = {};

let folder: string;
let cache: ImageCache;
let publisher: LoopbackPublisher;
let keyring: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'labwright-cache-'));
  cache = new ImageCache(join(folder, 'images'));
  publisher = await publishOnLoopback(image);
  keyring = join(folder, 'keyring.gpg');
  writeFileSync(keyring, publisher.keyring);
});

afterEach(async () => {
  await publisher.close();
  await rm(folder, { recursive: true });
});

const ref = () => ({ url: publisher.url, sha256: publisher.sha256 });
const fetchIt = (more: Partial<Parameters<ImageCache['fetch']>[1]> = {}) =>
  cache.fetch(ref(), { proxy: DIRECT, retryMs: 0, ...more });

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  return error instanceof LabwrightError ? error.code : String(error);
}

const fetched = () => publisher.requests.filter(({ method }) => method === 'GET');
const filesHere = () =>
  readdirSync(cache.folder)
    .map((name) => name.replace(publisher.sha256, 'SHA'))
    .sort();

describe('an image', () => {
  test('is fetched, proved and listed; a second time nothing is fetched', async () => {
    expect((await cache.list()).images).toEqual([]);
    const amounts: number[] = [];
    await fetchIt({ onAmount: (done) => amounts.push(done) });
    expect(amounts.at(-1)).toBe(image.length);
    const { images, availableBytes } = await cache.list();
    expect(images).toEqual([
      {
        url: publisher.url,
        sha256: publisher.sha256,
        size: image.length,
        diskBytes: 1024 * 1024,
        path: join(cache.folder, `${publisher.sha256}.img`),
      },
    ]);
    expect(availableBytes).toBeGreaterThan(0);
    expect(filesHere()).toEqual(['SHA.img', 'SHA.json']);
    await fetchIt();
    expect(fetched()).toHaveLength(1);
    const opened = await cache.open(ref());
    const pieces: Buffer[] = [];
    for await (const piece of opened.pieces()) pieces.push(Buffer.from(piece));
    await opened.close();
    expect(Buffer.concat(pieces).subarray(0, disk.length).equals(disk)).toBe(true);
  });

  test('that is cut off goes on where it was', async () => {
    publisher.troubles.push('hangs', 'hangs');
    // Cut when something is here: what is only under way is lost with the connection.
    await fetchIt({ onAmount: () => fetched().length < 3 && publisher.hangUp() });
    const [first, second, third, ...rest] = fetched().map(({ from }) => from);
    expect({ first, rest }).toEqual({ first: 0, rest: [] });
    expect(second).toBeGreaterThan(0);
    expect(third).toBeGreaterThan(second ?? 0);
    expect(readFileSync(join(cache.folder, `${publisher.sha256}.img`)).equals(image)).toBe(true);
  });

  test('of a server that cannot go on is begun anew', async () => {
    publisher.troubles.push('cut', 'no-range');
    await fetchIt();
    expect((await cache.list()).images).toHaveLength(1);
  });

  test('of which more is here than there is begun anew', async () => {
    await fetchIt();
    const [part] = ['img'].map((ending) => join(cache.folder, `${publisher.sha256}.${ending}`));
    await rm(part!);
    writeFileSync(join(cache.folder, `${publisher.sha256}.part`), Buffer.alloc(image.length + 9));
    await fetchIt();
    expect((await cache.list()).images).toHaveLength(1);
  });

  test('with other bytes is removed and named', async () => {
    publisher.troubles.push('spoiled');
    expect(await codeOf(fetchIt())).toBe('image-wrong-hash');
    expect(filesHere()).toEqual([]);
    await fetchIt();
    expect(filesHere()).toEqual(['SHA.img', 'SHA.json']);
  });

  test('that is gone, or whose publisher is, is named', async () => {
    publisher.troubles.push('gone');
    expect(await codeOf(fetchIt())).toBe('image-status');
    await publisher.close();
    expect(await codeOf(fetchIt())).toBe('image-unreachable');
    publisher = await publishOnLoopback(image);
  });

  test('is cancelled in the middle; the next try goes on behind what is here', async () => {
    publisher.troubles.push('hangs');
    const stop = new AbortController();
    const work = fetchIt({
      signal: stop.signal,
      onAmount: (done) => {
        if (done > 0) stop.abort();
      },
    });
    expect(await codeOf(work)).toBe('cancelled');
    expect(filesHere()).toEqual(['SHA.part']);
    await fetchIt();
    expect(fetched().at(-1)?.from).toBeGreaterThan(0);
  });

  test('is fetched once when two want it, and stays wanted when one gives up', async () => {
    publisher.troubles.push('hangs');
    const stop = new AbortController();
    const begun = Promise.withResolvers<void>();
    const first = fetchIt({
      signal: stop.signal,
      onAmount: (done) => {
        if (done > 0) begun.resolve();
      },
    });
    await begun.promise;
    const second = new ImageCache(cache.folder).fetch(ref(), { proxy: DIRECT });
    stop.abort();
    expect(await codeOf(first)).toBe('cancelled');
    await second;
    expect((await cache.list()).images).toHaveLength(1);
  });

  test('that was touched is not believed, and proved again without being fetched', async () => {
    await fetchIt();
    const path = join(cache.folder, `${publisher.sha256}.img`);
    utimesSync(path, 1, 1);
    expect((await cache.list()).images).toEqual([]);
    expect(await codeOf(cache.open(ref()))).toBe('image-absent');
    await fetchIt();
    expect(fetched()).toHaveLength(1);
    expect((await cache.list()).images).toHaveLength(1);
    writeFileSync(path, Buffer.alloc(image.length));
    await fetchIt();
    expect(fetched()).toHaveLength(2);
  });

  test('that is no disk is refused although its hash is right', async () => {
    await publisher.close();
    publisher = await publishOnLoopback(Buffer.from('<html>not an image</html>'));
    expect(await codeOf(fetchIt())).toBe('image-no-disk');
    expect((await cache.list()).images).toEqual([]);
  });

  test('that nobody wanted for a season makes room', async () => {
    await fetchIt();
    const [old, record] = ['img', 'json'].map((ending) =>
      join(cache.folder, `${publisher.sha256}.${ending}`),
    );
    const longAgo = Date.now() / 1000 - 100 * 24 * 3600;
    const { size } = statSync(old!);
    expect(size).toBe(image.length);
    utimesSync(record!, longAgo, longAgo);
    const other = await publishOnLoopback(Buffer.concat([image, Buffer.alloc(512)]));
    await cache.fetch({ url: other.url, sha256: other.sha256 }, { proxy: DIRECT });
    await other.close();
    expect(filesHere()).not.toContain('SHA.img');
    expect((await cache.list()).images.map(({ sha256 }) => sha256)).toEqual([other.sha256]);
  });
});

describe('what is offered', () => {
  const wanted = (more: Partial<WantedImage> = {}): WantedImage => ({
    url: publisher.url,
    sha256: undefined,
    keyring,
    ...more,
  });
  const offer = (more: Partial<WantedImage> = {}, proxy: object = DIRECT) =>
    offeredHere(wanted(more), proxy);

  test('is believed by its signature, or by the hash of the plan alone', async () => {
    const { sha256 } = publisher;
    expect(await offer()).toEqual({ state: 'offered', sha256, size: image.length });
    publisher.files.delete('SHA256SUMS');
    expect(await offer({ sha256: 'ab'.repeat(32) })).toMatchObject({ sha256: 'ab'.repeat(32) });
  });

  test('is none for its own reason', async () => {
    expect(await offer({ keyring: `${keyring}.not` })).toEqual({ state: 'keyring-absent' });
    writeFileSync(keyring, '-----BEGIN PGP PUBLIC KEY BLOCK-----\n');
    expect(await offer()).toEqual({ state: 'keyring-armored' });
    writeFileSync(keyring, 'anything else');
    expect(await offer()).toEqual({ state: 'keyring-unreadable' });
    writeFileSync(
      keyring,
      readFileSync(join(import.meta.dirname, '../../fixtures/signed-sums/other.gpg')),
    );
    expect(await offer()).toEqual({ state: 'wrong-key' });
    writeFileSync(keyring, publisher.keyring);
    const sums = publisher.files.get('SHA256SUMS')!;
    publisher.files.set('SHA256SUMS', Buffer.concat([sums, Buffer.from('\n')]));
    expect(await offer()).toEqual({ state: 'tampered' });
    publisher.files.set('SHA256SUMS', sums);
    expect(await offer({ url: publisher.url.replace('server-', 'desktop-') })).toEqual({
      state: 'unlisted',
    });
    publisher.files.delete('SHA256SUMS.gpg');
    expect(await offer()).toEqual({ state: 'status', status: 404, file: 'SHA256SUMS.gpg' });
    await publisher.close();
    expect(await offer()).toMatchObject({ state: 'unreachable', exitCode: 7 });
    expect(await offer({ url: 'http://no-such-host.invalid/x.img' })).toMatchObject({
      state: 'unreachable',
      exitCode: 6,
    });
    publisher = await publishOnLoopback(image);
  });

  test('is followed where it was moved', async () => {
    const url = `http://127.0.0.1:${publisher.port}/moved`;
    expect(await offer({ url, sha256: publisher.sha256 })).toMatchObject({
      state: 'offered',
      size: image.length,
    });
  });

  test('is asked for through the proxy of the plan, but for the hosts that it exempts', async () => {
    const asked: string[] = [];
    const proxy = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(407).end();
    });
    proxy.on('connect', (request, socket) => {
      asked.push(`CONNECT ${request.url}`);
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    try {
      const pinned = { sha256: publisher.sha256 };
      expect(await offer(pinned, { http: address })).toMatchObject({ status: 407 });
      expect(asked).toEqual([publisher.url]);
      const exempt = { http: address, no_proxy: ['127.0.0.1'] };
      expect(await offer(pinned, exempt)).toMatchObject({ state: 'offered' });
      const secure = { url: 'https://images.invalid/x.img', ...pinned };
      expect(await offer(secure, { https: address })).toMatchObject({ state: 'unreachable' });
      expect(asked.slice(1)).toEqual(['CONNECT images.invalid:443']);
    } finally {
      proxy.closeAllConnections();
      await new Promise((done) => proxy.close(done));
    }
  });

  test('is not waited for when nobody answers any more', async () => {
    const stop = new AbortController();
    publisher.troubles.push('hangs');
    const silent = createServer();
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    silent.once('connection', () => stop.abort());
    const asked = offeredHere(
      wanted({ url: `http://127.0.0.1:${port}/x.img`, sha256: 'ab'.repeat(32) }),
      DIRECT,
      stop.signal,
    );
    await expect(asked).rejects.toThrow();
    connect(port, '127.0.0.1').destroy();
    silent.closeAllConnections();
    await new Promise((done) => silent.close(done));
  });
});
