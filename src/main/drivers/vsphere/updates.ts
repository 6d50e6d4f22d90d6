import { z } from 'zod';
import type { Decoded } from './decode.ts';
import { type Fault, faultError, faultOf, localizedFault, NOT_AUTHENTICATED } from './faults.ts';
import { createView, filterSpec, type Wanted } from './properties.ts';
import { type CallOptions, parseAnswer, Ref, type Session } from './session.ts';
import type { MoRef } from './vim-value.ts';

/** The site answers after this long even when nothing changed: proof that the link is alive. */
const WAIT_SECONDS = 60;
/** Beyond the site's own waiting, the time an answer may take. */
const WAIT_SLACK_MS = 30_000;

/** What changed of one object. */
export interface ObjectChange {
  readonly kind: 'enter' | 'modify' | 'leave';
  readonly ref: MoRef;
  /** New values by path; a path may go deeper than what was asked for. Undefined: has none now. */
  readonly changes: Readonly<Record<string, Decoded | undefined>>;
  readonly missing: Readonly<Record<string, Fault>>;
}

export interface Update {
  readonly changes: readonly ObjectChange[];
  /** Everything is told from the start: the first time, and after a lost session. */
  readonly restarted: boolean;
  /** More of the same moment follows at once. */
  readonly truncated: boolean;
}

const Missing = z
  .array(z.looseObject({ path: z.string(), fault: z.custom<Decoded>() }))
  .default([]);
const UpdateSet = z.looseObject({
  version: z.string(),
  truncated: z.boolean().default(false),
  filterSet: z
    .array(
      z.looseObject({
        objectSet: z
          .array(
            z.looseObject({
              kind: z.enum(['enter', 'modify', 'leave']),
              obj: Ref,
              changeSet: z
                .array(z.looseObject({ name: z.string(), val: z.custom<Decoded>().optional() }))
                .default([]),
              missingSet: Missing,
            }),
          )
          .default([]),
      }),
    )
    .default([]),
});

/**
 * What is the case now, then every change as the site pushes it, until the caller stops or aborts.
 * Nothing is polled: one call waits on the site. After a lost session everything is made anew and
 * told from the start (`restarted`). Throws typed errors; aborting gives `cancelled`.
 */
export async function* watch(
  session: Session,
  wanted: Wanted,
  of: 'all' | readonly MoRef[],
  options: CallOptions = {},
): AsyncGenerator<Update, void, void> {
  let lostAt: number | undefined;
  for (;;) {
    const { generation } = session;
    try {
      for await (const update of watchOnce(session, wanted, of, options)) {
        lostAt = undefined;
        yield update;
      }
      return;
    } catch (error) {
      const lost = faultOf(error)?.name === NOT_AUTHENTICATED || session.generation !== generation;
      // Lost again before a single update came: not a session that expired, but a site that is ill.
      if (!lost || lostAt !== undefined) throw error;
      lostAt = generation;
      await session.renew(generation, options.signal);
    }
  }
}

async function* watchOnce(
  session: Session,
  wanted: Wanted,
  of: 'all' | readonly MoRef[],
  options: CallOptions,
): AsyncGenerator<Update, void, void> {
  const { site } = session;
  const view = of === 'all' ? await createView(session, wanted.type, options) : undefined;
  // A collector of its own, so that several watchers do not take each other's versions.
  const collector = parseAnswer(
    site,
    Ref,
    await session.call('CreatePropertyCollector', session.content.propertyCollector, {}, options),
    'PropertyCollector',
  );
  try {
    const spec = filterSpec(wanted, view === undefined ? { objects: of as MoRef[] } : { view });
    await session.call('CreateFilter', collector, { spec, partialUpdates: false }, options);
    let version = '';
    let restarted = true;
    for (;;) {
      const said = await session.call(
        'WaitForUpdatesEx',
        collector,
        { version, options: { maxWaitSeconds: WAIT_SECONDS } },
        { ...options, silenceMs: WAIT_SECONDS * 1000 + WAIT_SLACK_MS },
      );
      if (said === undefined) continue;
      const set = parseAnswer(site, UpdateSet, said, 'UpdateSet');
      version = set.version;
      const changes = set.filterSet.flatMap(({ objectSet }) =>
        objectSet.map(({ kind, obj, changeSet, missingSet }) => ({
          kind,
          ref: obj,
          changes: Object.fromEntries(changeSet.map(({ name, val }) => [name, val])),
          missing: faults(site.name, missingSet),
        })),
      );
      yield { changes, restarted, truncated: set.truncated };
      // The rest of a first set that was cut still belongs to it.
      restarted = restarted && set.truncated;
    }
  } finally {
    await discard(session, collector, view);
  }
}

function faults(site: string, missing: z.infer<typeof Missing>): Record<string, Fault> {
  const found: Record<string, Fault> = {};
  for (const { path, fault } of missing) {
    found[path] = localizedFault(fault);
    if (found[path].name === NOT_AUTHENTICATED) throw faultError(site, found[path]);
  }
  return found;
}

/** Gone with its collector: the filter, and a wait that was cut off. */
async function discard(session: Session, collector: MoRef, view: MoRef | undefined): Promise<void> {
  try {
    await session.call('DestroyPropertyCollector', collector);
    if (view !== undefined) await session.call('DestroyView', view);
  } catch {
    // All of it ends with the session at the latest.
  }
}
