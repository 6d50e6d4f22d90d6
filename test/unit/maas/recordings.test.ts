import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LabwrightError } from '../../../src/contract/error.ts';
import { MaasHttp } from '../../../src/main/drivers/maas/exchange.ts';
import { MaasLink } from '../../../src/main/drivers/maas/link.ts';
import { keyByLogin } from '../../../src/main/drivers/maas/log-in.ts';
import { rootOf } from '../../../src/main/drivers/maas/maas-server.ts';
import { openMaas } from '../../../src/main/drivers/maas/open-maas.ts';
import type { Maas } from '../../../src/main/engine/maas.ts';
import { catalogues, type MessageKey } from '../../../src/messages/catalogues.ts';
import { sentence } from '../../../src/messages/sentence.ts';
import { BEFORE, MET, NEVER_ASKED } from './recording-index.ts';
import { API_PATH, recordedRequest, recording, recordingNames, sentRequest } from './recordings.ts';
import { ReplayServer } from './replay-server.ts';

const SECRET = 'EXAMPLE04xxxxxxxxxxxxxxxxxxxxxxx';
const KEY = `EXAMPLE02xxxxxxxxx:EXAMPLE09xxxxxxxxx:${SECRET}`;
const clock = { now: () => Date.now(), sleep: async () => {} };

let server: ReplayServer;
beforeAll(async () => {
  server = await ReplayServer.start();
});
afterAll(() => server.stop());

const target = () => ({ name: 'lab-maas', address: server.address });

async function open(): Promise<Maas> {
  return openMaas(target(), async () => KEY, { clock });
}

/** Each test has a client of its own: what one remembers (an import) is nothing to another. */
async function withMaas<T>(use: (maas: Maas) => Promise<T>): Promise<T> {
  const maas = await open();
  try {
    return await use(maas);
  } finally {
    await maas.close();
  }
}

async function errorOf(work: Promise<unknown>): Promise<LabwrightError> {
  const error = await work.then(
    (value) => new Error(`no error, but ${JSON.stringify(value)}`),
    (caught: unknown) => caught,
  );
  if (!(error instanceof LabwrightError)) throw error;
  return error;
}

/** A person can act on it: every blank of its sentence is filled, in both languages. */
function speaks(error: LabwrightError): void {
  const { key, params = {} } = error.reason;
  for (const [language, texts] of Object.entries(catalogues)) {
    const blanks = [...texts[key as MessageKey].matchAll(/\{\{(\w+)/g)].map(
      ([, name = '']) => name,
    );
    for (const blank of blanks) expect(String(params[blank] ?? ''), `${key} ${blank}`).not.toBe('');
    expect(sentence(language as 'en' | 'ja', error.reason)).not.toContain('{{');
  }
  const shown = JSON.stringify([error, error.stack, error.toData(), error.cause]);
  expect(shown).not.toContain(SECRET);
}

const met = Object.entries(MET);
const compared = met.filter(([, { notSent }]) => notSent === undefined).length;
const never = Object.keys(NEVER_ASKED);

test(`${recordingNames.length} recordings: ${compared + BEFORE.length} as the client asks, ${met.length - compared} that it never asks so, ${never.length} of calls it does not have`, () => {
  const listed = [...met.map(([name]) => name), ...BEFORE, ...never];
  expect(listed.toSorted()).toEqual(recordingNames);
});

describe('the client sends', () => {
  test.each(met.filter(([, { notSent }]) => notSent === undefined))('%s', async (name, entry) => {
    server.serve(...(entry.also ?? []), name);
    await withMaas((maas) => entry.by(maas).catch(() => {}));
    const wanted = recordedRequest(recording(name));
    const adds = Object.entries(entry.adds ?? {}).map(([field, value]) => `${field}=${value}`);
    const sent = server.requests.map(({ headers: _headers, ...request }) => request);
    expect(sent).toContainEqual({ ...wanted, form: [...wanted.form, ...adds].sort() });
    expect(server.unasked).toEqual([]);
  });
});

describe('the client understands', () => {
  test.each(met)('%s', async (name, { by, gives, refuses, params, also = [] }) => {
    server.serve(...also, name);
    await withMaas(async (maas) => {
      if (refuses === undefined) {
        const value = await by(maas);
        if (gives === undefined) expect(value).toBeUndefined();
        else if (typeof gives === 'object' && gives !== null) expect(value).toMatchObject(gives);
        else expect(value).toEqual(gives);
        return;
      }
      const error = await errorOf(by(maas));
      expect([error.code, error.params]).toEqual([refuses, expect.objectContaining(params ?? {})]);
      expect(error.params.maas).toBe('lab-maas');
      speaks(error);
    });
  });

  test.each(Object.entries(NEVER_ASKED))('%s, though it never asks', async (name, { refuses }) => {
    server.serve(name);
    const { request } = recording(name);
    const root = rootOf(server.address);
    if (root === undefined) throw new Error('no address');
    const link = new MaasLink(
      'lab-maas',
      new MaasHttp('lab-maas', root, undefined),
      '2.0',
      async () => KEY,
      clock,
    );
    const path = request.path.replace(API_PATH, '');
    const work =
      request.method === 'GET'
        ? link.text({ path })
        : link.send(request.method as 'POST', { path });
    if (refuses === undefined) await expect(work).resolves.not.toThrow();
    else {
      const error = await errorOf(work);
      expect(error.code).toBe(refuses);
      speaks(error);
    }
    await link.close();
  });
});

describe('before there is a key', () => {
  test('001-version-anon tells which API it is, and since when what is there', async () => {
    await withMaas(async ({ about }) => {
      expect(about).toMatchObject({ api: '2.0', version: '3.3.11', root: server.address });
      expect(about.features).toContain('pools');
    });
  });

  test('204-authenticate-user-password makes a key of a login', async () => {
    server.serve('204-authenticate-user-password');
    const login = { user: 'joe', password: async () => 'joe-pass-1' };
    const key = await keyByLogin(target(), login, 'desktop app');
    expect(key).toMatch(/^EXAMPLE01x+:EXAMPLE07x+:EXAMPLE08x+$/);
    const [sent] = server.requests;
    const { request } = recording('204-authenticate-user-password');
    expect(sent).toMatchObject(sentRequest(request.method, request.path, request.form ?? []));
    expect(sent?.headers.authorization).toBeUndefined();
  });

  test('205-authenticate-wrong-password says whose login was refused, without the password', async () => {
    server.serve('205-authenticate-wrong-password');
    const login = { user: 'joe', password: async () => 'n0pe-n0pe' };
    const error = await errorOf(keyByLogin(target(), login, 'desktop app'));
    expect(error.code).toBe('maas-login-refused');
    speaks(error);
    expect(JSON.stringify([error, error.stack, error.toData()])).not.toContain('n0pe');
  });
});

test('a request carries the recorded kind of signature, and never the same nonce twice', async () => {
  server.serve('012-whoami', '012-whoami');
  await withMaas(async (maas) => {
    await maas.account.whoAmI();
    await maas.account.whoAmI();
  });
  const fields = (header = '') =>
    Object.fromEntries(
      [...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
    );
  const signatures = server.requests.map(({ headers }) => fields(headers.authorization));
  expect(signatures[0]).toMatchObject({
    oauth_version: '1.0',
    oauth_signature_method: 'PLAINTEXT',
    oauth_consumer_key: 'EXAMPLE02xxxxxxxxx',
    oauth_token: 'EXAMPLE09xxxxxxxxx',
    oauth_signature: `%26${SECRET}`,
    oauth_timestamp: expect.stringMatching(/^\d{10}$/),
  });
  expect(signatures[0]?.oauth_nonce).not.toBe(signatures[1]?.oauth_nonce);
});
