import { readFile } from 'node:fs/promises';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { violations } from './axe.ts';
import { makeKvmLab } from './kvm-lab.ts';
import { LabwrightApp } from './labwright-app.ts';
import { Screens } from './screens.ts';

let app: LabwrightApp;
let screens: Screens;

beforeAll(async () => {
  app = await LabwrightApp.open();
  screens = new Screens(app.page);
  const path = makeKvmLab(app.home, { trouble: true, heldByAnother: true });
  await screens.openAt(path, 'map');
  await node('node-1').waitFor();
});

afterAll(async () => {
  await app?.close();
});

const node = (name: string): Locator =>
  app.page.locator('.react-flow__node-lab', { hasText: new RegExp(`^${name}(?![\\d-])`) });
const panel = (): Locator =>
  app.page.getByRole('complementary', { name: screens.text('nav.side') });

async function exported(key: 'map.export.svg' | 'map.export.mermaid'): Promise<string> {
  await screens.button('map.export').click();
  const download = app.page.waitForEvent('download');
  await app.page.getByRole('menuitem', { name: screens.text(key) }).click();
  return readFile(await (await download).path(), 'utf8');
}

test('the map shows hosts, networks and machines, and says why edges are red', async () => {
  await node('br1').getByText(screens.text('map.dhcp.hypervisor')).waitFor();
  await app.page.getByText(screens.text('map.problems', { n: 3 })).waitFor();
  await app.page.getByText('eno1 of rack-3 is not part of br0').waitFor();
  expect(await app.page.locator('.react-flow__edge.is-broken').count()).toBe(6);
  expect(await violations(screens.page)).toEqual([]);
});

test('a problem brings its place into sight, and a machine opens its details', async () => {
  await app.page.getByRole('button', { name: /node-2 \(52:54/ }).click();
  await node('node-2').click();
  await panel().getByRole('heading', { name: 'node-2', level: 2 }).waitFor();
  await app.page.keyboard.press('Escape');
});

test('a node stays where the person put it, by keyboard, until all is put back', async () => {
  await app.page.getByRole('button', { name: screens.text('map.a11y.fit') }).click();
  const place = () => node('br1').evaluate((element) => element.style.transform);
  const before = await place();
  await node('br1').focus();
  await app.page.keyboard.press('Enter');
  await app.page.keyboard.press('ArrowDown');
  await screens.button('map.reset').waitFor();
  const once = await place();
  expect(once).not.toBe(before);
  await app.page.keyboard.press('ArrowDown');
  const moved = await place();
  expect(moved).not.toBe(once);
  await screens.go('hosts');
  await screens.go('map');
  await node('br1').waitFor();
  expect(await place()).toBe(moved);
  await screens.button('map.reset').click();
  expect(await place()).toBe(before);
});

test('the list says the same in words and leads to the machines', async () => {
  await screens.button('map.list').click();
  const list = app.page.getByRole('main');
  await list.getByRole('heading', { name: /^br1/, level: 3 }).waitFor();
  await list.getByText('node-2 (52:54').last().waitFor();
  expect(await violations(screens.page)).toEqual([]);
  await list.getByRole('link', { name: 'node-1', exact: true }).click();
  await panel().getByRole('heading', { name: 'node-1', level: 2 }).waitFor();
  await panel()
    .getByRole('link', { name: screens.text('nodes.offMap') })
    .click();
  await node('node-1').waitFor();
});

test('the map is exported as a picture and as Mermaid text', async () => {
  const svg = await exported('map.export.svg');
  expect(svg).toMatch(/^<svg xmlns=/);
  expect(svg).toContain('node-4');
  const mermaid = await exported('map.export.mermaid');
  expect(mermaid).toMatch(/^flowchart LR\n/);
  expect(mermaid).toContain('linkStyle');
  expect(app.pageErrors).toEqual([]);
});

test('two thousand machines are drawn a screenful at a time', async () => {
  await screens.openAt(makeKvmLab(app.home, { strangers: 2000, heldByAnother: true }), 'map');
  await app.page.locator('.react-flow__node-lab').first().waitFor();
  expect(await app.page.locator('.react-flow__node-lab').count()).toBeLessThan(400);
  expect(app.pageErrors).toEqual([]);
});
