import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabwrightApp } from './labwright-app.ts';
import { Screens } from './screens.ts';

let app: LabwrightApp;
let screens: Screens;

beforeAll(async () => {
  app = await LabwrightApp.open();
  screens = new Screens(app.page);
});

afterAll(async () => {
  await app?.close();
});

/** Waits until the keyboard is at something that has this text or name. */
async function focusIsAt(text: string): Promise<void> {
  const at = () =>
    app.page.evaluate(() => {
      const { activeElement: element } = document;
      return element === null || element === document.body ? undefined : element.textContent;
    });
  await expect.poll(at, { timeout: 10_000 }).toContain(text);
}

/** Goes to a button when it can be pressed. */
async function focusOn(button: Locator): Promise<void> {
  await button.click({ trial: true });
  await button.focus();
}

/** Presses a button as a person without a mouse does. */
async function press(key: Parameters<Screens['button']>[0]): Promise<void> {
  await focusOn(screens.button(key));
  await app.page.keyboard.press('Enter');
}

/** Waits until a button has said this, and says something else again. */
async function goesBy(where: Locator, key: 'top.checking' | 'guide.checking'): Promise<void> {
  const said = where.getByRole('button', { name: screens.text(key), exact: true });
  await said.waitFor();
  await said.waitFor({ state: 'detached' });
}

test('opening the practice lab takes the keyboard to the Guide', async () => {
  await screens.button('start.practiceOpen').waitFor();
  await press('start.practiceOpen');
  await app.page.getByRole('heading', { name: screens.text('nav.guide'), level: 1 }).waitFor();
  // Also when the look has ended, and another step is the next one.
  await screens.stepIs('mirror.packages', 'todo');
  await focusIsAt(screens.text('step.mirror.packages.title'));
  await expect
    .poll(() => app.page.evaluate(() => document.activeElement?.tagName), { timeout: 10_000 })
    .toMatch(/^H[12]$/);
});

test('a link of the navigation keeps the keyboard', async () => {
  await screens.stepIs('mirror.packages', 'todo');
  await app.page.getByRole('link', { name: screens.text('nav.plan') }).focus();
  await app.page.keyboard.press('Enter');
  await app.page.getByRole('heading', { name: screens.text('nav.plan'), level: 1 }).waitFor();
  await focusIsAt(screens.text('nav.plan'));
  await screens.go('guide');
});

test('a step that another one waits for is reached by its link, and the keyboard with it', async () => {
  await screens.openStep('mirror.signature');
  const link = app.page.locator('.lw-waits a').first();
  const title = (await link.textContent()) ?? '';
  await link.focus();
  await app.page.keyboard.press('Enter');
  await app.page.getByTestId('step-detail').getByRole('heading', { name: title }).waitFor();
  await focusIsAt(title);
});

test('checking a step gives the keyboard back to its button', async () => {
  await screens.openStep('mirror.packages');
  await app.page.getByTestId('step-detail').locator('header button').focus();
  await app.page.keyboard.press('Enter');
  await goesBy(app.page.getByTestId('step-detail'), 'guide.checking');
  await focusIsAt(screens.text('guide.check'));
});

test('checking all gives the keyboard back, however long the look goes on', async () => {
  // Whether the answer or the news that the look is over comes first, is not always the same.
  for (let time = 0; time < 4; time++) {
    await press('top.checkAll');
    await goesBy(app.page.getByRole('banner'), 'top.checking');
    await focusIsAt(screens.text('top.checkAll'));
  }
});

test('a secret is not lost because its name is wrong', async () => {
  await screens.go('settings');
  const { page } = app;
  await page.getByLabel(screens.text('vault.newName'), { exact: true }).fill('rack 7');
  const value = page.getByLabel(screens.text('vault.value'), { exact: true });
  await value.fill('correct horse');
  await value.press('Enter');
  await page.getByText(screens.text('form.wrong.name')).waitFor();
  expect(await value.inputValue()).toBe('correct horse');
  await page.getByLabel(screens.text('vault.newName'), { exact: true }).fill('rack-7');
  await value.press('Enter');
  await page
    .getByRole('list', { name: screens.text('vault.names') })
    .getByText('rack-7')
    .waitFor();
  expect(await value.inputValue()).toBe('');
  await screens.go('guide');
});

test('Apply keeps the keyboard at the step, while it runs and when it is done', async () => {
  await screens.openStep('mirror.packages');
  await screens.button('guide.apply').waitFor();
  await press('guide.apply');
  const title = screens.text('step.mirror.packages.title');
  await app.page.getByTestId('step-run').waitFor();
  await focusIsAt(title);
  await screens.stepIs('mirror.packages', 'done');
  await focusIsAt(title);
});

test('applying all from the preview leaves the keyboard on the screen', async () => {
  await press('guide.applyAll');
  const panel = app.page.getByRole('complementary', { name: screens.text('nav.side') });
  const apply = panel.getByRole('button', { name: screens.text('guide.applySteps', { n: 3 }) });
  await focusOn(apply);
  await app.page.keyboard.press('Enter');
  await app.page.getByTestId('run-banner').waitFor();
  await expect
    .poll(() => app.page.evaluate(() => document.activeElement?.id), { timeout: 10_000 })
    .toBe('step-title');
  expect(app.pageErrors).toEqual([]);
});
