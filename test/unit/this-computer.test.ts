import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ThisComputer } from '../../src/main/app/this-computer.ts';
import { userDirectories } from '../../src/main/app/user-directories.ts';
import { ImageCache } from '../../src/main/images/image-cache.ts';
import { startPracticeHost } from '../../src/main/practice/practice-host.ts';
import { connectSsh2 } from '../../src/main/ssh/ssh2-connection.ts';
import { MemoryVault } from '../../src/main/vault/vault.ts';

let waited = 0;
const here = new ThisComputer({
  images: new ImageCache(join(tmpdir(), 'no-such-cache')),
  vault: new MemoryVault(),
  connect: connectSsh2,
  wait: async () => {
    waited += 1;
  },
});
const never = new AbortController().signal;
const answer = (port: number, signal = never) =>
  here.ask({ what: 'ssh-answer', address: '127.0.0.1', port }, signal);

test('a server that answers shows its key, and nobody logs in', async () => {
  const host = await startPracticeHost({ hostname: 'images', password: 'never tried' });
  try {
    expect(JSON.parse(await answer(host.port))).toEqual({
      fingerprints: [`ssh-ed25519 ${host.hostKeyFingerprint}`],
    });
    expect(host.commandLog).toEqual([]);
  } finally {
    await host.close();
  }
});

test('where no SSH server answers there is no key: refused, hung up, or given up by us', async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  expect(JSON.parse(await answer(port))).toEqual({ fingerprints: [] });
  server.removeAllListeners('connection');
  const stop = new AbortController();
  server.once('connection', (socket) => {
    sockets.push(socket);
    stop.abort();
  });
  expect(JSON.parse(await answer(port, stop.signal))).toEqual({ fingerprints: [] });
  for (const socket of sockets) socket.destroy();
  waited = 0;
  await new Promise((done) => server.close(done));
  expect(JSON.parse(await answer(port))).toEqual({ fingerprints: [] });
  // One that cloud-init is just starting anew is given a moment.
  expect(waited).toBe(3);
});

test('a cache that is not there yet has no images and all the room of its disk', async () => {
  const { images, availableBytes } = JSON.parse(await here.ask({ what: 'stored-images' }, never));
  expect(images).toEqual([]);
  expect(availableBytes).toBeGreaterThan(0);
});

test('images are kept where the person wants what can be had again', () => {
  const { cache } = userDirectories({ XDG_CACHE_HOME: '/elsewhere' });
  if (process.platform === 'linux') expect(cache).toBe('/elsewhere/labwright');
});
