import { openPortTransport, runsInDesktop } from './core/port-transport.ts';
import { openSocketTransport } from './core/socket-transport.ts';
import type { Transport } from './core/transport.ts';

/** Opens one connection to the core by whatever way this page was started with. */
export function connect(): Promise<Transport> {
  return runsInDesktop() ? openPortTransport() : openSocketTransport();
}
