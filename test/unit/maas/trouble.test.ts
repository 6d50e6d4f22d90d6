import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import fc from 'fast-check';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { openMaas } from '../../../src/main/drivers/maas/open-maas.ts';
import { refusalError, unauthorized } from '../../../src/main/drivers/maas/refusal.ts';
import type { Maas } from '../../../src/main/engine/maas.ts';
import {
  ANSWERED,
  allOf,
  errorOf,
  MaasStub,
  refuse,
  SteppedClock,
  type StubHandler,
} from '../support/maas-stub.ts';
import { testCertificate } from '../support/test-certificate.ts';
import { recording } from './recordings.ts';

const SECRET = 'Zq7CanaryCanaryCanary';
const KEY = `Consumer1:Token1:${SECRET}`;
const VERSION = { version: '3.3.11', subversion: '', capabilities: [] };
const GATEWAY_PAGE =
  '<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx/1.18.0 (Ubuntu)</center></body></html>';
const HTML = { 'Content-Type': 'text/html' };

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Scene {
  readonly maas: Maas;
  readonly stub: MaasStub;
  readonly clock: SteppedClock;
}

async function scene(
  handler: StubHandler,
  key: () => Promise<string> = async () => KEY,
): Promise<Scene> {
  const stub = await MaasStub.start((request, response) =>
    request.path === 'api/2.0/version/' ? VERSION : handler(request, response),
  );
  closers.push(() => stub.stop());
  const clock = new SteppedClock(Date.now());
  const maas = await openMaas({ name: 'lab-maas', address: stub.address }, key, { clock });
  closers.push(() => maas.close());
  return { maas, stub, clock };
}

const me = { username: 'admin', is_superuser: true };

describe('a certificate', () => {
  async function listener() {
    const server = createTlsServer(testCertificate('maas.lab'));
    let bytes = 0;
    server.on('secureConnection', (socket) => {
      socket.on('data', (chunk) => {
        bytes += chunk.length;
      });
      socket.on('error', () => {});
    });
    const closed = new Promise((resolve) => {
      server.on('connection', (socket) => socket.once('close', resolve));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    return { address: `https://127.0.0.1:${port}/MAAS/`, bytes: () => bytes, closed };
  }

  test('that nobody vouches for is shown, and nothing is sent', async () => {
    const { address, bytes, closed } = await listener();
    const error = await errorOf(openMaas({ name: 'lab-maas', address }, async () => KEY));
    expect(error.code).toBe('maas-certificate-unknown');
    expect(error.params).toMatchObject({
      maas: 'lab-maas',
      subject: 'CN=maas.lab',
      validTo: 'Jan  1 00:00:00 2049 GMT',
      fingerprint: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
    });
    await closed;
    expect(bytes()).toBe(0);
  });

  test('that differs from the pin stops everything before a byte is sent', async () => {
    const { address, bytes, closed } = await listener();
    const pin = 'AB'.repeat(32);
    const error = await errorOf(openMaas({ name: 'lab-maas', address, pin }, async () => KEY));
    expect([error.code, error.params.pinned]).toEqual(['maas-certificate-changed', pin]);
    await closed;
    expect(bytes()).toBe(0);
  });

  test('that is pinned is spoken over, for reads and for writes', async () => {
    const certificate = testCertificate('maas.lab');
    const stub = await MaasStub.start(
      ({ path }) => (path.endsWith('/version/') ? VERSION : me),
      certificate,
    );
    closers.push(() => stub.stop());
    const pin = new X509Certificate(certificate.cert).fingerprint256
      .replaceAll(':', '')
      .toLowerCase();
    const maas = await openMaas({ name: 'lab-maas', address: stub.address, pin }, async () => KEY);
    closers.push(() => maas.close());
    expect(await maas.account.whoAmI()).toEqual({ name: 'admin', admin: true });
    await maas.settings.set('maas_name', 'x');
    expect(stub.calls).toEqual(['GET api/2.0/users/?whoami', 'POST api/2.0/maas/?set_config']);
  });

  test('asked for where no TLS is spoken is an error about TLS', async () => {
    const plain = createTcpServer((socket) => socket.end('HTTP/1.0 400 Bad Request\r\n\r\n'));
    plain.listen(0, '127.0.0.1');
    await once(plain, 'listening');
    onTestFinished(() => void plain.close());
    const { port } = plain.address() as AddressInfo;
    const address = `https://127.0.0.1:${port}/`;
    const error = await errorOf(openMaas({ name: 'lab-maas', address }, async () => KEY));
    expect(error.code).toBe('maas-tls-refused');
  });
});

describe('a MAAS that is not there', () => {
  test('is named by the port that refuses', async () => {
    const { maas, stub } = await scene(() => me);
    await stub.stop();
    closers.shift();
    const error = await errorOf(maas.account.whoAmI());
    expect(error.code).toBe('maas-refused');
    expect(stub.address).toContain(`:${error.params.port}/`);
  });

  test('but its web server is (502): a read is tried three times, a write once', async () => {
    const { maas, stub, clock } = await scene((_request, response) =>
      refuse(response, 502, GATEWAY_PAGE, HTML),
    );
    const error = await errorOf(maas.account.whoAmI());
    expect([error.code, error.params.status]).toEqual(['maas-down', 502]);
    expect(error.detail).toContain('502 Bad Gateway');
    expect(error.detail).not.toContain('<');
    expect(stub.calls).toHaveLength(3);
    expect(clock.sleeps).toEqual([500, 2000]);
    expect((await errorOf(maas.lifecycle.release('abc', ''))).code).toBe('maas-down');
    expect(stub.calls).toHaveLength(4);
  });

  test('is told apart from something else that answers', async () => {
    const page = '<html><body>It works!</body></html>';
    const stub = await MaasStub.start((_request, response) => refuse(response, 200, page, HTML));
    closers.push(() => stub.stop());
    const server = { name: 'lab-maas', address: stub.address };
    expect((await errorOf(openMaas(server, async () => KEY))).code).toBe('maas-not-maas');
    const { maas } = await scene((_request, response) => refuse(response, 200, page, HTML));
    expect((await errorOf(maas.machines.list())).code).toBe('maas-not-maas');
  });

  test('while it starts, says so at once', async () => {
    const stub = await MaasStub.start((_request, response) =>
      refuse(response, 503, GATEWAY_PAGE, HTML),
    );
    closers.push(() => stub.stop());
    const error = await errorOf(openMaas({ name: 'm', address: stub.address }, async () => KEY));
    expect([error.code, error.params.status]).toEqual(['maas-down', 503]);
  });
});

describe('a MAAS that asks to come back later (503 with Retry-After)', () => {
  test('is asked again after that time, when it is short', async () => {
    let tries = 0;
    const { maas, clock } = await scene((_request, response) => {
      tries += 1;
      return tries === 1 ? refuse(response, 503, 'Busy.', { 'Retry-After': '5' }) : me;
    });
    await maas.account.whoAmI();
    expect(clock.sleeps).toEqual([5000]);
  });

  test('is told of to the person when it is long, and a write is never sent again', async () => {
    const { maas, stub } = await scene((_request, response) =>
      refuse(response, 503, 'Busy.', { 'Retry-After': '60' }),
    );
    const error = await errorOf(maas.account.whoAmI());
    expect(error.params).toMatchObject({ seconds: 60, said: 'Busy.' });
    expect(stub.calls).toHaveLength(1);
    expect((await errorOf(maas.power.on('abc'))).code).toBe('maas-busy');
    expect(stub.calls).toHaveLength(2);
  });

  test.each([
    ['x: Unable to allocate static IP due to address exhaustion.', 'maas-no-addresses'],
    ['No rack controllers can access the BMC of node: n1', 'maas-rack-away'],
    [
      'Unable to power on n1: another action is already in progress for that node.',
      'maas-power-busy',
    ],
  ])('says %s', async (said, code) => {
    const { maas } = await scene((_request, response) => refuse(response, 503, said));
    expect((await errorOf(maas.power.on('abc'))).code).toBe(code);
  });
});

describe('a connection that breaks', () => {
  test('before the answer: a read is sent again with another nonce, a write is not', async () => {
    let broken = 0;
    const { maas, stub } = await scene(({ op }, response) => {
      if (broken < 2) {
        broken += 1;
        response.destroy();
        return ANSWERED;
      }
      return op === 'whoami' ? me : 'OK';
    });
    expect(await maas.account.whoAmI()).toEqual({ name: 'admin', admin: true });
    const nonces = stub.requests.map(
      ({ headers }) => /oauth_nonce="(\w+)"/.exec(headers.authorization ?? '')?.[1],
    );
    expect(new Set(nonces.filter(Boolean)).size).toBe(3);
    broken = 1;
    expect((await errorOf(maas.settings.set('a', 'b'))).code).toBe('maas-closed');
    expect(stub.calls.filter((call) => call.includes('set_config'))).toHaveLength(1);
  });

  test('cannot be an idle one that a write finds half dead: each write has its own', async () => {
    const { maas, stub } = await scene(({ op }) => (op === 'whoami' ? me : 'OK'));
    await maas.account.whoAmI();
    await maas.settings.set('a', 'b');
    const connection = stub.requests.map(({ method, headers }) => [method, headers.connection]);
    expect(connection.slice(1)).toEqual([
      ['GET', 'keep-alive'],
      ['POST', 'close'],
    ]);
  });

  test('in the middle of the answer is an answer cut short', async () => {
    const { maas } = await scene((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' });
      response.write('[{"system_id":');
      setImmediate(() => response.destroy());
      return ANSWERED;
    });
    expect((await errorOf(maas.machines.list())).code).toBe('maas-answer-cut');
  });
});

describe('a key', () => {
  test('that is not one is refused before anything is sent', async () => {
    const { maas, stub } = await scene(
      () => me,
      async () => 'only-one-part',
    );
    const error = await errorOf(maas.account.whoAmI());
    expect(error.code).toBe('maas-key-malformed');
    expect(allOf(error)).not.toContain('only-one-part');
    expect(stub.calls).toEqual([]);
  });

  test('that was revoked is refused, and what MAAS says to that is nowhere', async () => {
    const { maas } = await scene((_request, response) =>
      refuse(response, 401, `Authorization Error: 'Invalid access token: ${SECRET}'`, HTML),
    );
    const error = await errorOf(maas.account.whoAmI());
    expect(error.code).toBe('maas-key-refused');
    expect(error.detail).toBeUndefined();
    expect(allOf(error)).not.toContain('Invalid access');
  });

  test('of nobody in particular: no answer with status 401 is ever passed on, whatever it holds', () => {
    const heading = fc.constantFrom(
      '',
      'Authorization Error: ',
      'Forbidden ',
      "'Expired timestamp: given 1 and now 2 has a greater difference than threshold 300' ",
      'Expired timestamp: given 1795328488 and now 1795332088 has ',
    );
    fc.assert(
      fc.property(heading, fc.string(), fc.string(), (start, before, after) => {
        const body = `${start}${before}${SECRET}${after}`;
        const error = unauthorized('m', { headers: {}, body }, 0);
        expect(allOf(error)).not.toContain(SECRET);
        expect(Object.keys(error.params).sort().join()).toMatch(/^maas(,seconds)?$/);
      }),
    );
  });

  test('is told from a clock that is behind, by what MAAS says or by the date of its answer', async () => {
    const { maas } = await scene((_request, response) =>
      refuse(response, 401, 'Authorization Error', {
        ...HTML,
        Date: new Date(Date.now() + 3_600_000).toUTCString(),
      }),
    );
    const error = await errorOf(maas.account.whoAmI());
    expect(error.code).toBe('maas-clock-skew');
    expect(error.params.seconds).toBeGreaterThan(3590);
  });

  test('of a user where an administrator is needed', async () => {
    const { maas } = await scene((_request, response) => refuse(response, 403, ''));
    const error = await errorOf(maas.images.sources());
    expect([error.code, error.params.what]).toEqual(['maas-admin-needed', 'boot-sources/']);
  });
});

test('a refusal that repeats a secret of the request loses it', async () => {
  const { maas } = await scene(({ form }, response) =>
    refuse(
      response,
      400,
      JSON.stringify({ power_pass: [`${form.get('power_parameters_power_pass')} is too weak`] }),
      { 'Content-Type': 'application/json' },
    ),
  );
  const power = {
    type: 'ipmi',
    parameters: { power_address: '192.0.2.1' },
    secrets: { power_pass: async () => 'hunter22' },
  };
  const error = await errorOf(maas.machines.change('abc', { power }));
  expect(error.params.said).toBe('power_pass: •••••• is too weak');
  expect(allOf(error)).not.toContain('hunter22');
});

test('what a person reads of MAAS cannot rewrite their terminal', () => {
  const refusal = {
    what: 'x',
    status: 500,
    headers: { 'content-type': 'text/plain' },
    body: 'bad\x1b[2J\x1b]0;title\x07\u202Eworse',
  };
  const error = refusalError('m', refusal, (text) => text);
  expect(error.params.said).not.toMatch(/[\x00-\x1f\u202a-\u202e]/);
});

describe('an address that sends on', () => {
  test('to another host is not followed, and told', async () => {
    const stub = await MaasStub.start((_request, response) =>
      refuse(response, 301, '', { Location: 'https://elsewhere.example/MAAS/' }),
    );
    closers.push(() => stub.stop());
    const error = await errorOf(openMaas({ name: 'm', address: stub.address }, async () => KEY));
    expect([error.code, error.params.to]).toEqual([
      'maas-moved',
      'https://elsewhere.example/MAAS/',
    ]);
  });

  test('to its own TLS port is followed, and the certificate there is judged', async () => {
    const certificate = testCertificate('maas.lab');
    const secure = await MaasStub.start(
      ({ path }) => (path.endsWith('/version/') ? VERSION : me),
      certificate,
    );
    const plain = await MaasStub.start(({ path }, response) =>
      refuse(response, 301, '', { Location: new URL(path, secure.address).href }),
    );
    closers.push(
      () => secure.stop(),
      () => plain.stop(),
    );
    const server = { name: 'm', address: plain.address };
    const error = await errorOf(openMaas(server, async () => KEY));
    expect(error.code).toBe('maas-certificate-unknown');
    const maas = await openMaas(
      { ...server, pin: String(error.params.fingerprint) },
      async () => KEY,
    );
    closers.push(() => maas.close());
    expect(maas.about.root).toBe(secure.address);
  });
});

describe('an answer that does not fit', () => {
  test('in one of its machines names that one, and the rest goes on', async () => {
    const whole = recording('163-machine-ready').response.body_json as Record<string, unknown>;
    const { maas } = await scene(() => [
      whole,
      { ...whole, hostname: 'odd', status: 'Ready' },
      { ...whole, system_id: 'third1', status: 99 },
      null,
    ]);
    const { items, unreadable } = await maas.machines.list();
    expect(items.map(({ id, status }) => [id, status])).toEqual([
      ['qfh83e', 'ready'],
      ['third1', 'unknown'],
    ]);
    expect(unreadable).toEqual([
      { what: 'odd', expected: expect.stringMatching(/^status: .*number/) },
      { what: '[3]', expected: expect.stringContaining('object') },
    ]);
  });

  test('as a whole says what was expected', async () => {
    const { maas } = await scene(({ path }) => (path.endsWith('machines/') ? { a: 1 } : { b: 2 }));
    const list = await errorOf(maas.machines.list());
    expect([list.code, list.params.expected, list.detail]).toEqual([
      'maas-answer-unexpected',
      'machines',
      'a list',
    ]);
    const one = await errorOf(maas.machines.one('abc'));
    expect([one.code, one.params.expected]).toEqual(['maas-answer-unexpected', 'machine']);
    expect(one.detail).toMatch(/^system_id: /);
  });

  test('because it is no JSON', async () => {
    const { maas } = await scene(() => 'OK');
    expect((await errorOf(maas.machines.one('abc'))).code).toBe('maas-answer-unexpected');
  });
});

describe('many calls at once', () => {
  test('wait for each other: MAAS has four at a time', async () => {
    const { maas, stub } = await scene(async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return me;
    });
    await Promise.all(Array.from({ length: 20 }, () => maas.account.whoAmI()));
    expect(stub.calls).toHaveLength(20);
    expect(stub.mostAtOnce).toBe(4);
  });

  test('are not held up by power queries, of which two wait for their BMC at a time', async () => {
    const held: (() => void)[] = [];
    const { maas, stub } = await scene(async ({ op }) => {
      if (op !== 'query_power_state') return me;
      await new Promise<void>((resolve) => held.push(resolve));
      return { state: 'on' };
    });
    const queries = ['a', 'b', 'c'].map((id) => maas.power.query(id));
    await Promise.all(Array.from({ length: 5 }, () => maas.account.whoAmI()));
    const asked = () => stub.calls.filter((call) => call.includes('power')).length;
    expect(asked()).toBe(2);
    // The third comes when one has been answered.
    for (let answered = 0; answered < 3; answered++) {
      while (held.length === 0) await new Promise(setImmediate);
      held.shift()?.();
    }
    expect(await Promise.all(queries)).toEqual(['on', 'on', 'on']);
  });

  test('end when they are cancelled, under way or still waiting', async () => {
    const stop = new AbortController();
    const { maas, stub } = await scene(() => new Promise(() => {}));
    const calls = Array.from({ length: 6 }, () =>
      errorOf(maas.account.whoAmI({ signal: stop.signal })),
    );
    while (stub.calls.length < 4) await new Promise(setImmediate);
    stop.abort();
    const codes = (await Promise.all(calls)).map(({ code }) => code);
    expect(new Set(codes)).toEqual(new Set(['cancelled']));
    expect(stub.calls).toHaveLength(4);
  });
});
