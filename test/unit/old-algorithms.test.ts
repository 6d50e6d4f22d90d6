import { generateKeyPairSync } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import ssh2 from 'ssh2';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectSsh2 } from '../../src/main/ssh/ssh2-connection.ts';

const KEY = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
}).privateKey;

let server: ssh2.Server;

/** An sshd as old as ESXi 5.x: SHA-1 throughout. */
beforeEach(async () => {
  server = new ssh2.Server(
    {
      hostKeys: [KEY],
      algorithms: {
        kex: ['diffie-hellman-group14-sha1'],
        serverHostKey: ['ssh-rsa'],
        cipher: ['aes128-ctr'],
        hmac: ['hmac-sha1'],
      },
    },
    (client) => {
      client.on('error', () => {});
      client.on('authentication', (context) => context.accept());
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));

const connect = (oldAlgorithms: boolean) =>
  connectSsh2({
    login: {
      name: 'esxi',
      address: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      user: 'root',
      password: 'x',
      ...(oldAlgorithms ? { oldAlgorithms } : {}),
    },
    knownKeyTypes: [],
    verify: async () => {},
  });

test('a host that knows only SHA-1 is refused, unless its plan allows it', async () => {
  await expect(connect(false)).rejects.toMatchObject({ code: 'host-no-common-algorithm' });
  const connection = await connect(true);
  expect(connection.algorithms).toContain('diffie-hellman-group14-sha1');
  connection.end();
});
