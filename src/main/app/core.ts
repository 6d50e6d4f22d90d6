import type { Router } from '@orpc/server';
import type { api } from '../../contract/api.ts';
import type { Connect } from '../ssh/connection.ts';
import type { TerminalSessions } from '../ssh/terminal-sessions.ts';
import type { Vault } from '../vault/vault.ts';
import type { Labs } from './labs.ts';
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

export interface Core {
  /** Implements the contract; a shell puts it behind a WebSocket or a MessagePort. */
  readonly router: Router<typeof api, Record<never, never>>;
  readonly terminals: TerminalSessions;
  /** For a shell in the same process (the command line): the labs themselves. */
  readonly labs: Labs;
  /** Closes labs, connections and terminals. Durable jobs on hosts go on. */
  close(): Promise<void>;
}
