import type { Text } from '../text/use-text.ts';
import type { Dhcp, LabGraph, MapNode } from './lab-graph.ts';

/** A node as it is written on the map, in an export, in the list. */
export interface Label {
  readonly title: string;
  readonly detail: string;
}

/** The graph with its words, for the exports: they know no language. */
export interface LabelledGraph {
  readonly nodes: readonly {
    readonly id: string;
    readonly group: string;
    readonly label: Label;
    readonly isPlanned: boolean;
  }[];
  readonly edges: readonly {
    readonly from: string;
    readonly to: string;
    readonly isPlanned: boolean;
    readonly why: string | undefined;
  }[];
}

export function dhcpText({ t }: Text, dhcp: Dhcp): string {
  return dhcp.by === 'servers'
    ? t('map.dhcp.servers', { servers: dhcp.servers })
    : t(`map.dhcp.${dhcp.by}`);
}

export function isPlanned(node: MapNode): boolean {
  return (
    (node.kind === 'machine' && !node.isThere) || (node.kind === 'network' && node.exists === false)
  );
}

export function labelOf(text: Text, node: MapNode): Label {
  const { t } = text;
  switch (node.kind) {
    case 'host': {
      const role = node.role === undefined ? [] : [text.say({ key: `hosts.role.${node.role}` })];
      return { title: node.name, detail: [...role, node.system].filter(Boolean).join(' · ') };
    }
    case 'uplink':
      return { title: node.name, detail: '' };
    case 'network': {
      const { name, planned } = node;
      const title = planned === undefined || planned === name ? name : `${name} (${planned})`;
      const detail = node.exists === false ? t('nodes.absent') : dhcpText(text, node.dhcp);
      return { title, detail };
    }
    case 'machine': {
      const role =
        node.role === undefined
          ? t(`nodes.owner.${node.owner}`)
          : text.say({ key: `nodes.role.${node.role}` });
      return { title: node.name, detail: `${role} · ${t(`nodes.power.${node.power}`)}` };
    }
  }
}

export function labelled(text: Text, graph: LabGraph): LabelledGraph {
  const whys = new Map(graph.problems.map(({ id, why }) => [id, text.say(why)]));
  return {
    nodes: graph.nodes.map((node) => ({
      id: node.id,
      group: node.host,
      label: labelOf(text, node),
      isPlanned: isPlanned(node),
    })),
    edges: graph.edges.map((edge) => ({
      from: edge.from,
      to: edge.to,
      isPlanned: edge.isPlanned,
      why: edge.problem === undefined ? undefined : whys.get(edge.problem),
    })),
  };
}
