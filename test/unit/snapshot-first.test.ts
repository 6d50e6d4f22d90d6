import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Plan } from '../../src/contract/plan.ts';
import { runOfSnapshot, snapshotName, startOfRun } from '../../src/contract/snapshot-name.ts';
import { driverFor } from '../../src/main/app/driver-for.ts';
import { plannedMachines } from '../../src/main/app/planned-machines.ts';
import { withSnapshots } from '../../src/main/app/snapshot-first.ts';
import { copyShell } from '../../src/main/engine/copy-shell.ts';
import { newRunId } from '../../src/main/engine/execute.ts';
import { FactStore } from '../../src/main/engine/facts.ts';
import { asPreview } from '../../src/main/engine/preview.ts';
import { readPlan } from '../../src/main/plan/read-plan.ts';
import { plannedStep } from './support/fake-run.ts';
import { asMachine, inventoryWith } from './support/inventory.ts';
import { serverPlanText } from './support/server-plan.ts';

test('the name of a snapshot tells its run and when that was, and no other name does', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date(0), max: new Date('9999-01-01'), noInvalidDate: true }),
      (at) => {
        const run = newRunId(at.getTime());
        expect(runOfSnapshot(snapshotName(run))).toBe(run);
        expect(startOfRun(run)).toBe(Math.floor(at.getTime() / 1000) * 1000);
      },
    ),
  );
  fc.assert(
    fc.property(fc.string(), (name) => {
      fc.pre(!/^labwright-\d{14}-[0-9a-f]{6}$/.test(name));
      expect(runOfSnapshot(name)).toBeUndefined();
    }),
  );
  expect(runOfSnapshot('labwright-by-hand-20261126101500')).toBeUndefined();
});

describe('what a snapshot is offered for', () => {
  const { plan } = readPlan(serverPlanText());
  const { lab, machines } = plannedMachines(plan!, {});
  const there = asMachine(machines[0]!, { lab, machine: 'images' });
  const risky = (id: string) => ({ ...plannedStep(id), risks: ['weakens-security' as const] });
  const offers = (steps: ReturnType<typeof plannedStep>[], machine = there, wanted = false) => {
    const facts = new FactStore([], () => {}).view();
    const driver = (of: Plan, target: string) => driverFor({ plan: of, target, facts });
    const inventories = { rack: { at: 1, inventory: inventoryWith([machine]) } };
    return withSnapshots(asPreview(steps), { plan: plan!, inventories, driver }, wanted);
  };
  const names = (...args: Parameters<typeof offers>) =>
    offers(...args).snapshots?.map(({ machine }) => machine);

  test('a risky step inside a server of the lab that exists', () => {
    expect(names([risky('mirror.packages@images')])).toEqual(['images']);
    expect(names([plannedStep('mirror.packages@images')])).toEqual([]);
    expect(names([risky('mirror.packages@maas')])).toEqual([]);
    expect(names([risky('kvm.group@rack')])).toEqual([]);
  });

  test('a change of the machine itself, and none that is not ours', () => {
    const step = { ...plannedStep('servers.machine@images'), target: 'rack' };
    expect(names([step])).toEqual(['images']);
    const { owner: _, ...nobodys } = there;
    expect(names([step], nobodys)).toEqual([]);
    expect(names([step], { ...there, owner: { lab: 'other', machine: 'images' } })).toEqual([]);
    expect(names([step], { ...there, uuid: 'f00d' })).toEqual([]);
  });

  test('and taken, it comes once before all that it is for, on the hypervisor', () => {
    const steps = [plannedStep('x@rack'), risky('one@images'), risky('two@images')];
    const shown = offers(steps, there, true);
    expect(shown.steps.map(({ id, target, after, aside }) => [id, target, after, aside])).toEqual([
      ['x@rack', 'rack', undefined, undefined],
      ['nodes.snapshot@images', 'rack', undefined, true],
      ['one@images', 'images', ['nodes.snapshot@images'], undefined],
      ['two@images', 'images', ['nodes.snapshot@images'], undefined],
    ]);
    expect(shown.digest).not.toBe(offers(steps).digest);
  });

  test('where there can be none it is said why, and the step stays as it was', () => {
    const shown = offers([risky('one@images')], { ...there, firmware: 'efi' }, true);
    expect(shown.snapshots).toEqual([
      { machine: 'images', trouble: { key: 'snapshot.trouble.efi', params: { name: 'images' } } },
    ]);
    expect(shown.steps.map(({ id, after }) => [id, after])).toEqual([['one@images', undefined]]);
  });

  test('copied as shell, it is named after nobody’s run', () => {
    const { steps } = offers([risky('one@images')], there, true);
    const text = copyShell(steps, ({ key }) => key);
    expect(text).toContain('RUN=by-hand-$(date -u +%Y%m%d%H%M%S)\n');
    expect(text).toContain('"$RUN" | sudo');
  });
});
