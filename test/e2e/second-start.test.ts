import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PracticeHost, startPracticeHost } from '../../src/main/practice/practice-host.ts';
import { makePracticeSource } from '../../src/main/practice/practice-source.ts';
import { violations } from './axe.ts';
import { LabwrightApp } from './labwright-app.ts';
import { Screens } from './screens.ts';

const PASSPHRASE = 'long enough';
let host: PracticeHost;
let app: LabwrightApp;
let screens: Screens;
let lab: string;

beforeAll(async () => {
  host = await startPracticeHost({
    hostname: 'rack-5',
    password: 'right',
    sudo: 'password',
    source: makePracticeSource({ line: 'v3' }),
    // Slow enough to be met under way.
    bytesPerSecond: 200_000,
  });
  app = await LabwrightApp.open();
  screens = new Screens(app.page);
  await field(screens, screens.text('form.name')).fill('Rack five');
  await field(screens, screens.text('form.address')).fill(host.address);
  await field(screens, screens.text('form.port')).fill(String(host.port));
  await field(screens, screens.text('form.password')).fill('right');
  await screens.button('form.create').click();
  await guide(screens);
  lab = decodeURIComponent(/lab\/([^/]+)\//.exec(app.page.url())?.[1] ?? '');
  await screens.go('hosts');
  await screens.button('hosts.trust').click();
  await app.page.getByText(screens.text('hosts.state.connected')).first().waitFor();
});

afterAll(async () => {
  await app?.close();
  await host?.close();
});

const field = ({ page }: Screens, label: string) => page.getByLabel(label, { exact: true });

function guide({ page }: Screens): Promise<void> {
  return page.getByRole('heading', { name: screens.text('nav.guide'), level: 1 }).waitFor();
}

async function open(where: Screens): Promise<void> {
  await field(where, where.text('start.openPath')).fill(lab);
  await where.button('start.open').click();
  await guide(where);
}

test('secrets are kept in a file under a passphrase', async () => {
  await screens.go('settings');
  await app.page.getByText(screens.text('vault.protect')).click();
  await field(screens, screens.text('vault.passphrase')).fill(PASSPHRASE);
  await field(screens, screens.text('vault.again')).fill(PASSPHRASE);
  await screens.button('vault.protectButton').click();
  await app.page.getByText(screens.text('vault.store.passphrase')).waitFor();
});

test('a second app shows the lab read-only and does not call a run that goes on interrupted', async () => {
  await screens.go('guide');
  await screens.stepIs('mirror.packages', 'todo');
  await screens.button('guide.applyAll').click();
  const panel = app.page.getByRole('complementary', { name: screens.text('nav.side') });
  await panel
    .getByRole('button', { name: screens.text('guide.applySteps', { n: 4 }), exact: true })
    .click();
  await screens.openStep('mirror.images');
  await app.page.getByRole('progressbar').first().waitFor();
  const second = await app.openSecond();
  const reader = new Screens(second.page);
  await open(reader);
  await second.page.getByText(reader.text('top.readOnly')).first().waitFor();
  await second.page.getByText(reader.text('run.elsewhere')).waitFor();
  expect(await second.page.getByText(reader.text('run.interrupted')).count()).toBe(0);
  await reader.go('plan');
  const editor = second.page.getByRole('textbox', { name: 'lab.yaml' });
  await editor.focus();
  await second.page.keyboard.press('Control+Space');
  await second.page
    .getByTestId('announcer')
    .getByText(reader.text('plan.completion.none'))
    .waitFor({ state: 'attached' });
  expect(await second.page.getByRole('listbox').count()).toBe(0);
  expect(await violations(second.page)).toEqual([]);
  await second.close();
});

test('after a kill the vault is locked and hosts say so, not that they cannot be reached', async () => {
  await app.startAgain();
  await open(screens);
  await screens.go('hosts');
  await app.page.getByText(screens.text('hosts.state.needs-secret')).first().waitFor();
  await screens.button('vault.unlock').waitFor();
});

test('unlocking the vault anywhere connects them, and the run is offered to be resumed', async () => {
  await screens.go('settings');
  await field(screens, screens.text('vault.passphrase')).fill(PASSPHRASE);
  await screens.button('vault.unlock').click();
  await app.page.getByText(screens.text('vault.locked')).waitFor({ state: 'detached' });
  await screens.go('hosts');
  await app.page.getByText(screens.text('hosts.state.connected')).first().waitFor();
  await screens.go('guide');
  await app.page.getByText(screens.text('run.interrupted')).first().waitFor();
  await screens.button('run.resume').click();
  await screens.stepIs('mirror.refresh', 'done');
});
