import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EsxiApiLab, startEsxiApiLab } from '../../src/main/practice/esxi/esxi-api-lab.ts';
import { LabwrightApp } from './labwright-app.ts';
import { Screens } from './screens.ts';

const WORK_MS = 60_000;

describe.each(['en', 'ja'] as const)('a lab on an ESXi, walked in %s', (language) => {
  let lab: EsxiApiLab;
  let app: LabwrightApp;
  let screens: Screens;

  beforeAll(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'labwright-site-'));
    lab = await startEsxiApiLab({ directory, now: Date.now });
    // A copy of the plan that somebody got by git: nothing in it says whom to trust.
    await rm(join(directory, '.labwright', 'certificates.json'));
    app = await LabwrightApp.open({ language });
    screens = new Screens(app.page, language);
  });

  afterAll(async () => {
    await app?.close();
    await lab?.close();
  });

  const card = () => screens.page.getByRole('article', { name: 'esxi' });

  test('an unknown certificate is shown to be compared, and nothing is sent before', async () => {
    await screens.page.getByLabel(screens.text('start.openPath'), { exact: true }).fill(lab.path);
    await screens.button('start.open').click();
    await screens.page
      .getByRole('heading', { name: screens.text('nav.guide'), level: 1 })
      .waitFor();
    await screens.go('hosts');
    await card().getByText(screens.text('hosts.unknownKey')).waitFor();
    await card().getByText(lab.site.fingerprint).first().waitFor();
    await card().getByText(screens.text('hosts.role.site')).waitFor();
    expect(lab.site.requests).toEqual([]);
  });

  test('once trusted, Hosts shows what it is, its licence and the driver in use', async () => {
    await screens.button('hosts.trustCertificate').click();
    await card().getByText(screens.text('hosts.state.connected')).waitFor();
    await card().getByText('VMware ESXi 6.7.0', { exact: false }).first().waitFor();
    await card().getByText('Evaluation Mode').waitFor();
    await card().getByText(screens.text('hosts.driverApi'), { exact: true }).waitFor();
    await card().getByText(screens.text('hosts.driverAllowed'), { exact: true }).waitFor();
    // The API has no shell to open.
    expect(
      await card()
        .getByRole('button', { name: screens.text('hosts.terminal') })
        .count(),
    ).toBe(0);
  });

  test('Guide makes network and machines after their combined preview was shown', async () => {
    await screens.go('guide');
    await screens.stepIs('network.portgroup', 'todo');
    await screens.button('guide.applyAll').click();
    const panel = screens.page.getByRole('complementary', { name: screens.text('nav.side') });
    await panel
      .getByText('govc vm.create', { exact: false })
      .first()
      .waitFor({ state: 'attached' });
    const apply = panel.getByRole('button', { name: screens.text('guide.applySteps', { n: 4 }) });
    await apply.click();
    await screens.stepIs('network.portgroup', 'done');
    for (const name of ['node-1', 'node-2', 'node-3']) {
      const step = `a[data-step="nodes.machine@${name}"][data-state="done"]`;
      await screens.page.locator(step).waitFor({ timeout: WORK_MS });
    }
    expect(lab.site.host.machine('node-3')?.annotation).toContain('lab=practice-esxi');
  });

  test('the page logged no error on the way', () => {
    expect(app.pageErrors).toEqual([]);
  });
});
