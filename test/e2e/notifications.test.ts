import type { CDPSession } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { violations } from './axe.ts';
import { LabwrightApp } from './labwright-app.ts';
import { Screens } from './screens.ts';

let app: LabwrightApp;
let screens: Screens;
let client: CDPSession;

beforeAll(async () => {
  app = await LabwrightApp.open();
  screens = new Screens(app.page);
  client = await app.page.context().newCDPSession(app.page);
  await screens.openPractice();
  await screens.stepIs('mirror.packages', 'todo');
});

afterAll(async () => {
  await app?.close();
});

const choice = () => app.page.getByRole('checkbox', { name: screens.text('settings.notify') });

/** What the person decides in the browser; it holds for as long as the session that said so. */
async function decide(setting: 'granted' | 'denied' | 'prompt'): Promise<void> {
  const { origin } = new URL(app.page.url());
  const permission = { name: 'notifications' };
  const { targetInfo } = await client.send('Target.getTargetInfo');
  const { browserContextId } = targetInfo;
  if (browserContextId === undefined) throw new Error('the page has no context');
  await client.send('Browser.setPermission', { permission, setting, origin, browserContextId });
}

/** Notifications that the page has made since; a headless browser shows none. */
async function keepNotifications(): Promise<() => Promise<{ title: string; body: string }[]>> {
  await app.page.evaluate(() => {
    const made: unknown[] = [];
    const Real = Notification;
    class Kept extends EventTarget {
      static get permission() {
        return Real.permission;
      }
      static requestPermission = () => Real.requestPermission();
      constructor(title: string, { body }: NotificationOptions) {
        super();
        made.push({ title, body });
      }
    }
    Object.assign(window, { Notification: Kept, made });
  });
  return () => app.page.evaluate(() => (window as unknown as { made: never[] }).made);
}

const hide = (hidden: boolean) =>
  app.page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { get: () => value, configurable: true });
  }, hidden);

test('a browser that blocks them says so, and the choice cannot be made', async () => {
  await decide('denied');
  await screens.go('settings');
  await app.page.getByText(screens.text('settings.notify.denied')).waitFor();
  expect(await choice().isDisabled()).toBe(true);
  expect(await violations(app.page)).toEqual([]);
});

test('they are off until the person switches them on, and what is decided outside is followed', async () => {
  await decide('granted');
  await app.page.getByText(screens.text('settings.notify.denied')).waitFor({ state: 'detached' });
  expect(await choice().isChecked()).toBe(false);
  await app.page.getByText(screens.text('settings.notify'), { exact: true }).click();
  await expect.poll(() => choice().isChecked()).toBe(true);
});

test('the end of a run is told while the window is hidden', async () => {
  const told = await keepNotifications();
  await screens.go('guide');
  await screens.openStep('mirror.packages');
  await hide(true);
  await screens.button('guide.apply').click();
  await screens.stepIs('mirror.packages', 'done');
  await expect.poll(told).toHaveLength(1);
  const [note] = await told();
  expect(note?.title).toContain(screens.text('run.state.succeeded'));
  expect(note?.body).toBe(screens.text('guide.progress', { done: 1, total: 1 }));
});

test('a short run that one looks at is not told', async () => {
  const told = await keepNotifications();
  await hide(false);
  await screens.openStep('mirror.web-root');
  await screens.button('guide.apply').click();
  await screens.stepIs('mirror.web-root', 'done');
  await app.page.getByTestId('run-banner').waitFor({ state: 'detached' });
  expect(await told()).toEqual([]);
});

test('at an address that the browser does not know it is asked for once more', async () => {
  await decide('prompt');
  await screens.go('settings');
  await app.page.getByText(screens.text('settings.notify.ask')).waitFor();
  expect(await choice().isChecked()).toBe(false);
  expect(app.pageErrors).toEqual([]);
});
