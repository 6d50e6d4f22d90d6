import { z } from 'zod';
import { LabwrightError } from '../../../contract/error.ts';
import { listHosts } from './hosts.ts';
import { retrieveOne } from './properties.ts';
import { type CallOptions, Ref, type Session } from './session.ts';
import { parseProperties } from './shapes.ts';
import type { MoRef } from './vim-value.ts';

/** Where machines are made: a host and what belongs to it. */
export interface Place {
  readonly host: MoRef;
  readonly hostName: string;
  readonly networkSystem: MoRef | undefined;
  readonly pool: MoRef;
  readonly environmentBrowser: MoRef | undefined;
  readonly datacenter: MoRef;
  /** As paths of files name it: `ha-datacenter` on ESXi, with its folders on a vCenter. */
  readonly datacenterPath: string;
  /** The folder that new machines go into. */
  readonly vmFolder: MoRef;
}

const Parent = z.looseObject({ name: z.string(), parent: Ref.optional() });
const Computing = z.looseObject({ resourcePool: Ref, environmentBrowser: Ref.optional() });
const Datacenter = z.looseObject({ vmFolder: Ref });

/** The place on a host by its name; without a name, on the only host, or else the first by name. */
export async function findPlace(
  session: Session,
  hostName?: string,
  options: CallOptions = {},
): Promise<Place> {
  const hosts = await listHosts(session, options);
  hosts.sort((left, right) => (left.name < right.name ? -1 : 1));
  const host = hosts.find(({ name }) => hostName === undefined || name === hostName);
  if (host === undefined) {
    const params = { site: session.site.name, kind: 'host', what: hostName ?? '' };
    throw new LabwrightError('site-object-missing', params);
  }
  const above = await ancestors(session, host.ref, options);
  const computing = above.find(({ ref }) => ref.type.endsWith('ComputeResource'));
  const at = above.findIndex(({ ref }) => ref.type === 'Datacenter');
  const datacenter = above[at];
  if (computing === undefined || datacenter === undefined) {
    const params = { site: session.site.name, kind: 'Datacenter', what: host.name };
    throw new LabwrightError('site-object-missing', params);
  }
  const { resourcePool, environmentBrowser } = parseProperties(
    session,
    Computing,
    await retrieveOne(session, computing.ref, Object.keys(Computing.shape), options),
  );
  const { vmFolder } = parseProperties(
    session,
    Datacenter,
    await retrieveOne(session, datacenter.ref, ['vmFolder'], options),
  );
  // The root folder has a name too, but is no part of a path.
  const folders = above.slice(at, -1).map(({ name }) => name);
  return {
    host: host.ref,
    hostName: host.name,
    networkSystem: host.networkSystem,
    pool: resourcePool,
    environmentBrowser,
    datacenter: datacenter.ref,
    datacenterPath: folders.reverse().join('/'),
    vmFolder,
  };
}

/** From the parent up to the root folder. */
async function ancestors(
  session: Session,
  ref: MoRef,
  options: CallOptions,
): Promise<{ ref: MoRef; name: string }[]> {
  const found: { ref: MoRef; name: string }[] = [];
  let at: MoRef | undefined = ref;
  while (at !== undefined) {
    const object = await retrieveOne(session, at, Object.keys(Parent.shape), options);
    const { name, parent }: z.infer<typeof Parent> = parseProperties(session, Parent, object);
    if (at !== ref) found.push({ ref: at, name });
    at = parent;
  }
  return found;
}
