import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { redact } from '../vault/redact.ts';

const LARGEST_BYTES = 1024 * 1024;

/** What went wrong, for a person who looks for it. Written at once, for the next line may not come. */
export class Log {
  readonly path: string;
  /** Values that must never be written; known once the vault is open. */
  secrets: () => readonly string[] = () => [];

  constructor(path: string) {
    this.path = path;
    mkdirSync(dirname(path), { recursive: true });
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (size > LARGEST_BYTES) renameSync(path, `${path}.old`);
  }

  write(what: string, error?: unknown): void {
    const why = error instanceof Error ? error.stack : error;
    const line = redact(why === undefined ? what : `${what}: ${why}`, this.secrets());
    try {
      appendFileSync(this.path, `${new Date().toISOString()} ${line}\n`, { mode: 0o600 });
    } catch {
      // A full disk must not end the app.
    }
  }
}
