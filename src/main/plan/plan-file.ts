import { createHash } from 'node:crypto';
import { type FSWatcher, watch } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { LabwrightError } from '../../contract/error.ts';
import type { PlanState } from '../../contract/lab-state.ts';
import { writeAtomic } from '../files/atomic-file.ts';
import { readPlan } from './read-plan.ts';

/** Editors write in several steps (truncate, write, rename); a burst is read once it is over. */
const SETTLE_MS = 150;

export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function toState(text: string): PlanState {
  return { text, sha256: sha256(text), ...readPlan(text) };
}

/** lab.yaml on disk: read, watched, and written without losing what someone else wrote meanwhile. */
export class PlanFile {
  readonly path: string;
  #state: PlanState;
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;

  private constructor(path: string, state: PlanState) {
    this.path = path;
    this.#state = state;
  }

  static async #read(path: string): Promise<string> {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const name = code === 'ENOENT' ? 'plan-missing' : 'plan-unreadable';
      throw new LabwrightError(name, { path }, { cause: error, detail: message });
    }
  }

  static async open(path: string): Promise<PlanFile> {
    return new PlanFile(path, toState(await PlanFile.#read(path)));
  }

  get state(): PlanState {
    return this.#state;
  }

  /** Reports changes made by others. A file that vanishes keeps its last state. */
  watch(onChange: (state: PlanState) => void): void {
    // The folder, because a rename over the file would silence a watch on the file itself.
    this.#watcher = watch(dirname(this.path), { persistent: false }, (_event, name) => {
      if (name !== null && name !== basename(this.path)) return;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => {
        this.reload().then(
          (changed) => changed && onChange(this.#state),
          () => {},
        );
      }, SETTLE_MS);
    });
    this.#watcher.on('error', () => {});
  }

  /** Reads the file again; true when it differs from what was known. */
  async reload(): Promise<boolean> {
    const text = await PlanFile.#read(this.path);
    if (sha256(text) === this.#state.sha256) return false;
    this.#state = toState(text);
    return true;
  }

  /** Saves; refuses when the file on disk is not the one that the person started from. */
  async save(text: string, expected: string): Promise<PlanState> {
    const onDisk = sha256(await PlanFile.#read(this.path));
    if (onDisk !== expected) throw new LabwrightError('plan-changed-on-disk');
    const state = toState(text);
    if (state.problems[0]) {
      throw new LabwrightError('plan-invalid', { first: describeProblem(state.problems[0]) });
    }
    try {
      // Who keeps the file from others keeps it so.
      const { mode } = await stat(this.path);
      await writeAtomic(this.path, text, { mode: mode & 0o777 });
    } catch (error) {
      const detail = (error as Error).message;
      throw new LabwrightError('plan-unreadable', { path: this.path }, { cause: error, detail });
    }
    this.#state = state;
    return state;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#watcher?.close();
  }
}

/** `line:column path` for messages that have room for one problem. */
export function describeProblem(problem: PlanState['problems'][number]): string {
  const { key } = problem.reason.params ?? {};
  const what = key === undefined ? problem.path : `${problem.path || key}`;
  return `${problem.line}:${problem.column} ${what}`.trim();
}
