import { chmod, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeAtomic } from '../../src/main/files/atomic-file.ts';
import { describeProblem, PlanFile, sha256 } from '../../src/main/plan/plan-file.ts';
import { readPlan } from '../../src/main/plan/read-plan.ts';
import { planText } from './support/plans.ts';

const GOOD = planText();
const OTHER = GOOD.replace('Guide lab', 'Other lab');

let folder: string;
let path: string;
let file: PlanFile;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'labwright-plan-'));
  path = join(folder, 'lab.yaml');
  await writeFile(path, GOOD);
  file = await PlanFile.open(path);
});

afterEach(async () => {
  file.close();
  await rm(folder, { recursive: true });
});

test('opening reads the plan, its text and its hash', () => {
  expect(file.state).toMatchObject({ text: GOOD, sha256: sha256(GOOD) });
  expect(file.state.plan?.name).toBe('Guide lab');
});

test('a file that is not there, or is no file, is an error that says so', async () => {
  await expect(PlanFile.open(join(folder, 'no.yaml'))).rejects.toMatchObject({
    code: 'plan-missing',
  });
  await expect(PlanFile.open(folder)).rejects.toMatchObject({ code: 'plan-unreadable' });
});

test('a broken file opens with its problems', async () => {
  await writeFile(path, 'version: 1\n');
  const broken = await PlanFile.open(path);
  expect(broken.state.plan).toBeNull();
  expect(broken.state.problems).not.toEqual([]);
});

test('saving writes the whole text and leaves nothing else in the folder', async () => {
  const state = await file.save(OTHER, sha256(GOOD));
  expect(state.plan?.name).toBe('Other lab');
  expect(await readFile(path, 'utf8')).toBe(OTHER);
  expect(await readdir(folder)).toEqual(['lab.yaml']);
});

test('saving keeps the file from those from whom its owner keeps it', async () => {
  await chmod(path, 0o640);
  await file.save(OTHER, sha256(GOOD));
  expect((await stat(path)).mode & 0o777).toBe(0o640);
});

test('saving refuses when someone else changed the file since, and keeps theirs', async () => {
  const theirs = GOOD.replace('Guide lab', 'Their lab');
  await writeFile(path, theirs);
  await expect(file.save(OTHER, sha256(GOOD))).rejects.toMatchObject({
    code: 'plan-changed-on-disk',
  });
  expect(await readFile(path, 'utf8')).toBe(theirs);
});

test('saving refuses a plan with problems, says where, and keeps the file', async () => {
  const text = GOOD.replace('role: mirror', 'role: mirorr');
  await expect(file.save(text, sha256(GOOD))).rejects.toMatchObject({
    code: 'plan-invalid',
    params: { first: '6:11 hosts.mirror.role' },
  });
  expect(await readFile(path, 'utf8')).toBe(GOOD);
});

test('a problem without a path is named by its key', () => {
  const [problem] = readPlan('- a\n').problems;
  expect(describeProblem(problem!)).toBe('1:1');
  const [unknown] = readPlan(`${GOOD}zzzzzzzzzz: 1\n`).problems;
  expect(describeProblem(unknown!)).toBe('19:1 zzzzzzzzzz');
});

test.each([
  ['written in place', (text: string) => writeFile(path, text)],
  [
    'replaced by a rename, as editors do',
    async (text: string) => {
      await writeFile(`${path}~`, text);
      await rename(`${path}~`, path);
    },
  ],
])('a change made outside is noticed when the file is %s', async (_how, change) => {
  const noticed = new Promise<string>((resolve) => {
    file.watch((state) => resolve(`${state.plan?.name}`));
  });
  await change(OTHER);
  expect(await noticed).toBe('Other lab');
  expect(await file.reload()).toBe(false);
});

test('its own save is no outside change, and other files of the folder are none either', async () => {
  const seen: string[] = [];
  const last = new Promise<void>((resolve) => {
    file.watch((state) => {
      seen.push(state.plan?.name ?? '?');
      if (state.plan?.name === 'The end') resolve();
    });
  });
  await file.save(OTHER, sha256(GOOD));
  await writeFile(join(folder, 'notes.txt'), 'x');
  await writeFile(path, GOOD.replace('Guide lab', 'The end'));
  await last;
  expect(seen).toEqual(['The end']);
});

test('a file that vanishes keeps its last state', async () => {
  await rm(path);
  await expect(file.reload()).rejects.toMatchObject({ code: 'plan-missing' });
  expect(file.state.plan?.name).toBe('Guide lab');
  await writeFile(path, GOOD);
});

test('reading again what is the same reports no change', async () => {
  expect(await file.reload()).toBe(false);
});

test('an atomic write that fails leaves the old file and no litter', async () => {
  const inside = join(folder, 'inside');
  await writeFile(inside, 'not a folder');
  await expect(writeAtomic(join(inside, 'x'), 'new')).rejects.toThrow();
  await expect(writeAtomic(folder, 'new')).rejects.toThrow();
  expect((await readdir(folder)).sort()).toEqual(['inside', 'lab.yaml']);
});

test('an atomic write keeps the old content beside it when asked, and takes the mode given', async () => {
  await chmod(path, 0o644);
  await writeAtomic(path, 'new', { mode: 0o600, backup: `${path}.bak` });
  expect(await readFile(`${path}.bak`, 'utf8')).toBe(GOOD);
  expect(await readFile(path, 'utf8')).toBe('new');
});
