import type { Adoption } from '../../contract/change.ts';
import { LabwrightError } from '../../contract/error.ts';
import type { HypervisorNetwork, Inventory, Machine } from '../../contract/inventory.ts';
import type { PlanState } from '../../contract/lab-state.ts';
import { type MachineGroup, networkNameOf, type Plan } from '../../contract/plan.ts';
import { machineSpecs } from '../engine/machine-specs.ts';
import { departures, specNotes } from '../guide/machine-rules.ts';
import { uplinksOf } from '../guide/uplinks.ts';
import { editPlan, type PlanChange } from '../plan/edit-plan.ts';
import { readPlan } from '../plan/read-plan.ts';
import { assertNobodyElse } from './change-preview.ts';

export interface AdoptInput {
  /** lab.yaml as it is. */
  readonly file: PlanState;
  readonly plan: Plan;
  readonly host: string;
  readonly inventory: Inventory | undefined;
  readonly uuid: string;
  readonly role: MachineGroup['role'];
  /** Of its disks, GiB. */
  readonly sizes: readonly number[];
}

/** A machine that adoption may be offered for: there, unknown to the plan, and nobody's. */
export function adoptable(plan: Plan, inventory: Inventory | undefined, uuid: string): Machine {
  const machine = inventory?.machines.find((each) => each.uuid === uuid);
  if (machine === undefined || machineSpecs(plan).some((spec) => spec.uuid === uuid)) {
    throw new LabwrightError('machine-not-ours', { name: machine?.name ?? uuid });
  }
  assertNobodyElse(machine, plan);
  return machine;
}

/** What lab.yaml would say of a machine that exists, and how it stands by that. Nothing is changed. */
export function adoptMachine(input: AdoptInput): Adoption {
  const { file, plan, host, inventory, uuid, role, sizes } = input;
  const machine = adoptable(plan, inventory, uuid);
  const changes: PlanChange[] = [];
  const names = machine.nics.map(({ network }) => {
    const known = Object.entries(plan.networks).find(
      ([, each]) => each.on === host && networkNameOf(each) === network,
    );
    if (known) return known[0];
    const name = freeName(network, 'network', Object.keys(plan.networks));
    const found = inventory?.networks.find((each) => each.name === network);
    changes.push({ path: ['networks', name], value: networkOf(host, network, found) });
    return name;
  });
  const macs = machine.nics.map(({ mac }) => mac);
  const group = freeName(
    machine.name,
    'machine',
    machineSpecs(plan).map(({ name }) => name),
  );
  const value = {
    adopt: machine.uuid,
    on: host,
    role,
    cpus: machine.cpus,
    memory_mib: machine.memoryMib,
    disks_gib: [...sizes],
    networks: names,
    // VMware gives an address at the first start; until then it has none to write down.
    ...(macs.every((mac) => mac !== '') ? { macs } : {}),
    firmware: machine.firmware,
    // QEMU's own processor offers it on any host; it is a wish only where the host can fulfil it.
    ...(machine.nested && inventory?.nested ? { nested: true } : {}),
  };
  changes.push({ path: ['machines', group], value });
  const text = editPlan(file.text, changes);
  const { plan: next, problems } = readPlan(text);
  const spec = next && machineSpecs(next).find((each) => each.uuid === machine.uuid);
  return {
    name: group,
    text,
    expected: file.sha256,
    added: editPlan('', changes),
    problems,
    departures: spec ? departures(spec, machine).map(({ reason }) => reason) : [],
    notes: spec && inventory ? specNotes(spec, inventory) : [],
  };
}

function networkOf(host: string, name: string, found: HypervisorNetwork | undefined) {
  if (found?.kind === 'portgroup') {
    const vlan = found.vlan ? { vlan: found.vlan } : {};
    return {
      on: host,
      portgroup: name,
      ...(found.switch ? { switch: found.switch } : {}),
      ...vlan,
    };
  }
  const [uplink] = found === undefined ? [] : uplinksOf(found);
  return { on: host, bridge: name, ...(uplink === undefined ? {} : { uplink }) };
}

/** A name as lab.yaml takes it, from one that a person gave; not one of those that are taken. */
function freeName(given: string, otherwise: string, taken: readonly string[]): string {
  const plain = given
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 50)
    .replaceAll(/^-+|-+$/g, '');
  const name = plain === '' ? otherwise : plain;
  for (let n = 1; ; n++) {
    const wanted = n === 1 ? name : `${name}-${n}`;
    if (!taken.includes(wanted)) return wanted;
  }
}
