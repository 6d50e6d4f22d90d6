import { Icon } from '../components/icon.tsx';
import { useLab } from '../core/lab-context.ts';
import { routeHash } from '../core/route.ts';
import { useText } from '../text/use-text.ts';
import { labelOf } from './graph-labels.ts';
import type { LabGraph, MapNode } from './lab-graph.ts';

/** The map in words: the same graph for those who cannot see the picture or have no use for it. */
export function MapList({ graph }: { graph: LabGraph }) {
  const text = useText();
  const { t, say } = text;
  const { path } = useLab();
  const detail = (node: MapNode) => labelOf(text, node).detail;
  const whys = new Map(graph.problems.map(({ id, why }) => [id, say(why)]));
  const into = Map.groupBy(graph.edges, ({ to }) => to);
  const outOf = Map.groupBy(graph.edges, ({ from }) => from);
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  return (
    <ul className="lw-map-list">
      {[...Map.groupBy(graph.nodes, ({ host }) => host)].map(([host, nodes]) => (
        <li key={host} className="lw-card">
          <h2 translate="no">{host}</h2>
          {nodes.map((node) =>
            node.kind === 'host' ? (
              <p key={node.id} className="lw-muted">
                {detail(node)}
              </p>
            ) : null,
          )}
          <ul>
            {nodes.map((node) => {
              if (node.kind !== 'network') return null;
              const edges = [...(into.get(node.id) ?? []), ...(outOf.get(node.id) ?? [])];
              const reasons = new Set(
                edges.flatMap(({ problem }) => (problem === undefined ? [] : [whys.get(problem)])),
              );
              const uplinks = nodes.filter(
                (each) => each.kind === 'uplink' && each.network === node.id,
              );
              const machines = (outOf.get(node.id) ?? []).flatMap(({ to }) => {
                const machine = byId.get(to);
                return machine?.kind === 'machine' ? [machine] : [];
              });
              return (
                <li key={node.id}>
                  <h3>
                    <span translate="no">{labelOf(text, node).title}</span>{' '}
                    <span className="lw-muted">{detail(node)}</span>
                  </h3>
                  {[...reasons].map((reason) => (
                    <p key={reason} className="lw-lint is-before">
                      <Icon name="drifted" />
                      <span>{reason}</span>
                    </p>
                  ))}
                  <p>
                    {t('map.list.uplinks')}:{' '}
                    {uplinks.map(({ name }) => name).join(t('common.listComma')) ||
                      t('map.list.none')}
                  </p>
                  <p>
                    {t('map.list.machines')}: {machines.length === 0 ? t('map.list.none') : ''}
                  </p>
                  <ul className="lw-map-list__machines">
                    {machines.map((machine) => (
                      <li key={machine.id}>
                        <a
                          href={routeHash({ lab: path, screen: 'nodes', item: machine.key })}
                          translate="no"
                        >
                          {machine.name}
                        </a>{' '}
                        <span className="lw-muted">{detail(machine)}</span>
                      </li>
                    ))}
                  </ul>
                </li>
              );
            })}
          </ul>
        </li>
      ))}
    </ul>
  );
}
