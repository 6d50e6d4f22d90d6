import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/contract/finding.ts';
import type { LabState } from '../../src/contract/lab-state.ts';
import type { MaasMachine } from '../../src/contract/maas.ts';
import { message } from '../../src/contract/message.ts';
import { plannedMachines } from '../../src/main/app/planned-machines.ts';
import { readPlan } from '../../src/main/plan/read-plan.ts';
import { isPowerDrift } from '../../src/renderer/nodes/maas-side.ts';
import { machineRows } from '../../src/renderer/nodes/machine-rows.ts';
import { filterRows, sortRows } from '../../src/renderer/nodes/row-order.ts';
import { asMachine, inventoryWith } from './support/inventory.ts';
import { kvmPlanText } from './support/kvm-plan.ts';

const { plan } = readPlan(kvmPlanText());
const planned = plannedMachines(plan!, {});
const [first, second] = planned.machines;
const stranger = { ...asMachine(second!), uuid: 'f00d', name: 'old-web', boot: ['disk' as const] };

const rowsOf = (machines: Parameters<typeof inventoryWith>[0], findings: Finding[] = []) => {
  const inventories: LabState['inventories'] = {
    rack: { at: 5, inventory: inventoryWith(machines) },
  };
  return machineRows(
    { inventories, findings: Object.fromEntries(findings.map((each) => [each.id, each])) },
    planned,
  );
};

const finding = (state: Finding['state'], key: string): Finding => ({
  id: `nodes.machine@${first!.name}`,
  step: 'nodes.machine',
  target: 'rack',
  state,
  reason: message(key),
  notes: [],
  evidence: [],
  waitsFor: [],
  at: 5,
});

test('planned machines are listed with their addresses before they exist', () => {
  const rows = machineRows({ inventories: {}, findings: {} }, planned);
  expect(rows.map(({ name, power, owner }) => [name, power, owner])).toEqual([
    ['node-1', 'unknown', 'planned'],
    ['node-2', 'unknown', 'planned'],
    ['node-3', 'unknown', 'planned'],
    ['builder', 'unknown', 'planned'],
  ]);
  expect(rows[0]?.macs).toEqual([first!.nics[0]!.mac]);
  expect(rowsOf([])[0]?.power).toBe('absent');
});

test('a machine is the same row before and after it is made, and listed once', () => {
  const before = machineRows({ inventories: {}, findings: {} }, planned);
  const after = rowsOf([asMachine(first!, { lab: 'bed-1', machine: first!.name }), stranger]);
  expect(after).toHaveLength(5);
  expect(after[0]).toMatchObject({ key: before[0]?.key, owner: 'ours', power: 'off', at: 5 });
  expect(after.at(-1)).toMatchObject({ name: 'old-web', owner: 'theirs', role: undefined });
});

test('another machine with a planned name stands in its row and is not ours', () => {
  const rows = rowsOf([{ ...asMachine(first!), uuid: 'beef' }]);
  expect(rows).toHaveLength(4);
  expect(rows[0]).toMatchObject({ uuid: 'beef', owner: 'theirs', role: 'node' });
});

test('a machine that left the plan is told from one of the plan; one that was adopted from both', () => {
  const owner = { lab: 'bed-1', machine: 'node-9' };
  const gone = { ...asMachine(second!, owner), uuid: 'beef', name: 'node-9' };
  const adopting = {
    ...planned,
    machines: planned.machines.map((each) => ({ ...each, adopted: true })),
  };
  const inventory = inventoryWith([gone, asMachine(first!), asMachine(second!, owner)]);
  const rows = machineRows({ inventories: { rack: { at: 5, inventory } }, findings: {} }, adopting);
  const owners = Object.fromEntries(rows.map((row) => [row.name, row.owner]));
  expect(owners).toMatchObject({ 'node-9': 'leftover', 'node-1': 'adopted', 'node-2': 'ours' });
  expect(filterRows([...rows], '', true).map(({ name }) => name)).toContain('node-9');
});

test('without a readable plan nobody can say whose a machine is', () => {
  const inventories = { rack: { at: 5, inventory: inventoryWith([stranger]) } };
  expect(machineRows({ inventories, findings: {} }, undefined)[0]?.owner).toBe('unknown');
});

describe('the boot order is wrong', () => {
  test('when the finding of the machine says so', () => {
    const [row] = rowsOf([asMachine(first!)], [finding('todo', 'machine.boot-order')]);
    expect(row?.bootIsWrong).toBe(true);
  });

  test('never when the finding says something else', () => {
    const found = { ...asMachine(first!), boot: ['disk' as const] };
    expect(rowsOf([found], [finding('manual', 'machine.memory')])[0]?.bootIsWrong).toBe(false);
  });

  test('by itself, when nothing could be measured for the plan', () => {
    const found = { ...asMachine(first!), boot: ['disk' as const] };
    expect(rowsOf([found], [finding('blocked', 'finding.blocked')])[0]?.bootIsWrong).toBe(true);
    expect(rowsOf([stranger]).at(-1)?.bootIsWrong).toBe(true);
  });
});

test('rows are sorted as people count, in both directions', () => {
  const { machines } = plannedMachines(
    readPlan(kvmPlanText().replace('count: 3', 'count: 11')).plan!,
    {},
  );
  const rows = machineRows(
    { inventories: {}, findings: {} },
    { lab: 'x', machines, forecasts: [] },
  );
  const names = sortRows(rows, { by: 'name', down: false }).map(({ name }) => name);
  expect(names.slice(0, 3)).toEqual(['builder', 'node-1', 'node-2']);
  expect(names.at(-1)).toBe('node-11');
  expect(sortRows(rows, { by: 'memory', down: true })[0]?.name).toBe('builder');
});

test('every word of the search must be found: in the name, an address, a network', () => {
  const rows = rowsOf([stranger]);
  const names = (text: string, ours = false) =>
    filterRows(rows, text, ours).map(({ name }) => name);
  expect(names('NODE rack')).toEqual(['node-1', 'node-2', 'node-3']);
  expect(names(first!.nics[0]!.mac.toUpperCase())).toEqual(['node-1']);
  expect(names('lan')).toEqual(['builder']);
  expect(names('', true)).not.toContain('old-web');
  expect(names('no such word')).toEqual([]);
});

test('the forecast counts what is missing, and knows the free room once the host was asked', () => {
  const inventory = inventoryWith([asMachine(first!)]);
  const [before] = planned.forecasts;
  const [after] = plannedMachines(plan!, { rack: { at: 1, inventory } }).forecasts;
  expect(before).toMatchObject({ host: 'rack', machines: 4, memoryMib: 3 * 4096 + 8192 });
  expect(before).not.toHaveProperty('availableBytes');
  expect(after).toMatchObject({ machines: 3, availableBytes: 200e9 });
});

const ofMaas = (mac: string, power: 'on' | 'off'): MaasMachine => ({
  id: 'a1b2c3',
  hostname: 'in-maas',
  fqdn: 'in-maas.maas',
  status: 'deployed',
  said: 'Deployed',
  power,
  powerType: 'virsh',
  architecture: 'amd64/generic',
  cpus: 2,
  memoryMib: 4096,
  addresses: [],
  nics: [{ name: 'eth0', mac, subnets: [] }],
  bootMac: mac,
  tags: [],
  pool: '',
  zone: '',
  owner: '',
  description: '',
  os: 'ubuntu',
  series: 'jammy',
  locked: false,
});

const maasOf = (...machines: MaasMachine[]) => ({
  maas: { at: 1, machines, ladders: {}, history: { stages: {} }, unreadable: [] },
});

test('what MAAS says stands beside what the hypervisor says, by address, and a difference is seen', () => {
  const wish = planned.machines[0]!;
  const mac = wish.nics[0]!.mac;
  const maas = maasOf(ofMaas(mac, 'on'));
  const [row] = machineRows({ inventories: {}, findings: {}, maas }, planned);
  expect(row?.maas?.machine.hostname).toBe('in-maas');
  expect(isPowerDrift('off', row!.maas!)).toBe(true);
  expect(isPowerDrift('on', row!.maas!)).toBe(false);
  // What nobody could ask is no difference.
  expect(isPowerDrift('unknown', row!.maas!)).toBe(false);
});

test('a machine that only MAAS knows has a row of its own', () => {
  const maas = maasOf(ofMaas('00:11:22:33:44:55', 'on'));
  const rows = machineRows({ inventories: {}, findings: {}, maas }, planned);
  expect(rows.at(-1)).toMatchObject({ name: 'in-maas', host: 'maas', owner: 'theirs' });
  expect(rows).toHaveLength(planned.machines.length + 1);
});
