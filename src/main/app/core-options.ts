import type { Note, Pickable } from '../../contract/api.ts';
import type { Connect } from '../ssh/connection.ts';
import type { Vault } from '../vault/vault.ts';
import type { SettingsStore } from './settings-store.ts';

/** What only a shell with a desktop around it can do. */
export interface Desktop {
  notify(note: Note): void;
  pick(what: Pickable): Promise<string | undefined>;
}

/** What a shell gives to the core. Only the shell knows which one it is. */
export interface CoreOptions {
  readonly shell: 'desktop' | 'browser' | 'cli';
  readonly version: string;
  readonly electron?: string;
  readonly desktop?: Desktop;
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
