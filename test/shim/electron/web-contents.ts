import { EventEmitter } from 'node:events';
import type { Page } from 'playwright-core';
import { browser, fromChromium, type PageOwner, toChromium } from './chromium.ts';
import { answerTo, report } from './control.ts';
import { ipcMain } from './ipc-main.ts';
import type { MessagePortMain } from './message-ports.ts';
import { PageWorld } from './page-world.ts';
import { session } from './session.ts';

type OpenHandler = (details: { url: string }) => { action: 'allow' | 'deny' };

/** Permissions that a test can see in the page, by the name that Chromium has for them. */
const SEEN_PERMISSIONS: Readonly<Record<string, string>> = {
  'clipboard-sanitized-write': 'clipboard-write',
  'clipboard-read': 'clipboard-read',
  geolocation: 'geolocation',
  midi: 'midi',
  notifications: 'notifications',
};

/** A frame as `ipcMain` events show it. */
export class WebFrameMain {
  readonly #url: () => string;
  readonly #send: PageWorld['send'];

  constructor(url: () => string, send: PageWorld['send']) {
    this.#url = url;
    this.#send = send;
  }

  get url(): string {
    return this.#url();
  }

  postMessage(channel: string, message: unknown, transfer: readonly MessagePortMain[] = []): void {
    this.#send(channel, message, transfer);
  }
}

export class WebContents extends EventEmitter implements PageOwner {
  readonly mainFrame: WebFrameMain;
  readonly #preload: string;
  #page: Page | undefined;
  #world: PageWorld | undefined;
  #onOpen: OpenHandler = () => ({ action: 'allow' });
  /** An address that the app itself loads: for those Electron sends no `will-frame-navigate`. */
  #loading: string | undefined;

  constructor(preload: string) {
    super();
    this.#preload = preload;
    this.mainFrame = new WebFrameMain(
      () => fromChromium(this.#page?.url() ?? ''),
      (channel, message, transfer) => this.#world?.send(channel, message, transfer),
    );
  }

  get page(): Page | undefined {
    return this.#page;
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#onOpen = handler;
  }

  async loadURL(url: string): Promise<void> {
    this.#page ??= await this.#openPage();
    this.#loading = url;
    await this.#page.goto(toChromium(url));
  }

  async reload(): Promise<void> {
    this.#loading = this.mainFrame.url;
    await this.#page?.reload();
  }

  mayNavigate(url: string, isMainFrame: boolean): boolean {
    if (isMainFrame && url === this.#loading) {
      this.#loading = undefined;
      return true;
    }
    let prevented = false;
    const preventDefault = () => {
      prevented = true;
    };
    this.emit('will-frame-navigate', { url, isMainFrame, preventDefault });
    report(prevented ? 'navigation-denied' : 'navigation-allowed', url);
    return !prevented;
  }

  openWindow(url: string): void {
    report(this.#onOpen({ url }).action === 'deny' ? 'window-denied' : 'window-allowed', url);
  }

  async setSize(width: number, height: number): Promise<void> {
    await this.#page?.setViewportSize({ width, height });
  }

  async closePage(): Promise<void> {
    this.#world?.close();
    browser().owners.delete(this);
    await this.#page?.close();
  }

  async #openPage(): Promise<Page> {
    const page = await browser().newPage();
    this.#page = page;
    browser().owners.add(this);
    page.on('crash', () => this.emit('render-process-gone', {}, { reason: 'crashed' }));
    this.#world = await PageWorld.open(page, this.#preload, {
      ipc: (channel, args) => this.receiveIpc(this.mainFrame, channel, args),
      openWindow: (url) => this.openWindow(url),
    });
    await this.#showPermissions(page);
    return page;
  }

  receiveIpc(senderFrame: WebFrameMain, channel: string, args: readonly unknown[]): void {
    ipcMain.emit(channel, { sender: this, senderFrame, ports: [] }, ...args);
    report('ipc', channel);
  }

  /** Chromium asks no handler of ours, so it is told beforehand what the app's handlers would say. */
  async #showPermissions(page: Page): Promise<void> {
    const cdp = await page.context().newCDPSession(page);
    for (const [permission, name] of Object.entries(SEEN_PERMISSIONS)) {
      const { requested, checked } = await session.defaultSession.permission(permission);
      const setting = requested && checked ? 'granted' : 'denied';
      const origin = toChromium('app://labwright');
      await cdp.send('Browser.setPermission', { permission: { name }, setting, origin });
    }
    await cdp.detach();
  }
}

interface ForgedMessage {
  readonly channel: string;
  readonly url: string;
  /** Whether it claims to come from the window's main frame. */
  readonly main: boolean;
}

/** A message from a frame that should have no bridge. The answer: how many ports it got. */
answerTo('forge-ipc', async ({ channel, url, main }: ForgedMessage) => {
  const contents = [...browser().owners][0] as WebContents;
  let ports = 0;
  const frame = new WebFrameMain(
    () => url,
    (_channel, _message, transfer) => {
      ports += transfer.length;
    },
  );
  const sender = main ? { mainFrame: frame } : contents;
  ipcMain.emit(channel, { sender, senderFrame: frame, ports: [] });
  return ports;
});
