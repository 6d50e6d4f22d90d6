import type { Inventory } from '../../contract/inventory.ts';
import { message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import { machineSpecs } from '../engine/machine-specs.ts';
import type { Read } from '../engine/probe.ts';
import type { Step, StepContext } from '../engine/step.ts';
import { machineStorage } from './machine-storage.ts';

/** The datastores of the plan's machines on VMware: there, mounted, and how much room is left. */
export function storageStep(
  own: Pick<Step, 'id' | 'needs'> & { readonly targets: (plan: Plan) => readonly string[] },
  read: (context: StepContext) => Read<Inventory>,
): Step {
  return {
    ...own,
    reads: (context) => [read(context)],
    check: (context) => {
      const { plan, target, facts } = context;
      const { storages } = facts.need(read(context));
      const specs = machineSpecs(plan).filter((spec) => spec.on === target);
      const names = new Set(specs.map(({ datastore }) => datastore));
      if (names.size === 0) names.add(undefined);
      const found = [...names].map((name) => ({
        name: name ?? plan.sites[target]?.datastore ?? '–',
        storage: machineStorage(plan, target, storages, name),
      }));
      const absent = found.find((each) => each.storage === undefined);
      if (absent !== undefined) {
        const known = storages.map(({ name }) => name).join(', ') || '–';
        const params = { name: absent.name, known };
        return { state: 'manual', reason: message('esxi.storage.absent', params) };
      }
      const all = found.flatMap((each) => each.storage ?? []);
      const inactive = all.find(({ active }) => !active);
      if (inactive !== undefined) {
        const { name } = inactive;
        return { state: 'manual', reason: message('esxi.storage.inactive', { name }) };
      }
      const [first, ...rest] = all.map(({ name, path, availableBytes, capacityBytes }) => {
        const params = { name, path, available: availableBytes, capacity: capacityBytes };
        return message('esxi.storage.done', params);
      });
      return { state: 'done', reason: first ?? message('esxi.storage.absent'), notes: rest };
    },
  };
}
