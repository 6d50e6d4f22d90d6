import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
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

/** Cuts every connection of the page to the core, as a suspended computer would (ss(8) -K, root). */
function cutConnections(): void {
  const port = new URL(app.page.url()).port;
  const killed = spawnSync('ss', ['-K', 'dst', '127.0.0.1', 'dport', '=', `:${port}`]);
  expect(killed.status).toBe(0);
}

test.skipIf(process.getuid?.() !== 0)(
  'a page whose connection is cut comes back to the current state, terminals included',
  async () => {
    await screens.openPractice();
    await screens.stepIs('mirror.packages', 'todo');
    await screens.go('hosts');
    await screens.button('hosts.terminal').first().click();
    await screens.terminalShows('ubuntu@mirror');
    await screens.type('echo before-the-cut');
    await screens.terminalShows('before-the-cut');
    cutConnections();
    // Keys that are typed into a dead connection are lost, as in any terminal: typed until seen.
    await expect
      .poll(
        async () => {
          await screens.type('echo after-the-cut');
          return screens.terminalText();
        },
        { timeout: 30_000, interval: 500 },
      )
      .toContain('\nafter-the-cut');
    expect(await screens.terminalText()).toContain('before-the-cut');
    await screens.go('guide');
    await screens.openStep('mirror.packages');
    await screens.button('guide.apply').click();
    await screens.stepIs('mirror.packages', 'done');
  },
);
