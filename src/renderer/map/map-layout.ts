import type { LabGraph, MapNode, NetworkNode } from './lab-graph.ts';

export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface MapLayout {
  /** Frames around all that a host has, by host. */
  readonly groups: ReadonlyMap<string, Place>;
  /** Frames around machines that stand in several columns, by their network. */
  readonly blocks: ReadonlyMap<string, Place>;
  /** Absolute places by node. */
  readonly places: ReadonlyMap<string, Place>;
  readonly width: number;
  readonly height: number;
}

const PADDING = 24;
const GAP = 14;
/** How far the frame of a block stands off its machines. */
const INSET = 8;
const SIZES: Readonly<Record<MapNode['kind'], { width: number; height: number }>> = {
  host: { width: 190, height: 60 },
  uplink: { width: 120, height: 34 },
  network: { width: 230, height: 60 },
  machine: { width: 180, height: 44 },
};
const COLUMN = { host: 0, uplink: 250, network: 530, machine: 930 } as const;
/** Up to here a network's machines stand in one column; more stand in a block twice as high as wide. */
const ONE_COLUMN = 10;

/** How far down a host stands beside what it has. */
const HOST_AT_MOST = 260;

export const blockId = (network: string): string => `block:${network}`;

const names = new Intl.Collator('en', { numeric: true });

function columnsFor(count: number): number {
  if (count <= ONE_COLUMN) return 1;
  const { width, height } = SIZES.machine;
  return Math.ceil(Math.sqrt((count * (height + GAP)) / (1.2 * (width + GAP))));
}

/** Places by columns: host, uplink, network, machines beside the network that they boot from. */
export function layoutMap(graph: LabGraph): MapLayout {
  const groups = new Map<string, Place>();
  const places = new Map<string, Place>();
  const blocks = new Map<string, Place>();
  let top = 0;
  let width = 0;
  for (const [host, nodes] of Map.groupBy(graph.nodes, (node) => node.host)) {
    const put = (node: MapNode, x: number, y: number) =>
      places.set(node.id, { x: PADDING + x, y: top + PADDING + y, ...SIZES[node.kind] });
    let y = 0;
    let right = SIZES.host.width;
    const machines = Map.groupBy(
      nodes.filter((node) => node.kind === 'machine'),
      ({ network }) => network,
    );
    const block = (key: string | undefined): number => {
      const list = (machines.get(key) ?? []).toSorted((a, b) => names.compare(a.name, b.name));
      const columns = columnsFor(list.length);
      list.forEach((machine, index) => {
        const { width: across, height: down } = SIZES.machine;
        const x = COLUMN.machine + (index % columns) * (across + GAP);
        put(machine, x, y + Math.floor(index / columns) * (down + GAP));
        right = Math.max(right, x + across);
      });
      const height = Math.ceil(list.length / columns) * (SIZES.machine.height + GAP) - GAP;
      if (key !== undefined && columns > 1) {
        const across = columns * (SIZES.machine.width + GAP) - GAP;
        blocks.set(key, {
          x: PADDING + COLUMN.machine - INSET,
          y: top + PADDING + y - INSET,
          width: across + 2 * INSET,
          height: height + 2 * INSET,
        });
      }
      return height;
    };
    for (const network of nodes.filter((node): node is NetworkNode => node.kind === 'network')) {
      const uplinks = nodes.filter((node) => node.kind === 'uplink' && node.network === network.id);
      const stack = uplinks.length * (SIZES.uplink.height + GAP) - GAP;
      const height = Math.max(SIZES.network.height, block(network.id), stack);
      put(network, COLUMN.network, y + (height - SIZES.network.height) / 2);
      uplinks.forEach((uplink, index) => {
        const at = y + (height - stack) / 2 + index * (SIZES.uplink.height + GAP);
        put(uplink, COLUMN.uplink, at);
      });
      right = Math.max(right, COLUMN.network + SIZES.network.width);
      y += height + 2 * GAP;
    }
    const loose = block(undefined);
    y = loose > 0 ? y + loose : y - 2 * GAP;
    const height = Math.max(SIZES.host.height, y);
    const [own] = nodes;
    // Beside a long block the middle would be out of sight where one starts to look.
    const middle = Math.min((height - SIZES.host.height) / 2, HOST_AT_MOST);
    if (own !== undefined) put(own, COLUMN.host, middle);
    const group = { x: 0, y: top, width: right + 2 * PADDING, height: height + 2 * PADDING };
    groups.set(host, group);
    width = Math.max(width, group.width);
    top += group.height + PADDING;
  }
  return { groups, blocks, places, width, height: Math.max(0, top - PADDING) };
}
