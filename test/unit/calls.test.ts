import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Api } from '../../src/contract/api.ts';
import { Settings } from '../../src/contract/settings.ts';
import type { Core } from '../../src/main/app/core.ts';
import { createCore } from '../../src/main/app/create-core.ts';
import { type BrowserShell, serve } from '../../src/main/server/serve.ts';
import { MemoryVault } from '../../src/main/vault/vault.ts';

let folder: string;
let shell: BrowserShell;
let core: Core;
let client: ContractRouterClient<Api>;
let socket: WebSocket;
const home = process.env.HOME;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'labwright-calls-'));
  process.env.HOME = folder;
  let settings = Settings.parse({});
  core = await createCore({
    shell: 'browser',
    version: '1.2.3',
    systemLanguage: 'ja-JP',
    labsDirectory: join(folder, 'labs'),
    dataDirectory: join(folder, 'data'),
    settings: {
      get: () => settings,
      set: (next) => {
        settings = next;
      },
    },
    vault: new MemoryVault([['known', 'swordfish']]),
    connect: () => Promise.reject(new Error('no network here')),
    now: () => 5,
    who: 'ann',
  });
  shell = await serve(core, { renderer: join(folder, 'renderer') });
  const entered = await fetch(shell.entrance, { redirect: 'manual' });
  const Cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
  const headers = { Cookie, Origin: `http://127.0.0.1:${shell.port}` };
  socket = new WebSocket(`ws://127.0.0.1:${shell.port}/rpc`, { headers });
  await new Promise((resolve) => socket.on('open', resolve));
  client = createORPCClient(new RPCLink({ websocket: socket as unknown as globalThis.WebSocket }));
});

afterEach(async () => {
  socket.terminate();
  await shell.close();
  await core.close();
  await rm(folder, { recursive: true });
  if (home === undefined) delete process.env.HOME;
  else process.env.HOME = home;
});

test('reach the real core', async () => {
  expect(await client.app.info()).toMatchObject({
    version: '1.2.3',
    shell: 'browser',
    systemLanguage: 'ja-JP',
    canNotify: false,
    canPick: false,
  });
  await client.app.changeSettings({ theme: 'dark' });
  expect(await client.app.settings()).toMatchObject({ theme: 'dark', language: 'system' });
});

test('what only a desktop can do is refused with a reason', async () => {
  const note = { title: 'Apply: succeeded', body: '' };
  await expect(client.app.notify(note)).rejects.toMatchObject({
    data: { code: 'not-in-this-shell' },
  });
  await expect(client.app.pick({ what: 'folder' })).rejects.toMatchObject({
    data: { code: 'not-in-this-shell' },
  });
});

test('can set, test and name a secret, and never read one', async () => {
  await client.vault.set({ name: 'other', value: 'hunter22' });
  expect(await client.vault.test({ name: 'other' })).toEqual({ readable: true });
  const info = JSON.stringify(await client.vault.info());
  expect(info).toContain('other');
  expect(info).not.toMatch(/swordfish|hunter22/);
  expect(Object.keys(core.router as object)).toContain('vault');
  expect(Object.keys((core.router as unknown as Api).vault)).not.toContain('get');
});

test('fail with a code and a sentence, without a stack', async () => {
  const call = client.labs.open({ path: join(folder, 'nowhere', 'lab.yaml') });
  await expect(call).rejects.toMatchObject({
    code: 'LABWRIGHT',
    data: { code: 'plan-missing', reason: { key: 'error.plan-missing' } },
  });
  await expect(client.guide.preview({ lab: 'x' })).rejects.toMatchObject({
    data: { code: 'lab-not-open' },
  });
  const refused = client.vault.set({ name: 'not a name', value: 'x' });
  await expect(refused).rejects.toMatchObject({ code: 'BAD_REQUEST' });
});

test('watch a lab: the whole state first, then its changes', async () => {
  const { lab } = await client.labs.create({
    name: 'New',
    directory: join(folder, 'labs', 'new'),
    host: { name: 'mirror', address: '127.0.0.1', port: 9, user: 'me', auth: 'agent' },
    line: 'v3',
  });
  const events = await client.labs.watch({ lab });
  const first = await events.next();
  expect(first.value).toMatchObject({ type: 'snapshot', state: { access: 'owner' } });
  await client.guide.claim({ lab, id: 'mirror.reachable@mirror', what: 'skipped', why: 'test' });
  // Opening a lab also looks at its hosts: what that brings comes in between.
  for await (const event of events) {
    if (event.type !== 'finding' || event.finding.state !== 'skipped') continue;
    expect(event.finding).toMatchObject({ id: 'mirror.reachable@mirror', by: { who: 'ann' } });
    return;
  }
  expect.unreachable('the stream ended without the change');
});
