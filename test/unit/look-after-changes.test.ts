import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import { LabwrightError } from '../../src/contract/error.ts';
import { CHAPTERS } from '../../src/main/app/chapters.ts';
import type { LabFindings } from '../../src/main/app/lab-findings.ts';
import type { Following } from '../../src/main/app/lab-hosts.ts';
import type { LabRuns } from '../../src/main/app/lab-runs.ts';
import { lookAfterChanges } from '../../src/main/app/look-after-changes.ts';
import { domainEvents } from '../../src/main/drivers/libvirt/domain-events.ts';
import { libvirt } from '../../src/main/drivers/libvirt/libvirt.ts';
import { FactStore } from '../../src/main/engine/facts.ts';
import { instantiate } from '../../src/main/engine/step.ts';
import { readPlan } from '../../src/main/plan/read-plan.ts';
import { inventoryWith } from './support/inventory.ts';
import { kvmPlanText } from './support/kvm-plan.ts';

const plan = readPlan(
  kvmPlanText().replace(
    'networks:',
    `  mirror:
    role: mirror
    address: 192.0.2.9
    user: ubuntu
    auth: { agent: true }
networks:`,
  ),
).plan!;

let facts: FactStore;
let looks: string[][];
let waits: number[];
/** What happens in the middle of each look, in their order. */
let during: (() => void)[];
let run: Promise<void> | undefined;
let closed: AbortController;
let following: Following;

const observed = (error?: LabwrightError) =>
  facts.put({
    target: 'rack',
    key: libvirt.inventory.key,
    at: 1,
    command: '',
    output: '',
    stale: false,
    ...(error ? { error: error.toData() } : { value: inventoryWith([]) }),
  });

beforeEach(() => {
  facts = new FactStore();
  looks = [];
  waits = [];
  during = [];
  run = undefined;
  closed = new AbortController();
  const runs = {
    get busy() {
      return run !== undefined;
    },
    settled: () => run ?? Promise.resolve(),
  };
  const findings = {
    instances: () => instantiate(CHAPTERS, plan),
    check: async ({ steps }: { steps: string[] }) => {
      looks.push(steps);
      await turn();
      during.shift()?.();
      return [];
    },
  };
  following = lookAfterChanges({
    plan: () => plan,
    facts,
    findings: findings as unknown as LabFindings,
    runs: runs as unknown as LabRuns,
    wait: async (milliseconds) => {
      waits.push(milliseconds);
      await turn();
    },
    closed: closed.signal,
  });
});

async function quiet(): Promise<void> {
  for (let before = -1; before !== looks.length + waits.length; ) {
    before = looks.length + waits.length;
    for (let turns = 0; turns < 10; turns++) await turn();
  }
}

test('many changes at once are one look, at what rests on the inventory', async () => {
  for (let count = 0; count < 5; count++) following.changed('rack');
  await quiet();
  expect(looks).toHaveLength(1);
  expect(looks[0]).toContain('nodes.machine@node-1');
  expect(looks[0]).toContain('network.isolated@pxe');
  expect(looks[0]).not.toContain('kvm.packages@rack');
  expect(looks[0]).not.toContain('network.quiet@pxe');
});

test('what changes in the middle of a look is looked at again, once', async () => {
  during = [() => following.changed('rack'), () => {}];
  following.changed('rack');
  await quiet();
  expect(looks).toHaveLength(2);
  following.changed('rack');
  await quiet();
  expect(looks).toHaveLength(3);
});

test('a run is waited for', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  run = promise;
  following.changed('rack');
  await quiet();
  expect(looks).toEqual([]);
  run = undefined;
  resolve();
  await quiet();
  expect(looks).toHaveLength(1);
});

test('a look over a link that dies is made again, and not for ever', async () => {
  during = [() => observed(new LabwrightError('host-closed', { host: 'rack' })), () => observed()];
  following.changed('rack');
  await quiet();
  expect({ looks: looks.length, waits }).toEqual({ looks: 2, waits: [500, 1000] });
  observed(new LabwrightError('host-unreachable', { host: 'rack' }));
  following.changed('rack');
  await quiet();
  expect(waits.slice(2)).toEqual([500, 1000, 2000, 4000, 8000, 16_000]);
});

test('what libvirt itself refuses is not asked again and again', async () => {
  observed(new LabwrightError('output-unexpected', { host: 'rack', expected: 'an answer' }));
  following.changed('rack');
  await quiet();
  expect(looks).toHaveLength(1);
});

test('nothing is looked at any more once the lab is closed', async () => {
  following.changed('rack');
  closed.abort();
  following.changed('rack');
  await quiet();
  expect(looks).toEqual([]);
});

test('only hosts that run machines have something to tell', () => {
  expect(following.feed('rack')).toBe(domainEvents);
  expect(following.feed('mirror')).toBeUndefined();
});
