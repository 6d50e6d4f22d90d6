import { afterAll, beforeAll, expect, test } from 'vitest';
import { violations } from './axe.ts';
import { LabwrightApp } from './labwright-app.ts';
import { Screens } from './screens.ts';
import { type ServerLab, startServerLab } from './server-lab.ts';

let app: LabwrightApp;
let screens: Screens;
let lab: ServerLab;

beforeAll(async () => {
  lab = await startServerLab();
  app = await LabwrightApp.open();
  screens = new Screens(app.page);
  await screens.openAt(lab.path, 'guide');
});

afterAll(async () => {
  await app?.close();
  await lab?.close();
});

const panel = () => app.page.getByRole('complementary', { name: screens.text('nav.side') });

test('the built app proves the signature of an image, and shows what it will do with it', async () => {
  await screens.stepIs('servers.image', 'todo');
  await screens.openStep('servers.image');
  await screens.button('guide.applyAll').click();
  const preview = panel();
  await preview.getByText(lab.publisher.sha256).first().waitFor();
  await preview.getByText(lab.publisher.url).first().waitFor();
  const byHand = preview.getByText(screens.text('guide.byHand'));
  await byHand.first().click();
  await preview.getByText('sha256sum -c').first().waitFor();
  expect(await violations(app.page)).toEqual([]);
});

test('the image is fetched with its progress told, and the machine is made of it', async () => {
  lab.publisher.troubles.push('hangs');
  // Switching the machine on is asked for by itself.
  await panel().getByRole('checkbox').check({ force: true });
  await panel()
    .getByRole('button', { name: screens.text('guide.applySteps', { n: 3 }) })
    .click();
  const bar = app.page.getByRole('progressbar').first();
  await bar.waitFor();
  await expect.poll(() => bar.getAttribute('aria-valuenow')).not.toBe('0');
  // The publisher comes back to life: what hangs is cut, and gone on with.
  lab.publisher.hangUp();
  await screens.stepIs('servers.machine', 'done');
  const made = lab.lab.site.host.machine('images');
  expect(made?.devices.filter(({ _type }) => _type === 'VirtualDisk')).toMatchObject([
    { capacityInKB: 40 * 1024 ** 2 },
  ]);
  expect(app.pageErrors).toEqual([]);
});
