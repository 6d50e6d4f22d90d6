import { badForm, badText, notAChoice, notOneOf, refused } from './answer.ts';
import type { Events } from './events.ts';
import type { Images } from './images.ts';
import { type Hardware, type RegionMachine, type Status, statusName } from './machine.ts';
import type { Machines } from './machines.ts';
import type { Networks } from './networks.ts';
import type { RegionTime } from './region-time.ts';
import type { Fields } from './request-form.ts';
import { type ScriptRun, type ScriptSets, STATE } from './script-sets.ts';
import { commissioningScripts } from './scripts-data.ts';

/**
 * What a power controller says: `silent` is one that never answers, as an address where nothing is; any
 * other failure is in the words of MAAS's driver.
 */
export type PowerAnswer = 'on' | 'off' | 'unknown' | 'silent' | { readonly failed: string };

/** The iron under the region: whatever drives its machines' power. */
export interface Iron {
  query(machine: RegionMachine): PowerAnswer;
  /** Whether it was done; then the machine boots from the network by itself. */
  power(machine: RegionMachine, to: 'on' | 'off'): 'done' | 'silent' | { readonly failed: string };
  /** What commissioning finds. */
  hardware(machine: RegionMachine): Hardware;
}

export interface ScriptFailure {
  readonly script: string;
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** An unreachable BMC is given up on after this long (recorded: 140 s). */
const POWER_GIVES_UP_MS = 140_000;
/** From the power to the first word of the machine, and between two of its words. */
const BOOT_MS = 15_000;
const WORD_MS = 2_000;

const UNREACHABLE =
  "Could not contact node's BMC: Connection timed out while performing power action.  Check BMC configuration and connectivity and try again.";
const INSTALL_FAILED = 'Installation failed (refer to the installation log for more information).';

const COMMISSIONABLE: ReadonlySet<Status> = new Set([
  'new',
  'ready',
  'failedCommissioning',
  'broken',
]);
const RELEASABLE: ReadonlySet<Status> = new Set([
  'allocated',
  'deployed',
  'deploying',
  'failedDeployment',
  'broken',
  'ready',
]);

export interface LifecycleParts {
  readonly time: RegionTime;
  readonly iron: Iron;
  readonly machines: Machines;
  readonly networks: Networks;
  readonly images: Images;
  readonly events: Events;
  readonly scripts: ScriptSets;
}

/** Moves machines from state to state, with the events that MAAS writes on the way. */
export class Lifecycle {
  readonly #parts: LifecycleParts;
  #links = 4;
  #disks = 1;

  constructor(parts: LifecycleParts) {
    this.#parts = parts;
  }

  commission(machine: RegionMachine, user: string, form: Fields): void {
    const { events, scripts } = this.#parts;
    if (!COMMISSIONABLE.has(machine.status)) {
      const said = 'Commission is not available because of the current state of the node.';
      throw badForm({ __all__: [said] });
    }
    const wanted = (form.get('commissioning_scripts') ?? '').split(',').filter(Boolean);
    const unknown = wanted.find(
      (name) => !commissioningScripts.some((known) => known.name === name),
    );
    if (unknown !== undefined) throw badForm({ commissioning_scripts: [notAChoice(unknown)] });
    const skip = form.truth('skip_bmc_config') ? ['30-maas-01-bmc-config'] : [];
    const untested = form.get('testing_scripts') === 'none';
    machine.before = machine.status;
    machine.owner = user;
    machine.action = '';
    machine.commissioningSet = scripts.commissioning(machine.id, skip);
    machine.lastTests = scripts.testing(machine.id, untested);
    // Of no tests at all the machine shows the ones before (recorded).
    if (!untested) machine.testingSet = machine.lastTests;
    events.add(machine.id, 'DEBUG', 'User starting node commissioning', `(${user})`, user);
    events.add(machine.id, 'INFO', 'Commissioning');
    this.#become(machine, 'commissioning');
    this.#powerOn(machine);
  }

  abort(machine: RegionMachine, user: string, comment: string): void {
    const { events, time, scripts } = this.#parts;
    if (machine.status !== 'commissioning' && machine.status !== 'deploying')
      throw refused(403, '');
    const commissioning = machine.status === 'commissioning';
    const what = commissioning ? 'commissioning' : 'deployment';
    const said = `(${user})${comment === '' ? '' : ` - ${comment}`}`;
    events.add(machine.id, 'DEBUG', `User aborting node ${what}`, said, user);
    events.add(machine.id, 'INFO', `Aborted ${what}`);
    machine.round += 1;
    if (commissioning) machine.owner = null;
    // The answer still shows the state before (recorded).
    time.after(0, () => {
      for (const set of [machine.commissioningSet, machine.testingSet, machine.installationSet])
        if (set !== undefined) scripts.give(set, 'aborted');
      this.#become(machine, commissioning ? machine.before : 'allocated');
    });
  }

  allocate(machine: RegionMachine, user: string): void {
    const { events } = this.#parts;
    events.add(machine.id, 'DEBUG', 'User acquiring node', `(${user})`, user);
    machine.owner = user;
    this.#become(machine, 'allocated', ` (to ${user})`);
  }

  deploy(machine: RegionMachine, user: string, form: Fields): void {
    const { events, images, scripts } = this.#parts;
    if (machine.status !== 'ready' && machine.status !== 'allocated') {
      const said = `Can't deploy a machine that is in the '${statusName(machine.status)}' state`;
      throw refused(409, said);
    }
    const series = form.get('distro_series') ?? images.releases[0] ?? '';
    if (!images.releases.includes(series)) {
      const choices = ['', ...images.releases.map((release) => `ubuntu/${release}`)];
      throw badForm({ distro_series: [notOneOf(series, 'distro_series', choices)] });
    }
    if (!machine.nics.some(({ link }) => link?.subnet !== undefined))
      throw badForm({ network: ['Node must be configured to use a network'] });
    if (machine.status === 'ready') this.allocate(machine, user);
    machine.series = series;
    machine.kernel = images.kernelOf(series);
    machine.installationSet = scripts.installation(machine.id);
    events.add(machine.id, 'DEBUG', 'User starting deployment', `(${user})`, user);
    this.#become(machine, 'deploying');
    events.add(machine.id, 'INFO', 'Deploying');
    this.#powerOn(machine);
  }

  release(machine: RegionMachine, user: string, comment: string): void {
    const { events, iron, time } = this.#parts;
    if (!RELEASABLE.has(machine.status)) {
      const said = `Machine cannot be released in its current state ('${statusName(machine.status)}').`;
      throw refused(409, said);
    }
    // Asked for again, or for nothing: as if it had been done.
    if (machine.status === 'ready') return;
    const said = `(${user})${comment === '' ? '' : ` - ${comment}`}`;
    events.add(machine.id, 'DEBUG', 'User releasing node', said, user);
    this.#become(machine, 'releasing');
    events.add(machine.id, 'INFO', 'Releasing');
    machine.round += 1;
    machine.series = '';
    machine.kernel = null;
    machine.installationSet = undefined;
    machine.netboot = true;
    machine.owner = null;
    machine.action = '';
    for (const nic of machine.nics) nic.address = null;
    const released = () => {
      this.#become(machine, 'ready');
      events.add(machine.id, 'INFO', 'Released');
    };
    // Nobody waits for a power that a person has to switch.
    if (machine.powerType === 'manual') released();
    else {
      if (iron.power(machine, 'off') === 'done') machine.powerState = 'off';
      time.after(WORD_MS, released);
    }
  }

  power(machine: RegionMachine, to: 'on' | 'off'): void {
    const { iron } = this.#parts;
    if (to === 'on' && machine.owner === null)
      throw refused(409, "Can't start node: it hasn't been allocated.");
    const answer = machine.powerType === 'manual' ? 'manual' : iron.power(machine, to);
    if (answer === 'done') machine.powerState = to;
  }

  query(machine: RegionMachine): string {
    const answer = machine.powerType === 'manual' ? 'unknown' : this.#parts.iron.query(machine);
    if (answer === 'silent') {
      const log = 'See /var/log/maas/regiond.log on the region server for more information.';
      throw refused(504, `Unexpected exception: TimeoutError. ${log}`);
    }
    machine.powerState = typeof answer === 'object' ? 'error' : answer;
    if (typeof answer === 'object')
      this.#parts.events.add(machine.id, 'WARNING', "Failed to query node's BMC", answer.failed);
    return machine.powerState;
  }

  markBroken(machine: RegionMachine): void {
    machine.owner = null;
    this.#become(machine, 'broken');
  }

  markFixed(machine: RegionMachine): void {
    if (machine.status !== 'broken') throw badText('Can only mark a broken node as fixed.');
    this.#become(machine, 'ready');
  }

  /** A machine that boots while it is being commissioned, until all has run or one has failed. */
  commissionBoot(machine: RegionMachine, failure?: ScriptFailure): void {
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
      this.#become(machine, 'failedCommissioning');
      events.add(machine.id, 'INFO', 'Failed commissioning');
      return;
    }
    machine.owner = null;
    events.add(machine.id, 'INFO', 'Ready');
    this.#become(machine, 'ready');
  }

  /** A machine that boots while it is being deployed: curtin's steps, and its first boot from disk. */
  installBoot(machine: RegionMachine, failure?: Omit<ScriptFailure, 'script'>): void {
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
      this.#become(machine, 'failedDeployment');
      return;
    }
    events.add(machine.id, 'INFO', 'Configuring OS');
    says('Node installation', "'curtin' curtin command curthooks");
    scripts.end(run, 0);
    if (machine.installationSet) machine.installationSet.lastPing = this.#parts.time.now();
    says('Script result', `${run.name} changed status from 'Running' to 'Passed'`);
    machine.netboot = false;
    this.#become(machine, 'deployed');
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

  /** Switches it on, and what it then does by itself. */
  #powerOn(machine: RegionMachine): void {
    const { events, iron, time } = this.#parts;
    if (machine.powerType === 'manual') return;
    machine.round += 1;
    const { round } = machine;
    const still = (happens: () => void) => () => {
      if (machine.round === round) happens();
    };
    // The answer of the call comes before.
    time.after(
      0,
      still(() => {
        events.add(machine.id, 'INFO', 'Powering on');
        const answer = iron.power(machine, 'on');
        if (answer === 'silent')
          time.after(
            POWER_GIVES_UP_MS,
            still(() => this.#noPower(machine, UNREACHABLE)),
          );
        else if (typeof answer === 'object') this.#noPower(machine, answer.failed);
        else {
          machine.powerState = 'on';
          time.after(
            BOOT_MS,
            still(() => this.#boots(machine)),
          );
        }
      }),
    );
  }

  /** The words of a machine that boots from the network (MAAS's documentation of events). */
  #boots(machine: RegionMachine): void {
    const { events, time } = this.#parts;
    const { round } = machine;
    const next = (words: readonly string[]): void => {
      if (machine.round !== round) return;
      const [word, ...rest] = words;
      if (word !== undefined) {
        events.add(machine.id, 'INFO', word);
        time.after(WORD_MS, () => next(rest));
      } else if (machine.status === 'commissioning') this.commissionBoot(machine);
      else this.installBoot(machine);
    };
    next(
      machine.status === 'commissioning'
        ? ['Performing PXE boot', 'Loading ephemeral', 'Gathering information']
        : ['Performing PXE boot', 'Loading ephemeral'],
    );
  }

  #noPower(machine: RegionMachine, why: string): void {
    const { events, scripts } = this.#parts;
    const said = `Power on for the node failed: ${why}`;
    const commissioning = machine.status === 'commissioning';
    events.add(machine.id, 'ERROR', 'Marking node failed', said);
    for (const set of [machine.commissioningSet, machine.installationSet])
      if (set !== undefined) scripts.give(set, 'failed');
    this.#become(machine, commissioning ? 'failedCommissioning' : 'failedDeployment');
    events.add(machine.id, 'ERROR', 'Failed to power on node', said);
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

  #become(machine: RegionMachine, status: Status, more = ''): void {
    const [from, to] = [statusName(machine.status), statusName(status)];
    machine.status = status;
    this.#parts.events.add(
      machine.id,
      'DEBUG',
      'Node changed status',
      `From '${from}' to '${to}'${more}`,
    );
  }
}

/** The same in every room. */
const partition = (disk: number) => ({
  id: disk - 1,
  uuid: `00000000-0000-4000-8000-${String(disk).padStart(12, '0')}`,
  filesystem: `00000000-0000-4000-9000-${String(disk).padStart(12, '0')}`,
});
