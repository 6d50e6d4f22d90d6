import type { HypervisorNetwork } from '../../contract/inventory.ts';
import type { LabState } from '../../contract/lab-state.ts';
import { type Message, message } from '../../contract/message.ts';
import { networkNameOf } from '../../contract/plan.ts';
import type { MachineRow, Owner, Power } from '../nodes/machine-rows.ts';

/** Who answers DHCP on a network, as far as it was measured. */
export type Dhcp =
  | { readonly by: 'hypervisor' }
  | { readonly by: 'servers'; readonly servers: string }
  | { readonly by: 'maas-only' }
  | { readonly by: 'unknown' };

interface Common {
  readonly id: string;
  readonly host: string;
  readonly name: string;
}

export interface HostNode extends Common {
  readonly kind: 'host';
  readonly role: string | undefined;
  readonly system: string;
  readonly at: number | undefined;
}

export interface UplinkNode extends Common {
  readonly kind: 'uplink';
  readonly network: string;
}

export interface NetworkNode extends Common {
  readonly kind: 'network';
  /** Its name in the plan. */
  readonly planned: string | undefined;
  /** Whether the host has it; undefined while nobody has asked. */
  readonly exists: boolean | undefined;
  readonly provisioning: boolean;
  readonly delaySeconds: number;
  readonly dhcp: Dhcp;
}

export interface MachineNode extends Common {
  readonly kind: 'machine';
  /** Key of its row on the Nodes screen. */
  readonly key: string;
  readonly power: Power;
  /** False for what is only planned, as far as is known. */
  readonly isThere: boolean;
  readonly owner: Owner;
  readonly role: string | undefined;
  /** The network that it boots from; it is drawn beside it. */
  readonly network: string | undefined;
}

export type MapNode = HostNode | UplinkNode | NetworkNode | MachineNode;

export interface MapEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** Planned, but not there yet. */
  readonly isPlanned: boolean;
  /** Id of the problem by which a frame would die here. */
  readonly problem: string | undefined;
}

/** Something by which frames die or boots go wrong, and where. */
export interface MapProblem {
  readonly id: string;
  readonly why: Message;
  /** What is wrong, not what is only beside it. */
  readonly nodes: readonly string[];
}

export interface LabGraph {
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
  readonly problems: readonly MapProblem[];
}

type State = Pick<LabState, 'inventories' | 'findings' | 'plan' | 'hosts'>;

/** Ports that belong to guests: libvirt names their taps so. */
const GUEST_PORT = /^(vnet|tap|macvtap|macvlan)\d+$/;

const networkId = (host: string, network: string): string => `network:${host}/${network}`;

/** Networks of a host, those of the plan first, then what the host has or machines speak of. */
function networksOf(host: string, state: State, rows: readonly MachineRow[]): NetworkNode[] {
  const inventory = state.inventories[host]?.inventory;
  const planned = Object.entries(state.plan.plan?.networks ?? {}).filter(
    ([, { on }]) => on === host,
  );
  const names = new Set(planned.flatMap(([, network]) => networkNameOf(network) ?? []));
  for (const { name } of inventory?.networks ?? []) names.add(name);
  for (const { machine, planned: wish } of rows) {
    for (const { network } of machine?.nics ?? []) if (network !== '') names.add(network);
    for (const { bridge } of wish?.nics ?? []) names.add(bridge);
  }
  return [...names].map((name) => {
    const wish = planned.find(([, network]) => networkNameOf(network) === name);
    const found = inventory?.networks.find((each) => each.name === name);
    return {
      kind: 'network',
      id: networkId(host, name),
      host,
      name,
      planned: wish?.[0],
      exists: inventory === undefined ? undefined : found !== undefined,
      provisioning: wish?.[1].provisioning ?? false,
      delaySeconds: found?.forwardDelaySeconds ?? 0,
      dhcp: dhcpOf(
        found,
        wish === undefined ? undefined : state.findings[`network.quiet@${wish[0]}`],
      ),
    };
  });
}

function dhcpOf(
  found: HypervisorNetwork | undefined,
  quiet: LabState['findings'][string] | undefined,
): Dhcp {
  if (found?.dhcp === true) return { by: 'hypervisor' };
  if (quiet?.reason.key === 'network.quiet') return { by: 'maas-only' };
  if (quiet?.reason.key === 'network.other-dhcp') {
    return { by: 'servers', servers: String(quiet.reason.params?.servers ?? '') };
  }
  return { by: 'unknown' };
}

/** Why frames of machines die on a network, whoever the machine is. */
function networkTrouble(node: NetworkNode, matters: boolean): Message | undefined {
  const { name, host } = node;
  if (!matters) return undefined;
  if (node.exists === false) return message('map.why.no-network', { name, host });
  if (node.provisioning && node.dhcp.by === 'hypervisor') {
    return message('map.why.hypervisor-dhcp', { name });
  }
  if (node.provisioning && node.dhcp.by === 'servers') {
    return message('map.why.other-dhcp', { name, servers: node.dhcp.servers });
  }
  if (node.delaySeconds > 0) {
    return message('map.why.spanning-tree', { name, seconds: node.delaySeconds });
  }
  return undefined;
}

/**
 * What is connected to what, from what was last observed and what is planned. Pure: the same state
 * gives the same graph, in the same order.
 */
export function labGraph(state: State, rows: readonly MachineRow[]): LabGraph {
  const nodes: MapNode[] = [];
  const edges: MapEdge[] = [];
  const problems: MapProblem[] = [];
  const plan = state.plan.plan;
  const hosts = new Set([
    ...Object.keys(plan?.hosts ?? {}),
    ...Object.keys(state.inventories),
    ...rows.map(({ host }) => host),
  ]);
  const byHost = Map.groupBy(rows, ({ host }) => host);
  for (const host of hosts) {
    const mine = byHost.get(host) ?? [];
    const known = state.inventories[host];
    const hostId = `host:${host}`;
    nodes.push({
      kind: 'host',
      id: hostId,
      host,
      name: host,
      role: plan?.hosts[host]?.role,
      system:
        known === undefined
          ? (state.hosts[host]?.system ?? '')
          : `${known.inventory.product} ${known.inventory.version}`,
      at: known?.at,
    });
    const networks = networksOf(host, state, mine);
    const troubles = new Map<string, string>();
    for (const node of networks) {
      nodes.push(node);
      const wish = node.planned === undefined ? undefined : plan?.networks[node.planned];
      // A machine that strayed here has its own problem; it does not make the network matter.
      const ours = mine.some(({ owner, machine, planned }) =>
        planned === undefined
          ? owner === 'leftover' && machine?.nics.some(({ network }) => network === node.name)
          : planned.nics.some(({ bridge }) => bridge === node.name),
      );
      const why = networkTrouble(node, wish !== undefined || ours);
      if (why !== undefined) {
        const id = `${node.id} ${why.key}`;
        troubles.set(node.name, id);
        problems.push({ id, why, nodes: [node.id] });
      }
      const found = known?.inventory.networks.find(({ name }) => name === node.name);
      const ports = (found?.ports ?? []).filter((port) => !GUEST_PORT.test(port));
      const uplinks = [
        ...new Set([...(wish?.uplink === undefined ? [] : [wish.uplink]), ...ports]),
      ];
      if (uplinks.length === 0) {
        const isPlanned = node.exists !== true;
        edges.push({
          id: `${hostId} ${node.id}`,
          from: hostId,
          to: node.id,
          isPlanned,
          problem: undefined,
        });
      }
      for (const uplink of uplinks) {
        const id = `uplink:${host}/${uplink}/${node.name}`;
        nodes.push({ kind: 'uplink', id, host, name: uplink, network: node.id });
        edges.push({
          id: `${hostId} ${id}`,
          from: hostId,
          to: id,
          isPlanned: false,
          problem: undefined,
        });
        const cut = found !== undefined && !found.ports.includes(uplink);
        const problem = cut ? `${id} no-uplink` : undefined;
        if (problem !== undefined) {
          const params = { name: node.name, uplink, host };
          problems.push({
            id: problem,
            why: message('map.why.no-uplink', params),
            nodes: [id, node.id],
          });
        }
        edges.push({
          id: `${id} ${node.id}`,
          from: id,
          to: node.id,
          isPlanned: found === undefined,
          problem,
        });
      }
    }
    for (const row of mine) addMachine(row, troubles, { nodes, edges, problems });
  }
  return { nodes, edges, problems };
}

function addMachine(
  row: MachineRow,
  troubles: ReadonlyMap<string, string>,
  into: { nodes: MapNode[]; edges: MapEdge[]; problems: MapProblem[] },
): void {
  const { host, name, key, power, owner, role, machine, planned } = row;
  const id = `machine:${key}`;
  const nics =
    machine?.nics ?? planned?.nics.map(({ mac, bridge }) => ({ mac, network: bridge })) ?? [];
  const first = nics.find(({ network }) => network !== '')?.network;
  const network = first === undefined ? undefined : networkId(host, first);
  const isThere = machine !== undefined;
  into.nodes.push({ kind: 'machine', id, host, name, key, power, isThere, owner, role, network });
  nics.forEach((nic, index) => {
    if (nic.network === '') return;
    const wanted = planned?.nics.find(({ mac }) => mac === nic.mac)?.bridge;
    let problem = troubles.get(nic.network);
    if (machine !== undefined && wanted !== undefined && wanted !== nic.network) {
      problem = `${id} ${index} other-network`;
      const params = { name, mac: nic.mac, found: nic.network, wanted };
      const why = message('map.why.other-network', params);
      into.problems.push({ id: problem, why, nodes: [id] });
    }
    const from = networkId(host, nic.network);
    into.edges.push({
      id: `${from} ${id} ${index}`,
      from,
      to: id,
      isPlanned: machine === undefined,
      problem,
    });
  });
}
