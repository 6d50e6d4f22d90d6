// Opens an HTTP server at the bed's address on a free port, and closes it with its connections.

import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bedAddress } from './places.ts';

export interface HttpPlace {
  url: string;
  port: number;
  close(): Promise<void>;
}

export async function listenInBed(server: Server, port = 0): Promise<HttpPlace> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, bedAddress, () => resolve());
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://${bedAddress}:${bound}`,
    port: bound,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
