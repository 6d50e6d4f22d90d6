import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import type { Dial, MaasRoot } from './maas-server.ts';

/**
 * Connections that somebody else makes, such as through SSH: who is at the other end is known already,
 * and what is said on the way is nobody's to read, so MAAS's own plain HTTP will do.
 */
export function dialledConnector(root: MaasRoot, dial: Dial): buildConnector.connector {
  return (_options, done) => {
    dial(root.host, root.port).then(
      // undici uses what every byte stream has, and looks before it asks for more.
      (stream) => done(null, stream as Socket),
      (error: Error) => done(error, null),
    );
  };
}
