import type { HypervisorNetwork, Inventory, Machine } from '../../contract/inventory.ts';
import { message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import type { Hypervisor } from '../engine/hypervisor.ts';
import { labId, machineSpecs, networkName, uuidOf } from '../engine/machine-specs.ts';
import { on } from '../engine/probe.ts';
import type { Step, StepContext } from '../engine/step.ts';
import { machineOf, siteOfShell } from './site-driver.ts';

export interface Leftovers {
  readonly machines: readonly Machine[];
  readonly networks: readonly HypervisorNetwork[];
}

/** What goes into a script must be what we would have written; a mark can be written by anyone. */
const MACHINE_NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What a host, or a site by whichever of its names, has that bears the mark of this lab and that its plan names no more. */
export function leftoversOf(plan: Plan, host: string, inventory: Inventory): Leftovers {
  const lab = labId(plan);
  const itself = machineOf(plan, host);
  const here = machineSpecs(plan).filter((spec) => machineOf(plan, spec.on) === itself);
  const bridges = Object.entries(plan.networks)
    .filter(([, network]) => machineOf(plan, network.on) === itself)
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

/** A host that is the shell of a site is that site, which tells of itself. */
const hypervisors = (plan: Plan): string[] => [
  ...Object.keys(plan.hosts).filter(
    (name) =>
      ['kvm', 'esxi'].includes(plan.hosts[name]!.role) && siteOfShell(plan, name) === undefined,
  ),
  ...Object.keys(plan.sites),
];

/** Says what was left behind when the plan changed. Nothing of it is ever removed by itself. */
export function leftovers(driver: (context: StepContext) => Hypervisor): Step {
  const read = (context: StepContext) => on(context.target, driver(context).inventory);
  return {
    id: 'nodes.leftovers',
    targets: hypervisors,
    needs: ['kvm.service', 'esxi.reachable', 'site.reachable', 'site.shell'],
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
