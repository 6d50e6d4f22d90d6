import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { decodeFrame, encodeFrame, FrameKind } from '../../src/contract/terminal.ts';
import type { Core } from '../../src/main/app/core.ts';
import { type BrowserShell, serve } from '../../src/main/server/serve.ts';
import { TerminalSessions } from '../../src/main/ssh/terminal-sessions.ts';

let folder: string;
let shell: BrowserShell;

/** A core that nobody reaches: these tests are about the door. */
const stub = (terminals = new TerminalSessions(() => 0)) =>
  ({ router: {}, terminals }) as unknown as Core;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'labwright-serve-'));
  await mkdir(join(folder, 'renderer', 'assets'), { recursive: true });
  await writeFile(join(folder, 'renderer', 'index.html'), '<title>Labwright</title>');
  await writeFile(join(folder, 'renderer', 'assets', 'a-1234.js'), 'run()');
  await writeFile(join(folder, 'renderer', 'notes.txt'), 'not for the browser');
  await writeFile(join(folder, 'secret.json'), '{"secret": true}');
  shell = await serve(stub(), { renderer: join(folder, 'renderer') });
});

afterEach(async () => {
  await shell.close();
  await rm(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: shell.port, path, method, headers };
    const sent = httpRequest(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

async function enter(): Promise<{ Cookie: string }> {
  const { pathname, search } = new URL(shell.entrance);
  const { headers } = await get(pathname + search);
  return { Cookie: headers['set-cookie']?.[0]?.split(';')[0] ?? '' };
}

/** What the server answers to a WebSocket: 101 when it is opened, else its HTTP status. */
function upgrade(path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${shell.port}${path}`, { headers });
    socket.on('open', () => {
      socket.terminate();
      resolve(101);
    });
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('error', () => {});
  });
}

describe('the ticket', () => {
  test('is swapped once for a cookie that scripts and other sites cannot use', async () => {
    const { pathname, search } = new URL(shell.entrance);
    const first = await get(pathname + search);
    expect(first).toMatchObject({ status: 303, headers: { location: '/' } });
    expect(first.headers['set-cookie']?.[0]).toMatch(
      /^labwright_\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/,
    );
    expect(first.headers['cache-control']).toBe('no-store');
    expect((await get(pathname + search)).status).toBe(403);
  });

  test.each(['/enter', '/enter?ticket=', '/enter?ticket=wrong'])(
    'that is wrong (%s) opens nothing and does not spend the right one',
    async (path) => {
      expect((await get(path)).status).toBe(403);
      expect((await get('/', await enter())).status).toBe(200);
      expect((await get(path)).status).toBe(403);
    },
  );
});

describe('a page', () => {
  test('is given to the holder of the cookie, with a strict policy', async () => {
    const page = await get('/', await enter());
    expect(page).toMatchObject({ status: 200, text: '<title>Labwright</title>' });
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['cache-control']).toBe('no-store');
    const policy = page.headers['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    expect(page.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    });
  });

  test('is refused without the cookie or with another one', async () => {
    const { Cookie } = await enter();
    for (const cookie of ['', 'labwright_1=x', `${Cookie}x`, Cookie.slice(0, -1), `x${Cookie}`]) {
      const answer = await get('/', { Cookie: cookie });
      expect(answer.status).toBe(403);
      expect(answer.text).not.toContain('<title>');
      expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    }
  });

  test('may be kept by the browser when its name changes with its content', async () => {
    const script = await get('/assets/a-1234.js', await enter());
    expect(script.headers['cache-control']).toContain('immutable');
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect((await get('/assets/a-1234.js', await enter(), 'HEAD')).text).toBe('');
  });

  test.each(['evil.example', 'evil.example:80', '127.0.0.1', '[::1]:80', 'localhost.evil:1'])(
    'is refused under the name %j, which is not ours',
    async (name) => {
      const headers = { ...(await enter()), Host: name };
      expect((await get('/', headers)).status).toBe(421);
    },
  );

  test('is given under localhost too', async () => {
    expect((await get('/', { ...(await enter()), Host: `localhost:${shell.port}` })).status).toBe(
      200,
    );
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('is not for %s', async (method) => {
    expect((await get('/', await enter(), method)).status).toBe(405);
  });

  test.each([
    '/../secret.json',
    '/%2e%2e/secret.json',
    '/..%2fsecret.json',
    '/assets/..%2f..%2fsecret.json',
    '/%2e%2e%2f%2e%2e%2fetc/passwd',
    '//secret.json',
    '/..%5csecret.json',
    '/secret.json%00.html',
    '/notes.txt',
    '/assets',
    '/nothing.html',
    '/%',
    '/%ff.html',
  ])('outside its folder, or of no kind for a page, is not found: %s', async (path) => {
    const answer = await get(path, await enter());
    expect(answer.text).not.toContain('secret');
    expect(answer.text).not.toContain('not for the browser');
    expect(answer.status).toBe(404);
  });
});

describe('a socket', () => {
  const origin = (value = `http://127.0.0.1:${shell.port}`) => ({ Origin: value });

  test('opens for the holder of the cookie on our own page', async () => {
    const cookie = await enter();
    expect(await upgrade('/rpc', { ...cookie, ...origin() })).toBe(101);
    expect(await upgrade('/terminals', { ...cookie, ...origin() })).toBe(101);
  });

  test('is refused without cookie, from another origin, under another name, or elsewhere', async () => {
    const cookie = await enter();
    const own = origin();
    expect(await upgrade('/rpc', own)).toBe(401);
    expect(await upgrade('/rpc', cookie)).toBe(401);
    expect(await upgrade('/rpc', { ...cookie, ...origin('null') })).toBe(401);
    expect(await upgrade('/rpc', { ...cookie, ...origin('http://evil.example') })).toBe(401);
    expect(await upgrade('/rpc', { ...cookie, ...origin(`https://127.0.0.1:${shell.port}`) })).toBe(
      401,
    );
    const rebound = { Host: 'evil.example', Origin: 'http://evil.example' };
    expect(await upgrade('/rpc', { ...cookie, ...rebound })).toBe(401);
    expect(await upgrade('/other', { ...cookie, ...own })).toBe(401);
    expect(await upgrade('/terminals', own)).toBe(401);
  });

  test.each([
    ['text', 'hello'],
    ['half a frame', Buffer.from([1, 2])],
    ['an unknown frame', Buffer.from([99, 0, 0, 0, 1])],
    ['a frame that only the core sends', Buffer.from(encodeFrame(FrameKind.data, 1))],
  ])(
    'of terminals that says %s is answered, or cut off, and the shell lives',
    async (_w, bytes) => {
      const headers = { ...(await enter()), ...origin() };
      const socket = new WebSocket(`ws://127.0.0.1:${shell.port}/terminals`, { headers });
      await new Promise((resolve) => socket.on('open', resolve));
      const answered = new Promise<string>((resolve) => {
        socket.on('close', (code) => resolve(`closed ${code}`));
        socket.on('message', (data: Buffer) => resolve(`frame ${decodeFrame(data).kind}`));
      });
      socket.send(bytes);
      expect(['closed 1008', `frame ${FrameKind.end}`]).toContain(await answered);
      socket.terminate();
      expect(await upgrade('/terminals', headers)).toBe(101);
    },
  );
});

test('nobody but this computer can connect', async () => {
  const addresses = Object.values(networkInterfaces())
    .flat()
    .filter((item) => item !== undefined && !item.internal && item.family === 'IPv4');
  for (const { address } of [...addresses, { address: '127.0.0.2' }] as { address: string }[]) {
    const outcome = await new Promise<string>((resolve) => {
      const socket = connect({ host: address, port: shell.port }, () => resolve('connected'));
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
    });
    expect(outcome, address).not.toBe('connected');
  }
});
