import { message } from '../../contract/message.ts';
import type { Network, Plan } from '../../contract/plan.ts';
import type { Hypervisor, PortgroupDetails, Portgroups } from '../engine/hypervisor.ts';
import { labId } from '../engine/machine-specs.ts';
import { on } from '../engine/probe.ts';
import { CLOSED, OPEN, type PortgroupFact } from '../engine/probes/portgroup.ts';
import type { Owner, Step, StepContext } from '../engine/step.ts';
import { onNetwork } from './on-network.ts';

type PortgroupNetwork = Network & { readonly portgroup: string };
type DriverOf = (context: StepContext) => Hypervisor;

/** Networks of ESXi hosts, by their shell or by their API. */
const portgroupsOf = (plan: Plan, wanted: (name: string) => boolean): Owner[] =>
  Object.entries(plan.networks)
    .filter(([, { on: at }]) => plan.hosts[at]?.role === 'esxi' || plan.sites[at] !== undefined)
    .filter(([name]) => wanted(name))
    .map(([owner, { on: target }]) => ({ owner, target }));

/** Whether machines on a network run machines: their frames bear addresses that the switch never gave. */
const carriesNested = (plan: Plan, network: string): boolean =>
  Object.values(plan.machines).some(({ nested, networks }) => nested && networks.includes(network));

function networkOf({ plan, owner }: StepContext): PortgroupNetwork {
  const network = plan.networks[owner];
  if (network?.portgroup === undefined) throw new RangeError(`no portgroup of ${owner}`);
  return { ...network, portgroup: network.portgroup };
}

/** A network without a named switch has one of its own, which nothing else reaches. */
function detailsOf(context: StepContext): PortgroupDetails {
  const { portgroup, switch: named, vlan = 0 } = networkOf(context);
  const site = context.plan.sites[context.target] !== undefined;
  // VMware takes 31 characters (unverified); the plan's schema holds named ones to that.
  const own = `${site ? 'labwright-' : ''}${portgroup}`.slice(0, 31).trim();
  return { switch: named ?? own, vlan, ownSwitch: named === undefined };
}

/** The two steps of a portgroup: that it is there, and that it lets through what it must. */
export function portgroupSteps(driver: DriverOf): {
  readonly portgroup: Step;
  readonly policy: Step;
} {
  const ofDriver = (context: StepContext): Portgroups => {
    const { portgroups } = driver(context);
    if (portgroups === undefined) throw new RangeError(`no portgroups on ${context.target}`);
    return portgroups;
  };
  const state = (context: StepContext) => {
    const probe = ofDriver(context).state(networkOf(context).portgroup, detailsOf(context).switch);
    return on(context.target, probe);
  };
  const inventory = (context: StepContext) => on(context.target, driver(context).inventory);
  /** One of a vCenter's distributed switches, which reach over many hosts: not ours to make or change. */
  const isDistributed = (context: StepContext): boolean =>
    context.facts
      .maybe(inventory(context))
      ?.site?.distributed.includes(networkOf(context).portgroup) === true;
  const reads = (context: StepContext) =>
    context.plan.sites[context.target] === undefined
      ? [state(context)]
      : [state(context), inventory(context)];

  const portgroup: Step = {
    id: 'network.portgroup',
    targets: (plan) => portgroupsOf(plan, () => true),
    needs: ['esxi.reachable', 'site.licence', 'site.shell'],
    reads,
    check: (context) => {
      const network = networkOf(context);
      const details = detailsOf(context);
      const { portgroup: name } = network;
      if (isDistributed(context)) {
        return { state: 'done', reason: message('portgroup.distributed', { portgroup: name }) };
      }
      const { portgroup: found, switchExists } = context.facts.need(state(context));
      const differs = (key: string, is: string | number, wanted: string | number) =>
        message(key, { portgroup: name, found: is, wanted });
      if (found === undefined) {
        return switchExists || details.ownSwitch
          ? { state: 'todo', reason: message('portgroup.absent', { portgroup: name }) }
          : {
              state: 'manual',
              reason: message('portgroup.no-switch', { portgroup: name, switch: details.switch }),
            };
      }
      if (network.switch !== undefined && found.switch !== network.switch) {
        const reason = differs('portgroup.other-switch', found.switch, network.switch);
        return { state: 'manual', reason };
      }
      if (network.vlan !== undefined && found.vlan !== network.vlan) {
        const reason = differs('portgroup.other-vlan', found.vlan, network.vlan);
        return { state: 'manual', reason };
      }
      const needless = found.policy.promiscuous && !carriesNested(context.plan, context.owner);
      const params = { portgroup: name, switch: found.switch, vlan: found.vlan };
      const notes = needless ? [message('portgroup.open', { portgroup: name })] : [];
      return { state: 'done', reason: message('portgroup.done', params), notes };
    },
    plan: (context) => {
      if (isDistributed(context)) return [];
      const details = detailsOf(context);
      const { portgroup: found, switchExists } = context.facts.need(state(context));
      if (found !== undefined || (!switchExists && !details.ownSwitch)) return [];
      const { portgroup: name } = networkOf(context);
      return driver(context).createNetwork(context.target, name, labId(context.plan), details);
    },
    expects: (context) => {
      const { portgroup: name } = networkOf(context);
      const { switch: vswitch, vlan } = detailsOf(context);
      const made = { switch: vswitch, vlan, policy: CLOSED };
      const now = { read: state(context), value: { switchExists: true, portgroup: made } };
      const read = inventory(context);
      const known = context.facts.maybe(read);
      if (known === undefined) return [now];
      const network = { name, kind: 'portgroup', dhcp: false, ports: [], forwardDelaySeconds: 0 };
      const networks = [...known.networks.filter((each) => each.name !== name), network];
      return [now, { read, value: { ...known, networks } }];
    },
    carries: onNetwork,
    undo: (context) => {
      const then = context.before[state(context).probe.key] as PortgroupFact | undefined;
      if (then === undefined || then.portgroup !== undefined) return [];
      const { portgroup: name } = networkOf(context);
      // A switch that was there before stays.
      const details = { ...detailsOf(context), ownSwitch: !then.switchExists };
      return driver(context).removeNetwork(context.target, name, details);
    },
  };

  /**
   * What only machines inside machines need: a standard switch knows the addresses of its own ports
   * and drops frames for others (users.md D21). Not needed for plain nodes, and then not done.
   */
  const policy: Step = {
    id: 'network.policy',
    targets: (plan) => portgroupsOf(plan, (network) => carriesNested(plan, network)),
    needs: ['network.portgroup'],
    risks: ['weakens-security'],
    reads,
    check: (context) => {
      const params = { portgroup: networkOf(context).portgroup };
      if (isDistributed(context)) {
        return { state: 'manual', reason: message('portgroup.distributed-policy', params) };
      }
      const found = context.facts.need(state(context)).portgroup?.policy;
      const open = found?.promiscuous && found.forgedTransmits && found.macChanges;
      return open
        ? { state: 'done', reason: message('portgroup.lets-nested', params) }
        : { state: 'todo', reason: message('portgroup.closed', params) };
    },
    plan: (context) => {
      if (isDistributed(context)) return [];
      const { portgroup: name } = networkOf(context);
      if (context.facts.need(state(context)).portgroup === undefined) return [];
      return ofDriver(context).open(context.target, name);
    },
    expects: (context) => {
      const read = state(context);
      const known = context.facts.maybe(read);
      if (known?.portgroup === undefined) return [];
      const open = { ...known.portgroup, policy: { ...OPEN, own: true } };
      return [{ read, value: { ...known, portgroup: open } }];
    },
    undo: (context) => {
      const then = context.before[state(context).probe.key] as PortgroupFact | undefined;
      if (then?.portgroup === undefined) return [];
      return ofDriver(context).restore(context.target, networkOf(context).portgroup, then);
    },
  };
  return { portgroup, policy };
}
