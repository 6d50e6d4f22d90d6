import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ProcessLock } from '../../src/main/files/process-lock.ts';

/** No process has this number (proc_sys_kernel(5), pid_max). */
const DEAD = JSON.stringify({ pid: 4_194_305, started: '1' });
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'labwright-lock-'));
  path = join(folder, 'lock');
});

afterEach(() => rm(folder, { recursive: true }));

test('who has the lock keeps it from others, until it is given back', async () => {
  const mine = ProcessLock.acquire(path);
  expect(ProcessLock.acquire(path)).toEqual({ heldBy: process.pid });
  (mine as ProcessLock).release();
  expect(ProcessLock.acquire(path)).toBeInstanceOf(ProcessLock);
  expect(await readdir(folder)).toEqual(['lock']);
});

test('the lock of a dead process, or what is none, is taken over', async () => {
  for (const left of [DEAD, '', 'rubbish']) {
    await writeFile(path, left);
    const mine = ProcessLock.acquire(path);
    expect(mine).toBeInstanceOf(ProcessLock);
    (mine as ProcessLock).release();
  }
  expect(await readdir(folder)).toEqual([]);
});
