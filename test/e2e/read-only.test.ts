import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabwrightApp } from './labwright-app.ts';
import { Screens } from './screens.ts';

let app: LabwrightApp;
let owner: Screens;
let second: Awaited<ReturnType<LabwrightApp['openSecond']>>;
let reader: Screens;
let lab: string;

beforeAll(async () => {
  app = await LabwrightApp.open();
  owner = new Screens(app.page);
  await owner.openPractice();
  await owner.stepIs('mirror.packages', 'todo');
  lab = decodeURIComponent(/lab\/([^/]+)\//.exec(app.page.url())?.[1] ?? '');
  second = await app.openSecond();
  reader = new Screens(second.page);
  await second.page.getByLabel(reader.text('start.openPath'), { exact: true }).fill(lab);
  await reader.button('start.open').click();
  await second.page.getByText(reader.text('top.readOnly')).first().waitFor();
});

afterAll(async () => {
  await second?.close();
  await app?.close();
});

test('who only reads sees what the owner has brought about, without asking', async () => {
  await reader.stepIs('mirror.packages', 'todo');
  await owner.openStep('mirror.packages');
  await owner.button('guide.apply').click();
  await owner.stepIs('mirror.packages', 'done');
  await reader.stepIs('mirror.packages', 'done');
  expect(await second.page.getByText(reader.text('top.readOnly')).count()).toBeGreaterThan(0);
});

test('and what others have written into lab.yaml', async () => {
  await reader.go('plan');
  const text = `${await readFile(lab, 'utf8')}# by another hand\n`;
  await writeFile(lab, text);
  const editor = second.page.getByRole('textbox', { name: 'lab.yaml' });
  await expect.poll(() => editor.inputValue(), { timeout: 10_000 }).toBe(text);
  await reader.go('guide');
});

test('when the owner is gone the lab is theirs', async () => {
  app.core.kill('SIGKILL');
  await second.page
    .getByText(reader.text('top.readOnly'))
    .first()
    .waitFor({ state: 'detached', timeout: 15_000 });
  // The practice host ended with its app; that this is seen proves that it is looked at from here.
  await reader.stepIs('mirror.reachable', 'unknown');
});
