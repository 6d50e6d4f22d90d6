import { Worker } from 'node:worker_threads';
import { workerFile } from '../../files/worker-file.ts';
import { Selection, type SelectionRequest, select } from './streams.ts';

/** Below this, parsing takes less than a frame and a thread would cost more than it saves. */
const INLINE_BYTES = 256 * 1024;

/** Runs `select` off the main thread when the stream is large. */
export function selectInWorker(request: SelectionRequest): Promise<Selection> {
  const bytes = Object.values(request.files).reduce((sum, text) => sum + text.length, 0);
  if (bytes < INLINE_BYTES) return Promise.resolve(select(request));
  const worker = new Worker(workerFile(import.meta.url, 'selection-worker'));
  return new Promise<Selection>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (answer: { selection?: unknown; error?: string }) => {
      const parsed = Selection.safeParse(answer.selection);
      if (parsed.success) resolve(parsed.data);
      else reject(new Error(answer.error ?? 'malformed selection'));
    });
    worker.postMessage(request);
  }).finally(() => worker.terminate());
}
