import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabwrightApp } from './labwright-app.ts';
import { Screens } from './screens.ts';

let app: LabwrightApp;
let screens: Screens;

beforeAll(async () => {
  app = await LabwrightApp.open();
  screens = new Screens(app.page);
  await screens.button('start.practiceOpenKvm').click();
  await screens.page.getByRole('heading', { name: screens.text('nav.guide'), level: 1 }).waitFor();
});

afterAll(async () => {
  await app?.close();
});

test('what a person must do has its keystrokes, and is measured when they are ready for it', async () => {
  const path = decodeURIComponent(/lab\/([^/]+)\//.exec(app.page.url())?.[1] ?? '');
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace('uplink: eth0', 'uplink: eth0\n    provisioning: true'));
  await screens.stepIs('kvm.sudo', 'done');
  await screens.openDock();
  await screens.button('dock.openOn', { host: 'kvm' }).click();
  await screens.terminalShows('ubuntu@kvm');
  await screens.type('sudo ip link add br0 type bridge && echo made | tr a-z A-Z');
  await screens.terminalShows('MADE');
  await screens.step('network.portfast').waitFor();
  await screens.openStep('network.portfast');
  const detail = app.page.getByTestId('step-detail');
  await detail.getByText('spanning-tree portfast').first().waitFor();
  const measure = screens.button('step.network.portfast.measure');
  const stop = screens.button('guide.stopMeasuring');
  await measure.click();
  await stop.waitFor();
  await detail.getByText(screens.text('step.network.portfast.measuring')).waitFor();
  // Nothing waits for it: the rest of the lab can be looked at, and it goes on meanwhile.
  await screens.go('hosts');
  await screens.go('guide');
  await screens.openStep('network.portfast');
  await stop.click();
  await measure.waitFor();
  await screens.stepIs('network.portfast', 'manual');
  expect(app.pageErrors).toEqual([]);
});
