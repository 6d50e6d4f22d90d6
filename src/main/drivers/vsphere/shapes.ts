import { z } from 'zod';
import { faultError } from './faults.ts';
import type { FoundObject } from './properties.ts';
import { parseAnswer, type Session } from './session.ts';

/** Promiscuous mode and its two companions; machines inside machines need all three. */
export const SecurityPolicy = z.object({
  allowPromiscuous: z.boolean().optional(),
  macChanges: z.boolean().optional(),
  forgedTransmits: z.boolean().optional(),
});
export type SecurityPolicy = z.infer<typeof SecurityPolicy>;

/**
 * Checks the properties of one object. Where something needed is not there because it could not be
 * read, the site's fault is thrown (mostly `site-no-permission`); else a mismatch names the type.
 */
export function parseProperties<T>(session: Session, shape: z.ZodType<T>, found: FoundObject): T {
  const [fault] = Object.values(found.missing);
  if (fault !== undefined && !shape.safeParse(found.properties).success) {
    throw faultError(session.site.name, fault);
  }
  return parseAnswer(session.site, shape, found.properties, found.ref.type);
}
