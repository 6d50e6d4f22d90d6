import { badForm, badText, notAChoice, notOneOf, refused } from './answer.ts';
import { Boots, become } from './boots.ts';
import type { Events } from './events.ts';
import type { Images } from './images.ts';
import { type Hardware, type RegionMachine, type Status, statusName } from './machine.ts';
import type { Machines } from './machines.ts';
import type { Networks } from './networks.ts';
import type { RegionTime } from './region-time.ts';
import type { Fields } from './request-form.ts';
import type { ScriptSets } from './script-sets.ts';
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

/** An unreachable BMC is given up on after this long (recorded: 140 s). */
const POWER_GIVES_UP_MS = 140_000;
/** From the power to the first word of the machine, and between two of its words. */
const BOOT_MS = 15_000;
const WORD_MS = 2_000;

/** Nobody but a person switches it: so said, or no power type at all. */
const byHand = ({ powerType }: RegionMachine): boolean =>
  powerType === 'manual' || powerType === '';

const UNREACHABLE =
  "Could not contact node's BMC: Connection timed out while performing power action.  Check BMC configuration and connectivity and try again.";

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
  readonly boots: Boots;

  constructor(parts: LifecycleParts) {
    this.#parts = parts;
    this.boots = new Boots(parts);
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
    become(events, machine, 'commissioning');
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
      become(events, machine, commissioning ? machine.before : 'allocated');
    });
  }

  allocate(machine: RegionMachine, user: string): void {
    const { events } = this.#parts;
    events.add(machine.id, 'DEBUG', 'User acquiring node', `(${user})`, user);
    machine.owner = user;
    become(events, machine, 'allocated', ` (to ${user})`);
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
    become(events, machine, 'deploying');
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
    become(events, machine, 'releasing');
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
      become(events, machine, 'ready');
      events.add(machine.id, 'INFO', 'Released');
    };
    // Nobody waits for a power that a person has to switch.
    if (byHand(machine)) released();
    else {
      if (iron.power(machine, 'off') === 'done') machine.powerState = 'off';
      time.after(WORD_MS, released);
    }
  }

  power(machine: RegionMachine, to: 'on' | 'off'): void {
    const { iron } = this.#parts;
    if (to === 'on' && machine.owner === null)
      throw refused(409, "Can't start node: it hasn't been allocated.");
    const answer = byHand(machine) ? 'manual' : iron.power(machine, to);
    if (answer === 'done') machine.powerState = to;
  }

  query(machine: RegionMachine): string {
    const answer = byHand(machine) ? 'unknown' : this.#parts.iron.query(machine);
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
    become(this.#parts.events, machine, 'broken');
  }

  markFixed(machine: RegionMachine): void {
    if (machine.status !== 'broken') throw badText('Can only mark a broken node as fixed.');
    become(this.#parts.events, machine, 'ready');
  }

  /** Switches it on, and what it then does by itself. */
  #powerOn(machine: RegionMachine): void {
    const { events, iron, time } = this.#parts;
    if (byHand(machine)) return;
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
      } else if (machine.status === 'commissioning') this.boots.commission(machine);
      else this.boots.install(machine);
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
    become(events, machine, commissioning ? 'failedCommissioning' : 'failedDeployment');
    events.add(machine.id, 'ERROR', 'Failed to power on node', said);
  }
}
