import { z } from 'zod';
import { type FlatItem, type ItemFilter, matches, plainAlternatives } from './filters.ts';

/** Relative, without `..`: a path that a stream names is used on a host's disk. */
const safePath = z
  .string()
  .regex(/^[A-Za-z0-9._@+:/ -]+$/)
  .refine((path) => !path.startsWith('/') && !path.split('/').includes('..'));

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]).transform(String);
const Item = z.looseObject({ path: safePath.optional() });
const Version = z.looseObject({ items: z.record(z.string(), Item).default({}) });
const Product = z.looseObject({ versions: z.record(z.string(), Version).default({}) });
const Products = z.looseObject({
  format: z.literal('products:1.0'),
  content_id: z.string(),
  products: z.record(z.string(), Product),
});
const Index = z.looseObject({
  format: z.literal('index:1.0'),
  index: z.record(z.string(), z.looseObject({ path: safePath, format: z.string().optional() })),
});

/** One file that a mirror run takes. */
export const SelectedFile = z.object({
  path: z.string(),
  size: z.number(),
  sha256: z.string(),
  product: z.string(),
  version: z.string(),
});
export type SelectedFile = z.infer<typeof SelectedFile>;

export const Selection = z.object({
  /** Every file once, in the stream's order. */
  files: z.array(SelectedFile),
  /** Values of `release`, `arch` and `subarch` that the stream offers; for messages. */
  offered: z.record(z.string(), z.array(z.string())),
  /** Filters that search and so take more than they name: `release~(trusty)` and `trusty-proposed`. */
  unanchored: z.array(z.object({ filter: z.string(), also: z.array(z.string()) })),
  /** How many files each pass takes. */
  counts: z.array(z.number()),
});
export type Selection = z.infer<typeof Selection>;

export interface SelectionRequest {
  /** Text of the index and of every products file, by path. */
  readonly files: Readonly<Record<string, string>>;
  /** Filters of each pass. */
  readonly passes: readonly (readonly ItemFilter[])[];
  /** Versions kept of each product, the newest by name (sstream-mirror --max). */
  readonly max: number;
}

/** The signed text inside a clearsigned file (RFC 4880 7), or the text itself. */
export function clearText(text: string): string {
  const begin = '-----BEGIN PGP SIGNED MESSAGE-----';
  if (!text.trimStart().startsWith(begin)) return text;
  const body = text.slice(text.indexOf('\n\n') + 2);
  const end = body.indexOf('\n-----BEGIN PGP SIGNATURE-----');
  return (end < 0 ? body : body.slice(0, end)).replace(/^- /gm, '');
}

function flatten(...levels: Record<string, unknown>[]): FlatItem {
  const flat: Record<string, string> = {};
  for (const level of levels) {
    for (const [key, value] of Object.entries(level)) {
      const parsed = scalar.safeParse(value);
      if (parsed.success) flat[key] = parsed.data;
    }
  }
  return flat;
}

const OFFERED_KEYS = ['release', 'arch', 'subarch', 'os'] as const;
/** A stream of more items than this is not one of MAAS's. */
const MAX_FILES = 20_000;

/** Paths of the products files that an index names. */
export function productPaths(index: string): string[] {
  const { index: entries } = Index.parse(JSON.parse(clearText(index)));
  return Object.values(entries).map(({ path }) => path);
}

/**
 * What sstream-mirror would take: per product the newest `max` versions, then the items that pass
 * every filter (simplestreams mirrors: the version count is applied before the item filters).
 */
export function select(request: SelectionRequest): Selection {
  const chosen = new Map<string, SelectedFile>();
  const offered = new Map<string, Set<string>>(OFFERED_KEYS.map((key) => [key, new Set()]));
  const also = new Map<string, Set<string>>();
  const counts = request.passes.map(() => 0);
  for (const text of Object.values(request.files)) {
    const parsed = Products.safeParse(JSON.parse(clearText(text)));
    if (!parsed.success) continue;
    const { products, ...tree } = parsed.data;
    for (const [product, { versions, ...attributes }] of Object.entries(products)) {
      const newest = Object.keys(versions).sort().reverse().slice(0, request.max);
      for (const version of newest) {
        const { items = {}, ...versionAttributes } = versions[version] ?? {};
        for (const item of Object.values(items)) {
          const flat = flatten(tree, attributes, versionAttributes, item);
          for (const key of OFFERED_KEYS) if (flat[key]) offered.get(key)?.add(flat[key]);
          request.passes.forEach((filters, pass) => {
            if (!filters.every((filter) => matches(filter, flat))) return;
            counts[pass] = (counts[pass] ?? 0) + 1;
            noteUnanchored(filters, flat, also);
            if (item.path === undefined || chosen.size >= MAX_FILES) return;
            chosen.set(item.path, {
              path: item.path,
              size: Number(flat.size ?? 0),
              sha256: flat.sha256 ?? '',
              product,
              version,
            });
          });
        }
      }
    }
  }
  return {
    files: [...chosen.values()],
    offered: Object.fromEntries([...offered].map(([key, set]) => [key, [...set].sort()])),
    unanchored: [...also].map(([filter, set]) => ({ filter, also: [...set].sort() })),
    counts,
  };
}

function noteUnanchored(
  filters: readonly ItemFilter[],
  flat: FlatItem,
  also: Map<string, Set<string>>,
): void {
  for (const filter of filters) {
    // MAAS's own expression for boot loaders is meant to be a search.
    if (filter.key === 'os') continue;
    const meant = plainAlternatives(filter);
    const actual = flat[filter.key];
    if (meant === undefined || actual === undefined || meant.includes(actual)) continue;
    const word = `${filter.key}~${filter.value}`;
    also.set(word, (also.get(word) ?? new Set()).add(actual));
  }
}
