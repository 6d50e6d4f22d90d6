import { copyFile, open, readFile, rename } from 'node:fs/promises';
import type { z } from 'zod';
import { LabwrightError } from '../../contract/error.ts';
import { writeAtomic } from '../files/atomic-file.ts';

/** The file that holds sealed values. A damaged one is kept aside and the backup is used. */
export class VaultFile<T> {
  readonly #path: string;
  readonly #schema: z.ZodType<T>;

  constructor(path: string, schema: z.ZodType<T>) {
    this.#path = path;
    this.#schema = schema;
  }

  get backup(): string {
    return `${this.#path}.bak`;
  }

  async #parse(path: string): Promise<T | undefined> {
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    return this.#schema.parse(JSON.parse(text));
  }

  /** The content, `undefined` when there is no file yet, and what was set aside if it was damaged. */
  async load(): Promise<{ content: T | undefined; damaged?: LabwrightError }> {
    try {
      return { content: await this.#parse(this.#path) };
    } catch (cause) {
      const kept = await setAside(this.#path);
      let content: T | undefined;
      try {
        content = await this.#parse(this.backup);
      } catch {
        // The next save would write over it.
        await setAside(this.backup);
      }
      if (content === undefined) {
        return { content, damaged: new LabwrightError('vault-lost', { kept }, { cause }) };
      }
      // Put back at once: without a file the next start would take the vault for a new one.
      await copyFile(this.backup, this.#path);
      return { content, damaged: new LabwrightError('vault-damaged', { kept }, { cause }) };
    }
  }

  async save(content: T): Promise<void> {
    const text = `${JSON.stringify(content, null, 2)}\n`;
    await writeAtomic(this.#path, text, { mode: 0o600, backup: this.backup });
  }
}

/** Renames to a name of its own: what was kept of an earlier damage is never written over. */
async function setAside(path: string): Promise<string> {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
  for (let count = 1; ; count++) {
    const kept = `${path}.damaged-${stamp}${count === 1 ? '' : `-${count}`}`;
    try {
      // Only one can create it; the rename then replaces nothing but this.
      await (await open(kept, 'wx', 0o600)).close();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw error;
    }
    await rename(path, kept);
    return kept;
  }
}
