import { LabwrightError } from '../../../contract/error.ts';
import type { SiteCall } from '../../../contract/site-call.ts';
import { snapshotName } from '../../../contract/snapshot-name.ts';
import { markMachine, unmarkMachine } from './adopt-machine.ts';
import { setBootFirst } from './boot-order.ts';
import { changeMachine } from './change-machine.ts';
import { createMachine } from './create-machine.ts';
import { changeService, setOpen, setTimeServers } from './host-services.ts';
import { type DiskOptions, putDisk, putSeed, removeBeside } from './machine-folder.ts';
import { carriesMark } from './machine-spec.ts';
import { findMachine, type MachineFacts } from './machines.ts';
import {
  addPortgroup,
  addSwitch,
  listNetworks,
  removePortgroup,
  removeSwitch,
  setPortgroupSecurity,
} from './networks.ts';
import { findHost, findPlace, type Place } from './place.ts';
import { powerOff, powerOn, reset } from './power.ts';
import { destroyMachine } from './remove-machine.ts';
import type { Session } from './session.ts';
import { createSnapshot, removeSnapshot, revertToSnapshot } from './snapshots.ts';
import type { TaskOptions } from './tasks.ts';
import type { MoRef } from './vim-value.ts';

export interface PerformOptions
  extends TaskOptions,
    Partial<Pick<DiskOptions, 'openImage' | 'onAmount'>> {
  /** The run that the call is part of; a snapshot is named after it. */
  readonly run: string;
}

/**
 * Carries out one change, so that repeating it after a run that was cut off changes nothing more.
 * The site's identity is asserted by the caller, before.
 */
export async function performSiteCall(
  session: Session,
  call: SiteCall,
  { openImage, onAmount, ...options }: PerformOptions,
): Promise<void> {
  switch (call.kind) {
    case 'create-machine': {
      await createMachine(
        session,
        await findPlace(session, call.host, options),
        call.machine,
        options,
      );
      return;
    }
    case 'change-machine': {
      const { ref } = await ours(session, call, options);
      await changeMachine(session, ref, definite(call.change), options);
      if (call.bootFirst !== undefined) await setBootFirst(session, ref, call.bootFirst, options);
      return;
    }
    case 'power': {
      const { ref } = await ours(session, call, options);
      if (call.to === 'on') await powerOn(session, ref, options);
      else if (call.to === 'off') await powerOff(session, ref, options);
      else await reset(session, ref, options);
      return;
    }
    case 'destroy-machine': {
      const found = await findMachine(session, call.uuid, options);
      if (found !== undefined) {
        if (found.power !== 'poweredOff') await powerOff(session, found.ref, options);
        await destroyMachine(session, found.ref, call.mark, options);
      }
      if (call.beside === undefined) return;
      const place = await findPlace(session, undefined, options);
      await removeBeside(session, place, call.beside, options);
      return;
    }
    case 'take-snapshot': {
      const { ref, snapshots } = await ours(session, call, options);
      const name = snapshotName(options.run);
      if (snapshots.some((each) => each.name === name)) return;
      const description = `Before run ${options.run} of Labwright`;
      await createSnapshot(session, ref, { name, description, memory: false }, options);
      return;
    }
    case 'revert-snapshot': {
      const { snapshots } = await ours(session, call, options);
      const found = snapshots.find(({ name }) => name === call.snapshot);
      if (found === undefined) {
        const params = { site: session.site.name, kind: 'VirtualMachineSnapshot' };
        throw new LabwrightError('site-object-missing', { ...params, what: call.snapshot });
      }
      await revertToSnapshot(session, found.ref, options);
      return;
    }
    case 'remove-snapshot': {
      const { snapshots } = await ours(session, call, options);
      const found = snapshots.find(({ name }) => name === call.snapshot);
      if (found !== undefined) await removeSnapshot(session, found.ref, options);
      return;
    }
    case 'mark-machine':
      await markMachine(session, await existing(session, call, options), call.mark, options);
      return;
    case 'unmark-machine':
      await unmarkMachine(session, await ours(session, call, options), call.mark, options);
      return;
    case 'put-seed':
      await putSeed(session, await findPlace(session, undefined, options), call, options);
      return;
    case 'put-disk': {
      if (openImage === undefined) throw new TypeError('a disk needs its image');
      const place = await findPlace(session, undefined, options);
      const amount = onAmount === undefined ? {} : { onAmount };
      await putDisk(session, place, call, { ...options, openImage, ...amount });
      return;
    }
    case 'add-network': {
      const place = await findPlace(session, call.host, options);
      const network = networkSystem(session, place);
      const { switches, portgroups } = await networksOf(session, place, options);
      if (!switches.some(({ name }) => name === call.switch)) {
        if (!call.ownSwitch) {
          const params = { site: session.site.name, kind: 'vSwitch', what: call.switch };
          throw new LabwrightError('site-object-missing', params);
        }
        await addSwitch(session, network, { name: call.switch, uplinks: [] }, options);
      }
      if (!portgroups.some(({ name }) => name === call.portgroup)) {
        const { portgroup: name, switch: switchName, vlan, security } = call;
        const spec = { name, switchName, vlan, security: definite(security) };
        await addPortgroup(session, network, spec, options);
      }
      return;
    }
    case 'portgroup-security': {
      const network = networkSystem(session, await findPlace(session, call.host, options));
      const security = definite(call.security);
      await setPortgroupSecurity(session, network, call.portgroup, security, options);
      return;
    }
    case 'service': {
      const host = await findHost(session, call.host, options);
      const { service, running, policy } = call;
      const change = { service, running, ...(policy === undefined ? {} : { policy }) };
      await changeService(session, host, change, options);
      return;
    }
    case 'firewall': {
      const host = await findHost(session, call.host, options);
      await setOpen(session, host, call.ruleset, call.open, options);
      return;
    }
    case 'time-servers':
      await setTimeServers(
        session,
        await findHost(session, call.host, options),
        call.servers,
        options,
      );
      return;
    case 'remove-network': {
      const place = await findPlace(session, call.host, options);
      const network = networkSystem(session, place);
      const { switches, portgroups } = await networksOf(session, place, options);
      if (portgroups.some(({ name }) => name === call.portgroup)) {
        await removePortgroup(session, network, call.portgroup, options);
      }
      // Someone else may have put a portgroup of theirs on our switch meanwhile.
      const others = portgroups.filter(
        ({ name, switchName }) => name !== call.portgroup && switchName === call.switch,
      );
      if (
        call.ownSwitch &&
        others.length === 0 &&
        switches.some(({ name }) => name === call.switch)
      ) {
        await removeSwitch(session, network, call.switch, options);
      }
      return;
    }
  }
}

/** Without the keys whose value is undefined: an absent field is left as it is at the site. */
function definite<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

function networkSystem(session: Session, { networkSystem, hostName }: Place): MoRef {
  if (networkSystem !== undefined) return networkSystem;
  const params = { site: session.site.name, kind: 'HostNetworkSystem', what: hostName };
  throw new LabwrightError('site-object-missing', params);
}

async function networksOf(
  session: Session,
  { host, networkSystem: ref }: Place,
  options: TaskOptions,
) {
  const [networks] = await listNetworks(session, [{ ref: host, networkSystem: ref }], options);
  return networks ?? { switches: [], portgroups: [] };
}

interface Existing {
  readonly machine: string;
  readonly uuid: string;
  readonly mark: string;
}

async function existing(
  session: Session,
  { machine, uuid }: Existing,
  options: TaskOptions,
): Promise<MachineFacts> {
  const found = await findMachine(session, uuid, options);
  if (found !== undefined) return found;
  const params = { site: session.site.name, kind: 'VirtualMachine', what: machine };
  throw new LabwrightError('site-object-missing', params);
}

async function ours(session: Session, call: Existing, options: TaskOptions): Promise<MachineFacts> {
  const found = await existing(session, call, options);
  if (carriesMark(found.annotation, call.mark)) return found;
  throw new LabwrightError('site-not-ours', { site: session.site.name, what: call.machine });
}
