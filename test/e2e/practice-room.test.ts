import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, expect, test } from 'vitest';

const CLI = join(import.meta.dirname, '../../dist/cli.js');
let home: string;
let room: ChildProcess;
let lab: string;

/** As a person with nothing but the path types it. */
async function labwright(...args: string[]): Promise<{ code: number; stdout: string }> {
  const env = { PATH: process.env.PATH ?? '', HOME: home, LANG: 'en_US.UTF-8' };
  const run = promisify(execFile)(process.execPath, [CLI, ...args], { env });
  return run.then(
    ({ stdout }) => ({ code: 0, stdout }),
    ({ code, stdout }: { code: number; stdout: string }) => ({ code, stdout }),
  );
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'labwright-room-'));
  const env = { PATH: process.env.PATH ?? '', HOME: home };
  const args = [CLI, 'practice', '--room', 'esxi-api', '--json'];
  room = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: room.stdout! }), 'line');
  lab = (JSON.parse(line) as { lab: string }).lab;
});

afterAll(async () => {
  if (room.exitCode === null) room.kill();
  await rm(home, { recursive: true, force: true });
});

test('the path alone is enough to check and apply: trust and password are in the lab', async () => {
  const before = await labwright('check', '--lab', lab, '--json');
  expect(before.code).toBe(1);
  const { findings } = JSON.parse(before.stdout) as { findings: { id: string; state: string }[] };
  const states = Object.fromEntries(findings.map(({ id, state }) => [id, state]));
  expect(states).toMatchObject({
    'site.reachable@esxi': 'done',
    'network.portgroup@pxe': 'todo',
    'nodes.machine@node-3': 'blocked',
  });
  expect((await labwright('apply', '--yes', '--lab', lab)).code).toBe(0);
  expect((await labwright('check', '--lab', lab)).code).toBe(0);
});

test('a client that goes away in the middle does not take the room with it', async () => {
  const mirror = spawn(process.execPath, [CLI, 'practice', '--json'], {
    env: { PATH: process.env.PATH ?? '', HOME: home },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: mirror.stdout! }), 'line');
  const { lab: path } = JSON.parse(line) as { lab: string };
  const port = Number(/port: (\d+)/.exec(await readFile(path, 'utf8'))?.[1]);
  const privateKey = await readFile(join(dirname(path), '.labwright/practice-key'));
  // Between the opening of a session and the word what it is for; as in a killed app.
  const client = new ssh2.Client();
  client.on('error', () => {});
  client.connect({
    host: '127.0.0.1',
    port,
    username: 'ubuntu',
    privateKey,
    debug: (line) => line.includes('Inbound: CHANNEL_OPEN_CONFIRMATION') && client.destroy(),
  });
  await once(client, 'ready');
  client.exec('true', () => {});
  await once(client, 'close');
  expect((await labwright('check', '--lab', path)).code).toBe(1);
  expect(mirror.exitCode).toBeNull();
  mirror.stdin.end();
  expect(await once(mirror, 'exit')).toEqual([0, null]);
});

test('a room that there is not is refused', async () => {
  expect((await labwright('practice', '--room', 'nowhere')).code).toBe(2);
});

test('who started it goes away, and the room with its lab is gone', async () => {
  const ended = once(room, 'exit');
  room.stdin?.end();
  expect(await ended).toEqual([0, null]);
  await expect(access(lab)).rejects.toThrow('ENOENT');
});
