import { readFileSync, renameSync } from 'node:fs';

/** A file that cannot be understood is kept under another name, so that a new one can be begun. */
export function setDamagedAside(path: string, understand: (text: string) => unknown): void {
  try {
    understand(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') renameSync(path, `${path}.damaged`);
  }
}
