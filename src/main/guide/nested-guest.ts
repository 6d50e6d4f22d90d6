import type { Inventory, Machine } from '../../contract/inventory.ts';
import { type Message, message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import type { Hypervisor } from '../engine/hypervisor.ts';
import { machineSpecs } from '../engine/machine-specs.ts';
import { on } from '../engine/probe.ts';
import { nestedInside } from '../engine/probes/nested-inside.ts';
import type { Owner, Step, StepContext } from '../engine/step.ts';

/** Servers that shall run machines, and that we can log in to: a host of the plan has their name. */
const nestedServers = (plan: Plan): Owner[] =>
  machineSpecs(plan)
    .filter(({ name, nested, role }) => nested && role !== 'node' && plan.hosts[name] !== undefined)
    .map(({ name, on: target }) => ({ owner: name, target }));

/** Why the processor inside has no extension, by what the hypervisor says of itself. */
function cause(name: string, inventory: Inventory, machine: Machine): Message {
  const kvm = inventory.product === 'libvirt';
  if (!machine.nested) {
    return message(kvm ? 'servers.nested.cpu-mode' : 'servers.nested.vhv', { name });
  }
  if (!inventory.accelerated) return message('servers.nested.emulated', { name });
  if (!inventory.nested) {
    return message(kvm ? 'servers.nested.host-parameter' : 'servers.nested.host-old', { name });
  }
  return message('servers.nested.restart', { name });
}

/**
 * Nested virtualization as it is inside: a hypervisor may be told to pass it on, and not do so. It
 * waits for nothing, since a machine that does not run yet is said to be off.
 */
export function nestedGuest(
  driver: (where: Pick<StepContext, 'plan' | 'target' | 'facts'>) => Hypervisor,
): Step {
  const inventoryRead = (context: StepContext) => on(context.target, driver(context).inventory);
  const machineOf = (context: StepContext, inventory: Inventory | undefined) => {
    const spec = machineSpecs(context.plan).find(({ name }) => name === context.owner);
    return inventory?.machines.find(({ uuid }) => uuid === spec?.uuid);
  };
  return {
    id: 'servers.nested',
    targets: nestedServers,
    needs: [],
    reads: (context) => {
      const inventory = inventoryRead(context);
      const found = machineOf(context, context.facts.maybe(inventory));
      return found?.power === 'on' ? [inventory, on(context.owner, nestedInside)] : [inventory];
    },
    check: (context) => {
      const { owner: name, facts } = context;
      const inventory = facts.need(inventoryRead(context));
      const machine = machineOf(context, inventory);
      if (machine?.power !== 'on') {
        return { state: 'todo', reason: message('servers.nested.off', { name }) };
      }
      const { extension, device, kvmOk } = facts.need(on(name, nestedInside));
      if (extension === undefined) {
        return { state: 'manual', reason: cause(name, inventory, machine) };
      }
      if (kvmOk?.usable === false) {
        const params = { name, extension, said: kvmOk.said };
        return { state: 'manual', reason: message('servers.nested.refused', params) };
      }
      if (!device) {
        const module = extension === 'vmx' ? 'kvm_intel' : 'kvm_amd';
        const params = { name, extension, module };
        return { state: 'manual', reason: message('servers.nested.module', params) };
      }
      const notes = inventory.accelerated ? [] : [message('machine.emulated', { name })];
      const reason = message('servers.nested.done', { name, extension });
      return { state: 'done', reason, notes };
    },
  };
}
