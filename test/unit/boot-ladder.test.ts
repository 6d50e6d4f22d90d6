import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isStuck, patienceSeconds, secondsLeft } from '../../src/contract/boot-ladder.ts';
import type { MaasEvent } from '../../src/contract/maas.ts';
import { bootHistory, bootLadders } from '../../src/main/engine/boot-ladder.ts';

const START = Date.parse('2026-11-22T07:00:00Z');

/** Events of one machine: seconds after the start, type, description. */
function events(
  machine: string,
  ...list: readonly (readonly [seconds: number, type: string, description?: string])[]
): MaasEvent[] {
  return list.map(([seconds, type, description = ''], index) => ({
    id: seconds * 10 + index,
    at: new Date(START + seconds * 1000).toISOString(),
    level: /Request|result|Node/.test(type) ? 'debug' : 'info',
    type,
    description,
    machine,
    hostname: machine,
  }));
}

const BOOT: readonly (readonly [number, string, string?])[] = [
  [0, 'Commissioning'],
  [1, 'Powering on'],
  [20, 'PXE Request', 'power on'],
  [22, 'TFTP Request', 'lpxelinux.0'],
  [30, 'Performing PXE boot'],
  [40, 'Loading ephemeral'],
  [90, 'Gathering information'],
];

/** The recorded deployment of a real MAAS 3.3, as the client gives it. */
function recorded(name: string): MaasEvent[] {
  const text = readFileSync(new URL(`../fixtures/maas/${name}.json`, import.meta.url), 'utf8');
  const find = (value: unknown): { events: Record<string, string>[] } | undefined => {
    if (typeof value === 'string') {
      return value.includes('"events"') ? (JSON.parse(value) as never) : undefined;
    }
    if (value === null || typeof value !== 'object') return undefined;
    if ('events' in value) return value as never;
    return Object.values(value).map(find).find(Boolean);
  };
  return (find(JSON.parse(text))?.events ?? []).map((event) => ({
    id: Number(event.id),
    at: new Date(`${event.created?.replace('.', '')} UTC`).toISOString(),
    level: String(event.level).toLowerCase() as MaasEvent['level'],
    type: event.type ?? '',
    description: event.description ?? '',
    machine: event.node ?? '',
    hostname: event.hostname ?? '',
  }));
}

test('each rung that MAAS tells of is climbed, with its proof', () => {
  const { node } = bootLadders(events('node', ...BOOT));
  expect(node?.proofs.map(({ stage }) => stage)).toEqual([
    'asked',
    'dhcp',
    'bootloader',
    'kernel',
    'ephemeral',
    'reporting',
  ]);
  expect(node).toMatchObject({ work: 'commissioning', stage: 'reporting', since: START + 90_000 });
});

test('only what came since MAAS last set to work counts', () => {
  const { node } = bootLadders(
    events('node', ...BOOT, [120, 'Ready'], [300, 'Deploying'], [301, 'Powering on']),
  );
  expect(node).toMatchObject({ work: 'deploying', stage: 'asked', since: START + 300_000 });
});

test('a recorded deployment is over, and a recorded failure says why', () => {
  expect(Object.values(bootLadders(recorded('181-events-deploy')))).toMatchObject([
    { work: 'deploying', stage: 'over' },
  ]);
  expect(Object.values(bootLadders(recorded('224-events-failed-deployment')))).toMatchObject([
    {
      work: 'deploying',
      stage: 'reporting',
      failed: expect.stringContaining('Installation failed'),
    },
  ]);
  expect(Object.values(bootLadders(recorded('214-events-power-failure-full')))).toMatchObject([
    { work: 'commissioning', stage: 'asked', failed: expect.stringContaining('BMC') },
  ]);
});

test('what stands still is stuck within its rung’s own patience, not after MAAS’s thirty minutes', () => {
  const { node } = bootLadders(events('node', ...BOOT.slice(0, 3)));
  const at = (seconds: number) => isStuck(node!, { stages: {} }, START + seconds * 1000);
  expect(at(60)).toBe(false);
  expect(at(20 + patienceSeconds('dhcp', { stages: {} }) + 1)).toBe(true);
});

test('this lab’s own history sets the patience and the time that is left', () => {
  const past = ['a', 'b', 'c'].flatMap((name) => events(name, ...BOOT, [150, 'Ready']));
  const history = bootHistory(past);
  expect(history).toMatchObject({ commissioning: 150, stages: { kernel: 10, ephemeral: 50 } });
  expect(patienceSeconds('ephemeral', history)).toBe(150);
  const { node } = bootLadders(events('node', ...BOOT));
  expect(secondsLeft(node!, history, START + 100_000)).toBe(50);
});

test('events in any order, with any words, never climb down and never throw', () => {
  const types = [
    'Commissioning',
    'Deploying',
    'PXE Request',
    'Ready',
    'Marking node failed',
    'odd',
  ];
  const one = fc.record({
    seconds: fc.integer({ min: 0, max: 1000 }),
    type: fc.oneof(fc.constantFrom(...types), fc.string()),
    text: fc.string(),
    machine: fc.constantFrom('', 'a', 'b'),
  });
  fc.assert(
    fc.property(fc.array(one), (list) => {
      const all = list.flatMap(({ seconds, type, text, machine }) =>
        events(machine, [seconds, type, text]),
      );
      bootHistory(all);
      for (const { proofs } of Object.values(bootLadders(all))) {
        const times = proofs.map(({ at }) => at);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      }
    }),
  );
});
