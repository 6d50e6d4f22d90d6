import type { z } from 'zod';
import type { RecentLab } from '../../contract/api.ts';
import { calls } from '../core/core-connection.ts';
import { Store } from '../core/store.ts';

/** Labs opened before, youngest first; read again whenever a list of them is about to be shown. */
export const recentLabs = new Store<readonly z.infer<typeof RecentLab>[]>([]);

export async function readRecentLabs(): Promise<void> {
  recentLabs.set(await calls.labs.recent());
}
