import { type Edge, type Node, type NodeHandle, Position } from '@xyflow/react';
import type { Text } from '../text/use-text.ts';
import { isPlanned, labelOf } from './graph-labels.ts';
import type { LabGraph, MapEdge, MapNode, MapProblem } from './lab-graph.ts';
import { blockId, type MapLayout, type Place } from './map-layout.ts';
import type { Moved } from './moved-places.ts';

export type FrameFlowNode = Node<{ readonly host: string }, 'frame'>;
export type LabFlowNode = Node<
  {
    readonly node: MapNode;
    readonly title: string;
    readonly detail: string;
    readonly isPlanned: boolean;
    readonly isBroken: boolean;
  },
  'lab'
>;
export type FlowNode = FrameFlowNode | LabFlowNode;

/**
 * Where lines end, told beforehand: a node that had to be measured for it would have to be drawn first,
 * in sight or not.
 */
function handles({ width, height }: { width: number; height: number }): NodeHandle[] {
  const y = height / 2;
  const size = { width: 1, height: 1 };
  return [
    { type: 'target', position: Position.Left, x: 0, y, ...size },
    { type: 'source', position: Position.Right, x: width - 1, y, ...size },
  ];
}

const STILL = { draggable: false, selectable: false, focusable: false };

const frameId = (host: string): string => `frame:${host}`;

/** More tab stops than this help nobody; the list is the way then. */
const MOST_TAB_STOPS = 200;

/** Frames first: what is inside one must come after it (React Flow, sub flows). */
export function flowNodes(
  text: Text,
  graph: LabGraph,
  layout: MapLayout,
  moved: Moved,
  chosen: string | undefined,
): FlowNode[] {
  const broken = new Set(graph.problems.flatMap(({ nodes }) => nodes));
  const frames = [...layout.groups].map(
    ([host, { x, y, width, height }]): FrameFlowNode => ({
      id: frameId(host),
      type: 'frame',
      data: { host },
      position: { x, y },
      width,
      height,
      handles: handles({ width, height }),
      ...STILL,
    }),
  );
  const blocks = graph.nodes.flatMap((node): FrameFlowNode[] => {
    const place = layout.blocks.get(node.id);
    const group = layout.groups.get(node.host);
    if (place === undefined || group === undefined) return [];
    return [
      {
        ...STILL,
        id: blockId(node.id),
        type: 'frame',
        parentId: frameId(node.host),
        data: { host: '' },
        position: { x: place.x - group.x, y: place.y - group.y },
        width: place.width,
        height: place.height,
        handles: handles(place),
      },
    ];
  });
  const inside = graph.nodes.flatMap((node): LabFlowNode[] => {
    const place = layout.places.get(node.id);
    const group = layout.groups.get(node.host);
    if (place === undefined || group === undefined) return [];
    const label = labelOf(text, node);
    return [
      {
        id: node.id,
        type: 'lab',
        parentId: frameId(node.host),
        extent: 'parent',
        position: moved[node.id] ?? { x: place.x - group.x, y: place.y - group.y },
        width: place.width,
        height: place.height,
        handles: handles(place),
        selected: node.id === chosen,
        focusable: graph.nodes.length <= MOST_TAB_STOPS,
        ariaLabel: [label.title, label.detail].filter(Boolean).join(', '),
        data: { node, ...label, isPlanned: isPlanned(node), isBroken: broken.has(node.id) },
      },
    ];
  });
  return [...frames, ...blocks, ...inside];
}

/** The first edge of each problem says in a word what is wrong; a word on every edge hides the map. */
export function flowEdges(
  text: Text,
  edges: readonly MapEdge[],
  list: readonly MapProblem[],
): Edge[] {
  const problems = new Map(list.map((each) => [each.id, each]));
  const said = new Set<string>();
  return edges.map((edge) => {
    const problem = edge.problem === undefined ? undefined : problems.get(edge.problem);
    const first = problem !== undefined && !said.has(problem.id);
    if (problem !== undefined) said.add(problem.id);
    const short = problem?.why.key.replace('map.why.', 'map.short.');
    return {
      id: edge.id,
      source: edge.from,
      target: edge.to,
      className: `${problem === undefined ? '' : 'is-broken'} ${edge.isPlanned ? 'is-planned' : ''}`,
      interactionWidth: 0,
      ...(problem === undefined ? {} : { zIndex: 1 }),
      ...(first && short !== undefined ? { label: text.say({ ...problem.why, key: short }) } : {}),
    };
  });
}

/** Where everything is now, for the picture that is exported. */
export function absolutePlaces(
  layout: MapLayout,
  graph: LabGraph,
  moved: Moved,
): Map<string, Place> {
  return new Map([
    ...[...layout.blocks].map(([network, place]): [string, Place] => [blockId(network), place]),
    ...graph.nodes.flatMap((node): [string, Place][] => {
      const place = layout.places.get(node.id);
      const group = layout.groups.get(node.host);
      const put = moved[node.id];
      if (place === undefined || group === undefined) return [];
      return [
        [node.id, put === undefined ? place : { ...place, x: group.x + put.x, y: group.y + put.y }],
      ];
    }),
  ]);
}
