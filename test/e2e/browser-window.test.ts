import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';

const DIST = join(import.meta.dirname, '../../dist');
/** What the app does after its window is gone takes seconds by design. */
const PATIENCE = { timeout: 40_000 };

let home: string;
let apps: ChildProcess[] = [];

/**
 * A browser as far as the app sees one: it notes how it was started. `stays` is one of its own;
 * otherwise it ends at once, as one does that hands the address over to another that runs already.
 */
async function installBrowser(stays: boolean): Promise<void> {
  const path = join(home, 'bin', 'chromium');
  const after = stays ? 'exec sleep 1000' : 'exit 0';
  await writeFile(path, `#!/bin/sh\necho "$$ $*" >>"$HOME/windows"\n${after}\n`);
  await chmod(path, 0o755);
}

interface Window {
  readonly pid: number;
  readonly address: string;
  readonly profile: string;
}

function windows(): Window[] {
  const path = join(home, 'windows');
  if (!existsSync(path)) return [];
  return [
    ...readFileSync(path, 'utf8').matchAll(/^(\d+) .*--app=(\S+) .*--user-data-dir=(\S+)/gm),
  ].map(([, pid, address = '', profile = '']) => ({ pid: Number(pid), address, profile }));
}

async function windowNumber(n: number): Promise<Window> {
  await expect.poll(() => windows().length, { timeout: 20_000 }).toBeGreaterThanOrEqual(n);
  return windows()[n - 1]!;
}

function startApp(): ChildProcess & { lines: string[] } {
  const app = spawn(process.execPath, [join(DIST, 'cli.js'), 'serve'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: `${join(home, 'bin')}:/usr/bin:/bin`,
      HOME: home,
      DISPLAY: ':99',
      LANG: 'en_US.UTF-8',
    },
  });
  apps.push(app);
  const lines: string[] = [];
  for (const stream of [app.stdout, app.stderr]) {
    createInterface({ input: stream! }).on('line', (line) => lines.push(line));
  }
  return Object.assign(app, { lines });
}

/** The ticket becomes a cookie, as in a page that opens the address. */
async function enter(address: string): Promise<string> {
  const answer = await fetch(address, { redirect: 'manual' });
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}

/** The connection of a page. */
async function connect(address: string, cookie: string): Promise<WebSocket> {
  const { origin, host } = new URL(address);
  const page = new WebSocket(`ws://${host}/rpc`, { headers: { cookie, origin } });
  await new Promise((resolve, reject) => page.once('open', resolve).once('error', reject));
  return page;
}

const visit = async (address: string) => connect(address, await enter(address));

const ended = (app: ChildProcess) =>
  expect.poll(() => app.exitCode ?? app.signalCode, { timeout: 20_000 });

const runs = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'labwright-window-'));
  await mkdir(join(home, 'bin'));
});

afterEach(async () => {
  for (const app of apps) app.kill('SIGKILL');
  for (const { pid } of windows()) if (runs(pid)) process.kill(pid, 'SIGKILL');
  apps = [];
  await rm(home, { recursive: true, force: true });
});

test('closing the window ends the app', PATIENCE, async () => {
  await installBrowser(true);
  const app = startApp();
  const { pid, address } = await windowNumber(1);
  const page = await visit(address);
  process.kill(pid);
  page.terminate();
  await ended(app).toBe(0);
});

test('an app that is ended takes its window along', PATIENCE, async () => {
  await installBrowser(true);
  const app = startApp();
  const { pid, address } = await windowNumber(1);
  await visit(address);
  app.kill('SIGTERM');
  await ended(app).toBe(0);
  await expect.poll(() => runs(pid), { timeout: 5000 }).toBe(false);
});

test(
  'a second app has a browser profile of its own, and takes it away again',
  PATIENCE,
  async () => {
    await installBrowser(true);
    startApp();
    const first = await windowNumber(1);
    const second = startApp();
    const other = await windowNumber(2);
    expect(other.profile).not.toBe(first.profile);
    second.kill('SIGTERM');
    await ended(second).toBe(0);
    expect(existsSync(other.profile)).toBe(false);
    expect(existsSync(first.profile)).toBe(true);
  },
);

test(
  'a browser that runs already may open the window: the app lives as long as its pages',
  PATIENCE,
  async () => {
    await installBrowser(false);
    const app = startApp();
    const { address } = await windowNumber(1);
    const cookie = await enter(address);
    const page = await connect(address, cookie);
    // Longer than an app stays whose window was closed.
    await new Promise((done) => setTimeout(done, 2500));
    expect(app.exitCode).toBeNull();
    page.terminate();
    const reloaded = await connect(address, cookie);
    expect(app.exitCode).toBeNull();
    reloaded.terminate();
    await ended(app).toBe(0);
  },
);

test(
  'a browser that opens nothing is told, with the address that still works',
  PATIENCE,
  async () => {
    await installBrowser(false);
    const app = startApp();
    const { address } = await windowNumber(1);
    await expect.poll(() => app.lines, { timeout: 25_000 }).toContain(address);
    expect(app.exitCode).toBeNull();
    await visit(address);
  },
);
