import { LabwrightError } from '../../../contract/error.ts';
import type { MaasEvent } from '../../../contract/maas.ts';
import type { LinkClock } from './link.ts';

/** MAAS gives up to 1000; half of that is read in place, without a thread for each page of a storm. */
export const PAGE = 500;
/** While something happens a person watches; then less often. */
const QUICK_MS = 2000;
const SLOW_MS = 10_000;
/** After trouble: less and less often. */
const TROUBLE_MS = [2000, 5000, 10_000, 30_000] as const;
/**
 * MAAS takes the IDs in the order in which events begin to be written, and they become visible in the
 * order in which they end. One that was late has a lower ID than what was seen already, so for this
 * long and this far back it is looked for.
 */
const LATE_MS = 10_000;
const LATE_IDS = 200;

/** Trouble of the way to MAAS or of MAAS itself, which may pass. */
const PASSING = new Set([
  'maas-answer-cut',
  'maas-busy',
  'maas-closed',
  'maas-down',
  'maas-failed',
  'maas-refused',
  'maas-silent',
  'maas-unreachable',
  'maas-unresolved',
]);

export interface EventSource {
  /** Up to `limit` of those after this ID that are nearest to it, the oldest first. */
  newer(than: number, limit: number): Promise<readonly MaasEvent[]>;
  /** ID of the newest; 0 when there is none. */
  newest(): Promise<number>;
  readonly clock: LinkClock;
  readonly after: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onTrouble: ((trouble: Error | undefined) => void) | undefined;
}

/**
 * Every event after `after`, once, page by page. Of what was told only the IDs that a late one may lie
 * between are kept. Throws what will not pass by itself; aborting gives `cancelled`.
 */
export async function* follow(
  source: EventSource,
): AsyncGenerator<readonly MaasEvent[], void, void> {
  const { clock, signal } = source;
  const seen = new Seen(source.after ?? (await overTrouble(source, () => source.newest())));
  let quiet = 0;
  for (;;) {
    if (signal?.aborted) throw new LabwrightError('cancelled');
    const page = await overTrouble(source, () => source.newer(seen.floor(clock.now()), PAGE));
    const fresh = page.filter(({ id }) => seen.take(id, clock.now()));
    if (fresh.length > 0) yield fresh;
    quiet = fresh.length > 0 ? 0 : quiet + 1;
    // A full page is not the end; the next one is there already.
    if (page.length < PAGE)
      await clock.sleep(Math.min(QUICK_MS * 2 ** Math.max(0, quiet - 1), SLOW_MS), signal);
  }
}

/** Which IDs were told, as far as it still matters. */
class Seen {
  #newest: number;
  /** Everything up to here counts as told. */
  #floor: number;
  readonly #since = new Map<number, number>();

  constructor(after: number) {
    this.#newest = after;
    this.#floor = after;
  }

  /** What to ask after. */
  floor(now: number): number {
    for (const [id, at] of this.#since) {
      if (id <= this.#newest - LATE_IDS || now - at >= LATE_MS) {
        this.#since.delete(id);
        this.#floor = Math.max(this.#floor, id);
      }
    }
    this.#floor = Math.max(this.#floor, Math.min(this.#newest, this.#newest - LATE_IDS));
    for (const id of this.#since.keys()) if (id <= this.#floor) this.#since.delete(id);
    return this.#floor;
  }

  /** Whether it is told for the first time. */
  take(id: number, now: number): boolean {
    if (id <= this.#floor || this.#since.has(id)) return false;
    this.#since.set(id, now);
    this.#newest = Math.max(this.#newest, id);
    return true;
  }
}

async function overTrouble<T>(
  { clock, signal, onTrouble }: EventSource,
  ask: () => Promise<T>,
): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      const answer = await ask();
      if (tries > 0) onTrouble?.(undefined);
      return answer;
    } catch (error) {
      if (!(error instanceof LabwrightError) || !PASSING.has(error.code)) throw error;
      if (tries === 0) onTrouble?.(error);
      await clock.sleep(TROUBLE_MS[Math.min(tries, TROUBLE_MS.length - 1)] ?? 0, signal);
    }
  }
}
