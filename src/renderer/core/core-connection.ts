import type { ClientContext } from '@orpc/client';
import { createORPCClient, DynamicLink } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import type { Api } from '../../contract/api.ts';
import type { Frame } from '../../contract/terminal.ts';
import { decodeFrame } from '../../contract/terminal.ts';
import { connect } from '../connect.ts';
import { Store } from './store.ts';
import type { Transport } from './transport.ts';

export type Calls = ContractRouterClient<Api>;

export interface ConnectionState {
  readonly phase: 'connecting' | 'connected' | 'lost';
  /** Counts connections; whoever watches something starts again when it grows. */
  readonly generation: number;
  /** Attempts since the last connection. */
  readonly attempts: number;
}

/** A call was made while there was no connection. It is not sent later: the moment has passed. */
export class NotConnected extends Error {
  override readonly name = 'NotConnected';
}

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 5_000;

/** Keeps one connection to the core alive for as long as the page lives. */
export class CoreConnection {
  readonly state = new Store<ConnectionState>({ phase: 'connecting', generation: 0, attempts: 0 });
  readonly calls: Calls;
  #transport: Transport | undefined;
  #wake: (() => void) | undefined;
  readonly #frameListeners = new Set<(frame: Frame) => void>();

  constructor() {
    const link = new DynamicLink<ClientContext>(() => {
      if (this.#transport === undefined) throw new NotConnected();
      return this.#transport.link;
    });
    this.calls = createORPCClient<Calls>(link);
    void this.#keepConnected();
  }

  sendFrame(frame: Uint8Array): void {
    this.#transport?.sendFrame(frame);
  }

  onFrame(listener: (frame: Frame) => void): () => void {
    this.#frameListeners.add(listener);
    return () => this.#frameListeners.delete(listener);
  }

  /** Tries again at once instead of waiting for the back-off. */
  retryNow(): void {
    this.#wake?.();
  }

  async #keepConnected(): Promise<never> {
    for (;;) {
      const transport = await connect().catch(() => undefined);
      const { generation, attempts } = this.state.get();
      if (transport === undefined) {
        this.state.set({
          phase: generation === 0 ? 'connecting' : 'lost',
          generation,
          attempts: attempts + 1,
        });
        await this.#pause(Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempts));
        continue;
      }
      transport.onFrame((bytes) => this.#receive(bytes));
      this.#transport = transport;
      this.state.set({ phase: 'connected', generation: generation + 1, attempts: 0 });
      await transport.closed;
      this.#transport = undefined;
      this.state.set({ phase: 'lost', generation: generation + 1, attempts: 0 });
      await this.#pause(FIRST_DELAY_MS);
    }
  }

  #receive(bytes: Uint8Array): void {
    const frame = decodeFrame(bytes);
    for (const listener of [...this.#frameListeners]) listener(frame);
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        window.removeEventListener('online', done);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      window.addEventListener('online', done);
      this.#wake = done;
    });
  }
}

export const core = new CoreConnection();
export const calls = core.calls;
