import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LabwrightApp } from './labwright-app.ts';
import { Screens } from './screens.ts';

const HOST_STEPS = [
  'kvm.packages',
  'kvm.service',
  'kvm.group',
  'kvm.storage',
  'kvm.acceleration',
  'network.bridge',
  'network.isolated',
  'nodes.room',
] as const;

describe.each(['en', 'ja'] as const)('the KVM room of the practice lab, in %s', (language) => {
  let app: LabwrightApp;
  let screens: Screens;

  beforeAll(async () => {
    app = await LabwrightApp.open({ language });
    screens = new Screens(app.page, language);
  });

  afterAll(async () => {
    await app?.close();
  });

  const machine = (name: string, state: string) =>
    screens.page
      .locator(`a[data-step="nodes.machine@${name}"][data-state="${state}"]`)
      .waitFor({ timeout: 90_000 });

  /** Applies all that can be planned now, from the preview that is shown. */
  async function applyAll(steps: number): Promise<void> {
    await screens.button('guide.applyAll').click();
    const panel = screens.page.getByRole('complementary', { name: screens.text('nav.side') });
    // Both previews touch something that wants consent: the network path, and who may be root.
    await panel.getByText(screens.text('risk.agree'), { exact: true }).click();
    await panel
      .getByRole('button', { name: screens.text('guide.applySteps', { n: steps }) })
      .click();
  }

  test('the first screen says what can be practised, and opens the room', async () => {
    await screens.page.getByText(screens.text('start.practiceKvm')).waitFor();
    await screens.button('start.practiceOpenKvm').click();
    await screens.page
      .getByRole('heading', { name: screens.text('nav.guide'), level: 1 })
      .waitFor();
    await screens.stepIs('kvm.reachable', 'done');
    await screens.stepIs('kvm.packages', 'todo');
    await machine('node-1', 'blocked');
  });

  test('libvirt and the bridge are set up from their preview', async () => {
    await applyAll(3);
    await screens.page.getByTestId('run-banner').waitFor();
    await screens.stepIs('kvm.service', 'done');
    await screens.stepIs('network.bridge', 'done');
  });

  test('then the rest, and the machines appear', async () => {
    for (const step of ['kvm.group', 'kvm.storage', 'network.isolated'])
      await screens.stepIs(step, 'todo');
    await applyAll(5);
    await screens.allDone(HOST_STEPS);
    await machine('node-1', 'done');
    await machine('node-2', 'done');
  });

  test('a machine that is made to boot from its disk loses its tick', async () => {
    await screens.page.locator('a[data-step="nodes.machine@node-1"]').click();
    await screens.openDock();
    await screens.button('dock.openOn', { host: 'kvm' }).click();
    await screens.terminalShows('ubuntu@kvm');
    await screens.type(
      `sudo virsh dumpxml --inactive node-1 | sed "/boot order='1'/d" >node-1.xml; sudo virsh define node-1.xml`,
    );
    await screens.terminalShows("Domain 'node-1' defined");
    await machine('node-1', 'drifted');
    await machine('node-2', 'done');
  });

  test('applying mends it, and virsh shows it', async () => {
    await screens.button('guide.apply').click();
    await machine('node-1', 'done');
    await screens.type(`sudo virsh dumpxml node-1 | grep "boot order"`);
    await screens.terminalShows("<boot order='1'/>");
  });

  test('the page logged no error on the way', () => {
    expect(app.pageErrors).toEqual([]);
  });
});
