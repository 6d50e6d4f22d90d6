import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EsxiApiLab, startEsxiApiLab } from '../../src/main/practice/esxi/esxi-api-lab.ts';
import { violations } from './axe.ts';
import { LabwrightApp } from './labwright-app.ts';
import { Screens } from './screens.ts';

const WORK_MS = 60_000;

let lab: EsxiApiLab;
let app: LabwrightApp;
let screens: Screens;
let before: unknown;

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'labwright-changes-'));
  lab = await startEsxiApiLab({ directory, now: Date.now });
  before = lab.site.host.inventory();
  app = await LabwrightApp.open();
  screens = new Screens(app.page);
  await screens.openAt(lab.path, 'guide');
  await screens.stepIs('network.portgroup', 'todo');
  await screens.button('guide.applyAll').click();
  await panel()
    .getByRole('button', { name: screens.text('guide.applySteps', { n: 4 }) })
    .click();
  await machineIs('node-3', 'done');
  await app.page.getByTestId('run-banner').waitFor({ state: 'detached' });
});

afterAll(async () => {
  await app?.close();
  await lab?.close();
});

const panel = () => app.page.getByRole('complementary', { name: screens.text('nav.side') });
const row = (name: string) => app.page.getByRole('grid').getByRole('row').filter({ hasText: name });
const inPanel = (name: string) => panel().getByRole('button', { name, exact: true });
const machineIs = (name: string, state: string) =>
  app.page
    .locator(`a[data-step="nodes.machine@${name}"][data-state="${state}"]`)
    .waitFor({ timeout: WORK_MS });
const ownerIs = (name: string, owner: 'ours' | 'leftover' | 'adopted') =>
  row(name)
    .getByText(screens.text(`nodes.owner.${owner}`), { exact: true })
    .waitFor({ timeout: WORK_MS });

test('a snapshot first is offered where a machine is changed, and is part of what is shown', async () => {
  const { host } = lab.site;
  host.machine('node-1')!.memoryMb = 1024;
  host.changed();
  // Being told of it is what site-follow.test.ts is about.
  await screens.button('top.checkAll').click();
  await machineIs('node-1', 'drifted');
  await app.page.locator('a[data-step="nodes.machine@node-1"]').click();
  const offer = screens.text('snapshot.first', { machines: 'node-1' });
  await app.page.getByText(offer, { exact: true }).click();
  const action = screens.text('snapshot.take', { name: 'node-1' });
  await app.page.getByText(action, { exact: true }).waitFor();
  expect(await violations(app.page)).toEqual([]);
  await screens.button('guide.apply').click();
  await machineIs('node-1', 'done');
  expect(host.machine('node-1')).toMatchObject({ memoryMb: 4096, snapshots: [expect.anything()] });
});

test('the snapshot is told at its machine, is a way back, and goes when all is well', async () => {
  await screens.go('nodes');
  await row('node-1').click();
  await panel().getByText(screens.text('nodes.snapshots')).waitFor();
  expect(await violations(app.page)).toEqual([]);
  await inPanel(screens.text('nodes.snapshot.revertOpen')).click();
  const revert = inPanel(screens.text('undo.revertButton'));
  await panel().getByText(screens.text('risk.agree')).waitFor();
  expect(await revert.isDisabled()).toBe(true);
  await app.page.keyboard.press('Escape');
  await inPanel(screens.text('nodes.snapshot.dropOpen')).click();
  await inPanel(screens.text('nodes.snapshot.dropButton')).click();
  await panel().getByText(screens.text('nodes.snapshots')).waitFor({ state: 'detached' });
  expect(lab.site.host.machine('node-1')?.snapshots).toEqual([]);
  await app.page.keyboard.press('Escape');
});

test('a machine that left the plan is told apart, and removed after it was asked', async () => {
  const plan = await readFile(lab.path, 'utf8');
  await writeFile(lab.path, plan.replace('count: 3', 'count: 2'));
  await ownerIs('node-3', 'leftover');
  await row('node-3').click();
  await inPanel(screens.text('nodes.leftover.open')).click();
  const remove = inPanel(screens.text('nodes.leftover.button'));
  await panel().getByText(screens.text('risk.agree')).click();
  expect(await violations(app.page)).toEqual([]);
  await remove.click();
  await row('node-3').waitFor({ state: 'detached', timeout: WORK_MS });
  expect(lab.site.host.machine('node-3')).toBeUndefined();
});

test('somebody’s machine is put into the plan as it is, and marked only when that is asked for', async () => {
  await row('old-proxy').click();
  await inPanel(screens.text('adopt.open')).click();
  await panel().getByText('adopt:').waitFor();
  expect(await violations(app.page)).toEqual([]);
  await inPanel(screens.text('adopt.button')).click();
  await ownerIs('old-proxy', 'adopted');
  expect(await readFile(lab.path, 'utf8')).toContain('old-proxy:\n');
  expect(lab.site.host.machine('old-proxy')?.annotation).not.toContain('labwright');
  await inPanel(screens.text('adopt.markOpen')).click();
  await panel().getByText(screens.text('risk.takes-over')).waitFor();
  await panel().getByText(screens.text('risk.agree')).click();
  await inPanel(screens.text('adopt.markButton')).click();
  await ownerIs('old-proxy', 'ours');
  await app.page.keyboard.press('Escape');
});

test('the lab is taken down from the journal, and nothing of it stays', async () => {
  await screens.go('journal');
  await screens.button('teardown.open').click();
  await panel().getByText(screens.text('teardown.keepData')).waitFor();
  await panel().getByText(screens.text('risk.agree')).click();
  expect(await violations(app.page)).toEqual([]);
  await inPanel(screens.text('teardown.button')).click();
  const ended = screens.text('journal.run', { state: screens.text('run.state.succeeded') });
  await app.page.getByText(screens.text('journal.runStarted.teardown', { n: 4 })).waitFor();
  await app.page.getByText(ended).nth(4).waitFor({ timeout: WORK_MS });
  expect(lab.site.host.inventory()).toEqual(before);
  expect(await screens.button('undo.open').count()).toBe(0);
  expect(app.pageErrors).toEqual([]);
});
