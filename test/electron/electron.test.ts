import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppInfo } from '../../src/contract/api.ts';
import { FrameKind } from '../../src/contract/terminal.ts';
import { drive } from '../shim/page-driver.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The program inside an Electron distribution. */
const PROGRAM: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'Electron.app/Contents/MacOS/Electron',
  win32: 'electron.exe',
};
const distribution =
  process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(ROOT, 'node_modules/electron/dist');
const program = join(distribution, PROGRAM[process.platform] ?? 'electron');

function whyNot(): string | undefined {
  if (!existsSync(program)) {
    return `there is no Electron binary at ${program}; set ELECTRON_OVERRIDE_DIST_PATH`;
  }
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY) {
    return 'there is no display; run it under xvfb-run';
  }
  if (process.getuid?.() === 0) return "root cannot use Chromium's sandbox; run it as a plain user";
  return undefined;
}

const reason = whyNot();
if (reason !== undefined) console.log(`The suite with the real Electron is skipped: ${reason}.`);

describe.skipIf(reason !== undefined)('Labwright in the real Electron', () => {
  let home: string;
  let app: ElectronApplication;
  let page: Page;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'labwright-electron-'));
    app = await _electron.launch({
      executablePath: program,
      args: [ROOT],
      cwd: ROOT,
      // Each system looks in another place for the folder of a person's settings.
      env: {
        ...process.env,
        HOME: home,
        XDG_CONFIG_HOME: join(home, 'config'),
        APPDATA: join(home, 'AppData'),
      } as Record<string, string>,
    });
    page = await app.firstWindow();
    await page.getByRole('heading', { name: /practice lab/i }).waitFor();
  });

  afterAll(async () => {
    await app?.close();
    if (home) await rm(home, { recursive: true, force: true, maxRetries: 5 });
  });

  test('the page lives at its own origin, in a secure context', async () => {
    const place = await page.evaluate(() => ({
      origin,
      secure: isSecureContext,
      url: location.href,
    }));
    expect(place).toEqual({
      origin: 'app://labwright',
      secure: true,
      url: 'app://labwright/index.html',
    });
  });

  test('the window is sandboxed and isolated', async () => {
    const settings = await app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
        getLastWebPreferences(): Record<string, unknown>;
      };
      const { sandbox, contextIsolation, nodeIntegration } = contents.getLastWebPreferences();
      return { sandbox, contextIsolation, nodeIntegration };
    });
    expect(settings).toEqual({ sandbox: true, contextIsolation: true, nodeIntegration: false });
    const seen = await page.evaluate(() => ['require', 'process'].filter((name) => name in window));
    expect(seen).toEqual([]);
  });

  test('calls and terminal bytes pass through real ports', async () => {
    const client = await drive(page);
    const info = AppInfo.parse(await client.call('app.info'));
    expect(info.shell).toBe('desktop');
    expect(info.electron).toMatch(/^45\./);
    const frame = await client.exchange([FrameKind.attach, 0, 0, 0, 7]);
    expect(frame.slice(0, 5)).toEqual([FrameKind.end, 0, 0, 0, 7]);
  });

  test('the policy of the app holds', async () => {
    const markup = await page.evaluate(() => {
      try {
        document.createElement('p').innerHTML = '<b>x</b>';
        return 'allowed';
      } catch {
        return 'refused';
      }
    });
    expect(markup).toBe('refused');
    const outside = await page.evaluate(() =>
      fetch('https://maas.io/').then(
        () => 'allowed',
        () => 'refused',
      ),
    );
    expect(outside).toBe('refused');
    expect(await page.evaluate(() => window.open('http://192.0.2.1/'))).toBeNull();
    expect(app.windows()).toHaveLength(1);
  });

  test('its Node has what the core needs: SQLite, and the cryptography of SSH', async () => {
    const missing = await app.evaluate(() => {
      const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
      new DatabaseSync(':memory:').close();
      const crypto = process.getBuiltinModule('node:crypto');
      // Electron links BoringSSL, which knows fewer of these than Node's own OpenSSL.
      const ciphers = ['aes-128-gcm', 'aes-256-gcm', 'aes-128-ctr', 'aes-192-ctr', 'aes-256-ctr'];
      const curves = ['prime256v1', 'secp384r1', 'secp521r1'];
      const known = [...crypto.getCiphers(), ...crypto.getCurves()];
      crypto.generateKeyPairSync('x25519');
      crypto.getDiffieHellman('modp14');
      return [...ciphers, ...curves].filter((name) => !known.includes(name));
    });
    expect(missing).toEqual([]);
  });

  test('the practice lab opens, over SSH within the app', async () => {
    const client = await drive(page);
    expect(await client.call('labs.practice')).toMatchObject({ lab: expect.any(String) });
  });
});
