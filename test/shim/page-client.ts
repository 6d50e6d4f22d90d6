import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';

/**
 * Put into the page by a test: a second client beside the page's own, over the same hand-off. The
 * tests of the wiring then do not depend on what the screens call.
 */
let ports: readonly MessagePort[] = [];

function handOff(): Promise<readonly MessagePort[]> {
  return new Promise((resolve) => {
    const receive = (event: MessageEvent) => {
      if (event.data !== 'labwright:ports') return;
      // The page's own client must not take these for its own.
      event.stopImmediatePropagation();
      window.removeEventListener('message', receive, { capture: true });
      resolve([...event.ports]);
    };
    window.addEventListener('message', receive, { capture: true });
    window.postMessage('labwright:connect', location.origin);
  });
}

async function connect(): Promise<readonly MessagePort[]> {
  if (ports.length === 0) {
    ports = await handOff();
    for (const port of ports) port.start();
  }
  return ports;
}

type Client = { readonly [name: string]: Client } & ((input?: unknown) => Promise<unknown>);

export async function call(path: string, input?: unknown): Promise<unknown> {
  const [port] = await connect();
  const client = createORPCClient(new RPCLink({ port: port! })) as unknown as Client;
  const [group, name] = path.split('.');
  return client[group!]![name!]!(input);
}

/** Sends bytes to the terminals and resolves with the next frame from there. */
export async function exchange(bytes: readonly number[]): Promise<readonly number[]> {
  const [, port] = await connect();
  const answer = new Promise<MessageEvent>((resolve) => {
    port!.addEventListener('message', resolve, { once: true });
  });
  port!.postMessage(new Uint8Array(bytes));
  return [...((await answer).data as Uint8Array)];
}

/** Resolves when the core closed its end. */
export async function closed(): Promise<void> {
  const [port] = await connect();
  await new Promise((resolve) => port!.addEventListener('close', resolve, { once: true }));
}
