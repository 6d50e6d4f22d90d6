import { z } from 'zod';

export const SignatureVerdict = z.discriminatedUnion('verdict', [
  z.object({
    verdict: z.enum([
      'good',
      'keyring-armored',
      'keyring-unreadable',
      'wrong-key',
      'future',
      'tampered',
    ]),
  }),
  /** A key of the keyring made it, and yet it does not count; the library says why. */
  z.object({ verdict: z.literal('unproved'), why: z.string() }),
]);
export type SignatureVerdict = z.infer<typeof SignatureVerdict>;
