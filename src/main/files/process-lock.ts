import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const Owner = z.object({ pid: z.int().positive(), started: z.string() });
type Owner = z.infer<typeof Owner>;

/** When a process started, so that a reused pid is not taken for the owner (proc(5), field 22). */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function isAlive(owner: Owner): boolean {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return owner.started === '' || startOf(owner.pid) === owner.started;
}

function readOwner(path: string): Owner | undefined {
  try {
    return Owner.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/**
 * Takes the lock of a dead process away, one process at a time: another one may have done so since it
 * was read, and have made its own. The gate is a link like the lock, so it is whole or not there.
 */
function takeAway(path: string, mine: string): void {
  const gate = `${path}.gate`;
  try {
    linkSync(mine, gate);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const keeper = readOwner(gate);
    if (keeper !== undefined && !isAlive(keeper)) rmSync(gate, { force: true });
    return;
  }
  try {
    const holder = readOwner(path);
    if (holder === undefined || !isAlive(holder)) rmSync(path, { force: true });
  } finally {
    rmSync(gate, { force: true });
  }
}

/** One process owns a thing: a lab, a file that grows. The lock of a dead process is taken over. */
export class ProcessLock {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** The lock, or the pid of the process that has it. */
  static acquire(path: string): ProcessLock | { heldBy: number } {
    const mine = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
    const owner: Owner = { pid: process.pid, started: startOf(process.pid) };
    writeFileSync(mine, JSON.stringify(owner), { mode: 0o600 });
    try {
      for (;;) {
        try {
          // link(2) either makes the lock whole or fails; there is no half-written lock.
          linkSync(mine, path);
          return new ProcessLock(path);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
          const holder = readOwner(path);
          if (holder !== undefined && isAlive(holder)) return { heldBy: holder.pid };
          takeAway(path, mine);
        }
      }
    } finally {
      rmSync(mine, { force: true });
    }
  }

  release(): void {
    if (readOwner(this.#path)?.pid === process.pid) rmSync(this.#path, { force: true });
  }
}
