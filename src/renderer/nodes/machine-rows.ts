import type { Finding } from '../../contract/finding.ts';
import type { BootDevice, Machine } from '../../contract/inventory.ts';
import type { LabState } from '../../contract/lab-state.ts';
import type { PlannedMachine, PlannedMachines } from '../../contract/machines.ts';

export type Owner = 'ours' | 'leftover' | 'planned' | 'adopted' | 'theirs' | 'unknown';
export type Power = Machine['power'] | 'absent';

/** One machine: what its hypervisor has, what the plan wants, or both. */
export interface MachineRow {
  /** `host/uuid`: the same before and after the machine is made. */
  readonly key: string;
  readonly name: string;
  readonly host: string;
  readonly uuid: string;
  readonly role: PlannedMachine['role'] | undefined;
  readonly power: Power;
  readonly cpus: number;
  readonly memoryMib: number;
  readonly macs: readonly string[];
  readonly boot: readonly BootDevice[];
  readonly bootIsWrong: boolean;
  readonly owner: Owner;
  readonly machine: Machine | undefined;
  readonly planned: PlannedMachine | undefined;
  readonly finding: Finding | undefined;
  /** When its host was asked. */
  readonly at: number | undefined;
}

export const machineKey = (host: string, uuid: string): string => `${host}/${uuid}`;

/** What was measured says it; where nothing could be measured for the plan, the order itself. */
function bootIsWrong(machine: Machine | undefined, finding: Finding | undefined): boolean {
  if (machine === undefined) return false;
  if (finding !== undefined && !['blocked', 'unknown', 'skipped'].includes(finding.state)) {
    return [finding.reason, ...finding.notes].some(({ key }) => key === 'machine.boot-order');
  }
  return machine.boot[0] !== 'network';
}

function ownerOf(
  machine: Machine | undefined,
  wish: PlannedMachine | undefined,
  lab: string | undefined,
): Owner {
  if (machine === undefined) return 'planned';
  if (lab === undefined) return 'unknown';
  if (machine.owner?.lab === lab) return wish === undefined ? 'leftover' : 'ours';
  return wish?.adopted === true && machine.owner === undefined ? 'adopted' : 'theirs';
}

/** All machines of all hypervisors and of the plan, each once; those of the plan first. */
export function machineRows(
  state: Pick<LabState, 'inventories' | 'findings'>,
  planned: PlannedMachines | undefined,
): MachineRow[] {
  const row = (
    host: string,
    machine: Machine | undefined,
    wish: PlannedMachine | undefined,
  ): MachineRow => {
    const uuid = machine?.uuid ?? wish?.uuid ?? '';
    const finding = wish === undefined ? undefined : state.findings[wish.step];
    const nics = machine?.nics ?? wish?.nics ?? [];
    return {
      key: machineKey(host, uuid),
      name: machine?.name ?? wish?.name ?? uuid,
      host,
      uuid,
      role: wish?.role,
      // Of a host that nobody has asked it cannot be said that it lacks something.
      power: machine?.power ?? (state.inventories[host] === undefined ? 'unknown' : 'absent'),
      cpus: machine?.cpus ?? wish?.cpus ?? 0,
      memoryMib: machine?.memoryMib ?? wish?.memoryMib ?? 0,
      macs: nics.map(({ mac }) => mac).filter((mac) => mac !== ''),
      boot: machine?.boot ?? [],
      bootIsWrong: bootIsWrong(machine, finding),
      owner: ownerOf(machine, wish, planned?.lab),
      machine,
      planned: wish,
      finding,
      at: state.inventories[host]?.at,
    };
  };
  const rows: MachineRow[] = [];
  const taken = new Set<Machine>();
  const byHost = new Map(
    Object.entries(state.inventories).map(([host, { inventory }]) => [
      host,
      {
        uuids: new Map(inventory.machines.map((each) => [each.uuid, each])),
        names: new Map(inventory.machines.map((each) => [each.name, each])),
      },
    ]),
  );
  for (const wish of planned?.machines ?? []) {
    const known = byHost.get(wish.on);
    const found = known?.uuids.get(wish.uuid) ?? known?.names.get(wish.name);
    if (found !== undefined) taken.add(found);
    rows.push(row(wish.on, found, wish));
  }
  for (const [host, { inventory }] of Object.entries(state.inventories)) {
    for (const machine of inventory.machines) {
      if (!taken.has(machine)) rows.push(row(host, machine, undefined));
    }
  }
  return rows;
}

/** Whether a lab has anything to do with machines. */
export function hasMachines(state: Pick<LabState, 'inventories' | 'plan'>): boolean {
  return (
    Object.keys(state.plan.plan?.machines ?? {}).length > 0 ||
    Object.values(state.inventories).some(({ inventory }) => inventory.machines.length > 0)
  );
}
