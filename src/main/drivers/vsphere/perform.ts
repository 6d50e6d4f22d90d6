import { LabwrightError } from '../../../contract/error.ts';
import type { SiteCall } from '../../../contract/site-call.ts';
import { setBootFirst } from './boot-order.ts';
import { changeMachine } from './change-machine.ts';
import { createMachine } from './create-machine.ts';
import { changeService, setOpen, setTimeServers } from './host-services.ts';
import { type DiskOptions, putDisk, putSeed, removeBeside } from './machine-folder.ts';
import { carriesMark } from './machine-spec.ts';
import { describeMachines, listMachines, type MachineFacts } from './machines.ts';
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
import type { TaskOptions } from './tasks.ts';
import type { MoRef } from './vim-value.ts';

/**
 * Carries out one change, so that repeating it after a run that was cut off changes nothing more.
 * The site's identity is asserted by the caller, before.
 */
export async function performSiteCall(
  session: Session,
  call: SiteCall,
  { openImage, onAmount, ...options }: Partial<DiskOptions> = {},
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
      const found = await find(session, call.uuid, options);
      if (found !== undefined) {
        if (found.power !== 'poweredOff') await powerOff(session, found.ref, options);
        await destroyMachine(session, found.ref, call.mark, options);
      }
      if (call.beside === undefined) return;
      const place = await findPlace(session, undefined, options);
      await removeBeside(session, place, call.beside, options);
      return;
    }
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

async function find(
  session: Session,
  uuid: string,
  options: TaskOptions,
): Promise<MachineFacts | undefined> {
  const refs: MoRef[] = [];
  for await (const rows of listMachines(session, options)) refs.push(...rows.map(({ ref }) => ref));
  for await (const page of describeMachines(session, refs, options)) {
    const found = page.find(({ instanceUuid }) => instanceUuid === uuid);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function ours(
  session: Session,
  {
    machine,
    uuid,
    mark,
  }: { readonly machine: string; readonly uuid: string; readonly mark: string },
  options: TaskOptions,
): Promise<MachineFacts> {
  const found = await find(session, uuid, options);
  const site = session.site.name;
  if (found === undefined) {
    throw new LabwrightError('site-object-missing', {
      site,
      kind: 'VirtualMachine',
      what: machine,
    });
  }
  if (!carriesMark(found.annotation, mark)) {
    throw new LabwrightError('site-not-ours', { site, what: machine });
  }
  return found;
}
