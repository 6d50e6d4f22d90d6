import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, mkdirSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ProcessLock } from '../files/process-lock.ts';

/** Browsers that know `--app`, in the order in which we would rather have them. */
const BROWSERS = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
];

function findBrowser(): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of BROWSERS) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Look on.
      }
    }
  }
  return undefined;
}

/**
 * Opens the address in a browser window of its own, or says why it cannot. Root gets `--no-sandbox`
 * because Chromium refuses to start without it; anyone else keeps the sandbox.
 */
export function openWindow(
  url: string,
  profile: string,
): { window: ChildProcess } | { why: 'no-display' | 'no-browser' } {
  const hasDisplay =
    process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (!hasDisplay) return { why: 'no-display' };
  const browser = findBrowser();
  if (browser === undefined) return { why: 'no-browser' };
  const root = process.getuid?.() === 0 ? ['--no-sandbox', '--test-type'] : [];
  const window = spawn(
    browser,
    [
      `--app=${url}`,
      `--user-data-dir=${profile}`,
      '--class=labwright',
      '--no-first-run',
      '--no-default-browser-check',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...root,
    ],
    { stdio: 'ignore' },
  );
  return { window };
}

/**
 * A browser profile that no other Labwright of this person uses: a browser hands the address over to
 * one that runs with the same profile, which then has windows of two apps.
 */
export function takeProfile(data: string): { path: string; release: () => void } {
  const path = join(data, 'browser');
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const lock = ProcessLock.acquire(join(path, 'labwright.lock'));
  if (lock instanceof ProcessLock) return { path, release: () => lock.release() };
  const own = join(data, `browser-${process.pid}`);
  mkdirSync(own, { recursive: true, mode: 0o700 });
  return { path: own, release: () => rmSync(own, { recursive: true, force: true }) };
}
