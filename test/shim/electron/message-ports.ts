import { EventEmitter } from 'node:events';

/** The far end of a port that was sent to a page. */
export interface PageEnd {
  deliver(data: unknown): void;
  close(): void;
}

/** Keeps messages until `start`, as the real one does: a port that nobody starts stays silent. */
export class MessagePortMain extends EventEmitter {
  partner: MessagePortMain | undefined;
  #page: PageEnd | undefined;
  #waiting: unknown[] | undefined = [];
  #closed = false;

  postMessage(data: unknown): void {
    // Throws for what cannot cross, instead of in the real Electron only.
    this.partner?.receive(structuredClone(data));
  }

  start(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const data of waiting) this.emit('message', { data, ports: [] });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.partner?.disconnected();
  }

  /** The port now lives in a page; its partner stays here. */
  moveToPage(page: PageEnd): void {
    this.#page = page;
    for (const data of this.#waiting ?? []) page.deliver(data);
    this.#waiting = undefined;
  }

  receive(data: unknown): void {
    if (this.#closed) return;
    if (this.#page) this.#page.deliver(data);
    else if (this.#waiting) this.#waiting.push(data);
    else this.emit('message', { data, ports: [] });
  }

  disconnected(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#page?.close();
    this.emit('close');
  }
}

export class MessageChannelMain {
  readonly port1 = new MessagePortMain();
  readonly port2 = new MessagePortMain();

  constructor() {
    this.port1.partner = this.port2;
    this.port2.partner = this.port1;
  }
}
