import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const SOURCE = join(import.meta.dirname, '../../src/main/files/process-lock.ts');
/** No process has this number (proc_sys_kernel(5), pid_max). */
const DEAD = JSON.stringify({ pid: 4_194_305, started: '1' });

test('of many that find a dead lock at the same moment, one gets it', {
  timeout: 30_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'labwright-lock-'));
  const path = join(folder, 'lock');
  const program = `
    const { ProcessLock } = await import(${JSON.stringify(SOURCE)});
    while (Date.now() < Number(process.argv[1]));
    const got = ProcessLock.acquire(${JSON.stringify(path)}) instanceof ProcessLock;
    process.stdout.write(got ? 'owner' : 'reader');
    await new Promise((done) => setTimeout(done, 1500));`;
  await writeFile(path, DEAD);
  const at = String(Date.now() + 2500);
  const said = await Promise.all(
    Array.from(
      { length: 6 },
      () =>
        new Promise<string>((done) =>
          execFile(process.execPath, ['--input-type=module', '-e', program, at], (_error, out) =>
            done(out),
          ),
        ),
    ),
  );
  expect(said.filter((word) => word === 'owner')).toHaveLength(1);
  expect(said.filter((word) => word === 'reader')).toHaveLength(5);
  await rm(folder, { recursive: true });
});
