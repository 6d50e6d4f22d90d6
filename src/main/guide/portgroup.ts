import type { ScriptAction } from '../../contract/action.ts';
import { type Message, message } from '../../contract/message.ts';
import type { Network, Plan } from '../../contract/plan.ts';
import type { Hypervisor, PortgroupDetails } from '../engine/hypervisor.ts';
import { labId } from '../engine/machine-specs.ts';
import { on } from '../engine/probe.ts';
import {
  inheritPolicyCommand,
  type PortgroupFact,
  policyCommand,
  portgroupState,
} from '../engine/probes/esxi.ts';
import type { SecurityPolicy } from '../engine/probes/esxi-answers.ts';
import type { Owner, Step, StepContext } from '../engine/step.ts';
import { onNetwork } from './on-network.ts';

type PortgroupNetwork = Network & { readonly portgroup: string };

const portgroups = (plan: Plan, wanted: (name: string) => boolean): Owner[] =>
  Object.entries(plan.networks)
    .filter(([name, { on }]) => plan.hosts[on]?.role === 'esxi' && wanted(name))
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
function detailsOf(network: PortgroupNetwork): PortgroupDetails {
  const { portgroup, switch: named, vlan = 0 } = network;
  // VMware takes 31 characters (unverified); the plan's schema holds named ones to that.
  return { switch: named ?? portgroup.slice(0, 31).trim(), vlan, ownSwitch: named === undefined };
}

const state = (context: StepContext) => {
  const network = networkOf(context);
  return on(context.target, portgroupState(network.portgroup, detailsOf(network).switch));
};

const OPEN = { promiscuous: true, forgedTransmits: true, macChanges: true };
const CLOSED: SecurityPolicy = {
  promiscuous: false,
  forgedTransmits: false,
  macChanges: false,
  own: true,
};

/** Portgroups of the plan; those that are missing are made without an uplink, and closed. */
export function portgroup({ inventory, createNetwork, removeNetwork }: Hypervisor): Step {
  return {
    id: 'network.portgroup',
    targets: (plan) => portgroups(plan, () => true),
    needs: ['esxi.reachable'],
    reads: (context) => [state(context)],
    check: (context) => {
      const network = networkOf(context);
      const details = detailsOf(network);
      const { portgroup: name } = network;
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
      const network = networkOf(context);
      const details = detailsOf(network);
      const { portgroup: found, switchExists } = context.facts.need(state(context));
      if (found !== undefined || (!switchExists && !details.ownSwitch)) return [];
      return createNetwork(context.target, network.portgroup, labId(context.plan), details);
    },
    expects: (context) => {
      const { portgroup: name } = networkOf(context);
      const { switch: vswitch, vlan } = detailsOf(networkOf(context));
      const made = { switch: vswitch, vlan, clients: 0, policy: CLOSED };
      const now = { read: state(context), value: { switchExists: true, portgroup: made } };
      const known = context.facts.maybe(on(context.target, inventory));
      if (known === undefined) return [now];
      const network = { name, kind: 'portgroup', dhcp: false, ports: [], forwardDelaySeconds: 0 };
      const networks = [...known.networks.filter((each) => each.name !== name), network];
      return [now, { read: on(context.target, inventory), value: { ...known, networks } }];
    },
    carries: onNetwork,
    undo: (context) => {
      const then = context.before[state(context).probe.key] as PortgroupFact | undefined;
      if (then === undefined || then.portgroup !== undefined) return [];
      const { portgroup: name } = networkOf(context);
      // A switch that was there before stays.
      const details = { ...detailsOf(networkOf(context)), ownSwitch: !then.switchExists };
      return removeNetwork(context.target, name, details);
    },
  };
}

const setPolicy = (target: string, id: string, title: Message, script: string): ScriptAction => ({
  kind: 'script',
  id,
  title,
  target,
  sudo: false,
  cancel: 'after-this',
  silenceSeconds: 60,
  secrets: [],
  script: `${script}\n`,
});

/**
 * What only machines inside machines need: a standard switch knows the addresses of its own ports and
 * drops frames for others (users.md D21). Not needed for plain nodes, and then not done.
 */
export const portgroupPolicy: Step = {
  id: 'network.policy',
  targets: (plan) => portgroups(plan, (network) => carriesNested(plan, network)),
  needs: ['network.portgroup'],
  risks: ['weakens-security'],
  reads: (context) => [state(context)],
  check: (context) => {
    const name = networkOf(context).portgroup;
    const policy = context.facts.need(state(context)).portgroup?.policy;
    const open = policy?.promiscuous && policy.forgedTransmits && policy.macChanges;
    const params = { portgroup: name };
    return open
      ? { state: 'done', reason: message('portgroup.lets-nested', params) }
      : { state: 'todo', reason: message('portgroup.closed', params) };
  },
  plan: (context) => {
    const { portgroup: name } = networkOf(context);
    if (context.facts.need(state(context)).portgroup === undefined) return [];
    const title = message('portgroup.policy', { portgroup: name });
    return [setPolicy(context.target, 'open-portgroup', title, policyCommand(name, OPEN))];
  },
  undo: (context) => {
    const { portgroup: name } = networkOf(context);
    const then = context.before[state(context).probe.key] as PortgroupFact | undefined;
    if (then?.portgroup === undefined) return [];
    const title = message('portgroup.policy-undo', { portgroup: name });
    const { policy } = then.portgroup;
    const values = policyCommand(name, policy);
    // What came from the switch shall come from it again (--use-vswitch: unverified on 5.5).
    const script = policy.own ? values : `${inheritPolicyCommand(name)} || ${values}`;
    return [setPolicy(context.target, 'close-portgroup', title, script)];
  },
};
