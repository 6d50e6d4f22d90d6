import { z } from 'zod';
import type { MaasMisfit } from '../../../contract/maas.ts';

/** What an answer has to look like, and what we make of it. Fields that nobody uses may be anything. */
export type Shape<T> =
  | { readonly kind: 'one'; readonly item: z.ZodType<T> }
  | {
      readonly kind: 'list';
      readonly item: z.ZodType<T>;
      /** Where the list is in the answer; the answer itself when left out. */
      readonly inside?: string;
    };

export const one = <T>(item: z.ZodType<T>) => ({ kind: 'one', item }) as const;
export const list = <T>(item: z.ZodType<T>, inside?: string) =>
  ({ kind: 'list', item, ...(inside === undefined ? {} : { inside }) }) as const;

export interface Decoded<T> {
  readonly items: T[];
  readonly unreadable: MaasMisfit[];
}

/** The elements of an answer; undefined when it is not of this kind at all. */
export function elementsOf(shape: Shape<unknown>, value: unknown): readonly unknown[] | undefined {
  if (shape.kind === 'one') return [value];
  const within =
    shape.inside === undefined ? value : (value as Record<string, unknown> | null)?.[shape.inside];
  return Array.isArray(within) ? within : undefined;
}

/** Reads elements one by one: one that does not fit is named, and the others stand. */
export function decode<T>(
  shape: Shape<T>,
  elements: readonly unknown[],
  from = 0,
  to = elements.length,
): Decoded<T> {
  const decoded: Decoded<T> = { items: [], unreadable: [] };
  for (let index = from; index < Math.min(to, elements.length); index++) {
    const parsed = shape.item.safeParse(elements[index]);
    if (parsed.success) decoded.items.push(parsed.data);
    else decoded.unreadable.push(misfit(elements[index], index, parsed.error));
  }
  return decoded;
}

/** Names in the order in which they tell a person most. */
const Named = z.looseObject({
  hostname: z.string().optional().catch(undefined),
  system_id: z.string().optional().catch(undefined),
  name: z.string().optional().catch(undefined),
  id: z.union([z.string(), z.number()]).optional().catch(undefined),
});

function misfit(element: unknown, index: number, { issues }: z.ZodError): MaasMisfit {
  const { hostname, system_id, name, id } = Named.catch({}).parse(element);
  const [issue] = issues;
  return {
    what: String(hostname ?? system_id ?? name ?? id ?? `[${index}]`),
    expected: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
  };
}
