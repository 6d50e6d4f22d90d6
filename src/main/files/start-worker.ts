import { Worker } from 'node:worker_threads';

/**
 * Starts the worker of a file that lies beside its caller; `from` is the caller's import.meta.url. Tests
 * and scripts run the sources. Built workers lie in one folder, and what is built of the caller there or
 * in its folder of chunks.
 */
export function startWorker(name: string, from: string): Worker {
  if (from.endsWith('.ts')) return new Worker(new URL(`./${name}.ts`, from));
  const up = /\/chunks\/[^/]+$/.test(from) ? '..' : '.';
  return new Worker(new URL(`${up}/${name}.js`, from));
}
