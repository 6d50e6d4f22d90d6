// The ground a bed stands on: a network of its own with one bridge, a process that holds the mount
// namespace, and the way out to apt. Made by the outer runner, which also takes it all away.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AptProxy, startAptProxy } from './apt-proxy.ts';
import { ensureBaseImage } from './base-image.ts';
import {
  allBeds,
  type BedState,
  isAlive,
  livingBeds,
  processIdentity,
  stateFile,
} from './bed-state.ts';
import { bedCgroups, removeCgroup } from './cgroups.ts';
import { bedAddress, bedsFolder, proxyPort } from './places.ts';
import { preflight } from './preflight.ts';
import { mustRun, runCommand } from './run-command.ts';
import { until } from './until.ts';

export interface BedSpace {
  state: BedState;
  remove(): Promise<void>;
}

const inotifyLimit = '/proc/sys/fs/inotify/max_user_instances';
const inotifyBefore = join(bedsFolder, 'inotify-before');

// Every systemd takes several inotify instances; at the kernel's default the twentieth host
// or so dies without a word.
function raiseInotifyLimit(): void {
  const now = readFileSync(inotifyLimit, 'utf8').trim();
  if (Number(now) >= 1024) return;
  if (!existsSync(inotifyBefore)) writeFileSync(inotifyBefore, now);
  writeFileSync(inotifyLimit, '1024');
}

async function restoreInotifyLimit(): Promise<void> {
  if (!existsSync(inotifyBefore) || (await livingBeds()).length > 0) return;
  writeFileSync(inotifyLimit, readFileSync(inotifyBefore, 'utf8'));
  await rm(inotifyBefore, { force: true });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Already gone, which is what was wanted.
  }
}

/** Takes away everything that belongs to one bed, whatever state it was left in. */
async function removeBed(folder: string, state: BedState | undefined): Promise<void> {
  const namespace = folder.slice(folder.lastIndexOf('/') + 1);
  if (state !== undefined && isAlive(state.keeper)) kill(state.keeper.pid);
  for (const group of bedCgroups(namespace)) {
    await removeCgroup(group);
    await rmdir(join(group, '..')).catch(() => {});
  }
  if (existsSync(`/run/netns/${namespace}`)) {
    await until(`no process left in ${namespace}`, 10_000, async () => {
      const { stdout } = await runCommand('ip', ['netns', 'pids', namespace]);
      const pids = stdout.split(/\s+/).filter(Boolean).map(Number);
      for (const pid of pids) if (pid !== process.pid) kill(pid);
      return pids.length === 0 ? true : undefined;
    });
    await runCommand('ip', ['netns', 'delete', namespace]);
  }
  // Hosts' namespaces were bound inside the keeper's mounts; only their empty files remain.
  for (const parent of ['/run/netns', '/run/systemd/nspawn/propagate']) {
    for (const name of existsSync(parent) ? await readdir(parent) : []) {
      if (name.startsWith(`${namespace}h`)) {
        await rm(join(parent, name), { recursive: true, force: true });
      }
    }
  }
  await rm(folder, { recursive: true, force: true });
}

/** Removes what beds of dead owners left behind. */
export async function sweepDeadBeds(): Promise<string[]> {
  const swept: string[] = [];
  for (const { folder, state } of await allBeds()) {
    const pid = Number(folder.slice(folder.lastIndexOf('lwbed') + 5));
    const living = state ? isAlive(state.owner) : processIdentity(pid) !== undefined;
    if (living) continue;
    await removeBed(folder, state);
    swept.push(folder);
  }
  await restoreInotifyLimit();
  return swept;
}

async function startKeeper(): Promise<ChildProcess> {
  // `cat` ends by itself when this process, the only writer of its input, is gone.
  const keeper = spawn('unshare', ['--mount', '--propagation', 'slave', 'cat'], {
    stdio: ['pipe', 'ignore', 'inherit'],
    detached: true,
  });
  const ours = readlinkSync('/proc/self/ns/mnt');
  await until('the mount namespace', 10_000, () => {
    try {
      const theirs = readlinkSync(`/proc/${keeper.pid}/ns/mnt`);
      const name = readFileSync(`/proc/${keeper.pid}/comm`, 'utf8').trim();
      return theirs !== ours && name === 'cat' ? true : undefined;
    } catch {
      return undefined;
    }
  });
  return keeper;
}

async function startRelay(namespace: string, socketPath: string): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('apt-relay.ts', import.meta.url));
  const relay = spawn(
    'nsenter',
    [
      `--net=/run/netns/${namespace}`,
      process.execPath,
      script,
      bedAddress,
      String(proxyPort),
      socketPath,
    ],
    { stdio: ['pipe', 'pipe', 'inherit'], detached: true },
  );
  await new Promise<void>((resolve, reject) => {
    relay.stdout?.once('data', () => resolve());
    relay.once('exit', (code) => reject(new Error(`the apt relay ended with ${code}`)));
  });
  return relay;
}

export async function createBedSpace(say: (line: string) => void = () => {}): Promise<BedSpace> {
  await preflight();
  await sweepDeadBeds();
  const baseImage = await ensureBaseImage(say);
  const namespace = `lwbed${process.pid}`;
  const folder = join(bedsFolder, namespace);
  let proxy: AptProxy | undefined;
  let state: BedState | undefined;
  const children: ChildProcess[] = [];
  const remove = async () => {
    for (const child of children) child.kill('SIGKILL');
    await proxy?.close();
    await removeBed(folder, state);
    await restoreInotifyLimit();
  };
  try {
    await mkdir(join(folder, 'hosts'), { recursive: true });
    raiseInotifyLimit();
    await mustRun('ip', ['netns', 'add', namespace]);
    const lines = [
      'link set lo up',
      'link add br0 type bridge',
      `addr add ${bedAddress}/16 dev br0`,
      'link set br0 up',
    ];
    await mustRun('ip', ['-n', namespace, '-b', '-'], { stdin: `${lines.join('\n')}\n` });
    const keeper = await startKeeper();
    children.push(keeper);
    const socketPath = join(folder, 'proxy.sock');
    proxy = await startAptProxy(socketPath);
    children.push(await startRelay(namespace, socketPath));
    const keeperIdentity = processIdentity(keeper.pid ?? -1);
    const owner = processIdentity(process.pid);
    if (keeperIdentity === undefined || owner === undefined) throw new Error('no keeper');
    state = { namespace, folder, owner, keeper: keeperIdentity, baseImage };
    await writeFile(stateFile(folder), JSON.stringify(state));
    return { state, remove };
  } catch (cause) {
    await remove();
    throw cause;
  }
}
