import { parentPort } from 'node:worker_threads';
import { proveSignature, type SignedText } from './signature.ts';

/** The library alone takes longer to load than the thread of the windows may stand still. */
parentPort?.on('message', (signed: SignedText) => {
  proveSignature(signed).then(
    (verdict) => parentPort?.postMessage(verdict),
    (error: unknown) => {
      throw error;
    },
  );
});
