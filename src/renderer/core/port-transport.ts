import { RPCLink } from '@orpc/client/message-port';
import type { Transport } from './transport.ts';

declare global {
  interface Window {
    /** Set by the preload of the desktop shell; it carries nothing but this mark. */
    readonly labwright?: { readonly shell?: string };
  }
}

const HAND_OVER_TIMEOUT_MS = 10_000;

export function runsInDesktop(): boolean {
  return window.labwright?.shell === 'desktop';
}

function receivePorts(): Promise<readonly [MessagePort, MessagePort]> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      window.removeEventListener('message', receive);
    };
    const receive = (event: MessageEvent<unknown>) => {
      // A frame or another window could post this too; only the preload posts from this very window.
      if (event.source !== window || event.data !== 'labwright:ports') return;
      const [calls, terminals] = event.ports;
      if (calls === undefined || terminals === undefined) return;
      stop();
      resolve([calls, terminals]);
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error('no ports were handed over'));
    }, HAND_OVER_TIMEOUT_MS);
    window.addEventListener('message', receive);
    window.postMessage('labwright:connect', location.origin);
  });
}

function closed(port: MessagePort): Promise<void> {
  return new Promise((resolve) => {
    port.addEventListener('close', () => resolve(), { once: true });
  });
}

/** The two ports of the desktop shell. */
export async function openPortTransport(): Promise<Transport> {
  const [calls, terminals] = await receivePorts();
  const close = () => {
    calls.close();
    terminals.close();
  };
  const gone = Promise.race([closed(calls), closed(terminals)]).then(close);
  const link = new RPCLink({ port: calls });
  calls.start();
  return {
    link,
    sendFrame: (frame) => terminals.postMessage(frame),
    onFrame: (listener) => {
      terminals.addEventListener('message', (event: MessageEvent<unknown>) => {
        if (event.data instanceof Uint8Array) listener(event.data);
        else if (event.data instanceof ArrayBuffer) listener(new Uint8Array(event.data));
      });
      terminals.start();
    },
    closed: gone,
    close,
  };
}
