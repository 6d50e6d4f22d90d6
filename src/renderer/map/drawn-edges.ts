import type { LabGraph, MapEdge } from './lab-graph.ts';
import { blockId, type MapLayout } from './map-layout.ts';

/**
 * The edges as they are drawn. Machines that stand in a block share one line from each network; only
 * what differs from the others, or was moved away, has a line of its own.
 */
export function drawnEdges(
  graph: LabGraph,
  layout: MapLayout,
  isMoved: (node: string) => boolean,
): MapEdge[] {
  const blocks = new Map<string, string>();
  for (const node of graph.nodes) {
    if (node.kind !== 'machine' || node.network === undefined || isMoved(node.id)) continue;
    if (layout.blocks.has(node.network)) blocks.set(node.id, blockId(node.network));
  }
  const bundles = Map.groupBy(graph.edges, ({ from, to }) => {
    const block = blocks.get(to);
    return block === undefined ? undefined : `${from} ${block}`;
  });
  return [...bundles].flatMap(([id, edges]) => {
    const [first] = edges;
    const to = first === undefined ? undefined : blocks.get(first.to);
    if (id === undefined || first === undefined || to === undefined) return edges;
    const { from } = first;
    const problem = edges.every((edge) => edge.problem === first.problem)
      ? first.problem
      : undefined;
    const isPlanned = edges.every((edge) => edge.isPlanned);
    const own = edges.filter((edge) => edge.problem !== undefined && edge.problem !== problem);
    return [{ id, from, to, isPlanned, problem }, ...own];
  });
}
