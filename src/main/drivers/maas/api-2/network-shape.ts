import { z } from 'zod';
import { text } from '../optional-text.ts';

export const Vlan = z.object({
  /** The number of the tag. Paths are built of this one and the fabric's, never of the VLAN's `id`. */
  vid: z.int(),
  fabric_id: z.int(),
  fabric: text,
  dhcp_on: z.boolean().default(false),
  primary_rack: text,
  secondary_rack: text,
});

export const Subnet = z.object({
  id: z.int(),
  name: text,
  cidr: z.string(),
  gateway_ip: text,
  /** Text with blanks before 2.0.1, a list since. */
  dns_servers: z
    .union([z.array(z.string()), z.string(), z.null()])
    .optional()
    .transform((value) => (typeof value === 'string' ? value.split(/[\s,]+/) : (value ?? [])))
    .transform((servers) => servers.filter((server) => server !== '')),
  vlan: Vlan,
});
export type Subnet = z.infer<typeof Subnet>;

export const IpRange = z.object({
  id: z.int(),
  type: z.enum(['dynamic', 'reserved']),
  start_ip: z.string(),
  end_ip: z.string(),
  comment: text,
  subnet: z.object({ id: z.int() }),
});
export type IpRange = z.infer<typeof IpRange>;

export const FreeRangeShape = z
  .object({ start: z.string(), end: z.string(), num_addresses: z.number() })
  .transform(({ start, end, num_addresses }) => ({ start, end, addresses: num_addresses }));

export const TakenRangeShape = z
  .object({
    start: z.string(),
    end: z.string(),
    num_addresses: z.number(),
    purpose: z.array(z.string()).default([]),
  })
  .transform(({ start, end, num_addresses, purpose }) => ({
    start,
    end,
    addresses: num_addresses,
    purposes: purpose,
  }));
