import type { VaultInfo } from '../../contract/api.ts';
import { LabwrightError } from '../../contract/error.ts';

/**
 * Secrets by name. Nothing but the code that opens a connection or writes a frame to a host reads a
 * value; shells and the renderer can only set, rename, delete and test.
 */
export interface Vault {
  info(): Promise<VaultInfo>;
  /** Throws `secret-missing`, `secret-unreadable` (kept, to be asked for again), `vault-locked`. */
  get(name: string): Promise<string>;
  set(name: string, value: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(name: string): Promise<void>;
  unlock(passphrase: string): Promise<void>;
  /** Turns a memory vault into a passphrase file, keeping its values. */
  protect(passphrase: string): Promise<void>;
  /** Values that are in memory now, so that captured output can be searched for them. */
  known(): readonly string[];
}

/** Seals values so that they may lie in a file; Electron's safeStorage is one. */
export interface Sealer {
  /** Name of the store behind it (`gnome_libsecret`, `keychain` …), kept beside what it sealed. */
  readonly backend: string;
  seal(value: string): Promise<Buffer>;
  /** Throws when the value cannot be opened: another keychain, another user. */
  open(sealed: Buffer): Promise<string>;
}

/** Secrets for as long as the process lives. */
export class MemoryVault implements Vault {
  readonly #values = new Map<string, string>();

  constructor(initial: Iterable<readonly [string, string]> = []) {
    for (const [name, value] of initial) this.#values.set(name, value);
  }

  async info(): Promise<VaultInfo> {
    const names = [...this.#values.keys()].sort().map((name) => ({ name, readable: true }));
    return { store: 'memory', locked: false, persistent: false, canProtect: false, names };
  }

  async get(name: string): Promise<string> {
    const value = this.#values.get(name);
    if (value === undefined) throw new LabwrightError('secret-missing', { name });
    return value;
  }

  async set(name: string, value: string): Promise<void> {
    this.#values.set(name, value);
  }

  async rename(from: string, to: string): Promise<void> {
    const value = await this.get(from);
    this.#values.delete(from);
    this.#values.set(to, value);
  }

  async remove(name: string): Promise<void> {
    this.#values.delete(name);
  }

  async unlock(): Promise<void> {}

  async protect(): Promise<void> {
    throw new LabwrightError('vault-insecure-store');
  }

  known(): readonly string[] {
    return [...this.#values.values()];
  }
}
