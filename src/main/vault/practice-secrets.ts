import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { VaultInfo } from '../../contract/api.ts';
import { LabwrightError } from '../../contract/error.ts';
import type { Vault } from './vault.ts';

/** Beside a practice lab's trust: the passwords of its simulated hosts, by name. */
export const PRACTICE_SECRETS = 'practice-secrets.json';

const Secrets = z.record(z.string(), z.string());

/**
 * The vault as one lab sees it: a practice lab brings the passwords of its hosts along, so that
 * every command knows them. They are no secrets: the hosts are on loopback, are made anew each time
 * and end with the lab. A lab can only add names for itself here, and never learns another's value.
 */
export async function withPracticeSecrets(vault: Vault, folder: string): Promise<Vault> {
  const path = join(folder, PRACTICE_SECRETS);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new LabwrightError('plan-unreadable', { path }, { cause: error });
  });
  if (text === undefined) return vault;
  try {
    return new PracticeVault(vault, Secrets.parse(JSON.parse(text)));
  } catch (cause) {
    throw new LabwrightError('plan-unreadable', { path }, { cause });
  }
}

class PracticeVault implements Vault {
  readonly #vault: Vault;
  readonly #brought: ReadonlyMap<string, string>;

  constructor(vault: Vault, brought: Readonly<Record<string, string>>) {
    this.#vault = vault;
    this.#brought = new Map(Object.entries(brought));
  }

  info(): Promise<VaultInfo> {
    return this.#vault.info();
  }

  /** Before the vault, which may be locked. */
  async get(name: string): Promise<string> {
    return this.#brought.get(name) ?? this.#vault.get(name);
  }

  set(name: string, value: string): Promise<void> {
    return this.#vault.set(name, value);
  }

  rename(from: string, to: string): Promise<void> {
    return this.#vault.rename(from, to);
  }

  remove(name: string): Promise<void> {
    return this.#vault.remove(name);
  }

  unlock(passphrase: string): Promise<void> {
    return this.#vault.unlock(passphrase);
  }

  protect(passphrase: string): Promise<void> {
    return this.#vault.protect(passphrase);
  }

  known(): readonly string[] {
    return this.#vault.known();
  }
}
