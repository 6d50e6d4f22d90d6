import type { Inventory } from '../../contract/inventory.ts';
import type { Plan } from '../../contract/plan.ts';
import type { StorageFact } from '../engine/hypervisor.ts';
import { POOL } from './kvm-host.ts';

type Storage = Inventory['storages'][number];

/**
 * What keeps the disks of a machine: on a KVM host our pool; at a site the planned datastore, or where
 * most room is. On an ESXi host without a choice in the plan it is the largest datastore: its size
 * stays the same while machines fill it, so a folder that was begun is found again.
 */
export function machineStorage(
  plan: Plan,
  target: string,
  storages: readonly Storage[],
  datastore: string | undefined,
): Storage | undefined {
  const site = plan.sites[target];
  const esxi = plan.hosts[target]?.role === 'esxi';
  if (site === undefined && !esxi) return storages.find(({ name }) => name === POOL.name);
  const wanted = datastore ?? site?.datastore;
  if (wanted !== undefined) return storages.find(({ name }) => name === wanted);
  const room = (each: Storage) => (esxi ? each.capacityBytes : each.availableBytes);
  return storages
    .filter(({ active }) => active)
    .toSorted((a, b) => room(b) - room(a) || (a.name < b.name ? -1 : 1))[0];
}

/** The same where a place must be told although nobody has seen it. */
export function storagePlace(
  plan: Plan,
  target: string,
  storages: readonly Storage[],
  datastore: string | undefined,
): StorageFact | undefined {
  const found = machineStorage(plan, target, storages, datastore);
  return found ?? (plan.hosts[target]?.role === 'esxi' ? undefined : POOL);
}
