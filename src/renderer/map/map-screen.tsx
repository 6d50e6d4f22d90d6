import { useEffect, useMemo, useState } from 'react';
import { EmptyState } from '../components/empty-state.tsx';
import { Button } from '../components/kit.ts';
import { Menu } from '../components/menu.tsx';
import { Age } from '../components/when.tsx';
import { useLab } from '../core/lab-context.ts';
import { goTo, useRoute } from '../core/route.ts';
import { MachineDetails } from '../nodes/machine-details.tsx';
import { machineRows } from '../nodes/machine-rows.ts';
import { usePlanned } from '../nodes/use-planned.ts';
import { useText } from '../text/use-text.ts';
import { drawnEdges } from './drawn-edges.ts';
import { absolutePlaces } from './flow-elements.ts';
import { labelled } from './graph-labels.ts';
import { labGraph } from './lab-graph.ts';
import { type Look, MapCanvas } from './map-canvas.tsx';
import { layoutMap } from './map-layout.ts';
import { MapLegend } from './map-legend.tsx';
import { MapList } from './map-list.tsx';
import { mapMermaid } from './map-mermaid.ts';
import { MapProblems } from './map-problems.tsx';
import { mapSvg } from './map-svg.ts';
import { keepMoved, type Moved, readMoved } from './moved-places.ts';
import { saveText } from './save-text.ts';

/** What is connected to what, and where a frame would die. */
export function MapScreen() {
  const text = useText();
  const { t } = text;
  const { path, state } = useLab();
  const { item } = useRoute();
  const [asList, setAsList] = useState(false);
  const [open, setOpen] = useState<string | undefined>(undefined);
  const [moved, setMoved] = useState<Moved>(() => readMoved(path));
  const chosen = item === undefined ? undefined : `machine:${item}`;
  const [look, setLook] = useState<Look | undefined>(undefined);
  useEffect(() => {
    if (chosen !== undefined) setLook({ nodes: [chosen] });
  }, [chosen]);
  const planned = usePlanned();
  const { inventories, findings, plan, hosts } = state;
  const rows = useMemo(
    () => machineRows({ inventories, findings }, planned.value),
    [inventories, findings, planned.value],
  );
  const graph = useMemo(
    () => labGraph({ inventories, findings, plan, hosts }, rows),
    [inventories, findings, plan, hosts, rows],
  );
  const layout = useMemo(() => layoutMap(graph), [graph]);
  const waiting = planned.value === undefined && planned.error === undefined;
  const count = (kind: string) => graph.nodes.filter((node) => node.kind === kind).length;
  const oldest = Object.values(inventories).reduce<number | undefined>(
    (least, { at }) => (least === undefined ? at : Math.min(least, at)),
    undefined,
  );
  const move = (next: Moved) => {
    setMoved(next);
    keepMoved(path, next);
  };
  const name = (plan.plan?.name ?? 'lab').replace(/[^\p{L}\p{N}._-]+/gu, '-');
  const details = rows.find(({ key }) => key === open);
  if (graph.nodes.length === 0) {
    return (
      <>
        <h1>{t('nav.map')}</h1>
        {waiting ? (
          <p className="lw-muted">{t('common.loading')}</p>
        ) : (
          <EmptyState
            icon="map"
            title={t('map.empty')}
            action={
              <Button onClick={() => goTo({ screen: 'plan', item: undefined })}>
                {t('guide.emptyPlan')}
              </Button>
            }
          >
            {t('map.emptyText')}
          </EmptyState>
        )}
      </>
    );
  }
  return (
    <div className="lw-map">
      <div className="lw-guide__head">
        <h1>{t('nav.map')}</h1>
        <p className="lw-muted">
          {t('map.count', {
            hosts: count('host'),
            networks: count('network'),
            machines: count('machine'),
          })}
          {oldest === undefined ? null : (
            <>
              {' · '}
              {t('nodes.observed')} <Age at={oldest} />
            </>
          )}
        </p>
        <Button onClick={() => setAsList(!asList)}>{t(asList ? 'map.picture' : 'map.list')}</Button>
        <Menu
          className="p-button has-icon"
          align="end"
          label={t('map.export')}
          items={[
            {
              id: 'svg',
              label: t('map.export.svg'),
              onChoose: () => {
                const places = absolutePlaces(layout, graph, moved);
                const edges = drawnEdges(graph, layout, (node) => node in moved);
                const frames = [...layout.groups.values(), ...layout.blocks.values()];
                const svg = mapSvg(labelled(text, { ...graph, edges }), frames, places);
                saveText(`${name}.svg`, 'image/svg+xml', svg);
              },
            },
            {
              id: 'mermaid',
              label: t('map.export.mermaid'),
              onChoose: () =>
                saveText(`${name}.mmd`, 'text/plain', mapMermaid(labelled(text, graph))),
            },
          ]}
        />
      </div>
      {graph.problems.length === 0 ? null : (
        <MapProblems
          problems={graph.problems}
          onShow={({ nodes }) => {
            setAsList(false);
            setLook({ nodes });
          }}
        />
      )}
      {asList ? (
        <MapList graph={graph} />
      ) : (
        <>
          <div className="lw-map__under">
            <MapLegend />
            {graph.problems.length === 0 && oldest !== undefined ? (
              <span className="lw-muted">{t('map.healthy')}</span>
            ) : null}
            {Object.keys(moved).length === 0 ? null : (
              <button type="button" className="lw-link" onClick={() => move({})}>
                {t('map.reset')}
              </button>
            )}
          </div>
          <section className="lw-map__canvas" aria-label={t('map.label')} aria-busy={waiting}>
            {waiting ? null : (
              <MapCanvas
                graph={graph}
                layout={layout}
                moved={moved}
                chosen={chosen}
                look={look}
                onMove={move}
                onOpen={(id) => setOpen(id.startsWith('machine:') ? id.slice(8) : undefined)}
              />
            )}
          </section>
        </>
      )}
      {details === undefined ? null : (
        <MachineDetails row={details} onClose={() => setOpen(undefined)} />
      )}
    </div>
  );
}
