import { Worker } from 'node:worker_threads';
import { workerFile } from '../files/worker-file.ts';
// The type and the schema only: the library itself is loaded by the worker.
import type { SignedText } from './signature.ts';
import { SignatureVerdict } from './signature-verdict.ts';

/** Proves a signature off the main thread. */
export function proveInWorker(signed: SignedText): Promise<SignatureVerdict> {
  const worker = new Worker(workerFile(import.meta.url, 'signature-worker'));
  return new Promise<SignatureVerdict>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (answer: unknown) => {
      const { data, error } = SignatureVerdict.safeParse(answer);
      if (data === undefined) reject(error);
      else resolve(data);
    });
    worker.postMessage(signed);
  }).finally(() => worker.terminate());
}
