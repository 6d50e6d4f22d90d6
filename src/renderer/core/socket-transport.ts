import { RPCLink } from '@orpc/client/websocket';
import type { Transport } from './transport.ts';

/** A server that accepts the TCP connection and never answers must not hold up the next attempt. */
const OPEN_TIMEOUT_MS = 10_000;

function socketUrl(path: string): string {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.hash = '';
  return url.href;
}

function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true });
    socket.addEventListener('close', () => reject(new Error('closed before it opened')), {
      once: true,
    });
  });
}

function closed(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    socket.addEventListener('close', () => resolve(), { once: true });
  });
}

/** Two sockets of the same origin, authorised by the session cookie. */
export async function openSocketTransport(): Promise<Transport> {
  const calls = new WebSocket(socketUrl('/rpc'));
  const terminals = new WebSocket(socketUrl('/terminals'));
  terminals.binaryType = 'arraybuffer';
  const close = () => {
    calls.close();
    terminals.close();
  };
  const timer = setTimeout(close, OPEN_TIMEOUT_MS);
  try {
    await Promise.all([opened(calls), opened(terminals)]);
  } catch (error) {
    close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  return {
    link: new RPCLink({ websocket: calls }),
    sendFrame: (frame) => {
      if (terminals.readyState === WebSocket.OPEN) terminals.send(frame as Uint8Array<ArrayBuffer>);
    },
    onFrame: (listener) => {
      terminals.addEventListener('message', (event: MessageEvent<unknown>) => {
        if (event.data instanceof ArrayBuffer) listener(new Uint8Array(event.data));
      });
    },
    closed: Promise.race([closed(calls), closed(terminals)]).then(close),
    close,
  };
}
