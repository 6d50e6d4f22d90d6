import { z } from 'zod';
import type { MaasRack } from '../../../engine/maas.ts';
import { text } from '../optional-text.ts';

/** Both families. 1.7.0 to 1.7.2 give only capabilities. */
export const Version = z.object({
  version: z.string().optional(),
  capabilities: z.array(z.string()),
});

export const User = z
  .object({ username: z.string(), is_superuser: z.boolean() })
  .transform(({ username, is_superuser }) => ({ name: username, admin: is_superuser }));

export const Setting = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const SshKeyShape = z.object({ id: z.int(), key: z.string() });

export const Named = z.object({ name: z.string() }).transform(({ name }) => name);

export const Rack = z
  .object({
    system_id: z.string(),
    hostname: z.string(),
    version: text,
    service_set: z
      .array(
        z.object({
          name: z.string(),
          status: z.enum(['running', 'degraded', 'dead', 'off', 'unknown']).catch('unknown'),
          status_info: text,
        }),
      )
      .default([]),
    ip_addresses: z.array(z.string()).default([]),
  })
  .transform(
    (rack): MaasRack => ({
      id: rack.system_id,
      hostname: rack.hostname,
      version: rack.version,
      services: rack.service_set.map(({ name, status, status_info }) => ({
        name,
        state: status,
        info: status_info,
      })),
      addresses: rack.ip_addresses,
      accepted: true,
    }),
  );

export const Notification = z.object({
  id: z.int(),
  category: text,
  message: text,
});

/** Of a login with user name and password. */
export const NewKey = z
  .object({ consumer_key: z.string(), token_key: z.string(), token_secret: z.string() })
  .transform(({ consumer_key, token_key, token_secret }) =>
    [consumer_key, token_key, token_secret].join(':'),
  );
