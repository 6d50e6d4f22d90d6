import type { Finding } from '../../contract/finding.ts';
import type { BootDevice, Machine } from '../../contract/inventory.ts';
import type { LabState } from '../../contract/lab-state.ts';
import type { PlannedMachine, PlannedMachines } from '../../contract/machines.ts';
import { type MaasSide, maasByMac } from './maas-side.ts';

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
  /** What MAAS says of it. */
  readonly maas: MaasSide | undefined;
  /** When its host was asked. */
  readonly at: number | undefined;
}

export const machineKey = (host: string, uuid: string): string => `${host}/${uuid}`;

/** What was measured says it; where nothing could be measured for the plan, the order itself. */
function bootIsWrong(
  machine: Machine | undefined,
  finding: Finding | undefined,
  role: PlannedMachine['role'] | undefined,
): boolean {
  if (machine === undefined) return false;
  if (finding !== undefined && !['blocked', 'unknown', 'skipped'].includes(finding.state)) {
    return [finding.reason, ...finding.notes].some(({ key }) =>
      key.startsWith('machine.boot-order'),
    );
  }
  // A server starts from its own disk; MAAS deploys nothing on it.
  const first = role === undefined || role === 'node' ? 'network' : 'disk';
  return machine.boot[0] !== first;
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
  state: Pick<LabState, 'inventories' | 'findings'> & Partial<Pick<LabState, 'maas' | 'plan'>>,
  planned: PlannedMachines | undefined,
): MachineRow[] {
  const sides = maasByMac(state.maas ?? {});
  const row = (
    host: string,
    machine: Machine | undefined,
    wish: PlannedMachine | undefined,
  ): MachineRow => {
    const uuid = machine?.uuid ?? wish?.uuid ?? '';
    const finding = wish === undefined ? undefined : state.findings[wish.step];
    const nics = machine?.nics ?? wish?.nics ?? [];
    const side = nics.map(({ mac }) => sides.get(mac)).find((each) => each !== undefined);
    if (side !== undefined) met.add(side.machine.id);
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
      bootIsWrong: bootIsWrong(machine, finding, wish?.role),
      owner: ownerOf(machine, wish, planned?.lab),
      machine,
      planned: wish,
      finding,
      maas: side,
      at: state.inventories[host]?.at,
    };
  };
  const rows: MachineRow[] = [];
  const met = new Set<string>();
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
  const physical = new Set(
    Object.values(state.plan?.plan?.nodes ?? {}).flatMap((node) => node.macs),
  );
  for (const side of new Set(sides.values())) {
    if (!met.has(side.machine.id)) rows.push(onlyInMaas(side, physical));
  }
  return rows;
}

/** A machine that no hypervisor of the lab runs: a physical one, or another lab's. */
function onlyInMaas(side: MaasSide, physical: ReadonlySet<string>): MachineRow {
  const { machine, server, at } = side;
  const macs = machine.nics.map(({ mac }) => mac);
  const { power } = machine;
  return {
    key: machineKey(server, machine.id),
    name: machine.hostname,
    host: server,
    uuid: machine.id,
    role: 'node',
    power: power === 'on' || power === 'off' ? power : 'unknown',
    cpus: machine.cpus,
    memoryMib: machine.memoryMib,
    macs,
    boot: [],
    bootIsWrong: false,
    owner: macs.some((mac) => physical.has(mac)) ? 'ours' : 'theirs',
    machine: undefined,
    planned: undefined,
    finding: undefined,
    maas: side,
    at,
  };
}

/** Whether a lab has anything to do with machines. */
export function hasMachines(
  state: Pick<LabState, 'inventories' | 'plan'> & Partial<Pick<LabState, 'maas'>>,
): boolean {
  return (
    Object.values(state.maas ?? {}).some(({ machines }) => machines.length > 0) ||
    Object.keys(state.plan.plan?.machines ?? {}).length > 0 ||
    Object.values(state.inventories).some(({ inventory }) => inventory.machines.length > 0)
  );
}
