import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { APP_TEST, aComputer } from './app-fixture.ts';
import { drive } from './page-driver.ts';

const OUTSIDE = 'https://maas.io/docs';

describe('the page is confined', APP_TEST, () => {
  test('an inline script is blocked by the policy of the app itself', async () => {
    const app = (await aComputer()).start();
    const page = await app.page();
    const outcome = await page.evaluate(() => {
      const violation = new Promise<string>((resolve) => {
        document.addEventListener('securitypolicyviolation', (event) => {
          resolve(event.effectiveDirective);
        });
      });
      const script = document.createElement('script');
      try {
        script.textContent = 'window.ran = true';
        document.head.append(script);
      } catch {
        // Trusted types refuse the text before it is a script at all.
      }
      return violation.then((directive) => ({ directive, ran: 'ran' in window }));
    });
    expect(outcome.ran).toBe(false);
    expect(outcome.directive).toMatch(/^(script-src-elem|require-trusted-types-for)$/);
  });

  test('text is never turned into script, markup or a request elsewhere', async () => {
    const app = (await aComputer()).start();
    const page = await app.page();
    const outcome = await page.evaluate(async (outside) => {
      const attempt = async (what: () => unknown) => {
        try {
          await what();
          return 'allowed';
        } catch {
          return 'refused';
        }
      };
      const button = document.createElement('button');
      return {
        markup: await attempt(() => {
          document.createElement('p').innerHTML = '<b>x</b>';
        }),
        handler: await attempt(() => {
          button.setAttribute('onclick', 'window.ran = true');
          button.click();
          if (!('ran' in window)) throw new Error('it did not run');
        }),
        fetch: await attempt(() => fetch(outside)),
        socket: await attempt(
          () =>
            new Promise((resolve, reject) => {
              const socket = new WebSocket('wss://maas.io/');
              socket.onopen = resolve;
              socket.onerror = reject;
            }),
        ),
        worker: await attempt(
          () =>
            new Promise((resolve, reject) => {
              const url = URL.createObjectURL(new Blob(['postMessage(1)']));
              const worker = new Worker(url);
              worker.onmessage = resolve;
              worker.onerror = reject;
            }),
        ),
      };
    }, OUTSIDE);
    expect(outcome).toEqual({
      markup: 'refused',
      handler: 'refused',
      fetch: 'refused',
      socket: 'refused',
      worker: 'refused',
    });
    // The policy stopped all that before a request was made; had it not, this would have.
    expect(app.all('request-refused')).toEqual([]);
    expect(await app.ask('mayLoad', OUTSIDE)).toBe(false);
    expect(await app.ask('mayLoad', 'app://labwright/index.html')).toBe(true);
    expect(await app.ask('mayLoad', 'file:///etc/passwd')).toBe(false);
  });

  test('every answer carries the policy, and nothing outside the renderer is served', async () => {
    const app = (await aComputer()).start();
    await app.waitFor('window-loaded');
    interface Served {
      status: number;
      headers: Record<string, string>;
    }
    const serve = (url: string) => app.ask<Served>('serve', url);
    const page = await serve('app://labwright/index.html');
    expect(page.status).toBe(200);
    for (const directive of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data:",
      "font-src 'self'",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]) {
      expect(page.headers['content-security-policy']?.split('; ')).toContain(directive);
    }
    expect(page.headers['x-content-type-options']).toBe('nosniff');
    for (const url of [
      'app://labwright/../desktop.js',
      'app://labwright/..%2fdesktop.js',
      'app://labwright/%2e%2e/desktop.js',
      'app://labwright/..%5cdesktop.js',
      'app://labwright/assets/..%2f..%2fdesktop.js',
      'app://labwright//etc/hostname',
      'app://labwright/index.html%00.js',
      'app://labwright/%E0%A4%A',
      'app://other/index.html',
      'app://labwright/nothing.js',
    ]) {
      const { status, headers } = await serve(url);
      expect.soft(status, url).toBe(404);
      expect.soft(headers['content-security-policy'], url).toContain("default-src 'none'");
    }
  });

  test('windows are not opened; a web link opens in the browser of the person', async () => {
    const app = (await aComputer()).start();
    const page = await app.page();
    await page.evaluate((url) => void window.open(url), OUTSIDE);
    await app.waitFor('window-denied');
    expect(await app.waitFor('open-external')).toBe(OUTSIDE);
    await app.waitFor('popup-closed');
    await page.evaluate(() => void window.open('http://192.0.2.1/'));
    await app.waitFor('window-denied', 2);
    await page.evaluate(() => void window.open('https://maas.io@evil.example/'));
    await app.waitFor('window-denied', 3);
    expect(app.all('window-allowed')).toEqual([]);
    expect(app.all('open-external')).toEqual([OUTSIDE]);
  });

  test('the page cannot be navigated away', async () => {
    const app = (await aComputer()).start();
    const page = await app.page();
    const before = page.url();
    const targets = ['http://192.0.2.1/', 'app://labwright/other.html', OUTSIDE];
    for (const [index, target] of targets.entries()) {
      const address = target.replace('app://labwright', new URL(before).origin);
      await page.evaluate((url) => {
        location.href = url;
      }, address);
      expect(await app.waitFor('navigation-denied', index + 1)).toBe(target);
    }
    expect(page.url()).toBe(before);
    expect(app.all('open-external')).toEqual([OUTSIDE]);
  });

  test('permissions are granted by the table and by nothing else', async () => {
    const app = (await aComputer()).start();
    const page = await app.page();
    const granted: string[] = [];
    for (const permission of permissionNames()) {
      const answer = await app.ask<{ requested: boolean; checked: boolean }>(
        'permission',
        permission,
      );
      expect.soft(answer.requested, permission).toBe(answer.checked);
      if (answer.requested || answer.checked) granted.push(permission);
    }
    expect(granted).toEqual(['clipboard-sanitized-write']);
    const seen = await page.evaluate(async () => {
      const located = new Promise((resolve) => {
        navigator.geolocation.getCurrentPosition(
          () => resolve('located'),
          ({ code, PERMISSION_DENIED }) =>
            resolve(code === PERMISSION_DENIED ? 'denied' : 'failed'),
        );
      });
      return {
        notifications: await Notification.requestPermission(),
        read: await navigator.clipboard.readText().catch(() => 'denied'),
        location: await located,
        write: await navigator.clipboard.writeText('copied').then(() => 'written'),
      };
    });
    expect(seen).toEqual({
      notifications: 'denied',
      read: 'denied',
      location: 'denied',
      write: 'written',
    });
  });

  test('only the page itself gets ports', async () => {
    const app = (await aComputer()).start();
    const page = await app.page();
    await app.waitFor('ipc');
    const forge = (url: string, main: boolean) =>
      app.ask<number>('forge-ipc', { channel: 'labwright:connect', url, main });
    expect(await forge('https://evil.example/index.html', true)).toBe(0);
    expect(await forge('app://other/index.html', true)).toBe(0);
    expect(await forge('app://labwright/index.html.evil', true)).toBe(0);
    expect(await forge('app://labwright/index.html', false)).toBe(0);
    expect(await forge('app://labwright/index.html#lab', true)).toBe(2);

    const asked = app.all('ipc').length;
    await page.evaluate(() => {
      const frame = document.createElement('iframe');
      document.body.append(frame);
      // A frame in the page, and the page in the name of another origin.
      frame.contentWindow?.postMessage('labwright:connect', '*');
      const event = { data: 'labwright:connect', origin: 'https://evil.example', source: window };
      window.dispatchEvent(new MessageEvent('message', event));
    });
    await page.frames()[1]?.evaluate(() => parent.postMessage('labwright:connect', '*'));
    // Messages keep their order: when our own request has been served, theirs were refused.
    const client = await drive(page);
    await client.call('app.info');
    expect(app.all('ipc')).toHaveLength(asked + 1);
  });
});

/** Every permission that this version of Electron knows, from its own types. */
function permissionNames(): string[] {
  const types = join(import.meta.dirname, '../../node_modules/electron/electron.d.ts');
  const line = readFileSync(types, 'utf8')
    .split('\n')
    .find((text) => text.includes(' setPermissionRequestHandler(handler: (('));
  const union = /permission: ([^,]+),/.exec(line ?? '')?.[1] ?? '';
  const names = [...union.matchAll(/'([^']+)'/g)].map((match) => match[1]!);
  expect(names).toContain('geolocation');
  return names;
}
