// Waits for a condition, never for a length of time: it looks again every few milliseconds and
// gives up with a named error when the deadline passes.

import { BedError } from './bed-error.ts';

export async function until<T>(
  what: string,
  deadlineMs: number,
  look: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (Date.now() > end) throw new BedError('deadline', `${what}: not after ${deadlineMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
