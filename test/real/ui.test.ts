import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bed, type Host, openBed, type Source } from '../bed/bed.ts';
import { LabwrightApp } from '../e2e/labwright-app.ts';
import { MIRROR_STEPS, Screens } from '../e2e/screens.ts';

let bed: Bed;
let source: Source;

beforeAll(async () => {
  bed = await openBed();
  source = await bed.source({ lookalikeRelease: false });
});

afterAll(async () => {
  await bed?.stop();
});

describe.each(['v2', 'v3'] as const)(
  'a real server, from New lab to all done in the window, line %s',
  (line) => {
    let host: Host;
    let app: LabwrightApp;
    let screens: Screens;

    beforeAll(async () => {
      host = await bed.host({ name: `ui-${line}` });
      app = await LabwrightApp.open();
      screens = new Screens(app.page);
    });

    afterAll(async () => {
      await app?.close();
      await host?.stop();
    });

    test('New lab, the fingerprint, and every step applied', async () => {
      const field = (label: string) => screens.page.getByLabel(label, { exact: true });
      await field(screens.text('form.name')).fill(`Bed ${line}`);
      await field(screens.text('form.address')).fill(host.address);
      await field(screens.text('form.user')).fill(host.user);
      await field(screens.text('form.auth')).selectOption('key_file');
      await field(screens.text('form.keyFile')).fill(host.privateKeyPath);
      await field(screens.text('form.line')).selectOption(line);
      await field(screens.text('form.source')).fill(line === 'v2' ? source.v2Url : source.v3Url);
      await screens.button('form.create').click();
      await screens.page
        .getByRole('heading', { name: screens.text('nav.guide'), level: 1 })
        .waitFor();
      await screens.go('hosts');
      await screens.page.getByText(host.hostKeyFingerprint).first().waitFor();
      await screens.button('hosts.trust').click();
      await screens.go('guide');
      await screens.stepIs('mirror.packages', 'todo');
      // The forecast of the disk brings what the preview of the images is made from.
      await screens.stepIs('mirror.disk', 'done');
      await screens.button('guide.applyAll').click();
      const panel = screens.page.getByRole('complementary', { name: screens.text('nav.side') });
      await panel.getByRole('button', { name: screens.text('guide.applySteps', { n: 4 }) }).click();
      await screens.allDone(MIRROR_STEPS);
      const served = await host.root('systemctl is-active apache2 labwright-mirror.timer');
      expect(served.stdout).toBe('active\nactive\n');
      expect(app.pageErrors).toEqual([]);
    });
  },
);
