import type { Connect } from '../ssh/connection.ts';
import type { Vault } from '../vault/vault.ts';
import type { SettingsStore } from './settings-store.ts';

/** What a shell gives to the core. Only the shell knows which one it is. */
export interface CoreOptions {
  readonly shell: 'desktop' | 'browser' | 'cli';
  readonly version: string;
  readonly electron?: string;
  /** Language of the computer, BCP 47. */
  readonly systemLanguage: string;
  /** Where new labs are proposed. */
  readonly labsDirectory: string;
  /** Where the practice lab and caches live. */
  readonly dataDirectory: string;
  readonly settings: SettingsStore;
  readonly vault: Vault;
  readonly connect: Connect;
  readonly now: () => number;
  /** Name of the person, for claims and the journal. */
  readonly who: string;
}
