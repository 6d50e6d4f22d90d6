import { message } from '../../contract/message.ts';
import type { Hypervisor } from '../engine/hypervisor.ts';
import { labId } from '../engine/machine-specs.ts';
import { on } from '../engine/probe.ts';
import type { Step } from '../engine/step.ts';

/** Networks without an uplink: machines on them reach each other, and nothing else reaches them. */
export function isolatedNetwork({ inventory, createNetwork, removeNetwork }: Hypervisor): Step {
  const find = (
    networks: readonly { name: string; dhcp: boolean; forwardDelaySeconds: number }[],
    bridge: string,
  ) => networks.find(({ name }) => name === bridge);
  return {
    id: 'network.isolated',
    targets: (plan) =>
      Object.entries(plan.networks)
        .filter(([, { uplink, bridge }]) => uplink === undefined && bridge !== undefined)
        .map(([owner, { on: target }]) => ({ owner, target })),
    needs: ['kvm.service'],
    reads: ({ target }) => [on(target, inventory)],
    check: ({ plan, owner, target, facts }) => {
      const bridge = plan.networks[owner]?.bridge ?? '';
      const found = find(facts.need(on(target, inventory)).networks, bridge);
      if (found === undefined) {
        return { state: 'todo', reason: message('network.isolated.absent', { bridge }) };
      }
      if (found.dhcp)
        return { state: 'manual', reason: message('network.isolated.dhcp', { bridge }) };
      if (found.forwardDelaySeconds > 0) {
        const params = { bridge, seconds: found.forwardDelaySeconds };
        return { state: 'manual', reason: message('network.isolated.stp', params) };
      }
      return { state: 'done', reason: message('network.isolated.done', { bridge }) };
    },
    plan: ({ plan, owner, target, facts }) => {
      const bridge = plan.networks[owner]?.bridge ?? '';
      const found = find(facts.need(on(target, inventory)).networks, bridge);
      return found === undefined ? createNetwork(target, bridge, labId(plan)) : [];
    },
    expects: ({ plan, owner, target, facts }) => {
      const known = facts.maybe(on(target, inventory));
      if (known === undefined) return [];
      const name = plan.networks[owner]?.bridge ?? '';
      const made = { name, kind: 'bridge', dhcp: false, ports: [], forwardDelaySeconds: 0 };
      const networks = [...known.networks.filter((each) => each.name !== name), made];
      return [{ read: on(target, inventory), value: { ...known, networks } }];
    },
    undo: ({ plan, owner, target, before }) => {
      const bridge = plan.networks[owner]?.bridge ?? '';
      const then = before[inventory.key] as { networks: { name: string }[] } | undefined;
      if (then === undefined || then.networks.some(({ name }) => name === bridge)) return [];
      return removeNetwork(target, bridge);
    },
  };
}
