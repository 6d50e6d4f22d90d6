import { describe, expect, test } from 'vitest';
import type { Plan } from '../../src/contract/plan.ts';
import type { PastRun } from '../../src/main/app/past-runs.ts';
import { teardownPreview } from '../../src/main/app/teardown-preview.ts';
import { undoPreview } from '../../src/main/app/undo-preview.ts';
import { plannedRun } from '../../src/main/engine/execute.ts';
import { FactStore } from '../../src/main/engine/facts.ts';
import type { Step } from '../../src/main/engine/step.ts';
import { readPlan } from '../../src/main/plan/read-plan.ts';
import { plannedStep } from './support/fake-run.ts';
import { inventoryWith } from './support/inventory.ts';
import { serverPlanText } from './support/server-plan.ts';
import { script } from './support/steps.ts';

const plan = readPlan(serverPlanText()).plan!;

const step = (id: string, targets: Step['targets'], more: Partial<Step> = {}): Step => ({
  id,
  targets,
  needs: [],
  reads: () => [],
  check: () => ({ state: 'done', reason: { key: id } }),
  undo: ({ before, target, plan: of }) => [
    script('put-back', target, `${of.name}: ${JSON.stringify(before.was)}`),
  ],
  ...more,
});
const rack = () => ['rack'];
const removal: Step['undo'] = ({ target }) => [script('remove-machine', target, 'rm')];
const image = () => [{ owner: 'images', target: 'rack' }];

const CHAPTERS = [
  {
    id: 'all',
    steps: [
      step('a', rack),
      step('data', rack, {
        undo: ({ keepData, target }) => (keepData ? [] : [script('rm', target, 'rm data')]),
      }),
      step('forgets', rack, { undo: ({ target }) => [script('put-back', target, 'same')] }),
      step('servers.machine', image, { undo: removal }),
      step('inside', () => ['images']),
      step('used', rack, { carries: (_context, { name }) => name === 'web' }),
      step('once', rack, { undo: undefined } as unknown as Partial<Step>),
      step('z', rack),
    ],
  },
];

/** A run that made these steps, each from what was there. */
function past(id: string, steps: readonly string[], of: Plan = plan, was: unknown = id): PastRun {
  const planned = steps.map((each) => {
    const owner = each.slice(each.indexOf('@') + 1);
    const target = owner === 'images' && !each.startsWith('inside') ? 'rack' : owner;
    return { ...plannedStep(each), target };
  });
  const run = plannedRun(id, 'apply', planned, '', 0);
  for (const each of run.steps) for (const action of each.actions) action.state = 'succeeded';
  const before = Object.fromEntries(steps.map((each) => [each, { was }]));
  return { run, planned, before, plan: of, takenBack: new Set() };
}

const scene = (machines: Parameters<typeof inventoryWith>[0] = [], present = plan) => ({
  chapters: CHAPTERS,
  present,
  facts: () => new FactStore().view(),
  inventories: { rack: { at: 1, inventory: inventoryWith(machines) } },
});
const shown = (pasts: PastRun[], keepData = false, at = scene()) => {
  const { steps, left } = teardownPreview(pasts, keepData, at);
  return {
    steps: steps.map(({ id, actions }) => [
      id,
      ...actions.map((each) => (each.kind === 'script' ? `${each.id} ${each.script}` : each.kind)),
    ]),
    left: left.map(({ id, reason }) => [id, reason.key]),
  };
};

describe('taking everything back', () => {
  test('goes from the end of the guide, whichever run came first', () => {
    const { steps } = shown([past('1', ['z@rack']), past('2', ['a@rack'])]);
    expect(steps.map(([id]) => id)).toEqual(['z@rack', 'a@rack']);
  });

  test('of a step that several runs made brings back what was there before the first', () => {
    const { steps } = shown([past('1', ['a@rack']), past('2', ['a@rack']), past('3', ['a@rack'])]);
    expect(steps).toEqual([['a@rack', 'put-back bed: "1"']]);
  });

  test('takes each back where it was about something else by then', () => {
    const other = { ...plan, name: 'later' };
    const { steps } = shown([past('1', ['a@rack']), past('2', ['a@rack'], other)]);
    expect(steps).toEqual([['a@rack', 'put-back later: "2"', 'put-back-2 bed: "1"']]);
    const same = shown([past('1', ['forgets@rack']), past('2', ['forgets@rack'], other)]);
    expect(same.steps).toEqual([['forgets@rack', 'put-back same']]);
  });

  test('leaves what was taken back, what is to be kept, and what has no way back, and says so', () => {
    const gone = { ...past('1', ['a@rack']), takenBack: new Set(['a@rack']) };
    const { steps, left } = shown([gone, past('2', ['data@rack', 'once@rack'])], true);
    expect(steps).toEqual([]);
    expect(left).toEqual([
      ['once@rack', 'teardown.stays'],
      ['data@rack', 'teardown.kept'],
    ]);
    expect(shown([past('2', ['data@rack'])]).steps).toEqual([['data@rack', 'rm rm data']]);
  });

  test('does not go into a machine that is removed with all that is in it', () => {
    const { steps, left } = shown([past('1', ['servers.machine@images', 'inside@images'])]);
    expect(steps.map(([id]) => id)).toEqual(['servers.machine@images']);
    expect(left).toEqual([['inside@images', 'teardown.goes-with']]);
  });

  test('takes nothing away from under a machine that stays, nor does an undo', () => {
    const web = { ...inventoryWith([]).machines[0], name: 'web', uuid: 'f00d' };
    const at = scene([web as never]);
    const used = past('1', ['used@rack', 'a@rack']);
    expect(shown([used], false, at)).toEqual({
      steps: [['a@rack', 'put-back bed: "1"']],
      left: [['used@rack', 'undo.in-use']],
    });
    const { steps, left } = undoPreview(used, at);
    expect([steps.map(({ id }) => id), left.map(({ reason }) => reason.params)]).toEqual([
      ['a@rack'],
      [{ names: 'web' }],
    ]);
  });

  test('says what is out of reach, and what was on another host before', () => {
    const empty = { ...plan, hosts: {}, machines: {}, networks: {} };
    expect(shown([past('1', ['a@rack'])], false, scene([], empty))).toEqual({
      steps: [],
      left: [['a@rack', 'undo.host-gone']],
    });
    const before = past('1', ['servers.machine@images']);
    const moved = past('2', ['servers.machine@images']);
    for (const each of [...before.run.steps, ...before.planned])
      Object.assign(each, { target: 'x' });
    expect(shown([before, moved]).left).toEqual([['servers.machine@images', 'teardown.again']]);
  });
});
