import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AppInfo } from '../../src/contract/api.ts';
import { FrameKind } from '../../src/contract/terminal.ts';
import { en } from '../../src/messages/catalogues.ts';
import { APP_TEST, aComputer } from './app-fixture.ts';
import { drive } from './page-driver.ts';

describe('the desktop app', APP_TEST, () => {
  test('starts at the Start screen and quits cleanly', async () => {
    const app = (await aComputer()).start();
    const page = await app.page();
    await page.getByRole('heading', { name: /practice lab/i }).waitFor();
    expect(await page.title()).toBe('Labwright');
    expect(app.all('request-refused')).toEqual([]);
    expect(app.all('preload-failed')).toEqual([]);
    expect(await app.quit()).toBe(0);
  });

  test('answers calls that the page makes through the preload', async () => {
    const app = (await aComputer()).start({ languages: ['ja-JP', 'en'] });
    const client = await drive(await app.page());
    const info = AppInfo.parse(await client.call('app.info'));
    expect(info).toMatchObject({ shell: 'desktop', systemLanguage: 'ja-JP' });
    expect(info.labsDirectory).toMatch(/documents.Labwright$/);
  });

  test('carries terminal bytes beside the calls', async () => {
    const app = (await aComputer()).start();
    const client = await drive(await app.page());
    // Nobody has a terminal 7: the core answers with its end.
    const answer = await client.exchange([FrameKind.attach, 0, 0, 0, 7]);
    expect(answer.slice(0, 5)).toEqual([FrameKind.end, 0, 0, 0, 7]);
  });

  test('opens the practice lab, hosts and all, from the Start screen', async () => {
    const app = (await aComputer()).start();
    const page = await app.page();
    await page.getByRole('button', { name: /practice lab/i }).click();
    await page
      .getByRole('heading', { name: /image mirror/i })
      .first()
      .waitFor();
    expect(await app.quit()).toBe(0);
  });

  test('opens a lab that is picked with the picker of the computer, and forgets a change of mind', async () => {
    const computer = await aComputer();
    const file = join(computer.directory, 'rack/lab.yaml');
    await mkdir(dirname(file));
    await writeFile(file, 'version: 1\nname: Rack 3\n');
    const app = computer.start();
    const page = await app.page();
    const choose = page.getByRole('button', { name: en['pick.lab-file'] });
    await choose.click();
    expect(await app.waitFor('open-dialog')).toMatchObject({ properties: ['openFile'] });
    await app.ask('pick', []);
    await choose.and(page.locator(':enabled')).click();
    await app.waitFor('open-dialog', 2);
    await app.ask('pick', [file]);
    await page.getByRole('heading', { name: en['nav.guide'], level: 1 }).waitFor();
    expect(decodeURIComponent(page.url())).toContain(file);
  });

  test('picks the directory of a new lab and a key file, hidden ones too', async () => {
    const app = (await aComputer()).start();
    const page = await app.page();
    await page.getByRole('button', { name: en['pick.folder'] }).click();
    expect(await app.waitFor('open-dialog')).toMatchObject({
      properties: ['openDirectory', 'createDirectory'],
    });
    await app.ask('pick', ['/labs/rack-3']);
    const directory = page.getByLabel(en['form.directory'], { exact: true });
    await expect.poll(() => directory.inputValue()).toBe('/labs/rack-3');
    await page.getByLabel(en['form.auth'], { exact: true }).selectOption('key_file');
    await page.getByRole('button', { name: en['pick.key-file'] }).click();
    expect(await app.waitFor('open-dialog', 2)).toMatchObject({
      properties: ['openFile', 'showHiddenFiles'],
      defaultPath: expect.stringMatching(/\.ssh$/),
    });
    await app.ask('pick', ['/home/ann/.ssh/lab']);
    const key = page.getByLabel(en['form.keyFile'], { exact: true });
    await expect.poll(() => key.inputValue()).toBe('/home/ann/.ssh/lab');
  });

  test('connects again after the page was loaded anew', async () => {
    const app = (await aComputer()).start();
    const page = await app.page();
    await app.waitFor('ipc');
    await page.evaluate(() => location.reload());
    await app.waitFor('navigation-allowed');
    // The new document asked for ports of its own.
    await app.waitFor('ipc', 2);
    await page.getByRole('heading', { name: /practice lab/i }).waitFor();
    const client = await drive(page);
    expect(await client.call('app.info')).toMatchObject({ shell: 'desktop' });
  });

  test('gives the page nothing of Node and nothing of Electron but a mark', async () => {
    const app = (await aComputer()).start();
    const page = await app.page();
    const seen = await page.evaluate(() => {
      const names = ['require', 'process', 'module', 'Buffer', 'electron', 'labwrightShimSay'];
      const found = names.filter((name) => name in window);
      return { found, mark: { ...window.labwright }, frozen: Object.isFrozen(window.labwright) };
    });
    expect(seen).toEqual({ found: [], mark: { shell: 'desktop' }, frozen: true });
  });

  test('shows its window while the keychain keeps it waiting, and answers after that', async () => {
    const app = (await aComputer()).start({ slowKeychain: true });
    const client = await drive(await app.page());
    const answer = client.call('vault.info');
    expect(app.all('window-loaded')).toHaveLength(1);
    await app.waitFor('keychain-asked');
    await app.ask('answer-keychain');
    expect(await answer).toMatchObject({ store: 'system' });
  });
});
