import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PracticeHost, startPracticeHost } from '../../src/main/practice/practice-host.ts';
import { makePracticeSource } from '../../src/main/practice/practice-source.ts';
import { LabwrightApp } from './labwright-app.ts';
import { Screens } from './screens.ts';

const DIRECTORY = '/var/www/html/images/ephemeral-v2/releases';
let host: PracticeHost;
let app: LabwrightApp;
let screens: Screens;

beforeAll(async () => {
  host = await startPracticeHost({
    hostname: 'old-mirror',
    password: 'let me in',
    sudo: 'password',
    source: makePracticeSource({ line: 'v2' }),
  });
  // A mirror that someone made by hand: a published index in a place of their own.
  await host.run(
    `mkdir -p ${DIRECTORY}/streams/v1 && echo '{}' > ${DIRECTORY}/streams/v1/index.sjson`,
  );
  app = await LabwrightApp.open();
  screens = new Screens(app.page);
});

afterAll(async () => {
  await app?.close();
  await host?.close();
});

test('a host that exists is looked at, and the proposed plan says why for every value', async () => {
  await app.page.getByRole('tab', { name: screens.text('start.fromExisting') }).click();
  const field = (label: string) => app.page.getByLabel(label, { exact: true });
  await field(screens.text('form.address')).fill(host.address);
  await field(screens.text('form.port')).fill(String(host.port));
  await field(screens.text('form.user')).fill(host.user);
  await field(screens.text('form.password')).fill('let me in');
  await screens.button('propose.look').click();
  await app.page.getByText(host.hostKeyFingerprint).first().waitFor();
  await screens.button('propose.trust', { address: host.address }).click();
  await app.page.getByText(screens.text('propose.directory')).first().waitFor();
  expect(await app.page.locator('main').textContent()).toContain(DIRECTORY);
  expect(await app.page.locator('main').textContent()).toContain('ephemeral-v2');
});

test('the proposal is saved and opens as a lab', async () => {
  await screens.button('propose.save').click();
  await app.page.getByRole('heading', { name: screens.text('nav.guide'), level: 1 }).waitFor();
  expect(app.pageErrors).toEqual([]);
});
