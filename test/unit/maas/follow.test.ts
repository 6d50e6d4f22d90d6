import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { LabwrightError } from '../../../src/contract/error.ts';
import type { MaasEvent } from '../../../src/contract/maas.ts';
import { eventTime } from '../../../src/main/drivers/maas/api-2/event-shape.ts';
import { type EventSource, follow, PAGE } from '../../../src/main/drivers/maas/follow.ts';
import { openMaas } from '../../../src/main/drivers/maas/open-maas.ts';
import { errorOf, MaasStub, SteppedClock } from '../support/maas-stub.ts';

const event = (id: number): MaasEvent => ({
  id,
  at: '2026-11-22T07:25:41Z',
  level: 'info',
  type: 'Deploying',
  description: '',
  machine: 'abc',
  hostname: 'n1',
});

/** Events as MAAS keeps them: one gets its ID when it begins to be written, and is seen later. */
class Store {
  #ids: number[] = [];
  #last = 0;
  #late: { readonly ids: readonly number[]; readonly due: number }[] = [];
  /** The most that was ever given at once. */
  largest = 0;

  #begin(count: number): number[] {
    const ids = Array.from({ length: count }, (_, index) => this.#last + 1 + index);
    this.#last += count;
    return ids;
  }

  add(count: number): void {
    for (const id of this.#begin(count)) this.#ids.push(id);
  }

  /** Seen from this time on. */
  addLate(count: number, due: number): void {
    if (count > 0) this.#late.push({ ids: this.#begin(count), due });
  }

  get all(): readonly number[] {
    return [...this.#ids, ...this.#late.flatMap(({ ids }) => ids)].sort((a, b) => a - b);
  }

  /** How many there are or will be. */
  get count(): number {
    return this.#last;
  }

  newest(): number {
    return Math.max(0, ...this.#ids.slice(-1));
  }

  newer(than: number, limit: number, now: number): readonly MaasEvent[] {
    const [due, late] = [
      this.#late.filter((batch) => batch.due <= now),
      this.#late.filter((batch) => batch.due > now),
    ];
    this.#late = late;
    if (due.length > 0) {
      for (const { ids } of due) for (const id of ids) this.#ids.push(id);
      this.#ids.sort((a, b) => a - b);
    }
    const from = this.#ids.findIndex((id) => id > than);
    const page = from < 0 ? [] : this.#ids.slice(from, from + limit);
    this.largest = Math.max(this.largest, page.length);
    return page.map(event);
  }
}

interface Moment {
  readonly written: number;
  readonly late: number;
  /** Milliseconds until the late ones are seen. */
  readonly delay: number;
}

/** Follows while all of it happens between the pages, and until everything has been told. */
async function followed(
  moments: readonly Moment[],
  before: number,
): Promise<{ told: number[]; store: Store }> {
  const store = new Store();
  store.add(before);
  const clock = new SteppedClock();
  const stop = new AbortController();
  let next = 0;
  let afterwards = 0;
  const told: number[] = [];
  const source: EventSource = {
    newest: async () => store.newest(),
    newer: async (than, limit) => {
      const now = moments[next];
      next += 1;
      if (now !== undefined) {
        store.addLate(now.late, clock.now() + now.delay);
        store.add(now.written);
      }
      const whole = next > moments.length && told.length >= store.count - before;
      // Some more pages would show what is told twice; without an end something is missing.
      afterwards = whole ? afterwards + 1 : 0;
      if (afterwards > 8 || next > moments.length + 600) stop.abort();
      return store.newer(than, limit, clock.now());
    },
    clock,
    after: undefined,
    signal: stop.signal,
    onTrouble: undefined,
  };
  const end = await errorOf(
    (async () => {
      for await (const page of follow(source)) told.push(...page.map(({ id }) => id));
    })(),
  );
  expect(end.code).toBe('cancelled');
  return { told, store };
}

function expectAll({ told, store }: { told: number[]; store: Store }, before: number): void {
  expect(told.toSorted((a, b) => a - b)).toEqual(store.all.filter((id) => id > before));
}

describe('events are followed without gaps or repeats', () => {
  test('however many are written between the pages', async () => {
    const moment = fc.record({
      written: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2500 })),
      late: fc.constant(0),
      delay: fc.constant(0),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(moment, { maxLength: 10 }),
        fc.integer({ min: 0, max: 1000 }),
        async (moments, before) => {
          expectAll(await followed(moments, before), before);
        },
      ),
      { numRuns: 15 },
    );
  });

  test('also those that others, with higher IDs, were faster than', async () => {
    const moment = fc.record({
      written: fc.integer({ min: 0, max: 15 }),
      late: fc.integer({ min: 0, max: 5 }),
      delay: fc.integer({ min: 0, max: 9_900 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(moment, { minLength: 1, maxLength: 10 }),
        fc.integer({ min: 0, max: 1000 }),
        async (moments, before) => {
          expectAll(await followed(moments, before), before);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a storm of 100,000, of which never more than a page is held', async () => {
    const storm = await followed([{ written: 100_000, late: 0, delay: 0 }], 7);
    expect(storm.told).toHaveLength(100_000);
    expectAll(storm, 7);
    expect(storm.store.largest).toBeLessThanOrEqual(PAGE);
  });
});

describe('between the pages', () => {
  const still: EventSource = {
    newest: async () => 5,
    newer: async () => [],
    clock: new SteppedClock(),
    after: undefined,
    signal: undefined,
    onTrouble: undefined,
  };

  test('it waits, longer while nothing happens', async () => {
    const clock = new SteppedClock();
    const stop = new AbortController();
    let pages = 0;
    const source: EventSource = {
      ...still,
      clock,
      signal: stop.signal,
      newer: async () => {
        pages += 1;
        if (pages === 6) stop.abort();
        return pages === 4 ? [event(9)] : [];
      },
    };
    const pagesTold: number[] = [];
    await errorOf(
      (async () => {
        for await (const page of follow(source)) pagesTold.push(page.length);
      })(),
    );
    expect(pagesTold).toEqual([1]);
    expect(clock.sleeps).toEqual([2000, 4000, 8000, 2000, 2000]);
  });

  test('trouble that may pass is told once, and waited for; nothing is lost by it', async () => {
    const clock = new SteppedClock();
    const told: (string | undefined)[] = [];
    let asked = 0;
    const events = follow({
      ...still,
      clock,
      after: 5,
      onTrouble: (trouble) => told.push((trouble as LabwrightError | undefined)?.code),
      newer: async (than) => {
        asked += 1;
        if (asked <= 3) throw new LabwrightError('maas-down', { maas: 'm', status: 502 });
        expect(than).toBe(5);
        return [event(6)];
      },
    });
    expect((await events.next()).value).toEqual([event(6)]);
    expect(told).toEqual(['maas-down', undefined]);
    expect(clock.sleeps).toEqual([2000, 5000, 10_000]);
    await events.return();
  });

  test('what will not pass by itself ends it', async () => {
    const events = follow({
      ...still,
      newer: async () => {
        throw new LabwrightError('maas-key-refused', { maas: 'm' });
      },
    });
    expect((await errorOf(events.next())).code).toBe('maas-key-refused');
  });
});

describe('over HTTP', () => {
  const closers: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  test('pages are asked for after the last known ID, and told the oldest first', async () => {
    const ids = Array.from({ length: 620 }, (_, index) => index + 1);
    const stub = await MaasStub.start(({ path, query }) => {
      if (path.endsWith('/version/')) return { version: '3.3.11', capabilities: [] };
      const after = Number(query.get('after') ?? 0);
      // As MAAS does: those just after, the newest of them first.
      const page = ids
        .filter((id) => id > after)
        .slice(0, Number(query.get('limit')))
        .reverse();
      const events = page.map((id) => ({
        id,
        level: 'DEBUG',
        created: 'Sun, 22 Nov. 2026 07:25:41',
        type: 'x',
        description: '',
        node: 'abc',
        hostname: 'n1',
        username: 'unknown',
      }));
      return { count: page.length, events, next_uri: '', prev_uri: '' };
    });
    closers.push(() => stub.stop());
    const maas = await openMaas(
      { name: 'm', address: stub.address },
      async () => 'Consumer1:Token1:Secret1',
      { clock: new SteppedClock() },
    );
    closers.push(() => maas.close());
    const events = maas.events.follow({ after: 100, machines: ['abc', 'def'], level: 'debug' });
    const told: number[] = [];
    for await (const page of events) {
      told.push(...page.map(({ id }) => id));
      if (told.length >= 520) break;
    }
    expect(told).toEqual(ids.slice(100));
    const [first] = stub.requests.filter(({ op }) => op === 'query');
    expect([...(first?.query ?? [])]).toEqual([
      ['op', 'query'],
      ['id', 'abc'],
      ['id', 'def'],
      ['level', 'DEBUG'],
      ['limit', '500'],
      ['after', '100'],
    ]);
  });
});

test.each([
  ['Sun, 22 Nov. 2026 07:25:41', '2026-11-22T07:25:41Z'],
  ['Fri, 01 May. 2026 23:59:59', '2026-05-01T23:59:59Z'],
  ['Sun, 22 Nov 2026 07:25:41 -0000', '2026-11-22T07:25:41Z'],
  ['yesterday', ''],
  ['', ''],
])('the time %j is %j', (created, at) => {
  expect(eventTime(created)).toBe(at);
});
