import type { Router } from '@orpc/server';
import type { api } from '../../contract/api.ts';
import type { TerminalSessions } from '../ssh/terminal-sessions.ts';
import type { Labs } from './labs.ts';

export interface Core {
  /** Implements the contract; a shell puts it behind a WebSocket or a MessagePort. */
  readonly router: Router<typeof api, Record<never, never>>;
  readonly terminals: TerminalSessions;
  /** For a shell in the same process (the command line): the labs themselves. */
  readonly labs: Labs;
  /** Closes labs, connections and terminals. Durable jobs on hosts go on. */
  close(): Promise<void>;
}
