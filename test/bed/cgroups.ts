// Each host gets a control group of its own. Without one, all the systemds would share the
// machine's root group and stopping "ssh.service" in one host would be written over another's.

import { existsSync } from 'node:fs';
import { readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from './until.ts';

/** Hierarchies systemd tracks its services in: v1's named one, hybrid's second, or plain v2. */
export function cgroupRoots(seenFrom = '/'): string[] {
  const base = join(seenFrom, '/sys/fs/cgroup');
  const named = [join(base, 'systemd'), join(base, 'unified')];
  const found = named.filter((path) => existsSync(join(path, 'cgroup.procs')));
  if (found.length > 0) return found;
  return existsSync(join(base, 'cgroup.procs')) ? [base] : [];
}

/** `seenFrom` matters under `ip netns exec`, which hides the machine's control groups. */
export const bedCgroups = (namespace: string, seenFrom = '/'): string[] =>
  cgroupRoots(seenFrom).map((root) => join(root, 'labwright-bed', namespace));

async function below(path: string): Promise<string[]> {
  if (!existsSync(path)) return [];
  const entries = await readdir(path, { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries) {
    if (entry.isDirectory()) found.push(...(await below(join(path, entry.name))));
  }
  return [...found, path];
}

/** Kills whatever still lives in the group and removes it with all its sub-groups. */
export async function removeCgroup(path: string): Promise<void> {
  await until(`control group ${path} empty`, 10_000, async () => {
    for (const folder of await below(path)) {
      try {
        const pids = (await readFile(join(folder, 'cgroup.procs'), 'utf8')).split('\n');
        for (const pid of pids.map(Number)) if (pid > 1) process.kill(pid, 'SIGKILL');
      } catch {
        // Ended, or the group went away, between our looking and our killing.
      }
      await rmdir(folder).catch(() => {});
    }
    return existsSync(path) ? undefined : true;
  });
}
