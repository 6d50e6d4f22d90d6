import fc from 'fast-check';
import { expect, test } from 'vitest';
import { machineSpecs } from '../../src/main/engine/machine-specs.ts';
import { readPlan } from '../../src/main/plan/read-plan.ts';
import { kvmPlanText } from './support/kvm-plan.ts';

const specs = (text = kvmPlanText()) => {
  const { plan, problems } = readPlan(text);
  expect(problems).toEqual([]);
  return machineSpecs(plan!);
};

test('the same plan gives the same machines, whenever it is read', () => {
  expect(specs()).toEqual(specs());
  expect(specs().map(({ name }) => name)).toEqual(['node-1', 'node-2', 'node-3', 'builder']);
});

test('no two machines or interfaces share an address, also between labs', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[a-z0-9-]{4,20}$/),
      fc.integer({ min: 1, max: 60 }),
      (id, count) => {
        const text = kvmPlanText()
          .replace('id: bed', `id: x${id}`)
          .replace('count: 3', `count: ${count}`);
        const all = [...specs(text), ...specs()];
        const macs = all.flatMap(({ nics }) => nics.map(({ mac }) => mac));
        const uuids = all.map(({ uuid }) => uuid);
        expect(new Set(macs).size).toBe(macs.length);
        expect(new Set(uuids).size).toBe(uuids.length);
        for (const mac of macs) expect(mac).toMatch(/^52:54:00(:[0-9a-f]{2}){3}$/);
        for (const uuid of uuids) {
          expect(uuid).toMatch(
            /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
          );
        }
      },
    ),
    { numRuns: 30 },
  );
});

test('a machine keeps its addresses when others come and go', () => {
  const more = specs(kvmPlanText().replace('count: 3', 'count: 9'));
  expect(more.slice(0, 3)).toEqual(specs().slice(0, 3));
});

test.each([
  ['on: rack', 'on: nowhere', 'plan.unknown-host'],
  ['role: kvm', 'role: other', 'plan.not-hypervisor'],
  ['networks: [pxe]', 'networks: [other]', 'plan.unknown-network'],
  ['  builder:', '  node-2:', 'plan.name-twice'],
  ['count: 3', 'count: 3\n    macs: ["52:54:00:00:00:01"]', 'plan.macs-with-count'],
])('a plan with %s for %s is refused with its place', (from, to, key) => {
  const { plan, problems } = readPlan(kvmPlanText().replace(from, to));
  expect(plan).toBeNull();
  expect(problems.map(({ reason }) => reason.key)).toContain(key);
  for (const { line } of problems) expect(line).toBeGreaterThan(1);
});
