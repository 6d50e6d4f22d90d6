import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LabwrightApp } from './labwright-app.ts';
import { MIRROR_STEPS, Screens } from './screens.ts';

describe.each(['en', 'ja'] as const)('the practice lab, walked in %s', (language) => {
  let app: LabwrightApp;
  let screens: Screens;

  beforeAll(async () => {
    app = await LabwrightApp.open({ language });
    screens = new Screens(app.page, language);
  });

  afterAll(async () => {
    await app?.close();
  });

  test('the first screen offers the practice lab and the page speaks the language', async () => {
    await screens.button('start.practiceOpen').waitFor();
    expect(await app.page.locator('html').getAttribute('lang')).toBe(language);
  });

  test('opening it observes the server without being asked', async () => {
    await screens.openPractice();
    await screens.stepIs('mirror.reachable', 'done');
    await screens.stepIs('mirror.packages', 'todo');
  });

  test('one step is applied from its own preview', async () => {
    await screens.openStep('mirror.packages');
    await screens.page
      .getByText('apt-get install', { exact: false })
      .first()
      .waitFor({ state: 'attached' });
    await screens.button('guide.apply').click();
    await screens.stepIs('mirror.packages', 'done');
  });

  test('everything else is applied after its combined preview was shown', async () => {
    await screens.button('guide.applyAll').click();
    const panel = screens.page.getByRole('complementary', { name: screens.text('nav.side') });
    const apply = panel.getByRole('button', { name: screens.text('guide.applySteps', { n: 3 }) });
    await apply.click();
    await screens.page.getByRole('progressbar').first().waitFor();
    await screens.allDone(MIRROR_STEPS);
  });

  test('what is broken in the terminal makes the tick fall, without a click', async () => {
    await screens.openStep('mirror.images');
    await screens.button('guide.openTerminal').click();
    await screens.terminalShows('ubuntu@mirror');
    // The command of the step is typed but not sent: it is cleared before another one is given.
    await screens.page.locator('.xterm-helper-textarea').last().focus();
    await screens.page.keyboard.press('Control+c');
    await screens.type('sudo find /var/www/html -name boot-initrd -delete; echo broken-by-hand');
    await screens.terminalShows('broken-by-hand');
    await screens.stepIs('mirror.images', 'drifted');
  });

  test('after a reload the terminal is there again with its screen', async () => {
    const before = await screens.terminalText();
    expect(before).toContain('broken-by-hand');
    await screens.page.reload();
    await screens.terminalShows('broken-by-hand');
    await screens.stepIs('mirror.images', 'drifted');
  });

  test('asking for the terminal of the same step again goes to the one that is open', async () => {
    const tabs = screens.page.getByRole('tab', { name: 'mirror' });
    await screens.openStep('mirror.images');
    await screens.button('guide.openTerminal').click();
    // The one that was opened for the host shows the same prompt: only its tab tells that this one is there.
    await expect.poll(() => tabs.count()).toBe(2);
    await screens.terminalShows('ubuntu@mirror');
    await screens.page.locator('h1').click();
    await screens.button('guide.openTerminal').click();
    const at = () =>
      screens.page.evaluate(() => document.activeElement?.className ?? '').catch(() => '');
    await expect.poll(at).toContain('xterm');
    expect(await tabs.count()).toBe(2);
  });

  test('Shift+Tab leaves the terminal', async () => {
    await screens.page.locator('.xterm-helper-textarea').last().focus();
    await screens.page.keyboard.press('Shift+Tab');
    const inside = await screens.page.evaluate(() =>
      document.activeElement?.classList.contains('xterm-helper-textarea'),
    );
    expect(inside).toBe(false);
  });

  test('applying mends it', async () => {
    await screens.openStep('mirror.images');
    await screens.button('guide.apply').click();
    await screens.allDone(MIRROR_STEPS);
  });

  test('the journal tells what was done', async () => {
    await screens.go('journal');
    await screens.page.getByRole('main').getByText('mirror').first().waitFor();
  });

  test('the page logged no error on the way', () => {
    expect(app.pageErrors).toEqual([]);
  });
});
