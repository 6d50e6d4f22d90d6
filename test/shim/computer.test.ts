import { existsSync } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { catalogues } from '../../src/messages/catalogues.ts';
import { APP_TEST, aComputer, type Computer } from './app-fixture.ts';
import type { Rectangle } from './electron/options.ts';
import type { RunningApp } from './launch.ts';
import { drive } from './page-driver.ts';

const SECRET = 'correct horse battery staple';
const LAPTOP = [{ x: 0, y: 0, width: 1920, height: 1040 }];

interface WindowState {
  count: number;
  normal: Rectangle;
  bounds: Rectangle;
  maximized: boolean;
  minimized: boolean;
}

const readLog = ({ directory }: Computer) =>
  readFile(join(directory, 'logs/labwright.log'), 'utf8');

async function keepSecret(app: RunningApp): Promise<void> {
  const client = await drive(await app.page());
  await client.call('vault.set', { name: 'esxi', value: SECRET });
}

describe('the app on a computer', APP_TEST, () => {
  test('a second start brings the first window forward and ends', async () => {
    const computer = await aComputer();
    const first = computer.start();
    await first.waitFor('window-loaded');
    await first.ask('minimize');
    const second = computer.start();
    expect(await second.exited).toBe(0);
    await first.waitFor('window-restored');
    await first.waitFor('window-focused');
    expect(second.all('window-opened')).toEqual([]);
    expect(await first.ask<WindowState>('window')).toMatchObject({ count: 1, minimized: false });
  });

  test('the window comes back where it was', async () => {
    const computer = await aComputer();
    const first = computer.start();
    await first.waitFor('window-loaded');
    const bounds = { x: 200, y: 90, width: 1111, height: 777 };
    await first.ask('set-bounds', bounds);
    await first.ask('maximize');
    await first.quit();

    const again = computer.start();
    const page = await again.page();
    const window = await again.ask<WindowState>('window');
    expect(window).toMatchObject({ normal: bounds, maximized: true });
    expect(await page.evaluate(() => innerWidth)).toBe(LAPTOP[0]?.width);
  });

  test('the window is brought back from a screen that is gone', async () => {
    const computer = await aComputer();
    const docked = [...LAPTOP, { x: 1920, y: 0, width: 2560, height: 1400 }];
    const first = computer.start({ displays: docked });
    await first.waitFor('window-loaded');
    await first.ask('set-bounds', { x: 2500, y: 100, width: 1000, height: 700 });
    await first.quit();

    const again = computer.start({ displays: LAPTOP });
    await again.waitFor('window-loaded');
    const { normal } = await again.ask<WindowState>('window');
    expect(normal).toMatchObject({ width: 1000, height: 700 });
    expect(normal.x + normal.width).toBeLessThanOrEqual(1920);
  });

  test.each(['basic_text', 'none'] as const)(
    'without a keychain (%s) secrets stay in memory',
    async (keychain) => {
      const computer = await aComputer();
      const app = computer.start({ keychain });
      const client = await drive(await app.page());
      await client.call('vault.set', { name: 'esxi', value: SECRET });
      expect(await client.call('vault.info')).toMatchObject({ store: 'memory', persistent: false });
      await app.quit();
      expect(existsSync(join(computer.directory, 'userData/vault.json'))).toBe(false);
      expect(await readLog(computer)).toContain('no keychain (basic_text)');
    },
  );

  test('with a keychain secrets are kept sealed, and only for their owner', async () => {
    const computer = await aComputer();
    const app = computer.start();
    await keepSecret(app);
    await app.quit();
    const file = join(computer.directory, 'userData/vault.json');
    const kept = await readFile(file, 'utf8');
    expect(kept).toContain('gnome_libsecret');
    expect(kept).not.toContain(SECRET);
    expect((await stat(file)).mode & 0o777).toBe(0o600);

    const client = await drive(await computer.start().page());
    expect(await client.call('vault.info')).toMatchObject({
      store: 'system',
      backend: 'gnome_libsecret',
      names: [{ name: 'esxi' }],
    });
  });

  test('an error that nobody caught is logged without secrets, told, and ends the app', async () => {
    const computer = await aComputer();
    const app = computer.start();
    await keepSecret(app);
    await app.ask('throw', `login with ${SECRET} failed`);
    expect(await app.waitFor('error-box')).toMatchObject({ title: 'Labwright' });
    expect(await app.exited).toBe(1);
    const log = await readLog(computer);
    expect(log).toContain('login with •••••• failed');
    expect(log).not.toContain(SECRET);
    expect(JSON.stringify(app.all('error-box'))).not.toContain(SECRET);
  });

  test('a log that cannot be written does not keep the app from working', async () => {
    const computer = await aComputer();
    await mkdir(join(computer.directory, 'logs/labwright.log'), { recursive: true });
    const app = computer.start({ keychain: 'none' });
    const client = await drive(await app.page());
    expect(await client.call('vault.info')).toMatchObject({ store: 'memory' });
    expect(await app.quit()).toBe(0);
  });

  test('settings that cannot be understood are set aside, and the app starts', async () => {
    const computer = await aComputer();
    const folder = join(computer.directory, 'userData');
    await mkdir(folder, { recursive: true });
    for (const damage of ['{ "theme": "dark"', '{ "theme": "purple" }']) {
      await writeFile(join(folder, 'settings.json'), damage);
      const app = computer.start();
      const client = await drive(await app.page());
      expect(await client.call('app.settings')).toMatchObject({ theme: 'system' });
      await app.quit();
      expect(await readFile(join(folder, 'settings.json.damaged'), 'utf8')).toBe(damage);
    }
  });

  test('settings last, and reach the shell around the page', async () => {
    const computer = await aComputer();
    const app = computer.start();
    const client = await drive(await app.page());
    const drawn = app.all('menu-set').length;
    await client.call('app.changeSettings', { theme: 'dark', language: 'ja' });
    await app.waitFor('menu-set', drawn + 1);
    expect(await app.ask('theme')).toBe('dark');
    const texts: Record<string, string> = catalogues.ja;
    const [file] = await app.ask<{ role: string; label?: string }[]>('menu');
    expect(file).toMatchObject({ role: 'fileMenu' });
    expect(file?.label).toBe(texts['menu.fileMenu']);
    await app.quit();

    const again = computer.start();
    await again.waitFor('menu-set');
    expect(await again.ask('theme')).toBe('dark');
  });

  test('the menu leaves the keys of a shell alone and shows the log', async () => {
    const computer = await aComputer();
    const app = computer.start();
    await app.waitFor('window-loaded');
    interface Item {
      role?: string;
      label?: string;
      submenu?: Item[];
    }
    const menu = await app.ask<Item[]>('menu');
    const roles = menu.flatMap(({ submenu = [] }) => submenu.map(({ role }) => role));
    for (const role of ['reload', 'forceReload', 'close', 'toggleDevTools']) {
      expect(roles).not.toContain(role);
    }
    const help = menu.find(({ role }) => role === 'help');
    await app.ask('click', help?.submenu?.[0]?.label);
    expect(await app.waitFor('show-in-folder')).toBe(
      join(computer.directory, 'logs/labwright.log'),
    );
  });

  test('a notification comes from the shell, and its click brings the window forward', async () => {
    const app = (await aComputer()).start();
    const client = await drive(await app.page());
    expect(await client.call('app.info')).toMatchObject({ canNotify: true });
    const note = { title: 'Rack 3 – Apply: succeeded', body: '4 of 4 steps done' };
    await client.call('app.notify', note);
    expect(await app.waitFor('notification')).toEqual(note);
    await app.ask('minimize');
    await app.ask('click-notification');
    await app.waitFor('window-restored');
    await app.waitFor('window-focused');
  });

  test('Windows knows the app by the id that its installer gives it', async () => {
    const app = (await aComputer()).start();
    const id = await app.waitFor('app-id');
    const builder = await readFile(join(import.meta.dirname, '../../electron-builder.yml'), 'utf8');
    expect(builder).toContain(`appId: ${id}\n`);
  });

  test('closing the window quits the app', async () => {
    const app = (await aComputer()).start();
    await app.waitFor('window-loaded');
    await app.ask('close');
    expect(await app.exited).toBe(0);
  });
});
