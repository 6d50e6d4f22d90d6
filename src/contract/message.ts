import { z } from 'zod';

/**
 * A sentence as data: a key into `src/messages` and what is filled in. Steps, errors and actions
 * speak in messages so that the core never holds a language; commands and outputs inside `params`
 * are never translated.
 */
export const Message = z.object({
  key: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});
export type Message = z.infer<typeof Message>;

/** Builds a message; `params` is left out when empty so that equal messages are equal as JSON. */
export function message(key: string, params?: Record<string, string | number>): Message {
  return params === undefined ? { key } : { key, params };
}
