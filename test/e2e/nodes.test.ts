import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { violations } from './axe.ts';
import { makeKvmLab } from './kvm-lab.ts';
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

const grid = (): Locator => app.page.getByRole('grid', { name: screens.text('nodes.table') });
const row = (name: string): Locator => grid().getByRole('row').filter({ hasText: name });
const panel = (): Locator =>
  app.page.getByRole('complementary', { name: screens.text('nav.side') });
const names = (): Promise<string[]> =>
  grid().locator('tbody th > span:first-child').allTextContents();

describe('a lab whose host was asked an hour ago', () => {
  beforeAll(async () => {
    await screens.openAt(makeKvmLab(app.home, { heldByAnother: true }), 'nodes');
    await row('node-1').waitFor();
  });

  test('the Guide tells its machines apart by their names, and how old what it knows is', async () => {
    await screens.go('guide');
    const machines = app.page.locator('a[data-step^="nodes.machine@"] code');
    await machines.first().waitFor();
    expect((await machines.allTextContents()).sort()).toEqual([
      'maas',
      'node-1',
      'node-2',
      'node-3',
      'node-4',
    ]);
    const progress = app.page.getByTestId('guide-progress');
    expect(await progress.textContent()).toContain(screens.text('guide.checked'));
    await screens.go('nodes');
  });

  test('shows what there is and what is planned, with its age and its addresses', async () => {
    expect((await names()).map((name) => /^[a-z]+(-\d+)?/.exec(name)?.[0])).toEqual([
      'maas',
      'node-1',
      'node-2',
      'node-3',
      'node-4',
      'web-1',
      'web-2',
      'web-3',
    ]);
    await row('node-4').getByText(screens.text('nodes.owner.planned')).waitFor();
    expect(await row('node-4').textContent()).toMatch(/52:54:00(:[0-9a-f]{2}){3}/);
    await row('node-2').getByText(screens.text('nodes.boot.wrong')).waitFor();
    expect(await row('node-1').textContent()).not.toContain(screens.text('nodes.boot.wrong'));
    await app.page.getByText('1 h ago').first().waitFor();
  });

  test('is sorted by any column and says so', async () => {
    const power = grid().getByRole('columnheader', { name: screens.text('nodes.column.power') });
    await power.getByRole('button').click();
    await grid()
      .locator('th[aria-sort=ascending]', { hasText: screens.text('nodes.column.power') })
      .waitFor();
    expect((await names())[0]).toContain('node-3');
    await power.getByRole('button').click();
    await grid().locator('th[aria-sort=descending]').waitFor();
    expect((await names())[0]).toContain('maas');
    await screens.button('nodes.column.name').click();
  });

  test('is searched, and narrowed to this lab’s machines', async () => {
    const field = app.page.getByLabel(screens.text('nodes.filter'));
    await field.fill('web');
    await app.page.getByText(screens.text('nodes.count', { shown: 3, all: 8 })).waitFor();
    // The box itself is drawn by its label.
    await app.page.getByText(screens.text('nodes.onlyOurs')).click();
    await app.page.getByText(screens.text('nodes.nothing')).waitFor();
    await field.fill('');
    await app.page.getByText(screens.text('nodes.count', { shown: 5, all: 8 })).waitFor();
    await app.page.getByText(screens.text('nodes.onlyOurs')).click();
  });

  test('is walked by keyboard: arrows, Enter, Escape, and the focus comes back', async () => {
    await grid().focus();
    await app.page.keyboard.press('Home');
    await app.page.keyboard.press('ArrowDown');
    await app.page.keyboard.press('ArrowDown');
    await app.page.keyboard.press('Enter');
    await panel().getByRole('heading', { name: 'node-2', level: 2 }).waitFor();
    await panel().getByText('boots in the order').first().waitFor();
    await panel().getByText(screens.text('guide.evidence')).waitFor();
    await panel().getByRole('button', { name: /UUID/ }).waitFor();
    expect(await violations(screens.page)).toEqual([]);
    await app.page.keyboard.press('Escape');
    expect(await grid().evaluate((element) => element === document.activeElement)).toBe(true);
  });

  test('offers no power for another one’s machine', async () => {
    await row('web-2').click();
    await panel().getByText(screens.text('nodes.powerTheirs')).waitFor();
    expect(
      await panel()
        .getByRole('button', { name: screens.text('nodes.powerTo.off') })
        .count(),
    ).toBe(0);
    await app.page.keyboard.press('Escape');
  });

  test('leads from a machine to its step in the guide', async () => {
    await row('node-2').click();
    await panel()
      .getByRole('link', { name: screens.text('nodes.inGuide') })
      .click();
    await app.page
      .getByRole('heading', { name: screens.text('step.nodes.machine.title'), level: 2 })
      .waitFor();
    await screens.go('nodes');
    expect(app.pageErrors).toEqual([]);
  });
});

test('power is previewed, and asked about before anything is done', async () => {
  await screens.openAt(makeKvmLab(app.home), 'nodes');
  await row('node-1').click();
  await panel()
    .getByRole('button', { name: screens.text('nodes.powerTo.off') })
    .click();
  await panel().getByText('virsh').first().waitFor({ state: 'attached' });
  const apply = panel().getByRole('button', {
    name: screens.text('nodes.powerApply.off'),
    exact: true,
  });
  expect(await apply.isDisabled()).toBe(true);
  expect(await violations(screens.page)).toEqual([]);
  await panel().getByText(screens.text('risk.agree')).click();
  expect(await apply.isEnabled()).toBe(true);
  await app.page.keyboard.press('Escape');
  await panel().getByRole('heading', { name: 'node-1', level: 2 }).waitFor();
  await app.page.keyboard.press('Escape');
});

test('two thousand machines are walked to the end with few rows in the page', async () => {
  await screens.openAt(makeKvmLab(app.home, { strangers: 2000, heldByAnother: true }), 'nodes');
  await row('node-1').waitFor();
  await grid().focus();
  await app.page.keyboard.press('End');
  await row('web-2000').waitFor();
  expect(await grid().getByRole('row').count()).toBeLessThan(80);
  await app.page.keyboard.press('Enter');
  await panel().getByRole('heading', { name: 'web-2000', level: 2 }).waitFor();
  await app.page.keyboard.press('Escape');
});
