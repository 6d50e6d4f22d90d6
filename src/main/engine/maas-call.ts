import type { MaasMisfit } from '../../contract/maas.ts';

/** A list of which every part that could be read is there, and the others are named. */
export interface Listed<T> {
  readonly items: readonly T[];
  readonly unreadable: readonly MaasMisfit[];
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}
