import type { HypervisorNetwork } from '../../contract/inventory.ts';
import { message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import type { Hypervisor, PortgroupDetails } from '../engine/hypervisor.ts';
import { labId, networkName } from '../engine/machine-specs.ts';
import { on } from '../engine/probe.ts';
import type { Step } from '../engine/step.ts';
import { onNetwork } from './on-network.ts';
import { uplinksOf } from './uplinks.ts';

/** What the plan says of a portgroup; a switch of its own where it says none. */
function detailsOf(plan: Plan, owner: string): PortgroupDetails | undefined {
  const { portgroup, switch: named, vlan = 0 } = plan.networks[owner] ?? {};
  if (portgroup === undefined) return undefined;
  const ownSwitch = named === undefined;
  return { switch: named ?? `labwright-${portgroup}`.slice(0, 31), vlan, ownSwitch };
}

/** Networks without an uplink: machines on them reach each other, and nothing else reaches them. */
export function isolatedNetwork(driver: (plan: Plan, target: string) => Hypervisor): Step {
  const find = (networks: readonly HypervisorNetwork[], bridge: string) =>
    networks.find(({ name }) => name === bridge);
  return {
    id: 'network.isolated',
    targets: (plan) =>
      Object.entries(plan.networks)
        // On an ESXi host's own shell it is another step, with switch and policy looked at.
        .filter(
          ([, { uplink, on: target }]) =>
            uplink === undefined && plan.hosts[target]?.role !== 'esxi',
        )
        .map(([owner, { on: target }]) => ({ owner, target })),
    needs: ['kvm.service', 'site.licence'],
    reads: ({ plan, target }) => [on(target, driver(plan, target).inventory)],
    check: ({ plan, owner, target, facts }) => {
      const bridge = networkName(plan, owner);
      const found = find(facts.need(on(target, driver(plan, target).inventory)).networks, bridge);
      if (found === undefined) {
        return { state: 'todo', reason: message('network.isolated.absent', { bridge }) };
      }
      if (found.dhcp)
        return { state: 'manual', reason: message('network.isolated.dhcp', { bridge }) };
      if (found.forwardDelaySeconds > 0) {
        const params = { bridge, seconds: found.forwardDelaySeconds };
        return { state: 'manual', reason: message('network.isolated.stp', params) };
      }
      // One that somebody made may lead out; it is used as it is.
      const uplinks = uplinksOf(found).join(', ');
      const reason =
        uplinks === ''
          ? message('network.isolated.done', { bridge })
          : message('network.isolated.leads-out', { bridge, uplinks });
      return { state: 'done', reason };
    },
    plan: ({ plan, owner, target, facts }) => {
      const bridge = networkName(plan, owner);
      const found = find(facts.need(on(target, driver(plan, target).inventory)).networks, bridge);
      return found === undefined
        ? driver(plan, target).createNetwork(target, bridge, labId(plan), detailsOf(plan, owner))
        : [];
    },
    expects: ({ plan, owner, target, facts }) => {
      const known = facts.maybe(on(target, driver(plan, target).inventory));
      if (known === undefined) return [];
      const name = networkName(plan, owner);
      const made = { name, kind: 'bridge', dhcp: false, ports: [], forwardDelaySeconds: 0 };
      const networks = [...known.networks.filter((each) => each.name !== name), made];
      return [{ read: on(target, driver(plan, target).inventory), value: { ...known, networks } }];
    },
    carries: onNetwork,
    undo: ({ plan, owner, target, before }) => {
      const bridge = networkName(plan, owner);
      const then = before[driver(plan, target).inventory.key] as
        | { networks: { name: string }[] }
        | undefined;
      if (then === undefined || then.networks.some(({ name }) => name === bridge)) return [];
      return driver(plan, target).removeNetwork(target, bridge, detailsOf(plan, owner));
    },
  };
}
