import type { Decoded } from '../../drivers/vsphere/decode.ts';
import { asFields } from '../../drivers/vsphere/faults.ts';
import { isMoRef, type MoRef } from '../../drivers/vsphere/vim-value.ts';
import type { EsxiHost } from './esxi-host.ts';
import type { ObjectProperties } from './object-properties.ts';
import { type Args, localized } from './tasks.ts';
import { type AnswerObject, type AnswerValue, writeField } from './vim-answer.ts';
import { invalidArgument, VimFault } from './vim-fault.ts';

/** Real servers split their answers at this even when nobody asks (ManageIQ#8211). */
const PAGE = 100;
/** Of WaitForUpdatesEx when nothing is said: until something happens. */
const LONG_WAIT_SECONDS = 1800;

interface Filter {
  readonly ref: MoRef;
  readonly spec: Decoded | undefined;
  /** What was told, by object and path, as it stood on the wire. */
  told: Map<string, { readonly ref: MoRef; readonly values: Map<string, string> }>;
}

interface Collector {
  readonly filters: Filter[];
  version: number;
}

/** One login's views, filters and pages: all of them end with it. */
export class PropertyCollectors {
  readonly #objects: ObjectProperties;
  readonly #host: EsxiHost;
  readonly #views = new Map<string, string>();
  readonly #collectors = new Map<string, Collector>();
  readonly #pages = new Map<string, AnswerObject[]>();
  #ended = false;

  constructor(host: EsxiHost, objects: ObjectProperties) {
    this.#host = host;
    this.#objects = objects;
  }

  /** The login is over: who still waits is told so. */
  end(): void {
    this.#ended = true;
  }

  createView(type: Decoded | undefined): MoRef {
    const value = `session-view-${this.#host.newId()}`;
    const [first] = Array.isArray(type) ? type : [];
    this.#views.set(value, String(first));
    return { type: 'ContainerView', value };
  }

  destroyView(view: MoRef): void {
    if (!this.#views.delete(view.value)) throw gone(view);
  }

  retrieve({ specSet, options }: Args): AnswerValue | undefined {
    const specs = Array.isArray(specSet) ? specSet : [];
    const { maxObjects } = asFields(options);
    const size = Math.min(PAGE, typeof maxObjects === 'number' ? maxObjects : PAGE);
    if (size < 1) throw invalidArgument('options.maxObjects');
    const found = specs.flatMap((spec) => this.#select(spec)).map((each) => content(each));
    return this.#page(found, size);
  }

  continue(token: Decoded | undefined): AnswerValue | undefined {
    const rest = this.#pages.get(String(token));
    // A token is good for one answer.
    this.#pages.delete(String(token));
    if (rest === undefined) throw invalidArgument('token');
    return this.#page(rest, PAGE);
  }

  #page(found: AnswerObject[], size: number): AnswerValue | undefined {
    // A result has one object or more; without any there is no result.
    if (found.length === 0) return undefined;
    if (found.length <= size) return { objects: found };
    const token = this.#host.newId();
    this.#pages.set(token, found.slice(size));
    return { token, objects: found.slice(0, size) };
  }

  createCollector(): MoRef {
    const value = `session-collector-${this.#host.newId()}`;
    this.#collectors.set(value, { filters: [], version: 0 });
    return { type: 'PropertyCollector', value };
  }

  destroyCollector(ref: MoRef): void {
    if (!this.#collectors.delete(ref.value)) throw gone(ref);
  }

  createFilter(collector: MoRef, { spec }: Args): MoRef {
    const { filters } = this.#collector(collector);
    // An object that is not there is refused now, not at the first wait.
    this.#select(spec);
    const ref = { type: 'PropertyFilter', value: `session-filter-${this.#host.newId()}` };
    filters.push({ ref, spec, told: new Map() });
    return ref;
  }

  #collector(ref: MoRef): Collector {
    const found = this.#collectors.get(ref.value);
    if (found === undefined) throw gone(ref);
    return found;
  }

  /** Answers when something changed; with nothing when the time is over. */
  async wait(
    ref: MoRef,
    { version, options }: Args,
    signal: AbortSignal,
  ): Promise<AnswerValue | undefined> {
    const collector = this.#collector(ref);
    const said = version === undefined || version === '' ? undefined : Number(version);
    if (said === undefined) for (const filter of collector.filters) filter.told = new Map();
    else if (said !== collector.version) {
      const words = 'The specified version is not valid.';
      throw new VimFault('InvalidCollectorVersion', words);
    }
    const { maxWaitSeconds } = asFields(options);
    const seconds = typeof maxWaitSeconds === 'number' ? maxWaitSeconds : LONG_WAIT_SECONDS;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]);
    for (;;) {
      const filterSet = collector.filters
        .map((filter) => this.#news(filter))
        .filter((each) => each !== undefined);
      if (filterSet.length > 0) {
        collector.version += 1;
        return { version: String(collector.version), filterSet };
      }
      if (limit.aborted) return undefined;
      await this.#change(limit);
      if (this.#ended) throw notAuthenticated(ref);
      // The collector may be gone meanwhile, with a request that waits on it.
      if (this.#collectors.get(ref.value) !== collector) {
        throw new VimFault('RequestCanceled', 'The request was canceled.');
      }
    }
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        forget();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const forget = this.#host.onChange(end);
      signal.addEventListener('abort', end);
    });
  }

  #news(filter: Filter): AnswerObject | undefined {
    const now = new Map<string, { ref: MoRef; values: Map<string, string> }>();
    const objectSet: AnswerObject[] = [];
    for (const { ref, values, missing } of this.#select(filter.spec, true)) {
      const id = `${ref.type}:${ref.value}`;
      const wires = new Map(
        Object.entries(values).map(([path, value]) => [path, writeField('val', 'anyType', value)]),
      );
      now.set(id, { ref, values: wires });
      const before = filter.told.get(id)?.values;
      const changeSet = [...wires]
        .filter(([path, wire]) => before?.get(path) !== wire)
        .map(([name]) => ({ name, op: 'assign', val: values[name] }));
      if (before !== undefined && changeSet.length === 0) continue;
      const kind = before === undefined ? 'enter' : 'modify';
      objectSet.push({
        kind,
        obj: ref,
        changeSet,
        ...(missing.length > 0 ? { missingSet: missing } : {}),
      });
    }
    for (const [id, { ref }] of filter.told) {
      if (!now.has(id)) objectSet.push({ kind: 'leave', obj: ref });
    }
    filter.told = now;
    return objectSet.length === 0 ? undefined : { filter: filter.ref, objectSet };
  }

  /** The objects and values that a PropertyFilterSpec names. */
  #select(spec: Decoded | undefined, tolerant = false): Selected[] {
    const { propSet, objectSet } = asFields(spec);
    const refs = (Array.isArray(objectSet) ? objectSet : []).flatMap((each) => this.#refs(each));
    return (Array.isArray(propSet) ? propSet : []).flatMap((each) => {
      const { type, pathSet } = asFields(each);
      const paths = Array.isArray(pathSet) ? pathSet.map(String) : [];
      return refs
        .filter((ref) => ref.type === type)
        .flatMap((ref) => {
          const properties = this.#objects.of(ref);
          // One that was deleted fails the whole request; a filter tells that it left.
          if (properties === undefined && !tolerant) throw gone(ref);
          if (properties === undefined) return [];
          const known = paths.filter((path) => path in properties);
          const values = Object.fromEntries(
            known.flatMap((path) => {
              const value = properties[path];
              return value === undefined ? [] : [[path, value] as const];
            }),
          );
          const missing = paths
            .filter((path) => !(path in properties))
            .map((path) => ({ path, fault: localized(invalidProperty(path)) }));
          return [{ ref, values, missing }];
        });
    });
  }

  #refs(objectSpec: Decoded): MoRef[] {
    const { obj, skip, selectSet } = asFields(objectSpec);
    if (!isMoRef(obj)) throw invalidArgument('objectSet.obj');
    const own = skip === true ? [] : [obj];
    const below = (Array.isArray(selectSet) ? selectSet : []).flatMap((each) => {
      const { type, path } = asFields(each);
      const listed = this.#views.get(obj.value);
      if (listed === undefined) throw gone(obj);
      // The one way in which Labwright asks: what a view shows.
      if (type !== obj.type || path !== 'view') throw invalidArgument('selectSet.path');
      return this.#objects.all(listed);
    });
    return [...own, ...below];
  }
}

interface Selected {
  readonly ref: MoRef;
  readonly values: Readonly<Record<string, AnswerValue>>;
  readonly missing: readonly AnswerObject[];
}

function content({ ref, values, missing }: Selected): AnswerObject {
  return {
    obj: ref,
    propSet: Object.entries(values).map(([name, val]) => ({ name, val })),
    ...(missing.length > 0 ? { missingSet: missing } : {}),
  };
}

/** Comes beside what could be read (ObjectContent.missingSet), as with vcsim (vsphere.md, section 2). */
function invalidProperty(name: string): VimFault {
  return new VimFault('InvalidProperty', 'A specified property was not found', { name });
}

export function gone(ref: MoRef): VimFault {
  const said = `The object '${ref.type}:${ref.value}' has already been deleted or has not been completely created`;
  return new VimFault('ManagedObjectNotFound', said, { obj: ref });
}

export function notAuthenticated(object: MoRef): VimFault {
  const said = 'The session is not authenticated.';
  return new VimFault('NotAuthenticated', said, { object, privilegeId: 'System.View' });
}
