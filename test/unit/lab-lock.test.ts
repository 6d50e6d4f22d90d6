import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LabLock } from '../../src/main/app/lab-lock.ts';

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
  const mine = LabLock.acquire(path);
  expect(LabLock.acquire(path)).toEqual({ heldBy: process.pid });
  (mine as LabLock).release();
  expect(LabLock.acquire(path)).toBeInstanceOf(LabLock);
  expect(await readdir(folder)).toEqual(['lock']);
});

test('the lock of a dead process, or what is none, is taken over', async () => {
  for (const left of [DEAD, '', 'rubbish']) {
    await writeFile(path, left);
    const mine = LabLock.acquire(path);
    expect(mine).toBeInstanceOf(LabLock);
    (mine as LabLock).release();
  }
  expect(await readdir(folder)).toEqual([]);
});
