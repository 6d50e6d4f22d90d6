import { type FSWatcher, statSync, watch } from 'node:fs';
import { dirname, join } from 'node:path';
import { ProcessLock } from '../files/process-lock.ts';
import { LAB_FOLDER } from './lab-session.ts';

/** A run writes many rows in a moment; looking again reads the whole journal. */
const SETTLE_MS = 1000;
/** A process that was killed changes nothing: whether it lives is asked this often. */
const ALIVE_MS = 5000;

const OF_THE_OWNER = ['journal.db', 'journal.db-wal', 'lock'] as const;

/** Tells a process that only reads a lab when the one that owns it has written something, or is gone. */
export class OwnerFollower {
  readonly #look: () => Promise<void>;
  readonly #settleMs: number;
  readonly #files: readonly string[];
  readonly #watchers: FSWatcher[] = [];
  readonly #alive: NodeJS.Timeout;
  #seen: string;
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  #again = false;
  #closed = false;

  constructor(path: string, look: () => Promise<void>, settleMs = SETTLE_MS) {
    this.#look = look;
    this.#settleMs = settleMs;
    const folder = join(dirname(path), LAB_FOLDER);
    this.#files = [path, ...OF_THE_OWNER.map((name) => join(folder, name))];
    this.#seen = this.#stamp();
    for (const where of [dirname(path), folder]) {
      const watcher = watch(where, { persistent: false }, () => {
        // SQLite touches its files when it is opened, also to read (os_unix.c, robustFchown).
        if (this.#stamp() !== this.#seen) this.#changed();
      });
      watcher.on('error', () => {});
      this.#watchers.push(watcher);
    }
    this.#alive = setInterval(() => {
      if (!ProcessLock.isHeld(join(folder, 'lock'))) this.#changed();
    }, ALIVE_MS).unref();
    // What was written between the reading and now is not missed.
    this.#changed();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearInterval(this.#alive);
    for (const watcher of this.#watchers) watcher.close();
  }

  /** Changes with what is in the files, not with who looks at them. */
  #stamp(): string {
    return this.#files
      .map((file) => {
        const found = statSync(file, { throwIfNoEntry: false });
        return found === undefined ? '' : `${found.ino} ${found.size} ${found.mtimeMs}`;
      })
      .join('\n');
  }

  #changed(): void {
    if (this.#looking) this.#again = true;
    else this.#timer ??= setTimeout(() => void this.#lookNow(), this.#settleMs);
  }

  async #lookNow(): Promise<void> {
    this.#timer = undefined;
    this.#looking = true;
    this.#seen = this.#stamp();
    // What cannot be read at this moment is read with the next change.
    await this.#look().catch(() => {});
    this.#looking = false;
    if (this.#closed || !this.#again) return;
    this.#again = false;
    if (this.#stamp() !== this.#seen) this.#changed();
  }
}
