import { z } from 'zod';

/** A disk image by where it is published and what it must be. */
export const ImageRef = z.object({
  url: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Bytes of its file, where they are known: a forecast and nothing else. */
  size: z.number().optional(),
});
export type ImageRef = z.infer<typeof ImageRef>;
