import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { violations } from './axe.ts';
import { LabwrightApp } from './labwright-app.ts';
import { Screens } from './screens.ts';

describe.each(['light', 'dark'] as const)('completion in the plan, %s', (theme) => {
  let app: LabwrightApp;
  let screens: Screens;
  let editor: Locator;
  const list = () => app.page.getByRole('listbox', { name: screens.text('plan.completion.list') });
  const options = () => list().getByRole('option');
  const press = (key: string) => app.page.keyboard.press(key);
  const labels = () => options().locator('code').allTextContents();

  beforeAll(async () => {
    app = await LabwrightApp.open({ theme });
    screens = new Screens(app.page);
    await screens.openPractice();
    await screens.go('plan');
    editor = app.page.getByRole('textbox', { name: 'lab.yaml' });
  });

  afterAll(async () => {
    await app?.close();
  });

  beforeEach(async () => {
    await editor.fill('version: 1\nhosts:\n  rack-1:\n    address: 10.0.0.2\n');
    await press('Control+End');
    expect(await list().count()).toBe(0);
  });

  test('typing the beginning of a key offers it with what it is for; Enter writes it', async () => {
    await app.page.keyboard.type('mir');
    await list().waitFor();
    expect(await labels()).toEqual(['mirror']);
    expect(await options().first().textContent()).toContain(screens.text('plan.key.mirror'));
    await press('Enter');
    await list().waitFor({ state: 'detached' });
    expect(await editor.inputValue()).toMatch(/\nmirror:\n {2}$/);
  });

  test('Ctrl+Space asks, the arrows choose, Tab accepts, and the values of the key follow', async () => {
    await app.page.keyboard.type('mirror:\n  ');
    await press('Control+Space');
    await list().waitFor();
    expect(await labels()).toContain('directory');
    await press('ArrowDown');
    await press('Tab');
    expect(await editor.inputValue()).toMatch(/\n {2}line: $/);
    await options().nth(1).waitFor();
    expect(await labels()).toEqual(['v2', 'v3']);
    await press('ArrowUp');
    await press('Enter');
    await list().waitFor({ state: 'detached' });
    expect(await editor.inputValue()).toMatch(/\n {2}line: v3$/);
  });

  test('a screen reader is told how many there are and which is chosen', async () => {
    await app.page.keyboard.type('mirror:\n  host: ');
    await list().waitFor();
    const chosen = () => editor.getAttribute('aria-activedescendant');
    const id = await chosen();
    expect(await app.page.locator(`[id="${id}"]`).textContent()).toContain('rack-1');
    expect(await app.page.locator(`[id="${id}"]`).getAttribute('aria-selected')).toBe('true');
    expect(await editor.getAttribute('aria-controls')).toBe(await list().getAttribute('id'));
    await app.page
      .getByTestId('announcer')
      .getByText(screens.text('plan.completion.some', { n: 1 }))
      .waitFor({ state: 'attached' });
    expect(await violations(app.page)).toEqual([]);
  });

  test('Escape closes the list and leaves the text and the focus', async () => {
    await app.page.keyboard.type('mir');
    await list().waitFor();
    await press('Escape');
    await list().waitFor({ state: 'detached' });
    expect(await editor.inputValue()).toMatch(/\nmir$/);
    expect(await editor.evaluate((area) => area === document.activeElement)).toBe(true);
    expect(await editor.getAttribute('aria-activedescendant')).toBeNull();
  });

  test('while it is closed Enter and Tab are what they are everywhere', async () => {
    await app.page.keyboard.type('name: my lab');
    expect(await list().count()).toBe(0);
    await press('Enter');
    expect(await editor.inputValue()).toMatch(/\nname: my lab\n$/);
    await press('Tab');
    expect(await editor.evaluate((area) => area === document.activeElement)).toBe(false);
  });

  test('where nothing fits it says so and opens nothing', async () => {
    await app.page.keyboard.type('# ');
    await press('Control+Space');
    await app.page
      .getByTestId('announcer')
      .getByText(screens.text('plan.completion.none'))
      .waitFor({ state: 'attached' });
    expect(await list().count()).toBe(0);
  });

  test('a click accepts, Ctrl+Z takes it back, and leaving closes the list', async () => {
    await app.page.keyboard.type('mirror:\n  di');
    await options().first().click();
    expect(await editor.inputValue()).toMatch(/\n {2}directory: $/);
    await press('Control+z');
    expect(await editor.inputValue()).not.toContain('directory');
    await press('Control+End');
    await press('Control+Space');
    await list().waitFor();
    await app.page.getByRole('heading', { level: 1 }).click();
    await list().waitFor({ state: 'detached' });
  });

  test('the list stays inside the window at its lower right corner', async () => {
    await app.page.setViewportSize({ width: 800, height: 560 });
    await editor.fill(`${'# line\n'.repeat(60)}mirror:\n  `);
    await press('Control+End');
    await press('Control+Space');
    await list().waitFor();
    const box = await list().boundingBox();
    expect(box?.y).toBeGreaterThanOrEqual(0);
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(560);
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(800);
    await press('Escape');
    await app.page.setViewportSize({ width: 1280, height: 800 });
  });

  test('the page logged no error on the way', () => {
    expect(app.pageErrors).toEqual([]);
  });
});
