import { parentPort } from 'node:worker_threads';
import { type SelectionRequest, select } from './streams.ts';

/** A products file of a real stream is a few MB of JSON: too long for the thread of the windows. */
parentPort?.on('message', (request: SelectionRequest) => {
  try {
    parentPort?.postMessage({ selection: select(request) });
  } catch (error) {
    parentPort?.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
});
