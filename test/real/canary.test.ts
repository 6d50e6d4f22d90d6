import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { scheduler } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bed, type Host, openBed, type Source } from '../bed/bed.ts';
import { LabwrightApp } from '../e2e/labwright-app.ts';
import { Screens } from '../e2e/screens.ts';

/** Looks like nothing else on the machine. */
const CANARY = `canary-${Math.random().toString(36).slice(2)}-Zq7`;

const SAMPLE_MS = 40;

let bed: Bed;
let source: Source;

beforeAll(async () => {
  bed = await openBed();
  source = await bed.source();
});

afterAll(async () => {
  await bed?.stop();
});

async function filesWith(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const content = await readFile(path).catch(() => Buffer.alloc(0));
    if (content.includes(CANARY)) found.push(path);
  }
  return found;
}

/** Command lines and environments of every process that can be seen, the containers' included. */
async function processesWith(): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    // This process holds the canary on purpose, but not in these two files.
    if (!/^\d+$/.test(pid)) continue;
    for (const what of ['cmdline', 'environ']) {
      const content = await readFile(`/proc/${pid}/${what}`).catch(() => Buffer.alloc(0));
      if (content.includes(CANARY)) found.push(`${pid}/${what}`);
    }
  }
  return found;
}

/** Looks at processes again and again until it is told to stop. */
function watchProcesses(): { stop: () => Promise<string[]> } {
  const seen = new Set<string>();
  let stopped = false;
  const loop = (async () => {
    while (!stopped) {
      for (const hit of await processesWith()) seen.add(hit);
      // Samples, and leaves the two cores to what is being watched.
      await scheduler.wait(SAMPLE_MS);
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      await loop;
      return [...seen];
    },
  };
}

async function heapSnapshotHas(screens: Screens, text: string): Promise<boolean> {
  const client = await screens.page.context().newCDPSession(screens.page);
  await client.send('HeapProfiler.enable');
  await client.send('HeapProfiler.collectGarbage');
  await client.send('HeapProfiler.collectGarbage');
  let found = false;
  let tail = '';
  client.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => {
    if ((tail + chunk).includes(text)) found = true;
    tail = chunk.slice(-text.length);
  });
  await client.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await client.detach();
  return found;
}

/** On the host: everything that is written, but where passwords belong. */
async function hostHas(host: Host): Promise<string> {
  const folders =
    '/var/log /var/lib/labwright /var/tmp /tmp /run /root /home /etc/systemd /usr/local';
  const found = await host.root(`grep -rlF -e '${CANARY}' ${folders} 2>/dev/null`);
  const journal = await host.root(`journalctl --no-pager 2>/dev/null | grep -cF -e '${CANARY}'`);
  return `${found.stdout.trim()}${journal.stdout.trim() === '0' ? '' : ` journal ${journal.stdout}`}`;
}

describe.each(['password', 'nopasswd', 'denied'] as const)(
  'a secret used on a host whose sudo is "%s"',
  (sudo) => {
    let host: Host;
    let app: LabwrightApp;
    let screens: Screens;

    beforeAll(async () => {
      host = await bed.host({
        name: `canary-${sudo}`,
        sudo,
        password: CANARY,
        passwordLogin: true,
      });
      app = await LabwrightApp.open();
      screens = new Screens(app.page);
    });

    afterAll(async () => {
      await app?.close();
      await host?.stop();
    });

    test('is nowhere but in the memory of the core', async () => {
      const processes = watchProcesses();
      const field = (label: string) => screens.page.getByLabel(label, { exact: true });
      await field(screens.text('form.name')).fill('Canary');
      await field(screens.text('form.address')).fill(host.address);
      await field(screens.text('form.user')).fill(host.user);
      await field(screens.text('form.source')).fill(source.v3Url);
      await field(screens.text('form.password')).fill(CANARY);
      await screens.button('form.create').click();
      await screens.page
        .getByRole('heading', { name: screens.text('nav.guide'), level: 1 })
        .waitFor();
      await screens.go('hosts');
      await screens.button('hosts.trust').click();
      await screens.page.getByText(screens.text('hosts.state.connected')).first().waitFor();
      await screens.go('guide');
      if (sudo === 'denied') {
        await screens.stepIs('mirror.sudo', 'unknown');
      } else {
        await screens.stepIs('mirror.packages', 'todo');
        await screens.openStep('mirror.packages');
        await screens.button('guide.apply').click();
        await screens.stepIs('mirror.packages', 'done');
      }
      await screens.go('journal');
      await screens.button('bundle.open').click();
      await screens.page.getByText('labwright', { exact: false }).first().waitFor();
      const dom = await screens.page.content();
      expect(dom).not.toContain(CANARY);
      expect(await processes.stop()).toEqual([]);
      expect(await filesWith(app.home)).toEqual([]);
      expect(await hostHas(host)).toBe('');
      expect(await heapSnapshotHas(screens, 'mirror.packages')).toBe(true);
      expect(await heapSnapshotHas(screens, CANARY)).toBe(false);
    });
  },
);
