import { describe, expect, test } from 'vitest';
import { AppInfo } from '../../src/contract/api.ts';
import { FrameKind } from '../../src/contract/terminal.ts';
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
