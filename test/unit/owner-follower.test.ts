import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { message } from '../../src/contract/message.ts';
import { LAB_FOLDER } from '../../src/main/app/lab-session.ts';
import { OwnerFollower } from '../../src/main/app/owner-follower.ts';
import { Journal } from '../../src/main/engine/journal.ts';
import { ProcessLock } from '../../src/main/files/process-lock.ts';

const SETTLE_MS = 30;
let folder: string;
let path: string;
let owner: Journal;
let follower: OwnerFollower;
let looks: number;

const openJournal = () =>
  Journal.open(join(folder, LAB_FOLDER, 'journal.db'), { now: Date.now, who: 'ann' });
const sometime = () => expect.poll(() => looks, { timeout: 5000, interval: 10 });

/** Long enough for a look that follows from the last one. */
const quiet = () => new Promise((done) => setTimeout(done, 8 * SETTLE_MS));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'labwright-follow-'));
  path = join(folder, 'lab.yaml');
  await writeFile(path, 'version: 1\n');
  await mkdir(join(folder, LAB_FOLDER));
  owner = openJournal();
  ProcessLock.acquire(join(folder, LAB_FOLDER, 'lock'));
  looks = 0;
  follower = new OwnerFollower(
    path,
    async () => {
      looks += 1;
      // As the reading of a lab does.
      ProcessLock.acquire(join(folder, LAB_FOLDER, 'lock'));
      openJournal().close();
    },
    SETTLE_MS,
  );
  await sometime().toBe(1);
});

afterEach(async () => {
  follower.close();
  owner.close();
  await rm(folder, { recursive: true });
});

test('looks once for what the owner wrote, however much, and not for its own reading', async () => {
  await quiet();
  for (let n = 0; n < 5; n++) owner.append({ kind: 'note', text: message(`note ${n}`) });
  await sometime().toBe(2);
  await quiet();
  expect(looks).toBe(2);
});

test('looks when lab.yaml is replaced, as editors do', async () => {
  await writeFile(`${path}.new`, 'version: 1\nname: x\n');
  await rename(`${path}.new`, path);
  await sometime().toBe(2);
});

test('looks when the owner gives the lock back', async () => {
  await rm(join(folder, LAB_FOLDER, 'lock'));
  await sometime().toBeGreaterThanOrEqual(2);
});

test('does not look any more once it is closed', async () => {
  follower.close();
  owner.append({ kind: 'note', text: message('late') });
  await quiet();
  expect(looks).toBe(1);
});
