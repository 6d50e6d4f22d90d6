import type { Mirror } from '../../../contract/plan.ts';

/** A filter as sstream-mirror takes it: key, operator and value in one word. */
export interface ItemFilter {
  readonly key: string;
  readonly operator: '=' | '!=' | '~' | '!~';
  readonly value: string;
}

/** The item's attributes with those of its version and product mixed in. */
export type FlatItem = Readonly<Record<string, string>>;

/** Splits `=amd64` of the plan; the schema guarantees the operator. */
export function planFilter(key: string, text: string): ItemFilter {
  const operator = text.startsWith('!=') ? '!=' : text.startsWith('~') ? '~' : '=';
  return { key, operator, value: text.slice(operator.length) };
}

export function filterWord({ key, operator, value }: ItemFilter): string {
  return `${key}${operator}${value}`;
}

/** A missing attribute counts as the empty text; `~` searches anywhere (simplestreams filters.py). */
export function matches(filter: ItemFilter, item: FlatItem): boolean {
  const actual = item[filter.key] ?? '';
  switch (filter.operator) {
    case '=':
      return actual === filter.value;
    case '!=':
      return actual !== filter.value;
    case '~':
      return new RegExp(filter.value).test(actual);
    case '!~':
      return !new RegExp(filter.value).test(actual);
  }
}

/** The filters of the pass for images. */
export function imageFilters(mirror: Mirror): ItemFilter[] {
  return Object.entries(mirror.filters).flatMap(([key, text]) =>
    text === undefined ? [] : [planFilter(key, text)],
  );
}

/**
 * The filters of the second pass: boot loaders come from the stream since MAAS 2.1. The expression is
 * the one of MAAS's own guide to a local mirror (manage-images).
 */
export const BOOTLOADER_FILTERS: readonly ItemFilter[] = [
  { key: 'os', operator: '~', value: '(grub*|pxelinux)' },
];

/**
 * Names that a person plainly meant in `~(a|b)`, or nothing when the expression says something
 * else; used to notice that an unanchored search also takes others.
 */
export function plainAlternatives(filter: ItemFilter): string[] | undefined {
  if (filter.operator !== '~') return undefined;
  const inner = /^\(([^()^$]+)\)$/.exec(filter.value)?.[1] ?? filter.value;
  const names = inner.split('|');
  return names.every((name) => /^[A-Za-z0-9._-]+$/.test(name)) ? names : undefined;
}
