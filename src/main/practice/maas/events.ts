import { badText } from './answer.ts';
import { eventDate, type RegionTime } from './region-time.ts';
import type { Fields } from './request-form.ts';

export type EventLevel = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR' | 'CRITICAL';

interface RegionEvent {
  readonly id: number;
  readonly at: number;
  readonly machine: string;
  readonly level: EventLevel;
  readonly type: string;
  readonly description: string;
  readonly user: string;
}

const LEVELS: readonly string[] = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'];
const MAX_LIMIT = 1000;
const DEFAULT_LIMIT = 100;
/** What MAAS writes for what no person did. */
const NOBODY = 'unknown';

/** What happened to machines, in order. */
export class Events {
  readonly #time: RegionTime;
  readonly #events: RegionEvent[] = [];

  constructor(time: RegionTime) {
    this.#time = time;
  }

  add(machine: string, level: EventLevel, type: string, description = '', user = NOBODY): void {
    const id = this.#events.length + 1;
    this.#events.push({ id, at: this.#time.now(), machine, level, type, description, user });
  }

  /** What a machine says of itself: its last event that is no mere detail; null when it has none. */
  message(machine: string): string | null {
    const last = this.#events.findLast(
      (event) => event.machine === machine && event.level !== 'DEBUG',
    );
    if (last === undefined) return null;
    return last.description === '' ? last.type : `${last.type} - ${last.description}`;
  }

  /** Machines that were deleted are not found any more, and neither are their events. */
  query(asked: Fields, machines: ReadonlyMap<string, string>): unknown {
    const level = asked.get('level') ?? 'INFO';
    const limit = Number(asked.get('limit') ?? DEFAULT_LIMIT);
    if (limit > MAX_LIMIT)
      throw badText(`Requested number of events ${limit} is greater than limit: ${MAX_LIMIT}`);
    if (!LEVELS.includes(level)) throw badText(`Unrecognised log level: ${level}`);
    const [before, after] = ['before', 'after'].map((name) => asked.get(name));
    if (before !== undefined && after !== undefined)
      throw badText(
        'There is undetermined behaviour when both `after` and `before` are specified.',
      );
    const found = this.#events.filter(
      (event) =>
        machines.has(event.machine) &&
        LEVELS.indexOf(event.level) >= LEVELS.indexOf(level) &&
        (before === undefined || event.id < Number(before)) &&
        (after === undefined || event.id > Number(after)),
    );
    // After an ID: the oldest of those that are newer. Otherwise the newest. Shown newest first.
    const page = (after === undefined ? found.slice(-limit) : found.slice(0, limit)).toReversed();
    return {
      count: page.length,
      events: page.map((event) => this.#json(event, machines)),
      next_uri: uri(
        asked,
        'after',
        page[0]?.id ?? Number(before ?? 1) - 1,
        before !== undefined || page.length > 0,
      ),
      prev_uri:
        page.length === 0 && after === undefined
          ? null
          : uri(asked, 'before', page.at(-1)?.id ?? Number(after) + 1, true),
    };
  }

  #json(event: RegionEvent, machines: ReadonlyMap<string, string>) {
    return {
      username: event.user,
      node: event.machine,
      hostname: machines.get(event.machine) ?? '',
      id: event.id,
      level: event.level,
      created: eventDate(event.at),
      type: event.type,
      description: event.description,
    };
  }
}

function uri(asked: Fields, name: 'after' | 'before', id: number, bounded: boolean): string {
  const other = name === 'after' ? 'before' : 'after';
  const kept = asked.names.filter((field) => field !== other && field !== name);
  const query = new URLSearchParams();
  for (const field of new Set(kept))
    for (const value of asked.all(field)) query.append(field, value);
  if (bounded) query.append(name, String(id));
  else if (asked.has(name)) query.append(name, asked.get(name) ?? '');
  return `/MAAS/api/2.0/events/?${query}`;
}
