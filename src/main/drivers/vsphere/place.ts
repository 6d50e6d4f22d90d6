import { z } from 'zod';
import { LabwrightError } from '../../../contract/error.ts';
import { type HostFacts, listHosts } from './hosts.ts';
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

/** The host by its name; without a name the only one, or else the first by name. */
export function chosenHost(hosts: readonly HostFacts[], name?: string): HostFacts | undefined {
  return hosts
    .toSorted((left, right) => (left.name < right.name ? -1 : 1))
    .find((host) => name === undefined || host.name === name);
}

/** The same where there must be one. */
export async function findHost(
  session: Session,
  name?: string,
  options: CallOptions = {},
  known?: readonly HostFacts[],
): Promise<HostFacts> {
  const host = chosenHost(known ?? (await listHosts(session, options)), name);
  if (host !== undefined) return host;
  const params = { site: session.site.name, kind: 'host', what: name ?? '' };
  throw new LabwrightError('site-object-missing', params);
}

/** The place on a host by its name, as `chosenHost` has it. */
export async function findPlace(
  session: Session,
  hostName?: string,
  options: CallOptions = {},
  known?: readonly HostFacts[],
): Promise<Place> {
  const host = await findHost(session, hostName, options, known);
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
