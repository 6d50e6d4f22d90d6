import type { CDPSession, Page } from 'playwright-core';
import { report } from './control.ts';
import type { MessagePortMain } from './message-ports.ts';
import {
  BINDING,
  CLOSE,
  DELIVER,
  EXPOSING_SCRIPT,
  fromWire,
  preloadScript,
  RECEIVE,
  type Said,
  toWire,
  WORLD,
} from './preload-world.ts';

interface ContextCreated {
  readonly context: {
    readonly id: number;
    readonly name: string;
    readonly auxData?: { readonly frameId?: string };
  };
}

/** What a page does that its owner wants to know. */
export interface PageEvents {
  ipc(channel: string, args: readonly unknown[]): void;
  openWindow(url: string): void;
}

/** The preload's world of one page: messages of `ipcRenderer` and ports, carried over CDP. */
export class PageWorld {
  readonly #cdp: CDPSession;
  readonly #mainFrame: string;
  readonly #events: PageEvents;
  readonly #ports = new Map<number, MessagePortMain>();
  #context: number | undefined;
  #nextPort = 1;

  private constructor(cdp: CDPSession, mainFrame: string, events: PageEvents) {
    this.#cdp = cdp;
    this.#mainFrame = mainFrame;
    this.#events = events;
  }

  static async open(page: Page, preload: string, events: PageEvents): Promise<PageWorld> {
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Page.enable');
    const { frameTree } = await cdp.send('Page.getFrameTree');
    const world = new PageWorld(cdp, frameTree.frame.id, events);
    cdp.on('Runtime.executionContextCreated', (event) => world.#created(event));
    cdp.on('Runtime.executionContextsCleared', () => world.#gone());
    cdp.on('Page.windowOpen', ({ url }) => events.openWindow(url));
    cdp.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      // The binding must be out of reach of the page itself.
      if (name === BINDING && executionContextId === world.#context) world.#hear(payload);
    });
    await cdp.send('Runtime.enable');
    await cdp.send('Runtime.addBinding', { name: BINDING, executionContextName: WORLD });
    const script = 'Page.addScriptToEvaluateOnNewDocument';
    await cdp.send(script, { source: EXPOSING_SCRIPT });
    await cdp.send(script, { source: preloadScript(preload), worldName: WORLD });
    return world;
  }

  /** `ipcRenderer.on(channel)` in the preload, with real ports of the page. */
  send(channel: string, message: unknown, transfer: readonly MessagePortMain[]): void {
    const ids = transfer.map((port) => this.#adopt(port));
    this.#call(RECEIVE, channel, message, ids);
    for (const [index, port] of transfer.entries()) {
      const id = ids[index];
      port.moveToPage({
        deliver: (data) => this.#call(DELIVER, id, toWire(data)),
        close: () => this.#call(CLOSE, id),
      });
    }
  }

  close(): void {
    this.#gone();
  }

  #adopt(port: MessagePortMain): number {
    const id = this.#nextPort++;
    this.#ports.set(id, port);
    return id;
  }

  #created({ context }: ContextCreated): void {
    // Frames have a world of this name too, in which no preload ran.
    const main = context.auxData?.frameId === this.#mainFrame;
    if (main && context.name === WORLD) this.#context = context.id;
  }

  /** The document went away, and with it the page's ends of its ports. */
  #gone(): void {
    this.#context = undefined;
    for (const port of this.#ports.values()) port.close();
    this.#ports.clear();
  }

  #hear(payload: string): void {
    const said = JSON.parse(payload) as Said;
    if (said.kind === 'ipc') this.#events.ipc(said.channel, said.args);
    if (said.kind === 'failed') report('preload-failed', said.error);
    if (said.kind === 'message') this.#ports.get(said.port)?.postMessage(fromWire(said.wire));
    if (said.kind === 'close') {
      this.#ports.get(said.port)?.close();
      this.#ports.delete(said.port);
    }
  }

  #call(name: string, ...values: unknown[]): void {
    if (this.#context === undefined) return;
    const list = values.map((value) => JSON.stringify(value ?? null)).join(', ');
    const expression = `globalThis[${JSON.stringify(name)}](${list})`;
    const call = { expression, contextId: this.#context };
    // A page that is just going away cannot be told anything, nor does it matter.
    this.#cdp.send('Runtime.evaluate', call).catch(() => {});
  }
}
