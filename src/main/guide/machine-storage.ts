import type { Inventory } from '../../contract/inventory.ts';
import type { Plan } from '../../contract/plan.ts';
import type { StorageFact } from '../engine/hypervisor.ts';
import { POOL } from './kvm-host.ts';

type Storage = Inventory['storages'][number];

/**
 * What keeps the disks of a machine. On ESXi, without a choice in the plan, it is the largest
 * datastore: its size stays the same while machines fill it, so the answer does too.
 */
export function machineStorage(
  plan: Plan,
  target: string,
  storages: readonly Storage[],
  datastore: string | undefined,
): Storage | undefined {
  if (plan.hosts[target]?.role === 'kvm') return storages.find(({ name }) => name === POOL.name);
  const wanted = datastore ?? plan.sites[target]?.datastore;
  if (wanted !== undefined) return storages.find(({ name }) => name === wanted);
  return storages
    .filter(({ active }) => active)
    .toSorted((a, b) => b.capacityBytes - a.capacityBytes || (a.name < b.name ? -1 : 1))[0];
}

/** The same where a place must be told although nobody has seen it. */
export function storagePlace(
  plan: Plan,
  target: string,
  storages: readonly Storage[],
  datastore: string | undefined,
): StorageFact | undefined {
  const found = machineStorage(plan, target, storages, datastore);
  return found ?? (plan.hosts[target]?.role === 'kvm' ? POOL : undefined);
}
