import { z } from 'zod';
import { LabwrightError } from '../../../contract/error.ts';
import { type Decoded, decode } from './decode.ts';
import {
  asFields,
  type Fault,
  faultError,
  faultOf,
  localizedFault,
  NOT_AUTHENTICATED,
  OBJECT_NOT_FOUND,
} from './faults.ts';
import { type CallOptions, parseAnswer, Ref, type Session } from './session.ts';
import { unexpected } from './soap.ts';
import { isMoRef, type MoRef, type VimObject } from './vim-value.ts';
import type { XmlElement } from './xml-reader.ts';

/** Objects in one page. vCenter splits at 100 by itself; larger pages are fewer round trips. */
const PAGE_SIZE = 500;
/**
 * Objects named in one request when they are known beforehand: enough that the round trip does not
 * count, and few enough that the first come soon and that one answer is worked on while the site
 * makes the next.
 */
const BATCH_SIZE = 250;

/** What was found of one managed object. */
export interface FoundObject {
  readonly ref: MoRef;
  /** By path, as asked for; what has no value is not there. */
  readonly properties: Readonly<Record<string, Decoded | undefined>>;
  /** What could not be read, by path: mostly for want of rights. */
  readonly missing: Readonly<Record<string, Fault>>;
}

export interface Wanted {
  /** `VirtualMachine`, `HostSystem`, … */
  readonly type: string;
  /** Property paths: `name`, `config.hardware.device`. */
  readonly paths: readonly string[];
}

const Content = z.looseObject({
  obj: Ref,
  propSet: z.array(z.looseObject({ name: z.string(), val: z.custom<Decoded>() })).default([]),
  missingSet: z.array(z.looseObject({ path: z.string(), fault: z.custom<Decoded>() })).default([]),
});

/**
 * All objects of a type below the root folder, in pages as they come. Follows the token to the end
 * and looks at `missingSet`. When the session is lost meanwhile, logs in again and goes on with
 * the objects that were not given yet; once, so that a site that loses every session is an error.
 */
export async function* retrieveAll(
  session: Session,
  wanted: Wanted,
  options: CallOptions = {},
): AsyncGenerator<FoundObject[], void, void> {
  yield* resumed(session, options, async function* () {
    const view = await createView(session, wanted.type, options);
    try {
      yield* pages(session, filterSpec(wanted, { view }), options);
    } finally {
      await dropView(session, view);
    }
  });
}

/**
 * The properties of objects that are known, in pages as they come. Those that no longer exist are
 * left out. As `retrieveAll` otherwise.
 */
export async function* retrieveOf(
  session: Session,
  objects: readonly MoRef[],
  wanted: Wanted,
  options: CallOptions = {},
): AsyncGenerator<FoundObject[], void, void> {
  const batches: MoRef[][] = [];
  for (let at = 0; at < objects.length; at += BATCH_SIZE) {
    batches.push(objects.slice(at, at + BATCH_SIZE));
  }
  const start = (batch: readonly MoRef[] | undefined) =>
    batch === undefined
      ? undefined
      : begun(resumed(session, options, () => present(session, batch, wanted, options)));
  let next = start(batches.shift());
  try {
    while (next !== undefined) {
      const current: Begun<FoundObject[]> = next;
      // Asked for now: the site works on it while we read the one before.
      next = start(batches.shift());
      yield* current.rest();
    }
  } finally {
    next?.abandon();
  }
}

/** The properties of one object. Throws the fault when the object or a property cannot be read. */
export async function retrieveOne(
  session: Session,
  ref: MoRef,
  paths: readonly string[],
  options: CallOptions = {},
): Promise<FoundObject> {
  let found: FoundObject | undefined;
  // To the end, so that the connection can be used again.
  for await (const page of retrieveOf(session, [ref], { type: ref.type, paths }, options)) {
    found ??= page[0];
  }
  if (found !== undefined) return found;
  throw new LabwrightError('site-object-gone', { site: session.site.name, what: ref.value });
}

interface Begun<T> {
  rest(): AsyncGenerator<T, void, void>;
  /** For one of which nobody will ask for the rest: gives its connection back. */
  abandon(): void;
}

/** Starts a generator at once, instead of at the first `next`. */
function begun<T>(generator: AsyncGenerator<T, void, void>): Begun<T> {
  const first = generator.next();
  // Whoever iterates gets the error; until then it must not count as unhandled.
  first.catch(() => {});
  return {
    async *rest() {
      try {
        const step = await first;
        if (step.done === true) return;
        yield step.value;
        yield* generator;
      } finally {
        await generator.return();
      }
    },
    // Not awaited: it ends when the site has answered, and nobody is interested in that.
    abandon: () => void generator.return().catch(() => {}),
  };
}

async function* resumed(
  session: Session,
  { signal }: CallOptions,
  attempt: () => AsyncGenerator<FoundObject[], void, void>,
): AsyncGenerator<FoundObject[], void, void> {
  const given = new Set<string>();
  for (let tries = 0; ; tries += 1) {
    const { generation } = session;
    try {
      for await (const page of attempt()) {
        // What a lost session could not read is not a result; the fault is thrown below.
        const fresh = page.filter(({ ref }) => !given.has(`${ref.type}:${ref.value}`));
        for (const { ref } of fresh) given.add(`${ref.type}:${ref.value}`);
        if (fresh.length > 0) yield fresh;
      }
      return;
    } catch (error) {
      // A kept connection may end just as it is used; nothing is lost by asking again.
      const closed = error instanceof LabwrightError && error.code === 'site-closed';
      const lost = faultOf(error)?.name === NOT_AUTHENTICATED || session.generation !== generation;
      if (!(lost || closed) || tries > 0) throw error;
      if (lost) await session.renew(generation, signal);
    }
  }
}

/**
 * Objects by name. One that was deleted since fails the whole request of a real site, so it is made
 * anew without it.
 */
async function* present(
  session: Session,
  objects: readonly MoRef[],
  wanted: Wanted,
  options: CallOptions,
): AsyncGenerator<FoundObject[], void, void> {
  let left = objects;
  while (left.length > 0) {
    try {
      yield* pages(session, filterSpec(wanted, { objects: left }), options);
      return;
    } catch (error) {
      const fault = faultOf(error);
      const gone = fault?.fields.obj;
      if (fault?.name !== OBJECT_NOT_FOUND || !isMoRef(gone)) throw error;
      const rest = left.filter(({ type, value }) => type !== gone.type || value !== gone.value);
      if (rest.length === left.length) throw error;
      left = rest;
    }
  }
}

export async function createView(
  session: Session,
  type: string,
  options: CallOptions = {},
): Promise<MoRef> {
  const args = { container: session.content.rootFolder, type: [type], recursive: true };
  const view = await session.call(
    'CreateContainerView',
    session.manager('viewManager'),
    args,
    options,
  );
  return parseAnswer(session.site, Ref, view, 'ContainerView');
}

async function dropView(session: Session, view: MoRef): Promise<void> {
  try {
    await session.call('DestroyView', view);
  } catch {
    // Views end with the session; one too many does no harm.
  }
}

/** A PropertyFilterSpec for what is in a view, or for objects by name. */
export function filterSpec(
  { type, paths }: Wanted,
  of: { readonly view: MoRef } | { readonly objects: readonly MoRef[] },
): VimObject {
  const propSet = [{ type, pathSet: [...paths] }];
  if ('objects' in of) return { propSet, objectSet: of.objects.map((obj) => ({ obj })) };
  const selectSet = [{ _type: 'TraversalSpec', type: of.view.type, path: 'view', skip: false }];
  return { propSet, objectSet: [{ obj: of.view, skip: true, selectSet }] };
}

async function* pages(
  session: Session,
  spec: VimObject,
  options: CallOptions,
): AsyncGenerator<FoundObject[], void, void> {
  const { propertyCollector } = session.content;
  let method = 'RetrievePropertiesEx';
  let args: VimObject = { specSet: [spec], options: { maxObjects: PAGE_SIZE } };
  for (;;) {
    const stream = session.stream(method, propertyCollector, args, { ...options, take: 'objects' });
    let step = await stream.next();
    try {
      while (step.done !== true) {
        yield step.value.map((element) => readObject(session, element));
        step = await stream.next();
      }
    } finally {
      // A reader that stops early must not keep the connection.
      if (step.done !== true) await stream.return({ value: undefined, cookie: undefined });
    }
    const { token } = asFields(step.value.value);
    if (typeof token !== 'string' || token === '') return;
    method = 'ContinueRetrievePropertiesEx';
    args = { token };
  }
}

function readObject(session: Session, element: XmlElement): FoundObject {
  const content = parseAnswer(
    session.site,
    Content,
    decodeContent(session, element),
    'ObjectContent',
  );
  const missing: Record<string, Fault> = {};
  for (const { path, fault } of content.missingSet) {
    missing[path] = localizedFault(fault);
    // Said of every property of every object; the session is what is wrong.
    if (missing[path].name === NOT_AUTHENTICATED)
      throw faultError(session.site.name, missing[path]);
  }
  const properties = Object.fromEntries(content.propSet.map(({ name, val }) => [name, val]));
  return { ref: content.obj, properties, missing };
}

function decodeContent({ site }: Session, element: XmlElement): Decoded {
  try {
    return decode(element, 'ObjectContent');
  } catch (error) {
    throw unexpected(site, 'ObjectContent', error);
  }
}
