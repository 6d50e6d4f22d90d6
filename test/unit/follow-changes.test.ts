import { execFile } from 'node:child_process';
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LabwrightError } from '../../src/contract/error.ts';
import { domainEvents } from '../../src/main/drivers/libvirt/domain-events.ts';
import { followChanges } from '../../src/main/ssh/follow-changes.ts';
import { LocalHost } from './support/local-link.ts';

const run = promisify(execFile);

/** virsh(1) as far as we use it here: it prints what stands in a file, as it grows. */
const VIRSH = `#!/bin/sh
case $* in
'help event') [ ! -e "$HOME/old" ] ;;
*) echo $$ >> "$HOME/pids"; exec tail -n +1 -s 0.02 -f "$HOME/events" ;;
esac
`;

let host: LocalHost;
let stop: AbortController;
let heard: number;
let waits: number[];
let ended: Promise<void>;

const file = (name: string) => join(host.home, name);
const install = () => writeFile(file('bin/virsh'), VIRSH, { mode: 0o755 });
/** Whether the daemon runs, for whoever asks systemd or the list of processes. */
const daemon = async (runs: boolean) => {
  const program = `#!/bin/sh\nexit ${runs ? 0 : 1}\n`;
  for (const name of ['pidof', 'systemctl'])
    await writeFile(file(`bin/${name}`), program, { mode: 0o755 });
};
const event = (text: string) => appendFile(file('events'), `${text}\n`);
const pids = async () =>
  (await readFile(file('pids'), 'utf8').catch(() => '')).split('\n').filter(Boolean).map(Number);

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 8000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not: ${what}`);
    await pause(10);
  }
}

/** Not when it is dead and only waits for its parent to look. */
async function runs(pid: number): Promise<boolean> {
  const state = await run('ps', ['-o', 'stat=', '-p', String(pid)]).catch(() => undefined);
  return state !== undefined && !state.stdout.startsWith('Z');
}

function follow(): void {
  ended = followChanges({
    link: host.link,
    feed: { ...domainEvents, beatMs: 150 },
    changed: () => {
      heard += 1;
    },
    wait: async (milliseconds) => {
      waits.push(milliseconds);
      await pause(5);
    },
    signal: stop.signal,
  });
}

beforeEach(async () => {
  host = await LocalHost.start();
  host.kills = false;
  stop = new AbortController();
  heard = 0;
  waits = [];
  await writeFile(file('events'), '');
  await daemon(true);
});

afterEach(async () => {
  stop.abort();
  await ended;
  for (const pid of await pids()) await until(`${pid} is gone`, async () => !(await runs(pid)));
  await host.close();
});

test('what libvirt tells is told on, and virsh ends with who listened', async () => {
  await install();
  follow();
  await until('the start', () => heard === 1);
  await event("event 'lifecycle' for domain 'node-1': Started Booted");
  await until('an event', () => heard === 2);
  await event("event 'lifecycle' for domain node-1: Stopped Destroyed");
  await until('an event of an old virsh', () => heard === 3);
  await event('something else');
  const [pid = 0] = await pids();
  expect(await runs(pid)).toBe(true);
  stop.abort();
  await ended;
  await until('virsh is gone', async () => !(await runs(pid)));
  expect(heard).toBe(3);
});

test('a link that breaks is made anew, less and less often, and virsh does not stay behind', async () => {
  await install();
  follow();
  await until('the start', () => heard === 1);
  const [first = 0] = await pids();
  host.unreachable = new LabwrightError('host-unreachable', { host: 'mirror' });
  host.cut();
  await until('several tries', () => waits.length > 8);
  expect(waits.slice(0, 3)).toEqual([2000, 4000, 8000]);
  expect(Math.max(...waits)).toBe(60_000);
  host.unreachable = undefined;
  await until('another start', () => heard === 2);
  expect((await pids()).at(-1)).not.toBe(first);
});

test('a refused login is not repeated: it could lock the account', async () => {
  host.unreachable = new LabwrightError('host-auth-failed', { host: 'mirror' });
  follow();
  await ended;
  expect(waits).toEqual([]);
});

test('a host whose libvirt comes later is followed from then on', async () => {
  follow();
  await until('a connection', () => host.connections === 1);
  expect(heard).toBe(0);
  await install();
  await until('the start', () => heard === 1);
  expect(host.connections).toBe(1);
});

test('a virsh that knows no events is left in peace', async () => {
  await install();
  await writeFile(file('old'), '');
  follow();
  await ended;
  expect({ heard, pids: await pids() }).toEqual({ heard: 0, pids: [] });
});

test('a daemon that goes away is listened to again when it is back, and not woken before', async () => {
  await install();
  follow();
  await until('the start', () => heard === 1);
  await daemon(false);
  const [pid = 0] = await pids();
  process.kill(pid, 'SIGTERM');
  await until('beats without a daemon', async () => {
    await pause(400);
    return !(await runs(pid));
  });
  expect(await pids()).toEqual([pid]);
  await daemon(true);
  await until('another start', () => heard === 2);
  expect(await pids()).toHaveLength(2);
  await rm(file('bin/virsh'));
});

test('a script whose lines stop coming ends by itself, and virsh with it', async () => {
  await install();
  const feed = {
    ...domainEvents,
    beatMs: 3_600_000,
    script: domainEvents.script.replace('timeout 20 sh', 'timeout 1 sh'),
  };
  expect(feed.script).not.toBe(domainEvents.script);
  ended = Promise.resolve();
  const live = { beatMs: feed.beatMs, onOutput: () => {} };
  const { script } = feed;
  await host.link.runApart({ script, sudo: true, deadlineMs: 5000, live, signal: stop.signal });
  const [pid = 0] = await pids();
  await until('virsh is gone', async () => !(await runs(pid)));
});
