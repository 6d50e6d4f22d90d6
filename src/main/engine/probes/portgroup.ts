import { z } from 'zod';
import { SiteSecurity } from '../../../contract/site-call.ts';
import { SecurityPolicy } from './esxi-answers.ts';

/** A portgroup of a standard switch, by whichever driver it was looked at. */
export const PortgroupFact = z.object({
  /** Absent while there is no such portgroup. */
  portgroup: z
    .object({
      switch: z.string(),
      vlan: z.number(),
      /** What holds in the end. */
      policy: SecurityPolicy,
      /** By the API: what the portgroup sets itself, value by value; the rest is its switch's. */
      security: SiteSecurity.optional(),
    })
    .optional(),
  /** Whether the switch that the plan names is there. */
  switchExists: z.boolean(),
});
export type PortgroupFact = z.infer<typeof PortgroupFact>;

/** What only machines inside machines need (users.md D21). */
export const OPEN = { promiscuous: true, forgedTransmits: true, macChanges: true } as const;

/** What a portgroup has that we made. */
export const CLOSED: SecurityPolicy = {
  promiscuous: false,
  forgedTransmits: false,
  macChanges: false,
  own: true,
};
