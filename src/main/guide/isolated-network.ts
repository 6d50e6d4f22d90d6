import type { HypervisorNetwork } from '../../contract/inventory.ts';
import { message } from '../../contract/message.ts';
import type { Hypervisor } from '../engine/hypervisor.ts';
import { labId, networkName } from '../engine/machine-specs.ts';
import { on } from '../engine/probe.ts';
import type { Step, StepContext } from '../engine/step.ts';
import { onNetwork } from './on-network.ts';
import { uplinksOf } from './uplinks.ts';

/** Networks without an uplink: machines on them reach each other, and nothing else reaches them. */
export function isolatedNetwork(driver: (context: StepContext) => Hypervisor): Step {
  const inventory = (context: StepContext) => on(context.target, driver(context).inventory);
  const find = (networks: readonly HypervisorNetwork[], bridge: string) =>
    networks.find(({ name }) => name === bridge);
  return {
    id: 'network.isolated',
    targets: (plan) =>
      Object.entries(plan.networks)
        // Portgroups of ESXi are another step's, with switch and policy looked at.
        .filter(
          ([, { uplink, on: target }]) =>
            uplink === undefined && plan.hosts[target]?.role === 'kvm',
        )
        .map(([owner, { on: target }]) => ({ owner, target })),
    needs: ['kvm.service'],
    reads: (context) => [inventory(context)],
    check: (context) => {
      const bridge = networkName(context.plan, context.owner);
      const found = find(context.facts.need(inventory(context)).networks, bridge);
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
    plan: (context) => {
      const { plan, owner, target, facts } = context;
      const bridge = networkName(plan, owner);
      const found = find(facts.need(inventory(context)).networks, bridge);
      return found === undefined ? driver(context).createNetwork(target, bridge, labId(plan)) : [];
    },
    expects: (context) => {
      const read = inventory(context);
      const known = context.facts.maybe(read);
      if (known === undefined) return [];
      const name = networkName(context.plan, context.owner);
      const made = { name, kind: 'bridge', dhcp: false, ports: [], forwardDelaySeconds: 0 };
      const networks = [...known.networks.filter((each) => each.name !== name), made];
      return [{ read, value: { ...known, networks } }];
    },
    carries: onNetwork,
    undo: (context) => {
      const { plan, owner, target, before } = context;
      const bridge = networkName(plan, owner);
      const then = before[driver(context).inventory.key] as
        | { networks: { name: string }[] }
        | undefined;
      if (then === undefined || then.networks.some(({ name }) => name === bridge)) return [];
      return driver(context).removeNetwork(target, bridge);
    },
  };
}
