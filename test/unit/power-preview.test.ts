import { expect, test } from 'vitest';
import type { LabState } from '../../src/contract/lab-state.ts';
import { plannedMachines } from '../../src/main/app/planned-machines.ts';
import { powerPreview } from '../../src/main/app/power-preview.ts';
import { libvirt } from '../../src/main/drivers/libvirt/libvirt.ts';
import { readPlan } from '../../src/main/plan/read-plan.ts';
import { FakeRun, plannedStep } from './support/fake-run.ts';
import { asMachine, inventoryWith } from './support/inventory.ts';
import { kvmPlanText } from './support/kvm-plan.ts';
import { serverPlanText } from './support/server-plan.ts';

const { plan } = readPlan(kvmPlanText());
const [node] = plannedMachines(plan!, {}).machines;
const mark = { lab: 'bed-1', machine: node!.name };

function preview(machine: ReturnType<typeof asMachine>, to: 'on' | 'off' | 'reset' = 'on') {
  const inventories: LabState['inventories'] = {
    rack: { at: 1, inventory: inventoryWith([machine]) },
  };
  const { uuid } = machine;
  return powerPreview({ plan: plan!, inventories, hypervisor: libvirt, host: 'rack', uuid, to });
}

test('a change of power is one step of the machine, with its risk and a digest', () => {
  const { steps, digest } = preview(asMachine(node!, mark));
  expect(steps).toMatchObject([
    { id: 'nodes.machine@node-1', target: 'rack', risks: ['changes-power'], predicted: false },
  ]);
  expect(preview(asMachine(node!, mark)).digest).toBe(digest);
  expect(preview(asMachine(node!, mark), 'off').digest).not.toBe(digest);
});

test('a server that is installed belongs to another step than a node', () => {
  const { plan: other } = readPlan(serverPlanText());
  const [server] = plannedMachines(other!, {}).machines;
  const machine = asMachine(server!, { lab: 'bed-1', machine: server!.name });
  const inventories = { rack: { at: 1, inventory: inventoryWith([machine]) } };
  const what = { hypervisor: libvirt, host: 'rack', uuid: server!.uuid, to: 'on' as const };
  const { steps } = powerPreview({ plan: other!, inventories, ...what });
  expect(steps[0]?.id).toBe('servers.machine@images');
  expect(server!.step).toBe('servers.machine@images');
});

test.each(['on', 'off', 'reset'] as const)(
  'the script that switches %s looks for our mark before it does anything',
  (to) => {
    const [action] = preview(asMachine(node!, mark), to).steps[0]!.actions;
    const script = action?.kind === 'script' ? action.script : '';
    const asks = script.indexOf('v metadata');
    const does = script.search(/v (start|destroy|reset) /);
    expect(asks).toBeGreaterThan(0);
    expect(does).toBeGreaterThan(asks);
    expect(script).toContain('lab="bed-1"');
  },
);

test.each([
  ['without a mark', asMachine(node!)],
  ['of another lab', asMachine(node!, { lab: 'other', machine: 'node-1' })],
  ['that is not in the plan', { ...asMachine(node!, mark), uuid: 'f00d' }],
])('a machine %s is refused', (_, machine) => {
  expect(() => preview(machine)).toThrow(expect.objectContaining({ code: 'machine-not-ours' }));
});

test('a run of power does what was shown though the machine is as planned, and is no apply', async () => {
  const step = plannedStep('nodes.machine@node-1');
  const run = new FakeRun([step], {}, 'power');
  run.found['nodes.machine@node-1'] = 'done';
  await run.executor.execute();
  expect(run.run).toMatchObject({ kind: 'power', state: 'succeeded' });
  expect(run.events).toContain('make nodes.machine@node-1');
});
