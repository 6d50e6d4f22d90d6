import { once } from 'node:events';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { LabwrightError } from '../../../src/contract/error.ts';
import { openSession } from '../../../src/main/drivers/vsphere/session.ts';
import type { Site } from '../../../src/main/drivers/vsphere/site.ts';
import { COOKIE, envelope, SoapStub, type StubAnswer } from '../support/soap-stub.ts';
import { testCertificate } from '../support/test-certificate.ts';

const PASSWORD = 'Zq7<secret>';
const login = { user: 'root', password: async () => PASSWORD };
const stubs: SoapStub[] = [];

afterEach(async () => {
  await Promise.all(stubs.splice(0).map((stub) => stub.stop()));
});

async function start(...options: Parameters<typeof SoapStub.start>): Promise<SoapStub> {
  const stub = await SoapStub.start(...options);
  stubs.push(stub);
  return stub;
}

async function errorOf(work: Promise<unknown>): Promise<LabwrightError> {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof LabwrightError)) throw new Error(`not a typed error: ${error}`);
  return error;
}

/** A TLS server that counts what it is sent. */
async function listener(): Promise<{ site: Site; bytes: () => number; closed: Promise<unknown> }> {
  const server = createTlsServer(testCertificate('fresh.lab'));
  let bytes = 0;
  server.on('secureConnection', (socket) => {
    socket.on('data', (chunk) => {
      bytes += chunk.length;
    });
    socket.on('error', () => {});
  });
  // A client that leaves at once may do so before the handshake is complete on this side.
  const closed = new Promise((resolve) => {
    server.on('connection', (socket) => socket.once('close', resolve));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { site: { name: 'rack', address: '127.0.0.1', port }, bytes: () => bytes, closed };
}

describe('the certificate', () => {
  test('of a site that is not known yet is shown, and nothing is sent', async () => {
    const { site, bytes, closed } = await listener();
    const error = await errorOf(openSession(site, login));
    expect(error.code).toBe('site-certificate-unknown');
    expect(error.params).toMatchObject({
      site: 'rack',
      subject: 'CN=fresh.lab',
      issuer: 'CN=fresh.lab',
      validTo: 'Jan  1 00:00:00 2049 GMT',
      fingerprint: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
    });
    await closed;
    expect(bytes()).toBe(0);
  });

  test('that differs from the pin stops everything before a byte is sent', async () => {
    const { site, bytes, closed } = await listener();
    const pin = 'AB'.repeat(32);
    const error = await errorOf(openSession({ ...site, pin }, login));
    expect(error.code).toBe('site-certificate-changed');
    expect(error.params.pinned).toBe(pin);
    expect(error.params.offered).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    await closed;
    expect(bytes()).toBe(0);
  });

  test('may be pinned with or without colons, in any case', async () => {
    const stub = await start();
    const pin = stub.site.pin!.replaceAll(':', '').toLowerCase();
    const session = await openSession({ ...stub.site, pin }, login);
    await session.close();
    expect(stub.count('Logout')).toBe(1);
  });
});

describe('a site that speaks only TLS 1.0', () => {
  const options = {
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  } as const;

  test('is refused, with a word about old TLS', async () => {
    const stub = await start(options, testCertificate('old.lab', true));
    expect((await errorOf(openSession(stub.site, login))).code).toBe('site-tls-refused');
  });

  test('is spoken to where old TLS is allowed, and still only by its pin', async () => {
    const stub = await start(options, testCertificate('old.lab', true));
    const site = { ...stub.site, legacyTls: true };
    const session = await openSession(site, login);
    await session.close();
    const wrong = { ...site, pin: 'ab'.repeat(32) };
    expect((await errorOf(openSession(wrong, login))).code).toBe('site-certificate-changed');
  });
});

describe('a request', () => {
  test('has its length, the version of the site, and the cookie with its quotes', async () => {
    const stub = await start();
    stub.apiVersion = '6.7.3';
    const session = await openSession(stub.site, login);
    await session.close();
    const logout = stub.calls.find(({ method }) => method === 'Logout');
    expect(logout?.headers.cookie).toBe(COOKIE);
    expect(logout?.headers.soapaction).toBe('"urn:vim25/6.7"');
    expect(logout?.headers['content-length']).toBe(String(logout?.body.length));
  });

  test('speaks 7.0 to what is newer, and nothing to what is older than 5.5', async () => {
    const stub = await start();
    stub.apiVersion = '8.0.2.0';
    const session = await openSession(stub.site, login);
    expect(session.version).toBe('7.0');
    await session.close();
    stub.apiVersion = '5.1';
    const error = await errorOf(openSession(stub.site, login));
    expect([error.code, error.params.version]).toEqual(['site-too-old', '5.1']);
    expect(stub.count('Login')).toBe(1);
  });
});

async function answering(answer: StubAnswer): Promise<LabwrightError> {
  const stub = await start();
  stub.on('Login', () => answer);
  const error = await errorOf(openSession(stub.site, login));
  expect(error.params.site).toBe('rack');
  expect(JSON.stringify([error, error.stack, error.toData()])).not.toContain('Zq7');
  return error;
}

describe('an answer', () => {
  test('in HTML is not of vSphere', async () => {
    const error = await answering((response) => {
      response.setHeader('Content-Type', 'text/html');
      response.end('<!DOCTYPE html><html><body>Welcome</body></html>');
    });
    expect(error.code).toBe('site-not-vsphere');
    expect(error.params.found).toBe('text/html');
  });

  test('that calls itself XML and is a page is found out', async () => {
    const error = await answering((response) => response.end('<html><body>hi</body></html>'));
    expect(error.code).toBe('site-not-vsphere');
    expect((await answering((response) => response.end('hello'))).code).toBe(
      'site-answer-unexpected',
    );
    expect((await answering((response) => response.end(''))).code).toBe('site-not-vsphere');
  });

  test('of 404 names the status', async () => {
    const error = await answering((response) => {
      response.statusCode = 404;
      response.end('gone');
    });
    expect(error.params.found).toBe('HTTP status 404');
  });

  test('of 503 means that it is starting', async () => {
    const error = await answering((response) => {
      response.statusCode = 503;
      response.end('503 Service Unavailable');
    });
    expect(error.code).toBe('site-busy');
  });

  test('that is refused gives its connection back', async () => {
    const stub = await start();
    const session = await openSession(stub.site, login);
    stub.on('CreateContainerView', () => (response) => {
      response.statusCode = 503;
      response.end(Buffer.alloc(500_000, 0x20));
    });
    // More than there are connections.
    for (let round = 0; round < 20; round += 1) {
      const view = session.call('CreateContainerView', session.manager('viewManager'), {
        container: session.content.rootFolder,
        recursive: true,
      });
      expect((await errorOf(view)).code).toBe('site-busy');
    }
    await session.close();
  });

  test('that stops in the middle is cut, whether the connection breaks or ends well', async () => {
    const whole = envelope('<LoginResponse><returnval><key>k</key></returnval></LoginResponse>');
    const half = whole.slice(0, -50);
    const broken = await answering((response) => {
      response.setHeader('Content-Length', whole.length);
      response.write(half, () => response.destroy());
    });
    expect(broken.code).toBe('site-answer-cut');
    expect((await answering((response) => response.end(half))).code).toBe('site-answer-cut');
    expect((await answering((response) => response.end('<?xml'))).code).toBe('site-answer-cut');
  });

  test('without the expected element says what was expected', async () => {
    const error = await answering((response) => response.end(envelope('<OtherResponse/>')));
    expect([error.code, error.params.expected]).toEqual([
      'site-answer-unexpected',
      'LoginResponse',
    ]);
  });

  test('with a document type is refused', async () => {
    const bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>';
    const error = await answering((response) => response.end(bomb));
    expect(error.code).toBe('site-answer-unexpected');
  });

  test('of too many bytes is stopped', async () => {
    const stub = await start();
    stub.on('RetrieveServiceContent', () => (response) => {
      const filler = Buffer.alloc(10_000, 0x20);
      const more = () => {
        if (!response.destroyed) response.write(filler, more);
      };
      more();
    });
    const error = await errorOf(openSession(stub.site, login, { limit: 100_000 }));
    expect([error.code, error.params.limit]).toEqual(['site-answer-too-large', 100_000]);
  });

  test('that never comes is an error after the time allowed', async () => {
    const stub = await start();
    stub.on('RetrieveServiceContent', () => () => {});
    const error = await errorOf(openSession(stub.site, login, { silenceMs: 50 }));
    expect(error.code).toBe('site-silent');
  });

  test('that drips on for ever is an error after the time allowed in all', async () => {
    const stub = await start();
    stub.on('RetrieveServiceContent', () => (response) => {
      const drip = setInterval(() => response.write(' '), 5);
      response.once('close', () => clearInterval(drip));
    });
    const error = await errorOf(openSession(stub.site, login, { deadlineMs: 80 }));
    expect(error.code).toBe('site-silent');
  });

  test('that nobody waits for any more is cancelled', async () => {
    const stub = await start();
    const stopped = new AbortController();
    stub.on('RetrieveServiceContent', () => () => stopped.abort());
    const error = await errorOf(openSession(stub.site, login, { signal: stopped.signal }));
    expect(error.code).toBe('cancelled');
    expect((await errorOf(openSession(stub.site, login, { signal: stopped.signal }))).code).toBe(
      'cancelled',
    );
  });
});

test('a port that refuses, and one that is not TLS, have their names', async () => {
  const server = createTcpServer((socket) => socket.resume().end('SSH-2.0-OpenSSH_9.2\r\n'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const site = { name: 'rack', address: '127.0.0.1', port };
  expect((await errorOf(openSession(site, login))).code).toBe('site-tls-refused');
  server.close();
  await once(server, 'close');
  const error = await errorOf(openSession(site, login));
  expect([error.code, error.params.port]).toEqual(['site-refused', port]);
});
