import { describe, expect, test } from 'vitest';
import type { Inventory, Machine } from '../../src/contract/inventory.ts';
import type { LabState } from '../../src/contract/lab-state.ts';
import { message } from '../../src/contract/message.ts';
import { plannedMachines } from '../../src/main/app/planned-machines.ts';
import { readPlan } from '../../src/main/plan/read-plan.ts';
import { drawnEdges } from '../../src/renderer/map/drawn-edges.ts';
import { type LabGraph, labGraph } from '../../src/renderer/map/lab-graph.ts';
import { layoutMap } from '../../src/renderer/map/map-layout.ts';
import { machineRows } from '../../src/renderer/nodes/machine-rows.ts';
import { asMachine, inventoryWith } from './support/inventory.ts';
import { kvmPlanText } from './support/kvm-plan.ts';

const { plan } = readPlan(kvmPlanText());
const planned = plannedMachines(plan!, {});
const ours = planned.machines.map((each) => asMachine(each, { lab: 'bed-1', machine: each.name }));

function graphOf(
  machines: Machine[] | undefined,
  more: Partial<Inventory> = {},
  findings: LabState['findings'] = {},
): LabGraph {
  const inventories: LabState['inventories'] =
    machines === undefined ? {} : { rack: { at: 1, inventory: inventoryWith(machines, more) } };
  const state = {
    inventories,
    findings,
    hosts: {},
    plan: { text: '', sha256: '', plan: plan!, problems: [] },
  };
  return labGraph(state, machineRows(state, planned));
}

const bridge = (name: string, more: Partial<Inventory['networks'][number]> = {}) => ({
  name,
  kind: 'bridge' as const,
  dhcp: false,
  ports: name === 'br0' ? ['eno1', 'vnet3'] : [],
  forwardDelaySeconds: 0,
  ...more,
});
const why = (graph: LabGraph) =>
  graph.problems.map(({ why: { key, params } }) => [key, params?.name]);
const redEdges = (graph: LabGraph) =>
  graph.edges.filter(({ problem }) => problem !== undefined).map(({ from, to }) => `${from} ${to}`);

test('a lab that is as planned has no red edge, and says who answers DHCP', () => {
  const finding = {
    reason: message('network.quiet', { bridge: 'br1' }),
  } as LabState['findings'][string];
  const graph = graphOf(ours, {}, { 'network.quiet@pxe': finding });
  expect(graph.problems).toEqual([]);
  expect(redEdges(graph)).toEqual([]);
  expect(graph.nodes.find(({ name }) => name === 'br1')).toMatchObject({
    planned: 'pxe',
    exists: true,
    dhcp: { by: 'maas-only' },
  });
});

test('ports of guests are no uplinks', () => {
  const graph = graphOf(ours, { networks: [bridge('br0'), bridge('br1', { ports: ['vnet0'] })] });
  const uplinks = graph.nodes.filter(({ kind }) => kind === 'uplink').map(({ name }) => name);
  expect(uplinks).toEqual(['eno1']);
});

test('before anything was observed the plan is drawn, and nothing is called broken', () => {
  const graph = graphOf(undefined);
  expect(graph.nodes.filter(({ kind }) => kind === 'machine')).toHaveLength(4);
  expect(graph.problems).toEqual([]);
  expect(
    graph.edges.filter(({ to }) => to.startsWith('machine:')).every(({ isPlanned }) => isPlanned),
  ).toBe(true);
});

describe('a frame dies', () => {
  test('where the bridge lacks its uplink', () => {
    const graph = graphOf(ours, { networks: [bridge('br0', { ports: ['vnet3'] }), bridge('br1')] });
    expect(why(graph)).toEqual([['map.why.no-uplink', 'br0']]);
    expect(redEdges(graph)).toEqual(['uplink:rack/eno1/br0 network:rack/br0']);
  });

  test('where spanning tree delays a port, at every machine of that network', () => {
    const delayed = bridge('br1', { forwardDelaySeconds: 30 });
    const graph = graphOf(ours, { networks: [bridge('br0'), delayed] });
    expect(why(graph)).toEqual([['map.why.spanning-tree', 'br1']]);
    expect(redEdges(graph)).toHaveLength(4);
  });

  test('where a machine is on another network than planned, and only there', () => {
    const [first, ...rest] = ours;
    const strayed = { ...first!, nics: first!.nics.map((nic) => ({ ...nic, network: 'virbr0' })) };
    const stranger = { ...asMachine(planned.machines[1]!), uuid: 'f00d', name: 'web' };
    const onVirbr = {
      ...stranger,
      nics: [{ mac: '52:54:00:00:00:09', network: 'virbr0', model: '' }],
    };
    const networks = [bridge('br0'), bridge('br1'), bridge('virbr0', { forwardDelaySeconds: 4 })];
    const graph = graphOf([strayed, ...rest, onVirbr], { networks });
    expect(why(graph)).toEqual([['map.why.other-network', 'node-1']]);
    expect(redEdges(graph)).toHaveLength(1);
  });

  test('where machines of the plan need a network that the host does not have', () => {
    const graph = graphOf([], { networks: [bridge('br0')] });
    expect(why(graph)).toEqual([['map.why.no-network', 'br1']]);
    expect(redEdges(graph)).toHaveLength(4);
  });

  test('where the hypervisor or a stranger answers DHCP on a provisioning network', () => {
    const networks = [bridge('br0', { dhcp: true }), bridge('br1', { dhcp: true })];
    expect(why(graphOf(ours, { networks }))).toEqual([['map.why.hypervisor-dhcp', 'br1']]);
    const reason = message('network.other-dhcp', { bridge: 'br1', servers: '10.0.0.1' });
    const findings = { 'network.quiet@pxe': { reason } as LabState['findings'][string] };
    const graph = graphOf(ours, {}, findings);
    expect(graph.problems[0]?.why.params).toMatchObject({ servers: '10.0.0.1' });
  });
});

test('every edge joins two nodes that exist, also for networks that only a machine speaks of', () => {
  const odd = { ...ours[0]!, nics: [{ mac: '', network: 'macvtap-eth9', model: '' }] };
  const graph = graphOf([odd]);
  const ids = new Set(graph.nodes.map(({ id }) => id));
  expect(ids.size).toBe(graph.nodes.length);
  for (const { from, to } of graph.edges)
    expect([ids.has(from), ids.has(to)]).toEqual([true, true]);
  expect(new Set(graph.edges.map(({ id }) => id)).size).toBe(graph.edges.length);
});

describe('the places', () => {
  const crowd = Array.from(
    { length: 300 },
    (_, index): Machine => ({
      ...asMachine(planned.machines[0]!),
      name: `web-${index}`,
      uuid: `u-${index}`,
      nics: [{ mac: '', network: 'br0', model: '' }],
    }),
  );

  test('are the same for the same input, whatever the order of the machines', () => {
    const one = layoutMap(graphOf([...ours, ...crowd]));
    const other = layoutMap(graphOf([...ours, ...crowd.toReversed()]));
    expect(Object.fromEntries(other.places)).toEqual(Object.fromEntries(one.places));
  });

  test('never overlap, and lie inside the frame of their host', () => {
    const graph = graphOf([...ours, ...crowd]);
    const { places, groups } = layoutMap(graph);
    const all = [...places.values()];
    expect(all).toHaveLength(graph.nodes.length);
    all.forEach((a, index) => {
      for (const b of all.slice(index + 1)) {
        const apart =
          a.x + a.width <= b.x ||
          b.x + b.width <= a.x ||
          a.y + a.height <= b.y ||
          b.y + b.height <= a.y;
        expect(apart).toBe(true);
      }
    });
    for (const { id, host } of graph.nodes) {
      const [a, frame] = [places.get(id)!, groups.get(host)!];
      expect(a.x).toBeGreaterThanOrEqual(frame.x);
      expect(a.y).toBeGreaterThanOrEqual(frame.y);
      expect(a.x + a.width).toBeLessThanOrEqual(frame.x + frame.width);
      expect(a.y + a.height).toBeLessThanOrEqual(frame.y + frame.height);
    }
  });
});

describe('machines that stand in a block', () => {
  const more = plannedMachines(readPlan(kvmPlanText().replace('count: 3', 'count: 30')).plan!, {});
  const state = {
    inventories: {},
    findings: {},
    hosts: {},
    plan: { text: '', sha256: '', plan: plan!, problems: [] },
  };
  const graph = labGraph(state, machineRows(state, more));
  const layout = layoutMap(graph);
  const toMachines = (lines: LabGraph['edges']) =>
    lines.filter(({ to }) => to.startsWith('machine:'));

  test('share one line from each network', () => {
    const lines = drawnEdges(graph, layout, () => false);
    expect(
      lines.filter(({ to }) => to === 'block:network:rack/br1').map(({ from }) => from),
    ).toEqual(['network:rack/br1', 'network:rack/br0']);
    expect(toMachines(lines)).toEqual([]);
  });

  test('have a line of their own where only they are cut off, or were moved', () => {
    const [one, two] = toMachines(graph.edges);
    const edges = graph.edges.map((edge) => (edge === one ? { ...edge, problem: 'x' } : edge));
    const lines = drawnEdges({ ...graph, edges }, layout, (node) => node === two?.to);
    expect(
      toMachines(lines)
        .map(({ to }) => to)
        .toSorted(),
    ).toEqual([one!.to, two!.to].toSorted());
  });

  test('turn red as one when all are cut off', () => {
    const edges = graph.edges.map((edge) => ({ ...edge, problem: 'x' }));
    const lines = drawnEdges({ ...graph, edges }, layout, () => false);
    expect(toMachines(lines)).toEqual([]);
    expect(lines.every(({ problem }) => problem === 'x')).toBe(true);
  });
});
