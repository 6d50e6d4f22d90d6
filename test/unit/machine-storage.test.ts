import { expect, test } from 'vitest';
import { machineStorage, storagePlace } from '../../src/main/guide/machine-storage.ts';
import { readPlan } from '../../src/main/plan/read-plan.ts';
import { esxiPlanText } from './support/esxi-plan.ts';
import { kvmPlanText } from './support/kvm-plan.ts';

const storage = (name: string, capacityBytes: number, availableBytes: number, active = true) => ({
  name,
  path: `/vmfs/volumes/${name}`,
  active,
  capacityBytes,
  availableBytes,
});
const STORAGES = [
  storage('small', 10, 9),
  storage('large', 100, 1),
  storage('larger', 200, 200, false),
  storage('default', 5, 5),
];
const esxi = readPlan(esxiPlanText()).plan!;
const kvm = readPlan(kvmPlanText()).plan!;

test('machines lie on the largest datastore that is there, however full it gets', () => {
  expect(machineStorage(esxi, 'esxi', STORAGES, undefined)?.name).toBe('large');
  expect(machineStorage(esxi, 'esxi', STORAGES.toReversed(), undefined)?.name).toBe('large');
  expect(machineStorage(esxi, 'esxi', STORAGES, 'small')?.name).toBe('small');
});

test('a datastore that is not there is none; the pool of a KVM host is known beforehand', () => {
  expect(storagePlace(esxi, 'esxi', STORAGES, 'gone')).toBeUndefined();
  expect(storagePlace(esxi, 'esxi', [], undefined)).toBeUndefined();
  expect(storagePlace(kvm, 'rack', STORAGES, undefined)?.path).toBe('/vmfs/volumes/default');
  expect(storagePlace(kvm, 'rack', [], undefined)?.path).toBe('/var/lib/libvirt/images');
});
