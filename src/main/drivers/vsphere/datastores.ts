import { z } from 'zod';
import { entityName } from './entity-name.ts';
import { retrieveAll } from './properties.ts';
import type { CallOptions, Session } from './session.ts';
import { parseProperties } from './shapes.ts';
import type { MoRef } from './vim-value.ts';

export interface DatastoreFacts {
  readonly ref: MoRef;
  readonly name: string;
  /** `VMFS`, `NFS`, `vsan`, … */
  readonly kind: string;
  readonly capacityBytes: number;
  readonly freeBytes: number;
  /** Whether the site can reach it now; the sizes of one that it cannot are old. */
  readonly accessible: boolean;
}

const size = z.union([z.number(), z.bigint()]).transform(Number);
const Properties = z.looseObject({
  name: z.string(),
  summary: z.looseObject({
    type: z.string(),
    capacity: size,
    freeSpace: size,
    accessible: z.boolean(),
  }),
});

export async function listDatastores(
  session: Session,
  options: CallOptions = {},
): Promise<DatastoreFacts[]> {
  const wanted = { type: 'Datastore', paths: Object.keys(Properties.shape) };
  const datastores: DatastoreFacts[] = [];
  for await (const page of retrieveAll(session, wanted, options)) {
    for (const found of page) {
      const { name, summary } = parseProperties(session, Properties, found);
      datastores.push({
        ref: found.ref,
        name: entityName(name),
        kind: summary.type,
        capacityBytes: summary.capacity,
        freeBytes: summary.freeSpace,
        accessible: summary.accessible,
      });
    }
  }
  return datastores;
}
