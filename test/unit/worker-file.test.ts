import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { workerFile } from '../../src/main/files/worker-file.ts';

test.each([
  ['file:///app/src/main/drivers/x/reader.ts', 'file:///app/src/main/drivers/x/reader-worker.ts'],
  ['file:///app/dist/cli.js', 'file:///app/dist/reader-worker.js'],
  ['file:///app/dist/chunks/chunk-X3YV.js', 'file:///app/dist/reader-worker.js'],
  ['file:///C:/app%20x/dist/chunks/chunk-A.js', 'file:///C:/app%20x/dist/reader-worker.js'],
])('what %s starts is %s', (caller, file) => {
  expect(workerFile(caller, 'reader-worker').href).toBe(file);
});

test.each([
  ['drivers/simplestreams/select-in-worker.ts', 'selection-worker'],
  ['drivers/maas/read-body.ts', 'body-worker'],
])('%s has its worker beside it', (path, name) => {
  const caller = new URL(`../../src/main/${path}`, import.meta.url).href;
  expect(existsSync(fileURLToPath(workerFile(caller, name)))).toBe(true);
});
