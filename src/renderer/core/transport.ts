import type { ClientContext, ClientLink } from '@orpc/client';

/** One connection to the core: calls, and terminal frames beside them. */
export interface Transport {
  readonly link: ClientLink<ClientContext>;
  sendFrame(frame: Uint8Array): void;
  onFrame(listener: (frame: Uint8Array) => void): void;
  /** Resolves once, when either half is gone. */
  readonly closed: Promise<void>;
  close(): void;
}
