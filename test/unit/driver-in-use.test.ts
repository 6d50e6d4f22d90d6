import { expect, test } from 'vitest';
import type { Finding } from '../../src/contract/finding.ts';
import { message } from '../../src/contract/message.ts';
import { driverInUse } from '../../src/renderer/hosts/driver-in-use.ts';

const finding = (id: string, key: string, params = {}): Record<string, Finding> => ({
  [id]: {
    id,
    step: id.split('@')[0]!,
    target: 'rack',
    state: 'done',
    reason: message(key, params),
    notes: [],
    evidence: [],
    waitsFor: [],
    at: 0,
  },
});
const free = { name: 'vSphere Hypervisor', writes: false };
const evaluation = { name: 'Evaluation Mode', writes: true };
const driver = (...given: Parameters<typeof driverInUse>) => {
  const { driver: by, why } = driverInUse(...given);
  return [by.key, by.params?.host, why?.key];
};

test.each(['site.shell.licence', 'site.shell.refused'])('%s is the shell, and why', (key) => {
  const found = finding('site.shell@rack', key, { site: 'rack', host: 'rack-shell' });
  expect(driver('rack', found, free)).toEqual(['hosts.driverShell', 'rack-shell', key]);
});

test('without a shell, the API with what the licence says of it', () => {
  expect(driver('rack', {}, evaluation)).toEqual([
    'hosts.driverApi',
    undefined,
    'hosts.driverAllowed',
  ]);
  const reads = finding('site.licence@rack', 'site.licence.read-only');
  expect(driver('rack', reads, free)).toEqual([
    'hosts.driverReads',
    undefined,
    'site.licence.read-only',
  ]);
});

test('a shell that is there and not used is told, and a shell of another machine is no driver', () => {
  const used = finding('site.shell@rack', 'site.shell.api');
  expect(driver('rack', used, evaluation)).toEqual([
    'hosts.driverApi',
    undefined,
    'site.shell.api',
  ]);
  const other = finding('site.shell@rack', 'site.shell.other');
  expect(driver('rack', other, free)).toEqual(['hosts.driverReads', undefined, 'site.shell.other']);
});

test('before the first check no reason is made up', () => {
  expect(driver('rack', {}, undefined)).toEqual(['hosts.driverApi', undefined, undefined]);
  const waits = finding('site.shell@rack', 'finding.waits');
  expect(driver('rack', waits, free)).toEqual(['hosts.driverReads', undefined, undefined]);
});
