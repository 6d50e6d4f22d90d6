import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PracticeHost, startPracticeHost } from '../../src/main/practice/practice-host.ts';
import { makePracticeSource } from '../../src/main/practice/practice-source.ts';
import { LabwrightApp } from './labwright-app.ts';
import { Screens } from './screens.ts';

let host: PracticeHost;
let app: LabwrightApp;
let screens: Screens;

const field = (label: string) => app.page.getByLabel(label, { exact: true });
const byHand = (command: string) => host.run(`DEBIAN_FRONTEND=noninteractive ${command}`);

beforeAll(async () => {
  const source = makePracticeSource({ line: 'v3' });
  const account = { hostname: 'rack-6', password: 'right', sudo: 'password' } as const;
  host = await startPracticeHost({ ...account, source });
  app = await LabwrightApp.open();
  screens = new Screens(app.page);
  await field(screens.text('form.name')).fill('Rack six');
  await field(screens.text('form.address')).fill(host.address);
  await field(screens.text('form.port')).fill(String(host.port));
  await field(screens.text('form.password')).fill('right');
  await screens.button('form.create').click();
  await app.page.getByRole('heading', { name: screens.text('nav.guide'), level: 1 }).waitFor();
  await screens.go('hosts');
  await screens.button('hosts.trust').click();
  await app.page.getByText(screens.text('hosts.state.connected')).first().waitFor();
  await screens.go('guide');
});

afterAll(async () => {
  await app?.close();
  await host?.close();
});

test('what is to be done differs from what was shown: the run pauses', async () => {
  await byHand('apt-get update');
  await byHand('apt-get install -y simplestreams ubuntu-cloudimage-keyring');
  await screens.button('top.checkAll').click();
  await screens.openStep('mirror.packages');
  await app.page.getByText('Install apache2').first().waitFor();
  // Behind the app's back, after the preview.
  await byHand('apt-get remove -y simplestreams');
  await screens.button('guide.apply').click();
  await app.page.getByText(screens.text('run.paused')).first().waitFor();
});

test('a paused run can be ended, and nothing of it was done', async () => {
  await screens.button('run.dismiss').click();
  await app.page.getByText(screens.text('run.paused')).first().waitFor({ state: 'detached' });
  await app.page
    .getByTestId('step-run')
    .getByText(screens.text('run.step.cancelled'))
    .first()
    .waitFor();
  expect((await byHand('dpkg-query -W apache2')).exitCode).not.toBe(0);
});

test('a run that failed half-way can be taken back as far as it came', async () => {
  // Without its keyring the mirror run fails, after packages and directory were made.
  await screens.button('guide.applyAll').click();
  const panel = app.page.getByRole('complementary', { name: screens.text('nav.side') });
  const apply = panel.getByRole('button', { name: screens.text('guide.applySteps', { n: 4 }) });
  await apply.waitFor();
  await host.run('mkdir -p /var/www/html/maas/images/ephemeral-v3/stable/streams');
  await host.run('chmod 0 /usr/share/keyrings/ubuntu-cloudimage-keyring.gpg');
  await host.run('rm /usr/share/keyrings/ubuntu-cloudimage-keyring.gpg');
  await apply.click();
  await screens.openStep('mirror.images');
  await app.page.getByText(screens.text('failure.next')).first().waitFor({ timeout: 60_000 });
  await screens.go('journal');
  const failed = app.page.getByRole('listitem').filter({
    hasText: screens.text('journal.run', { state: screens.text('run.state.failed') }),
  });
  await failed.getByRole('button', { name: screens.text('undo.open') }).click();
  const undo = app.page.getByRole('complementary', { name: screens.text('nav.side') });
  await undo.getByText('apache2').first().waitFor();
});

test('a row about an action has its title, and behind it all that it printed', async () => {
  await app.page.keyboard.press('Escape');
  const row = app.page
    .getByRole('listitem')
    .filter({ hasText: /Install .*apache2.*: succeeded/ })
    .first();
  await row.locator('summary').click();
  await row.getByRole('button', { name: screens.text('run.wholeOutput') }).click();
  const panel = app.page.getByRole('complementary', { name: screens.text('nav.side') });
  await panel.getByText('Reading package lists').first().waitFor();
  expect(app.pageErrors).toEqual([]);
});
