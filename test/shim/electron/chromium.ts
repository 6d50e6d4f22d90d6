import { join } from 'node:path';
import { type BrowserContext, chromium, type Page, type Route } from 'playwright-core';
import { report } from './control.ts';
import { computerOptions } from './options.ts';
import { session } from './session.ts';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Nothing is ever fetched from anywhere, not even by a window that escapes us for a moment.
  '--host-resolver-rules=MAP * ~NOTFOUND',
  // The test attaches here, beside us.
  '--remote-debugging-port=0',
];

/**
 * Chromium itself knows no `app:` scheme and has no switch for one, so the page really lives at an
 * https address of the same host that never leaves the machine: every request is answered here.
 */
const SUFFIX = '.app.test';

export function toChromium(url: string): string {
  return url.replace(/^app:\/\/([^/]+)/, `https://$1${SUFFIX}`);
}

export function fromChromium(url: string): string {
  return url.replace(/^https:\/\/([^/]+)\.app\.test(?=\/|$)/, 'app://$1');
}

/** What one window wants to know about the requests of its page. */
export interface PageOwner {
  readonly page: Page | undefined;
  /** Whether this navigation may go on. */
  mayNavigate(url: string, isMainFrame: boolean): boolean;
}

let running: Chromium | undefined;

/** The one browser behind the app; there is none before `ready`. */
export function browser(): Chromium {
  if (running === undefined) throw new Error('not before the app is ready');
  return running;
}

export class Chromium {
  readonly owners = new Set<PageOwner>();
  readonly #context: BrowserContext;

  private constructor(context: BrowserContext) {
    this.#context = context;
  }

  static async launch(): Promise<Chromium> {
    const profile = join(computerOptions().directory, 'chromium');
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: process.env.LABWRIGHT_CHROMIUM ?? '/usr/bin/chromium',
      args: ARGUMENTS,
      headless: true,
    });
    running = new Chromium(context);
    const { route, popup } = running.#handlers();
    await context.route('**/*', route);
    context.on('page', popup);
    return running;
  }

  /** The blank page that Chromium starts with, and new ones after it. */
  async newPage(): Promise<Page> {
    const blank = this.#context.pages().find((page) => this.#ownerOf(page) === undefined);
    return blank ?? (await this.#context.newPage());
  }

  async close(): Promise<void> {
    await this.#context.close();
  }

  #handlers() {
    return {
      route: (route: Route) => this.#answer(route),
      popup: (page: Page) => this.#closePopup(page),
    };
  }

  #ownerOf(page: Page | undefined): PageOwner | undefined {
    return [...this.owners].find((owner) => owner.page !== undefined && owner.page === page);
  }

  async #answer(route: Route): Promise<void> {
    const request = route.request();
    const url = fromChromium(request.url());
    if (request.isNavigationRequest()) {
      const frame = frameOf(route);
      const owner = this.#ownerOf(frame?.page());
      if (owner === undefined) {
        // A popup. Playwright shows it to us once it has a document, and then it is closed.
        return route.fulfill({ contentType: 'text/html', body: '' });
      }
      if (!owner.mayNavigate(url, frame?.parentFrame() === null)) return route.abort('aborted');
    }
    const { protocol } = new URL(url);
    const handler = session.defaultSession.handlers.get(protocol.slice(0, -1));
    const allowed = await session.defaultSession.mayLoad(url);
    if (!allowed || handler === undefined) {
      report('request-refused', url);
      return route.abort('blockedbyclient');
    }
    const response = await handler(new Request(url, { method: request.method() }));
    await route.fulfill({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    });
  }

  async #closePopup(page: Page): Promise<void> {
    if (this.#ownerOf(page) !== undefined || (await page.opener()) === null) return;
    await page.close();
    report('popup-closed');
  }
}

function frameOf(route: Route) {
  try {
    return route.request().frame();
  } catch {
    // Playwright has no frame yet for the first request of a window that the page opened.
    return undefined;
  }
}
