/**
 * Hands events from where they happen to one watcher that takes its time. A watcher that falls far
 * behind gets one fresh start instead of a pile: memory stays bounded and nothing is missed.
 */
export class EventQueue<T> {
  readonly #limit: number;
  readonly #restart: () => T;
  #events: T[] = [];
  #wake: (() => void) | undefined;
  #closed = false;

  constructor(restart: () => T, limit = 500) {
    this.#restart = restart;
    this.#limit = limit;
  }

  push(event: T): void {
    if (this.#events.length >= this.#limit) this.#events = [this.#restart()];
    else this.#events.push(event);
    this.#wake?.();
  }

  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  async *drain(signal?: AbortSignal): AsyncGenerator<T, void, void> {
    const stop = () => this.close();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      while (!this.#closed && !signal?.aborted) {
        const event = this.#events.shift();
        if (event !== undefined) yield event;
        else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
          this.#wake = undefined;
        }
      }
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }
}
