import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { violations } from './axe.ts';
import { LabwrightApp } from './labwright-app.ts';
import { Screens } from './screens.ts';

describe.each(['light', 'dark'] as const)('accessibility in the %s theme', (theme) => {
  let app: LabwrightApp;
  let screens: Screens;

  beforeAll(async () => {
    app = await LabwrightApp.open({ theme });
    screens = new Screens(app.page);
  });

  afterAll(async () => {
    await app?.close();
  });

  test('the Start screen has no violation', async () => {
    await screens.button('start.practiceOpen').waitFor();
    expect(await violations(screens.page)).toEqual([]);
  });

  test('the Guide with a preview has none', async () => {
    await screens.openPractice();
    await screens.stepIs('mirror.packages', 'todo');
    await screens.openStep('mirror.packages');
    await screens.button('guide.applyAll').click();
    await screens.page
      .getByRole('complementary')
      .getByText('sstream-mirror')
      .first()
      .waitFor({ state: 'attached' });
    expect(await violations(screens.page)).toEqual([]);
  });

  test.each(['map', 'hosts', 'journal', 'plan', 'settings'] as const)(
    'the screen %s has none',
    async (name) => {
      await screens.go(name);
      expect(await violations(screens.page)).toEqual([]);
    },
  );

  test('an open terminal has none', async () => {
    await screens.go('hosts');
    await screens.button('hosts.terminal').first().click();
    await screens.terminalShows('ubuntu@mirror');
    expect(await violations(screens.page)).toEqual([]);
  });

  test('the list of keys opens with ? and returns the focus', async () => {
    await screens.go('guide');
    await screens.page.locator('h1').click();
    await screens.page.keyboard.press('?');
    await screens.page.getByRole('dialog', { name: screens.text('keys.title') }).waitFor();
    expect(await violations(screens.page)).toEqual([]);
    await screens.page.keyboard.press('Escape');
    await screens.page.getByRole('dialog').waitFor({ state: 'detached' });
  });
});
