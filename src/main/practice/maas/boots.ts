import type { Events } from './events.ts';
import type { Iron } from './lifecycle.ts';
import { type RegionMachine, type Status, statusName } from './machine.ts';
import type { Networks } from './networks.ts';
import type { RegionTime } from './region-time.ts';
import { type ScriptRun, type ScriptSets, STATE } from './script-sets.ts';

export interface ScriptFailure {
  readonly script: string;
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

const INSTALL_FAILED = 'Installation failed (refer to the installation log for more information).';

export interface BootParts {
  readonly time: RegionTime;
  readonly iron: Iron;
  readonly networks: Networks;
  readonly events: Events;
  readonly scripts: ScriptSets;
}

/** Changes the state of a machine, and says so. */
export function become(events: Events, machine: RegionMachine, status: Status, more = ''): void {
  const [from, to] = [statusName(machine.status), statusName(status)];
  machine.status = status;
  events.add(machine.id, 'DEBUG', 'Node changed status', `From '${from}' to '${to}'${more}`);
}

/** What machines tell the region when they boot from it. */
export class Boots {
  readonly #parts: BootParts;
  #links = 4;
  #disks = 1;

  constructor(parts: BootParts) {
    this.#parts = parts;
  }

  /** A machine that boots while it is being commissioned, until all has run or one has failed. */
  commission(machine: RegionMachine, failure?: ScriptFailure): void {
    const { events, scripts, iron } = this.#parts;
    const set = machine.commissioningSet;
    if (machine.status !== 'commissioning' || set === undefined) return;
    machine.hardware = iron.hardware(machine);
    this.#discover(machine);
    // By name, as their numbers are meant.
    for (const run of set.runs.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (run.state === STATE.skipped) continue;
      const fails = failure?.script === run.name ? failure : undefined;
      this.#ran(machine, run, fails);
      set.lastPing = this.#parts.time.now();
      if (fails === undefined) continue;
      events.add(machine.id, 'INFO', 'Script', `${run.name} failed`);
      scripts.give(set, 'aborted');
      become(events, machine, 'failedCommissioning');
      events.add(machine.id, 'INFO', 'Failed commissioning');
      return;
    }
    machine.owner = null;
    events.add(machine.id, 'INFO', 'Ready');
    become(events, machine, 'ready');
  }

  /** A machine that boots while it is being deployed: curtin's steps, and its first boot from disk. */
  install(machine: RegionMachine, failure?: Omit<ScriptFailure, 'script'>): void {
    const { events, scripts } = this.#parts;
    const run = machine.installationSet?.runs[0];
    if (machine.status !== 'deploying' || run === undefined) return;
    const says = (type: string, description: string) =>
      events.add(machine.id, 'DEBUG', type, description);
    this.#address(machine);
    says('Node installation', "'curtin' curtin command install");
    scripts.start(run);
    says('Script result', `${run.name} changed status from 'Pending' to 'Running'`);
    events.add(machine.id, 'INFO', 'Configuring storage');
    says('Node installation', "'curtin' configuring storage");
    events.add(machine.id, 'INFO', 'Installing OS');
    says('Node installation', "'curtin' writing install sources to disk");
    if (failure !== undefined) {
      const said = "'curtin' curtin command install";
      events.add(machine.id, 'ERROR', 'Node installation failure', said);
      scripts.end(run, failure.exit, failure.stdout, failure.stderr);
      events.add(machine.id, 'INFO', 'Script', `${run.name} failed`);
      events.add(machine.id, 'ERROR', 'Marking node failed', INSTALL_FAILED);
      machine.action = 'mark_failed';
      become(events, machine, 'failedDeployment');
      return;
    }
    events.add(machine.id, 'INFO', 'Configuring OS');
    says('Node installation', "'curtin' curtin command curthooks");
    scripts.end(run, 0);
    if (machine.installationSet) machine.installationSet.lastPing = this.#parts.time.now();
    says('Script result', `${run.name} changed status from 'Running' to 'Passed'`);
    machine.netboot = false;
    become(events, machine, 'deployed');
    events.add(machine.id, 'INFO', 'Deployed');
  }

  #ran(machine: RegionMachine, run: ScriptRun, failure: ScriptFailure | undefined): void {
    const { events, scripts } = this.#parts;
    const changed = (from: string, to: string) =>
      events.add(
        machine.id,
        'DEBUG',
        'Script result',
        `${run.name} changed status from '${from}' to '${to}'`,
      );
    scripts.start(run);
    changed('Pending', 'Running');
    scripts.end(run, failure?.exit ?? 0, failure?.stdout, failure?.stderr);
    changed('Running', failure === undefined ? 'Passed' : 'Failed');
  }

  /** What MAAS learns of a machine that booted: its disks, and which networks it is on. */
  #discover(machine: RegionMachine): void {
    const { networks } = this.#parts;
    machine.disks = (machine.hardware?.disksBytes ?? []).map((size, index) => {
      this.#disks += 1;
      const name = `sd${String.fromCharCode('a'.charCodeAt(0) + index)}`;
      return { id: this.#disks, name, size, partition: partition(this.#disks) };
    });
    for (const [index, nic] of machine.nics.entries()) {
      if (nic.link !== null) continue;
      this.#links += 1;
      const lease = index === 0 ? networks.lease() : undefined;
      nic.lease = lease ?? null;
      nic.vlan = lease?.subnet.vlan ?? networks.strangeVlan();
      nic.link =
        lease === undefined
          ? { id: this.#links, mode: 'link_up' }
          : { id: this.#links, mode: 'auto', subnet: lease.subnet };
    }
  }

  #address(machine: RegionMachine): void {
    for (const nic of machine.nics) {
      if (nic.link?.subnet !== undefined)
        nic.address = this.#parts.networks.assign(nic.link.subnet) ?? null;
    }
  }
}

/** The same in every room. */
const partition = (disk: number) => ({
  id: disk - 1,
  uuid: `00000000-0000-4000-8000-${String(disk).padStart(12, '0')}`,
  filesystem: `00000000-0000-4000-9000-${String(disk).padStart(12, '0')}`,
});
