import type { MaasConfiguration, MaasNetwork, MaasRange } from '../../contract/maas-facts.ts';
import type { MaasSubnet } from '../../contract/maas-plan.ts';
import { type Message, message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import { addressNumber, sameNetwork } from '../../contract/subnets.ts';
import { on } from '../engine/probe.ts';
import { hostInterfaces } from '../engine/probes/interface-of.ts';
import { dhcpAnswers } from '../engine/probes/kvm.ts';
import type { Owner, Step, StepContext } from '../engine/step.ts';
import { maasNodes } from './maas-node-specs.ts';
import { configurationRead, expectConfiguration, maasAction, maasOf } from './maas-target.ts';

/** PXE, the installer and the installed system may each take an address of their own (users.md D23). */
const ADDRESSES_PER_NODE = 2;

const subnets = (plan: Plan, wanted: (subnet: MaasSubnet) => boolean = () => true): Owner[] =>
  Object.entries(plan.maas?.subnets ?? {})
    .filter(([, subnet]) => wanted(subnet))
    .map(([owner]) => ({ owner, target: maasOf(plan).host }));

const withDhcp = (plan: Plan): Owner[] => subnets(plan, ({ dhcp }) => dhcp);

function subnetOf({ plan, owner }: StepContext): MaasSubnet {
  const subnet = maasOf(plan).subnets[owner];
  if (subnet === undefined) throw new RangeError(`no subnet ${owner} of MAAS`);
  return subnet;
}

function networkIn(context: StepContext, from: Pick<MaasConfiguration, 'networks'>) {
  const { cidr } = subnetOf(context);
  return from.networks.find((each) => each.cidr !== '' && sameNetwork(each.cidr, cidr));
}

const found = (context: StepContext): MaasNetwork | undefined =>
  networkIn(context, context.facts.need(configurationRead(context)));

/** The configuration with this network changed. */
const expectNetwork = (context: StepContext, change: (network: MaasNetwork) => MaasNetwork) =>
  expectConfiguration(context, ({ networks }) => {
    const network = networkIn(context, { networks });
    if (network === undefined) return {};
    return { networks: networks.map((each) => (each === network ? change(each) : each)) };
  });

const networkThen = (context: StepContext & { before: Readonly<Record<string, unknown>> }) => {
  const then = context.before[configurationRead(context).probe.key] as
    | MaasConfiguration
    | undefined;
  return then && { network: networkIn(context, then) };
};

/** MAAS knows the network, with the gateway and DNS servers that machines are given. */
export const subnet: Step = {
  id: 'maas.subnet',
  targets: (plan) => subnets(plan),
  needs: ['maas.api-answers'],
  reads: (context) => [configurationRead(context)],
  check: (context) => {
    const { cidr, gateway, dns_servers, vlan } = subnetOf(context);
    const { api } = context.facts.need(configurationRead(context));
    const network = found(context);
    const params = { cidr, gateway: gateway ?? '–', dns: dns_servers.join(', ') || '–' };
    if (network === undefined) {
      // A cluster of 1.7 knows the networks of its interfaces, and no others can be made.
      return api === '1.0'
        ? { state: 'manual', reason: message('maas.subnet.absent-1', params) }
        : { state: 'todo', reason: message('maas.subnet.absent', params) };
    }
    if (network.tag !== vlan) {
      const reason = message('maas.subnet.other-vlan', { ...params, found: network.tag, vlan });
      return { state: 'manual', reason };
    }
    const differs = differences(subnetOf(context), network, api);
    const [first, ...notes] = differs;
    return first === undefined
      ? { state: 'done', reason: message('maas.subnet.done', params) }
      : { state: 'todo', reason: first, notes };
  },
  plan: (context) => {
    const { cidr, gateway, dns_servers } = subnetOf(context);
    const { target, owner } = context;
    const network = found(context);
    const { api } = context.facts.need(configurationRead(context));
    if (network === undefined && api === '1.0') return [];
    const create = maasAction(target, 'create-network', message('maas.subnet.create', { cidr }), {
      kind: 'create-network',
      cidr,
      name: owner,
    });
    const change = maasAction(target, 'change-network', message('maas.subnet.action', { cidr }), {
      kind: 'change-network',
      cidr,
      ...(gateway === undefined ? {} : { gateway }),
      ...(dns_servers.length === 0 ? {} : { nameservers: dns_servers }),
    });
    const changes = gateway !== undefined || dns_servers.length > 0;
    return [...(network === undefined ? [create] : []), ...(changes ? [change] : [])];
  },
  expects: (context) => {
    const { cidr, gateway, dns_servers, vlan } = subnetOf(context);
    const told = {
      ...(gateway === undefined ? {} : { gateway }),
      ...(dns_servers.length === 0 ? {} : { nameservers: dns_servers }),
    };
    return expectConfiguration(context, ({ networks }) => {
      const network = networkIn(context, { networks });
      const made = {
        name: context.owner,
        cidr,
        tag: vlan,
        nameservers: [],
        ranges: [],
        dhcp: false,
        servedBy: [],
        ...told,
      };
      if (network === undefined) return { networks: [...networks, made] };
      return { networks: networks.map((each) => (each === network ? { ...each, ...told } : each)) };
    });
  },
  undo: (context) => {
    const then = networkThen(context);
    const network = then?.network;
    if (network?.gateway === undefined && (network?.nameservers.length ?? 0) === 0) return [];
    const { cidr } = subnetOf(context);
    return [
      maasAction(context.target, 'restore-network', message('maas.subnet.undo', { cidr }), {
        kind: 'change-network',
        cidr,
        ...(network?.gateway === undefined ? {} : { gateway: network.gateway }),
        nameservers: network?.nameservers ?? [],
      }),
    ];
  },
};

function differences(wanted: MaasSubnet, network: MaasNetwork, api: '1.0' | '2.0'): Message[] {
  const list: Message[] = [];
  const { cidr, gateway, dns_servers } = wanted;
  // 1.x takes a gateway and never tells it: it cannot be held against anything.
  if (gateway !== undefined && api !== '1.0' && network.gateway !== gateway) {
    const params = { cidr, found: network.gateway ?? '–', wanted: gateway };
    list.push(message('maas.subnet.other-gateway', params));
  }
  const dns = network.nameservers.join(', ');
  if (dns_servers.length > 0 && dns !== dns_servers.join(', ')) {
    const params = { cidr, found: dns || '–', wanted: dns_servers.join(', ') };
    list.push(message('maas.subnet.other-dns', params));
  }
  return list;
}

/** Ranges of the plan, as MAAS names them. */
function wantedRanges({ dynamic, static: fixed, reserved }: MaasSubnet, api: '1.0' | '2.0') {
  const of = (kind: MaasRange['kind'], range: { from: string; to: string }, comment = '') => ({
    kind,
    start: range.from,
    end: range.to,
    comment,
  });
  return [
    ...(dynamic === undefined ? [] : [of('dynamic', dynamic)]),
    // Since 2.0 everything that is in no range is given to deployed machines.
    ...(fixed !== undefined && api === '1.0' ? [of('static', fixed)] : []),
    ...(api === '1.0' ? [] : reserved.map((range) => of('reserved', range, range.comment))),
  ];
}

const sameRange = (one: MaasRange, other: MaasRange): boolean =>
  one.kind === other.kind && one.start === other.start && one.end === other.end;

const overlaps = (one: MaasRange, other: MaasRange): boolean =>
  addressNumber(one.start) <= addressNumber(other.end) &&
  addressNumber(other.start) <= addressNumber(one.end);

function rangeDifference(context: StepContext) {
  const { api } = context.facts.need(configurationRead(context));
  const have = found(context)?.ranges ?? [];
  const wanted = wantedRanges(subnetOf(context), api);
  const missing = wanted.filter((range) => !have.some((each) => sameRange(each, range)));
  return {
    missing,
    inTheWay: have.filter((each) => missing.some((range) => overlaps(each, range))),
  };
}

const addRange = (target: string, cidr: string, range: MaasRange, index: number) =>
  maasAction(
    target,
    `add-range-${index + 1}`,
    message(`maas.ranges.add-${range.kind}`, { from: range.start, to: range.end }),
    {
      kind: 'add-range',
      cidr,
      what: range.kind,
      from: range.start,
      to: range.end,
      comment: range.comment,
    },
  );

export const ranges: Step = {
  id: 'maas.ranges',
  targets: (plan) => subnets(plan),
  needs: ['maas.subnet'],
  reads: (context) => [configurationRead(context)],
  check: (context) => {
    const { cidr, dynamic } = subnetOf(context);
    const { missing, inTheWay } = rangeDifference(context);
    const say = (list: readonly MaasRange[]) =>
      list.map(({ kind, start, end }) => `${kind} ${start}–${end}`).join(', ');
    const nodes = maasNodes(context.plan).length;
    const size =
      dynamic === undefined ? 0 : addressNumber(dynamic.to) - addressNumber(dynamic.from) + 1;
    const needed = nodes * ADDRESSES_PER_NODE;
    const notes =
      dynamic !== undefined && size < needed
        ? [message('maas.ranges.small', { cidr, size, nodes, needed })]
        : [];
    const params = { cidr, missing: say(missing), other: say(inTheWay) };
    if (missing.length === 0) {
      return { state: 'done', reason: message('maas.ranges.done', params), notes };
    }
    // Machines may hold addresses of a range that is in force: a person must say that it may go.
    return inTheWay.length > 0
      ? { state: 'manual', reason: message('maas.ranges.in-the-way', params), notes }
      : { state: 'todo', reason: message('maas.ranges.missing', params), notes };
  },
  plan: (context) => {
    const { cidr } = subnetOf(context);
    const { missing, inTheWay } = rangeDifference(context);
    if (inTheWay.length > 0) return [];
    return missing.map((range, index) => addRange(context.target, cidr, range, index));
  },
  expects: (context) => {
    const { missing } = rangeDifference(context);
    return expectNetwork(context, (network) => ({
      ...network,
      ranges: [...network.ranges, ...missing],
    }));
  },
  undo: ({ target, made }) =>
    made.flatMap((action) => {
      if (action.kind !== 'maas' || action.call.kind !== 'add-range') return [];
      const { cidr, from, to } = action.call;
      const title = message('maas.ranges.remove', { from, to });
      return [maasAction(target, action.id, title, { kind: 'remove-range', cidr, from, to })];
    }),
};

/** The interface of the MAAS server on this network; what it hears there is what nodes hear. */
function interfaceOn(context: StepContext): string | undefined {
  const { cidr, interface: named } = subnetOf(context);
  if (named !== undefined) return named;
  const { interfaces = [] } = context.facts.maybe(on(context.target, hostInterfaces)) ?? {};
  return interfaces.find((each) => sameNetwork(each.cidr, cidr))?.name;
}

/** MAAS may be the only one who answers: a second server gives addresses without a boot file (D19). */
export const quiet: Step = {
  id: 'maas.quiet',
  targets: withDhcp,
  needs: ['maas.api-answers'],
  reads: (context) => {
    const { target } = context;
    const name = interfaceOn(context);
    const interfaces = on(target, hostInterfaces);
    const known = [configurationRead(context), interfaces];
    return name === undefined ? known : [...known, on(target, dhcpAnswers(name))];
  },
  check: (context) => {
    const { target, facts, host } = context;
    const { cidr } = subnetOf(context);
    const { interfaces } = facts.need(on(target, hostInterfaces));
    const name = interfaceOn(context);
    if (name === undefined) {
      const known = interfaces.map((each) => `${each.name} ${each.cidr}`).join(', ') || '–';
      return { state: 'manual', reason: message('maas.quiet.no-interface', { cidr, known }) };
    }
    const { racks } = facts.need(configurationRead(context));
    const own = new Set([
      host.address,
      ...interfaces.map((each) => each.cidr.split('/')[0]),
      ...racks.flatMap(({ addresses }) => addresses),
    ]);
    const { servers } = facts.need(on(target, dhcpAnswers(name)));
    const others = servers.filter((server) => !own.has(server));
    const params = { cidr, interface: name, servers: others.join(', ') };
    return others.length === 0
      ? { state: 'done', reason: message('maas.quiet.done', params) }
      : { state: 'manual', reason: message('maas.quiet.other', params) };
  },
};

/** The rack that serves the network: the one that does already, else the one on our host. */
function rackFor(context: StepContext): { readonly id: string; readonly name: string } | undefined {
  const { racks } = context.facts.need(configurationRead(context));
  const serving = found(context)?.servedBy[0];
  const address = context.host.address;
  const rack =
    racks.find(({ id }) => id === serving) ??
    racks.find(({ addresses }) => addresses.includes(address)) ??
    racks[0];
  return rack && { id: rack.id, name: rack.hostname };
}

export const dhcp: Step = {
  id: 'maas.dhcp',
  targets: withDhcp,
  needs: ['maas.ranges', 'maas.quiet'],
  risks: ['touches-network-path'],
  reads: (context) => [configurationRead(context)],
  check: (context) => {
    const { cidr } = subnetOf(context);
    const network = found(context);
    const rack = rackFor(context);
    if (rack === undefined) {
      return { state: 'manual', reason: message('maas.dhcp.no-rack', { cidr }) };
    }
    const { racks } = context.facts.need(configurationRead(context));
    const params = { cidr, rack: rack.name };
    if (network?.dhcp !== true) {
      return { state: 'todo', reason: message('maas.dhcp.off', params) };
    }
    // On in the settings, and nobody there to answer (users.md D14).
    const dead = racks
      .find(({ id }) => id === rack.id)
      ?.services.find(({ name, state }) => name === 'dhcpd' && state === 'dead');
    return dead === undefined
      ? { state: 'done', reason: message('maas.dhcp.done', params) }
      : { state: 'manual', reason: message('maas.dhcp.dead', { ...params, info: dead.info }) };
  },
  plan: (context) => {
    const { cidr } = subnetOf(context);
    const rack = rackFor(context);
    if (rack === undefined || found(context)?.dhcp === true) return [];
    const title = message('maas.dhcp.action', { cidr, rack: rack.name });
    const call = { kind: 'serve-dhcp' as const, cidr, rack: rack.id };
    return [maasAction(context.target, 'serve-dhcp', title, call)];
  },
  expects: (context) =>
    expectNetwork(context, (network) => ({
      ...network,
      dhcp: true,
      servedBy: [rackFor(context)?.id ?? ''],
    })),
  undo: (context) => {
    const then = networkThen(context);
    if (then === undefined || then.network?.dhcp === true) return [];
    const { cidr } = subnetOf(context);
    const title = message('maas.dhcp.undo', { cidr });
    return [maasAction(context.target, 'stop-dhcp', title, { kind: 'stop-dhcp', cidr })];
  },
};
