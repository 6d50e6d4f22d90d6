import type { HypervisorNetwork, Inventory, Machine } from '../../contract/inventory.ts';
import { message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import type { Hypervisor } from '../engine/hypervisor.ts';
import { labId, machineSpecs, networkName, uuidOf } from '../engine/machine-specs.ts';
import { on } from '../engine/probe.ts';
import type { Step, StepContext } from '../engine/step.ts';

export interface Leftovers {
  readonly machines: readonly Machine[];
  readonly networks: readonly HypervisorNetwork[];
}

/** What goes into a script must be what we would have written; a mark can be written by anyone. */
const MACHINE_NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What a host has that bears the mark of this lab and that its plan names no more. */
export function leftoversOf(plan: Plan, host: string, inventory: Inventory): Leftovers {
  const lab = labId(plan);
  const here = machineSpecs(plan).filter((spec) => spec.on === host);
  const bridges = Object.entries(plan.networks)
    .filter(([, network]) => network.on === host)
    .map(([name]) => networkName(plan, name));
  return {
    machines: inventory.machines.filter(
      ({ owner, uuid }) =>
        owner?.lab === lab &&
        MACHINE_NAME.test(owner.machine) &&
        UUID.test(uuid) &&
        !here.some((spec) => spec.uuid === uuid),
    ),
    networks: inventory.networks.filter(
      ({ owner, name }) =>
        owner?.lab === lab && owner.machine === `labwright-${name}` && !bridges.includes(name),
    ),
  };
}

/**
 * Whether we made it: its UUID follows from this lab and the name in its mark, as only ours do. The
 * mark alone proves less: a copy has it too, and so has a machine that was adopted. The journal is
 * not asked, since a lab may have been checked out anew on another computer.
 */
export function isMadeByUs({ uuid, owner }: Machine): boolean {
  return owner !== undefined && uuid === uuidOf(owner.lab, owner.machine);
}

const hypervisors = (plan: Plan): string[] => [
  ...Object.keys(plan.hosts).filter((name) => ['kvm', 'esxi'].includes(plan.hosts[name]!.role)),
  ...Object.keys(plan.sites),
];

/** Says what was left behind when the plan changed. Nothing of it is ever removed by itself. */
export function leftovers(driver: (plan: Plan, target: string) => Hypervisor): Step {
  const read = ({ plan, target }: StepContext) => on(target, driver(plan, target).inventory);
  return {
    id: 'nodes.leftovers',
    targets: hypervisors,
    needs: ['kvm.service', 'esxi.reachable', 'site.reachable'],
    reads: (context) => [read(context)],
    check: (context) => {
      const { plan, target, facts } = context;
      const { machines, networks } = leftoversOf(plan, target, facts.need(read(context)));
      const names = [...machines, ...networks].map(({ name }) => name);
      return names.length === 0
        ? { state: 'done', reason: message('leftover.none') }
        : { state: 'manual', reason: message('leftover.found', { names: names.join(', ') }) };
    },
  };
}
