import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let root: string;

const put = async (path: string, text: string) => {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
};

/** A checkout that is installed and built, with programs in place of Electron's installer and the app. */
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'labwright-start-'));
  await mkdir(join(root, 'scripts'));
  await cp(
    join(import.meta.dirname, '../../scripts/bootstrap.mjs'),
    join(root, 'scripts/bootstrap.mjs'),
  );
  await put('package-lock.json', '{}');
  const wanted = createHash('sha256').update('{}').digest('hex');
  await put('node_modules/.labwright-installed', wanted);
  await mkdir(join(root, 'node_modules/node/bin'), { recursive: true });
  await symlink(process.execPath, join(root, 'node_modules/node/bin/node'));
  await put('package.json', '{}');
  for (const file of ['vite.config.ts', 'scripts/build.ts', 'src/a.ts']) await put(file, '');
  await put('dist/.built', String(Date.now() + 60_000));
  await put('dist/cli.js', "console.log('the app:', process.argv.slice(2).join(' '));");
  await put(
    'node_modules/electron/install.js',
    "require('node:fs').appendFileSync('tries', 'try\\n'); process.exit(1);",
  );
});

afterEach(() => rm(root, { recursive: true }));

/** `npm start` of somebody who is not root and has a display. */
function start(): Promise<{ out: string; err: string }> {
  const env = {
    PATH: process.env.PATH ?? '',
    DISPLAY: ':99',
    NODE_OPTIONS: '--import=data:text/javascript,process.getuid=()=>1000',
  };
  const args = [join(root, 'scripts/bootstrap.mjs'), 'start'];
  return new Promise((done) =>
    execFile(process.execPath, args, { env, cwd: root }, (_error, out, err) => done({ out, err })),
  );
}

const tries = () => readFile(join(root, 'tries'), 'utf8').catch(() => '');

test('where Electron cannot be fetched the browser shell opens, and says so', async () => {
  const { out, err } = await start();
  expect(out).toBe('the app: serve\n');
  expect(err).toContain('opening the browser shell, because its binary could not be fetched');
  expect(await tries()).toBe('try\n');
});

test('it is not waited for at every start, but tried again after an hour', async () => {
  await start();
  const { out, err } = await start();
  expect(out).toBe('the app: serve\n');
  expect(err).toContain('within the hour');
  expect(await tries()).toBe('try\n');
  const anHourAgo = new Date(Date.now() - 61 * 60 * 1000);
  await utimes(join(root, 'node_modules/electron/.labwright-not-fetched'), anHourAgo, anHourAgo);
  await start();
  expect(await tries()).toBe('try\ntry\n');
});
