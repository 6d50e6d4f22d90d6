import {
  applyNodeChanges,
  Controls,
  type NodeChange,
  ReactFlow,
  type ReactFlowInstance,
  useStore as useFlow,
  useReactFlow,
} from '@xyflow/react';
import { type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { useText } from '../text/use-text.ts';
import { drawnEdges } from './drawn-edges.ts';
import { type FlowNode, flowEdges, flowNodes } from './flow-elements.ts';
import type { LabGraph } from './lab-graph.ts';
import type { MapLayout } from './map-layout.ts';
import { NODE_TYPES } from './map-nodes.tsx';
import type { Moved } from './moved-places.ts';

/** Below this the small print cannot be read; drawing it costs all the same. */
const FAR_ZOOM = 0.45;
/** A map with more than this is entered at its top left instead of being shrunk to a smear. */
const FITS_AT_ONCE = 150;

/** What the screen asks the canvas to bring into sight; a new object asks again. */
export interface Look {
  readonly nodes: readonly string[];
}

interface MapCanvasProps {
  readonly graph: LabGraph;
  readonly layout: MapLayout;
  readonly moved: Moved;
  readonly chosen: string | undefined;
  readonly look: Look | undefined;
  readonly onMove: (moved: Moved) => void;
  readonly onOpen: (node: string) => void;
}

export function MapCanvas(props: MapCanvasProps) {
  const { graph, layout, moved, chosen, look, onMove, onOpen } = props;
  const text = useText();
  const { t } = text;
  const flow = useRef<ReactFlowInstance<FlowNode>>(undefined);
  /** Whether the person has chosen the view: then it stays, also in a window of another size. */
  const steered = useRef(false);
  const drawn = useMemo(
    () => flowNodes(text, graph, layout, moved, chosen),
    [text, graph, layout, moved, chosen],
  );
  const [nodes, setNodes] = useState(drawn);
  useEffect(() => {
    setNodes((last) => {
      // What was chosen stays chosen when something new is observed, or when it was moved itself.
      const selected = new Set(last.flatMap((node) => (node.selected === true ? [node.id] : [])));
      return drawn.map((node) => (selected.has(node.id) ? { ...node, selected: true } : node));
    });
  }, [drawn]);
  const edges = useMemo(() => {
    const lines = drawnEdges(graph, layout, (node) => node in moved);
    return flowEdges(text, lines, graph.problems);
  }, [text, graph, layout, moved]);
  const fits = graph.nodes.length <= FITS_AT_ONCE;
  const smooth = window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 300;
  useEffect(() => {
    if (look === undefined) return;
    steered.current = true;
    void flow.current?.fitView({ ...lookAt(look), duration: smooth });
  }, [look, smooth]);
  const onNodesChange = (changes: NodeChange<FlowNode>[]) => {
    setNodes((last) => applyNodeChanges(changes, last));
    const put = changes.flatMap((change) =>
      change.type === 'position' && change.dragging !== true && change.position !== undefined
        ? [[change.id, change.position] as const]
        : [],
    );
    if (put.length > 0) onMove({ ...moved, ...Object.fromEntries(put) });
  };
  return (
    <ReactFlow<FlowNode>
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
      aria-label={t('map.label')}
      onlyRenderVisibleElements
      nodesConnectable={false}
      edgesFocusable={false}
      edgesReconnectable={false}
      elementsSelectable
      selectNodesOnDrag={false}
      deleteKeyCode={null}
      minZoom={0.05}
      maxZoom={2}
      proOptions={{ hideAttribution: true }}
      ariaLabelConfig={{
        'node.a11yDescription.default': t('map.a11y.node'),
        'node.a11yDescription.keyboardDisabled': t('map.a11y.node'),
        'node.a11yDescription.ariaLiveMessage': ({ direction, x, y }) =>
          t('map.a11y.moved', { direction, x: Math.round(x), y: Math.round(y) }),
        'edge.a11yDescription.default': t('map.a11y.edge'),
        'controls.ariaLabel': t('map.controls'),
        'controls.zoomIn.ariaLabel': t('map.a11y.zoomIn'),
        'controls.zoomOut.ariaLabel': t('map.a11y.zoomOut'),
        'controls.fitView.ariaLabel': t('map.a11y.fit'),
      }}
      onInit={(instance) => {
        flow.current = instance;
        if (look !== undefined) void instance.fitView(lookAt(look));
        else if (!fits) void instance.setViewport({ x: 20, y: 20, zoom: 0.6 });
      }}
      onMoveStart={(event) => {
        if (event !== null) steered.current = true;
      }}
      onNodesChange={onNodesChange}
      onNodeClick={(_, node) => onOpen(node.id)}
    >
      <FarMark />
      {fits ? <Fitting steered={steered} /> : null}
      <Controls showInteractive={false} />
    </ReactFlow>
  );
}

function lookAt({ nodes }: Look) {
  return { nodes: nodes.map((id) => ({ id })), maxZoom: 1, padding: 0.4 };
}

/** Shows the whole map, in a window of any size, until the person looks elsewhere. */
function Fitting({ steered }: { steered: RefObject<boolean> }) {
  const { fitView } = useReactFlow();
  const width = useFlow((flow) => flow.width);
  const height = useFlow((flow) => flow.height);
  useEffect(() => {
    if (width > 0 && height > 0 && !steered.current) {
      void fitView({ maxZoom: 1, padding: 0.05 });
    }
  }, [width, height, fitView, steered]);
  return null;
}

/** Marks that the map is seen from afar, so that the style can leave the small print out. */
function FarMark() {
  const isFar = useFlow(({ transform }) => transform[2] < FAR_ZOOM);
  return isFar ? <span className="lw-map__far" hidden /> : null;
}
