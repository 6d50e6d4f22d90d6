import { z } from 'zod';

/** Text where MAAS writes null, or nothing at all, when there is none. */
export const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
