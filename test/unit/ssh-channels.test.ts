import { createServer as createWebServer } from 'node:http';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { text } from 'node:stream/consumers';
import ssh2 from 'ssh2';
import { afterEach, expect, test } from 'vitest';
import { openMaas } from '../../src/main/drivers/maas/open-maas.ts';
import type { Connection } from '../../src/main/ssh/connection.ts';
import { connectSsh2 } from '../../src/main/ssh/ssh2-connection.ts';

/** A port behind which something answers. */
const OPEN_PORT = 80;

const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server that allows so many sessions at a time, as sshd's MaxSessions does. */
async function serverWith(
  maxSessions: number,
  places = new Map<number, number>(),
): Promise<{ port: number; refused(): number }> {
  const key = ssh2.utils.generateKeyPairSync('ed25519').private;
  let open = 0;
  let refused = 0;
  const server = new ssh2.Server({ hostKeys: [key] }, (client) => {
    client.on('error', () => {});
    client.on('authentication', (context) => context.accept());
    client.on('tcpip', (accept, reject, { destPort }) => {
      const web = places.get(destPort);
      if (destPort === OPEN_PORT) accept().end('hello');
      else if (web === undefined) reject();
      else {
        const near = accept();
        const far = connectTcp(web, '127.0.0.1');
        near.pipe(far).pipe(near);
        far.on('error', () => near.destroy());
        near.on('error', () => far.destroy());
      }
    });
    client.on('session', (accept, reject) => {
      if (open >= maxSessions) {
        refused += 1;
        // ssh2 answers CONNECT_FAILED, as OpenSSH does.
        reject();
        return;
      }
      open += 1;
      accept().on('exec', (acceptExec) => {
        const channel = acceptExec();
        channel.on('close', () => {
          open -= 1;
        });
        channel.resume();
        setImmediate(() => {
          channel.write('ran\n');
          channel.exit(0);
          channel.end();
        });
      });
    });
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
  closing.push(() => server.close());
  return { port, refused: () => refused };
}

async function connectTo(port: number): Promise<Connection> {
  const connection = await connectSsh2({
    login: { name: 'mirror', address: '127.0.0.1', port, user: 'me', password: 'x' },
    knownKeyTypes: [],
    verify: async () => {},
  });
  closing.push(() => connection.end());
  return connection;
}

test('a port of the host is reached through it; a silent one is said to be so at once', async () => {
  const connection = await connectTo((await serverWith(2)).port);
  const stream = await connection.forward('127.0.0.1', OPEN_PORT);
  expect(await text(stream)).toBe('hello');
  await expect(connection.forward('127.0.0.1', 9)).rejects.toMatchObject({
    code: 'host-forward-refused',
    params: { host: 'mirror', address: '127.0.0.1', port: 9 },
  });
});

test('MAAS is found and asked through the connection to its host', async () => {
  const asked: string[] = [];
  const web = createWebServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.setHeader('content-type', 'application/json');
    const body = request.url?.includes('version')
      ? { version: '3.3.11', subversion: '', capabilities: [] }
      : {
          username: 'admin',
          is_superuser: true,
          email: '',
          id: 1,
          is_local: true,
          resource_uri: '',
        };
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  closing.push(() => web.close());
  const { port } = await serverWith(2, new Map([[5240, (web.address() as AddressInfo).port]]));
  const connection = await connectTo(port);
  const maas = await openMaas(
    { name: 'maas', address: '127.0.0.1', dial: (host, to) => connection.forward(host, to) },
    async () => 'aaa:bbb:ccc',
  );
  closing.push(() => void maas.close());
  expect(maas.about).toMatchObject({ api: '2.0', version: '3.3.11' });
  expect(await maas.account.whoAmI()).toEqual({ name: 'admin', admin: true });
  expect(asked).toEqual(['GET /MAAS/api/2.0/version/', 'GET /MAAS/api/2.0/users/?op=whoami']);
});

test('a session that the server has no room for is asked for again until there is', async () => {
  const { port, refused } = await serverWith(2);
  const connection = await connectTo(port);
  const exits = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const channel = await connection.exec('true');
      channel.stream.resume();
      return channel.closed;
    }),
  );
  expect(exits.map(({ code }) => code)).toEqual(Array(8).fill(0));
  expect(refused()).toBeGreaterThan(0);
});
