import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Journal } from '../../src/main/engine/journal.ts';
import { machineSpecs } from '../../src/main/engine/machine-specs.ts';
import { readPlan } from '../../src/main/plan/read-plan.ts';
import { type PracticeHost, startPracticeHost } from '../../src/main/practice/practice-host.ts';
import { fakeVirsh } from './fake-virsh.ts';
import { LabwrightApp } from './labwright-app.ts';
import { Screens } from './screens.ts';

let host: PracticeHost;
let app: LabwrightApp;
let screens: Screens;

/** Everything but the machines was seen to by someone else. */
const SKIPPED = [
  'kvm.clock',
  'kvm.packages',
  'kvm.service',
  'kvm.group',
  'kvm.storage',
  'kvm.acceleration',
].map((step) => `${step}@rack`);

beforeAll(async () => {
  const key = ssh2.utils.generateKeyPairSync('ed25519');
  host = await startPracticeHost({
    hostname: 'rack',
    authorizedKeys: [key.public],
    sudo: 'no-password',
  });
  app = await LabwrightApp.open();
  screens = new Screens(app.page);
  const own = join(app.home, 'lab', '.labwright');
  mkdirSync(own, { recursive: true });
  const keyFile = join(app.home, 'key');
  writeFileSync(keyFile, key.private, { mode: 0o600 });
  const text = `version: 1
name: Power
id: power-1
hosts:
  rack:
    role: kvm
    address: ${host.address}
    port: ${host.port}
    user: ${host.user}
    auth: { key_file: ${keyFile} }
networks:
  pxe: { on: rack, bridge: br1 }
machines:
  node: { on: rack, count: 2, networks: [pxe] }
`;
  const path = join(app.home, 'lab', 'lab.yaml');
  writeFileSync(path, text);
  writeFileSync(join(own, 'known_hosts'), `[${host.address}]:${host.port} ${host.hostKeyPublic}\n`);
  const journal = Journal.open(join(own, 'journal.db'), { now: Date.now, who: 'ann' });
  for (const id of [...SKIPPED, 'network.isolated@pxe']) {
    journal.append({ kind: 'claim', id, what: 'skipped', who: 'ann', why: 'done by hand' });
  }
  journal.close();
  const made = await host.run(fakeVirsh(machineSpecs(readPlan(text).plan!)));
  expect(made.stderr).toBe('');
  await screens.openAt(path, 'nodes');
});

afterAll(async () => {
  await app?.close();
  await host?.close();
});

const row = (name: string) => app.page.getByRole('grid').getByRole('row').filter({ hasText: name });
const panel = () => app.page.getByRole('complementary', { name: screens.text('nav.side') });
const powerIs = (name: string, power: 'on' | 'off') =>
  row(name)
    .getByText(screens.text(`nodes.power.${power}`), { exact: true })
    .waitFor();

test('a machine of ours is switched on and off, and the table shows what was read back', async () => {
  await powerIs('node-1', 'off');
  await row('node-1').click();
  for (const to of ['on', 'off'] as const) {
    await panel()
      .getByRole('button', { name: screens.text(`nodes.powerTo.${to}`) })
      .click();
    await panel().getByText(screens.text('risk.agree')).click();
    await panel()
      .getByRole('button', { name: screens.text(`nodes.powerApply.${to}`), exact: true })
      .click();
    await powerIs('node-1', to);
  }
  await powerIs('node-2', 'off');
});

test('the journal has both runs, by their own name, and offers no undo for them', async () => {
  await screens.go('journal');
  const started = app.page.getByText(screens.text('journal.runStarted.power'));
  await started.nth(1).waitFor();
  expect(await screens.button('undo.open').count()).toBe(0);
});

test('the console is a terminal of the host with the command typed but not sent', async () => {
  await screens.go('nodes');
  await row('node-2').click();
  await panel()
    .getByRole('button', { name: screens.text('nodes.console') })
    .click();
  await screens.terminalShows('virsh -c qemu:///system console node-2');
  expect(host.commandLog.some((command) => command.includes('console'))).toBe(false);
  expect(app.pageErrors).toEqual([]);
});
