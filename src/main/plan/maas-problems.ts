import type { MaasSubnet } from '../../contract/maas-plan.ts';
import { type Message, message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import { addressNumber, inSubnet } from '../../contract/subnets.ts';
import { machineNames } from '../engine/machine-specs.ts';

export interface MaasProblem {
  readonly path: readonly (string | number)[];
  readonly reason: Message;
}

type Add = (path: (string | number)[], reason: Message) => void;

/** What a schema cannot see about MAAS and its machines. */
export function maasProblems(plan: Plan): MaasProblem[] {
  const problems: MaasProblem[] = [];
  const add: Add = (path, reason) => problems.push({ path, reason });
  nodeProblems(plan, add);
  const { maas } = plan;
  if (maas === undefined) return problems;
  const host = plan.hosts[maas.host];
  if (host === undefined) {
    const known = Object.keys(plan.hosts).join(', ') || '–';
    add(['maas', 'host'], message('plan.unknown-host', { name: maas.host, known }));
  } else if (host.role !== 'maas') {
    add(['maas', 'host'], message('plan.maas-role', { name: maas.host }));
  }
  if (maas.line === '1.7' && (maas.from ?? 'archive') !== 'archive') {
    add(['maas', 'from'], message('plan.maas-archive-only'));
  }
  if (maas.images !== undefined && maas.images.source === undefined && !plan.mirror) {
    add(['maas', 'images'], message('plan.maas-no-source'));
  }
  for (const [name, subnet] of Object.entries(maas.subnets)) {
    const at = ['maas', 'subnets', name];
    if (subnet.network !== undefined && plan.networks[subnet.network] === undefined) {
      const known = Object.keys(plan.networks).join(', ') || '–';
      const params = { name: subnet.network, known };
      add([...at, 'network'], message('plan.unknown-network', params));
    }
    // A cluster of 1.7 serves an interface; there are no subnets to choose from.
    if (maas.line === '1.7' && subnet.interface === undefined) {
      add(at, message('plan.maas-needs-interface'));
    }
    subnetProblems(subnet, at, add);
  }
  return problems;
}

interface NamedRange {
  readonly at: readonly (string | number)[];
  readonly from: number;
  readonly to: number;
}

function subnetProblems(subnet: MaasSubnet, at: readonly string[], add: Add): void {
  const { cidr, dhcp, dynamic, gateway } = subnet;
  if (dhcp && dynamic === undefined) add([...at], message('plan.maas-needs-dynamic'));
  if (gateway !== undefined && !inSubnet(gateway, cidr)) {
    add([...at, 'gateway'], message('plan.maas-outside', { address: gateway, cidr }));
  }
  const written = [
    ...(dynamic === undefined ? [] : [{ at: [...at, 'dynamic'], range: dynamic }]),
    ...(subnet.static === undefined ? [] : [{ at: [...at, 'static'], range: subnet.static }]),
    ...subnet.reserved.map((range, index) => ({ at: [...at, 'reserved', index], range })),
  ];
  const ranges: NamedRange[] = [];
  for (const { at: where, range } of written) {
    const outside = [range.from, range.to].find((address) => !inSubnet(address, cidr));
    const [from, to] = [addressNumber(range.from), addressNumber(range.to)];
    if (outside !== undefined) {
      add([...where], message('plan.maas-outside', { address: outside, cidr }));
    } else if (from > to) {
      add([...where], message('plan.maas-reversed', { from: range.from, to: range.to }));
    } else ranges.push({ at: where, from, to });
  }
  ranges.forEach((range, index) => {
    const other = ranges
      .slice(0, index)
      .find(({ from, to }) => range.from <= to && from <= range.to);
    if (other === undefined) return;
    const params = { one: range.at.slice(3).join('.'), other: other.at.slice(3).join('.') };
    add([...range.at], message('plan.maas-overlap', params));
  });
  const gatewayAt = gateway === undefined ? undefined : addressNumber(gateway);
  // Reserving the gateway is right; lending it to a machine would cut everybody off.
  const lends = ranges.find(
    ({ at: where, from, to }) =>
      where[3] !== 'reserved' && gatewayAt !== undefined && from <= gatewayAt && gatewayAt <= to,
  );
  if (lends !== undefined && gateway !== undefined) {
    add([...lends.at], message('plan.maas-lends-gateway', { gateway }));
  }
}

function nodeProblems(plan: Plan, add: Add): void {
  const machines = new Set(
    Object.entries(plan.machines).flatMap(([group, spec]) => machineNames(group, spec)),
  );
  const macs = new Map<string, string>();
  for (const [group, { macs: own = [], role, maas }] of Object.entries(plan.machines)) {
    for (const mac of own) macs.set(mac, group);
    if (maas !== undefined && role !== 'node') {
      add(['machines', group, 'maas'], message('plan.maas-only-nodes'));
    }
  }
  for (const [name, node] of Object.entries(plan.nodes)) {
    if (machines.has(name)) add(['nodes', name], message('plan.name-twice', { name }));
    node.macs.forEach((mac, index) => {
      const other = macs.get(mac);
      if (other !== undefined) {
        add(['nodes', name, 'macs', index], message('plan.mac-twice', { mac, other }));
      }
      macs.set(mac, name);
    });
  }
}
