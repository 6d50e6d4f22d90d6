import { z } from 'zod';
import { LabwrightError } from '../../../contract/error.ts';
import { entityName } from './entity-name.ts';
import type { HostFacts } from './hosts.ts';
import type { Place } from './place.ts';
import { retrieveOf, retrieveOne } from './properties.ts';
import { type CallOptions, Ref, type Session } from './session.ts';
import { parseProperties, SecurityPolicy } from './shapes.ts';
import type { MoRef, VimObject } from './vim-value.ts';

export interface SwitchFacts {
  readonly name: string;
  readonly mtu: number | undefined;
  readonly uplinks: readonly string[];
  readonly security: SecurityPolicy;
}

export interface PortgroupFacts {
  readonly name: string;
  readonly switchName: string;
  /** 0: untagged; 4095: all tags pass. */
  readonly vlan: number;
  /** What it sets itself; undefined fields come from the switch. */
  readonly ownSecurity: SecurityPolicy;
  /** What holds in the end. */
  readonly security: SecurityPolicy;
}

export interface HostNetworks {
  readonly host: MoRef;
  readonly switches: readonly SwitchFacts[];
  readonly portgroups: readonly PortgroupFacts[];
}

const Policy = z.looseObject({ security: SecurityPolicy.optional() });
const Bridge = z.looseObject({ nicDevice: z.union([z.string(), z.array(z.string())]) });
const Switch = z.looseObject({
  name: z.string(),
  mtu: z.number().optional(),
  spec: z.looseObject({ bridge: Bridge.optional(), policy: Policy.optional() }),
});
const Portgroup = z.looseObject({
  spec: z.looseObject({
    name: z.string(),
    vswitchName: z.string(),
    vlanId: z.number(),
    policy: Policy.optional(),
  }),
  computedPolicy: Policy.optional(),
});
const Info = z.looseObject({
  'networkInfo.vswitch': z.array(Switch).default([]),
  'networkInfo.portgroup': z.array(Portgroup).default([]),
});

/** Standard switches and their portgroups of the hosts that have them. */
export async function listNetworks(
  session: Session,
  hosts: readonly Pick<HostFacts, 'ref' | 'networkSystem'>[],
  options: CallOptions = {},
): Promise<HostNetworks[]> {
  const networks: HostNetworks[] = [];
  for (const { ref, networkSystem } of hosts) {
    if (networkSystem === undefined) continue;
    const { switches, portgroups } = await readNetwork(session, networkSystem, options);
    networks.push({
      host: ref,
      switches: switches.map(({ name, mtu, spec }) => ({
        name,
        mtu,
        uplinks: [spec.bridge?.nicDevice ?? []].flat(),
        security: spec.policy?.security ?? {},
      })),
      portgroups: portgroups.map(({ spec, computedPolicy }) => ({
        name: spec.name,
        switchName: spec.vswitchName,
        vlan: spec.vlanId,
        ownSecurity: spec.policy?.security ?? {},
        security: computedPolicy?.security ?? spec.policy?.security ?? {},
      })),
    });
  }
  return networks;
}

export interface NewSwitch {
  readonly name: string;
  /** Physical NICs; none for a network inside the host only. */
  readonly uplinks: readonly string[];
  readonly security?: SecurityPolicy;
  /** 128 unless told; newer hosts take no notice of it. */
  readonly ports?: number;
}

const DEFAULT_PORTS = 128;

/** Makes a standard switch. `networkSystem` is the host's (`HostFacts.networkSystem`). */
export async function addSwitch(
  session: Session,
  networkSystem: MoRef,
  { name, uplinks, security, ports = DEFAULT_PORTS }: NewSwitch,
  options: CallOptions = {},
): Promise<void> {
  const spec: VimObject = {
    numPorts: ports,
    ...(uplinks.length === 0
      ? {}
      : { bridge: { _type: 'HostVirtualSwitchBondBridge', nicDevice: uplinks } }),
    ...(security === undefined ? {} : { policy: { security: policy(security) } }),
  };
  await session.call('AddVirtualSwitch', networkSystem, { vswitchName: name, spec }, options);
}

export async function removeSwitch(
  session: Session,
  networkSystem: MoRef,
  name: string,
  options: CallOptions = {},
): Promise<void> {
  await session.call('RemoveVirtualSwitch', networkSystem, { vswitchName: name }, options);
}

export interface NewPortgroup {
  readonly name: string;
  readonly switchName: string;
  readonly vlan: number;
  /** What is not said is the switch's. */
  readonly security: SecurityPolicy;
}

export async function addPortgroup(
  session: Session,
  networkSystem: MoRef,
  { name, switchName, vlan, security }: NewPortgroup,
  options: CallOptions = {},
): Promise<void> {
  const portgrp = {
    name,
    vlanId: vlan,
    vswitchName: switchName,
    policy: { security: policy(security) },
  };
  await session.call('AddPortGroup', networkSystem, { portgrp }, options);
}

export async function removePortgroup(
  session: Session,
  networkSystem: MoRef,
  name: string,
  options: CallOptions = {},
): Promise<void> {
  await session.call('RemovePortGroup', networkSystem, { pgName: name }, options);
}

/** Sets the policy of a portgroup and leaves the rest of it. Returns the old one, for undo. */
export async function setPortgroupSecurity(
  session: Session,
  networkSystem: MoRef,
  name: string,
  security: SecurityPolicy,
  options: CallOptions = {},
): Promise<SecurityPolicy> {
  const { portgroups } = await readNetwork(session, networkSystem, options);
  const found = portgroups.find(({ spec }) => spec.name === name);
  if (found === undefined) throw missing(session, 'portgroup', name);
  const portgrp = withSecurity(found.spec, security);
  await session.call('UpdatePortGroup', networkSystem, { pgName: name, portgrp }, options);
  return found.spec.policy?.security ?? {};
}

/** Sets the policy of a switch and leaves the rest of it. Returns the old one, for undo. */
export async function setSwitchSecurity(
  session: Session,
  networkSystem: MoRef,
  name: string,
  security: SecurityPolicy,
  options: CallOptions = {},
): Promise<SecurityPolicy> {
  const { switches } = await readNetwork(session, networkSystem, options);
  const found = switches.find((candidate) => candidate.name === name);
  if (found === undefined) throw missing(session, 'vSwitch', name);
  const args = { vswitchName: name, spec: withSecurity(found.spec, security) };
  await session.call('UpdateVirtualSwitch', networkSystem, args, options);
  return found.spec.policy?.security ?? {};
}

/** The host replaces the whole specification, so the rest of the old one goes along. */
function withSecurity(
  spec: { readonly policy?: z.infer<typeof Policy> | undefined; readonly [field: string]: unknown },
  security: SecurityPolicy,
): VimObject {
  return { ...spec, policy: { ...spec.policy, security: policy(security) } } as VimObject;
}

async function readNetwork(session: Session, networkSystem: MoRef, options: CallOptions) {
  const found = await retrieveOne(session, networkSystem, Object.keys(Info.shape), options);
  const info = parseProperties(session, Info, found);
  return { switches: info['networkInfo.vswitch'], portgroups: info['networkInfo.portgroup'] };
}

/** Without what is undefined: it must not go over the wire. */
function policy({ allowPromiscuous, macChanges, forgedTransmits }: SecurityPolicy): VimObject {
  return {
    ...(allowPromiscuous === undefined ? {} : { allowPromiscuous }),
    ...(macChanges === undefined ? {} : { macChanges }),
    ...(forgedTransmits === undefined ? {} : { forgedTransmits }),
  };
}

const Distributed = z.looseObject({
  name: z.string(),
  key: z.string().optional(),
  'config.distributedVirtualSwitch': Ref.optional(),
});

/**
 * What a network card is plugged into, by the network's name: a standard portgroup, or on a vCenter
 * a distributed one. Throws `site-object-missing` for a name that the host does not have; sending
 * one all the same would be refused late by ESXi, and kills vcsim.
 */
export async function networkBacking(
  session: Session,
  { host, networkSystem }: Place,
  name: string,
  options: CallOptions = {},
): Promise<VimObject> {
  if (networkSystem !== undefined) {
    const { portgroups } = await readNetwork(session, networkSystem, options);
    if (portgroups.some(({ spec }) => spec.name === name)) {
      return { _type: 'VirtualEthernetCardNetworkBackingInfo', deviceName: name };
    }
  }
  const { properties } = await retrieveOne(session, host, ['network'], options);
  const refs = z.array(Ref).default([]).parse(properties.network);
  for (const ref of refs.filter(({ type }) => type === 'DistributedVirtualPortgroup')) {
    const found = await retrieveOne(session, ref, Object.keys(Distributed.shape), options);
    const portgroup = parseProperties(session, Distributed, found);
    const dvs = portgroup['config.distributedVirtualSwitch'];
    if (entityName(portgroup.name) !== name || dvs === undefined) continue;
    const { properties: of } = await retrieveOne(session, dvs, ['uuid'], options);
    return {
      _type: 'VirtualEthernetCardDistributedVirtualPortBackingInfo',
      port: { switchUuid: z.string().parse(of.uuid), portgroupKey: portgroup.key ?? ref.value },
    };
  }
  throw missing(session, 'network', name);
}

/** A portgroup of a distributed switch: what a card names it by, and what people do. */
export interface DistributedPortgroup {
  readonly ref: MoRef;
  readonly key: string;
  readonly name: string;
}

/** Distributed portgroups that any of these hosts reaches; ESXi without a vCenter has none. */
export async function distributedPortgroups(
  session: Session,
  hosts: readonly HostFacts[],
  options: CallOptions = {},
): Promise<DistributedPortgroup[]> {
  const type = 'DistributedVirtualPortgroup';
  const refs = hosts.flatMap(({ networks }) => networks).filter((ref) => ref.type === type);
  const each = [...new Map(refs.map((ref) => [ref.value, ref])).values()];
  const portgroups: DistributedPortgroup[] = [];
  for await (const page of retrieveOf(session, each, { type, paths: ['name', 'key'] }, options)) {
    for (const found of page) {
      const { name, key } = parseProperties(session, Distributed, found);
      portgroups.push({ ref: found.ref, name: entityName(name), key: key ?? found.ref.value });
    }
  }
  return portgroups;
}

function missing({ site }: Session, kind: string, what: string): LabwrightError {
  return new LabwrightError('site-object-missing', { site: site.name, kind, what });
}
