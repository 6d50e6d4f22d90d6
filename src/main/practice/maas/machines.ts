import { createHash } from 'node:crypto';
import { badForm, badText, noSuch, notAChoice, notOneOf, required } from './answer.ts';
import type { Images } from './images.ts';
import type { Pool, RegionMachine } from './machine.ts';
import { powerTypes } from './power-types-data.ts';
import type { Fields } from './request-form.ts';
import type { Settings } from './settings.ts';

interface Tag {
  readonly name: string;
  readonly comment: string;
}

const MAC = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i;
const PREFIX = 'power_parameters_';
/** Characters of system IDs: no vowels and nothing that looks like another. */
const ID_CHARACTERS = '34678abcdefghkmnpqrstwxy';
const ID_LENGTH = 6;

/** The machines of the region, with what they are sorted by: tags and pools. */
export class Machines {
  readonly #images: Images;
  readonly #settings: Settings;
  /** MAAS's word for them. */
  readonly #kind: 'Machine' | 'Node';
  readonly #machines: RegionMachine[] = [];
  readonly #tags: Tag[] = [];
  readonly #pools: Pool[] = [{ id: 0, name: 'default', description: 'Default pool' }];
  #made = 0;
  /** The first ones are the rack's. */
  #nextNic: number;

  constructor(images: Images, settings: Settings, rackNics: number, kind: 'Machine' | 'Node') {
    this.#kind = kind;
    this.#images = images;
    this.#settings = settings;
    this.#nextNic = rackNics + 1;
  }

  get all(): readonly RegionMachine[] {
    return this.#machines;
  }

  /** Of those that are asked for, by their IDs. */
  hostnames(asked: Fields): ReadonlyMap<string, string> {
    return new Map(this.filtered(asked, () => '').map(({ id, hostname }) => [id, hostname]));
  }

  one(id: string): RegionMachine {
    const found = this.#machines.find((machine) => machine.id === id);
    if (found === undefined) throw noSuch(this.#kind);
    return found;
  }

  /** All of these, or an error that names the others. */
  those(ids: readonly string[]): readonly RegionMachine[] {
    const unknown = ids.filter((id) => !this.#machines.some((machine) => machine.id === id));
    if (unknown.length > 0)
      throw badText(`Unknown ${this.#kind.toLowerCase()}(s): ${unknown.join(', ')}.`);
    return ids.map((id) => this.one(id));
  }

  having(mac: string): RegionMachine | undefined {
    const wanted = mac.toLowerCase();
    return this.#machines.find(({ nics }) => nics.some((nic) => nic.mac === wanted));
  }

  create(form: Fields): RegionMachine {
    const macs = form.all('mac_addresses').map((mac) => mac.toLowerCase());
    const power = form.get('power_type') ?? '';
    const wrong = this.#wrong(form, macs, power);
    if (Object.keys(wrong).length > 0) throw badForm(wrong);
    const series = this.#settings.text('commissioning_distro_series');
    if (!this.#images.releases.includes(series))
      throw badText(`Ephemeral operating system ubuntu ${series} is unavailable.`);
    const id = this.#newId();
    const machine: RegionMachine = {
      id,
      // MAAS makes up two words; ours tells that nobody chose it.
      hostname: form.get('hostname') ?? `unnamed-${id}`,
      description: form.get('description') ?? '',
      architecture: whole(form.get('architecture') ?? ''),
      status: 'new',
      before: 'new',
      owner: null,
      pool: this.#pools[0] as Pool,
      tags: [],
      powerType: power,
      powerParameters: withDefaults(power, form.prefixed(PREFIX)),
      powerState: 'unknown',
      nics: macs.map((mac, index) => this.#newNic(mac, index)),
      hardware: undefined,
      disks: [],
      series: '',
      kernel: null,
      netboot: true,
      action: null,
      commissioningSet: undefined,
      testingSet: undefined,
      installationSet: undefined,
      lastTests: undefined,
      round: 0,
    };
    this.#machines.push(machine);
    return machine;
  }

  change(id: string, form: Fields): RegionMachine {
    const machine = this.one(id);
    const pool = form.get('pool');
    const found = this.#pools.find(({ name }) => name === pool);
    if (pool !== undefined && found === undefined)
      throw badForm({ pool: [notAChoice('That choice')] });
    const hostname = form.get('hostname') ?? machine.hostname;
    const taken = this.#machines.some((other) => other !== machine && other.hostname === hostname);
    if (taken) throw badForm({ hostname: ['Node with this Hostname already exists.'] });
    machine.hostname = hostname;
    machine.description = form.get('description') ?? machine.description;
    machine.pool = found ?? machine.pool;
    machine.powerType = form.get('power_type') ?? machine.powerType;
    Object.assign(machine.powerParameters, form.prefixed(PREFIX));
    return machine;
  }

  /** Whatever its state: MAAS asks nothing (recorded). */
  remove(id: string): void {
    this.#machines.splice(this.#machines.indexOf(this.one(id)), 1);
  }

  filtered(asked: Fields, statusOf: (machine: RegionMachine) => string): readonly RegionMachine[] {
    const among = (name: string, of: (machine: RegionMachine) => readonly string[]) => {
      const wanted = asked.all(name).map((value) => value.toLowerCase());
      return (machine: RegionMachine) =>
        wanted.length === 0 || of(machine).some((value) => wanted.includes(value.toLowerCase()));
    };
    const filters = [
      among('id', ({ id }) => [id]),
      among('hostname', ({ hostname }) => [hostname]),
      among('mac_address', ({ nics }) => nics.map(({ mac }) => mac)),
      among('status', (machine) => [statusOf(machine).replaceAll(' ', '_')]),
    ];
    return this.#machines.filter((machine) => filters.every((passes) => passes(machine)));
  }

  get tags(): readonly Tag[] {
    return this.#tags;
  }

  createTag(form: Fields): Tag {
    const name = form.get('name') ?? '';
    if (!/^[\w-]+$/.test(name)) throw badForm({ name: ['Enter a valid value.'] });
    if (this.#tags.some((tag) => tag.name === name))
      throw badForm({ name: ['Tag with this Name already exists.'] });
    const tag = { name, comment: form.get('comment') ?? '' };
    this.#tags.push(tag);
    return tag;
  }

  tag(name: string): Tag {
    const found = this.#tags.find((tag) => tag.name === name);
    if (found === undefined) throw noSuch('Tag');
    return found;
  }

  changeTag(name: string, form: Fields): { readonly added: number; readonly removed: number } {
    const tag = this.tag(name).name;
    const known = (field: string) =>
      form.all(field).flatMap((id) => this.#machines.filter((machine) => machine.id === id));
    const [added, removed] = [known('add'), known('remove')];
    for (const { tags } of added) if (!tags.includes(tag)) tags.push(tag);
    for (const { tags } of removed) if (tags.includes(tag)) tags.splice(tags.indexOf(tag), 1);
    return { added: added.length, removed: removed.length };
  }

  get pools(): readonly Pool[] {
    return this.#pools;
  }

  createPool(form: Fields): Pool {
    const name = form.get('name') ?? '';
    if (this.#pools.some((pool) => pool.name === name))
      throw badForm({ name: ['Resource pool with this Name already exists.'] });
    const pool = { id: this.#pools.length, name, description: form.get('description') ?? '' };
    this.#pools.push(pool);
    return pool;
  }

  #wrong(form: Fields, macs: readonly string[], power: string): Record<string, string[]> {
    const wrong: Record<string, string[]> = {};
    const architecture = form.get('architecture');
    const choices = this.#images.architectures;
    if (architecture === undefined) wrong.architecture = [required];
    else if (!choices.includes(whole(architecture))) {
      const shown = choices.length === 0 ? [''] : choices;
      wrong.architecture = [notOneOf(whole(architecture), 'architecture', shown)];
    }
    const bad = macs.flatMap((mac) => this.#wrongMac(mac));
    if (macs.length === 0) wrong.mac_addresses = [required];
    else if (bad.length > 0) wrong.mac_addresses = bad;
    const type = powerTypes.find(({ name }) => name === power);
    if (power !== '' && type === undefined) wrong.power_type = [notAChoice(power)];
    if (power === 'manual' && bad.length > 0)
      wrong.power_type = ["Can't set power type to manual without network interfaces"];
    const given = form.prefixed(PREFIX);
    // Which one is missing, MAAS does not say (recorded).
    const lacks = type?.fields.some(
      (field) => field.required && field.default === '' && !given[field.name],
    );
    if (lacks) wrong.power_parameters = [required];
    const hostname = form.get('hostname');
    if (hostname !== undefined && this.#machines.some((known) => known.hostname === hostname))
      wrong.hostname = ['Node with this Hostname already exists.'];
    return wrong;
  }

  #wrongMac(mac: string): string[] {
    if (!MAC.test(mac)) return [`'${mac}' is not a valid MAC address.`];
    const owner = this.having(mac);
    return owner === undefined ? [] : [`MAC address ${mac} already in use on ${owner.hostname}.`];
  }

  #newNic(mac: string, index: number): RegionMachine['nics'][number] {
    const id = this.#nextNic;
    this.#nextNic += 1;
    return { id, name: `eth${index}`, mac, vlan: null, link: null, address: null, lease: null };
  }

  /** The same in every room, so that pictures and tests can be compared. */
  #newId(): string {
    this.#made += 1;
    const bytes = createHash('sha256').update(`machine ${this.#made}`).digest();
    const characters = [...bytes.subarray(0, ID_LENGTH)];
    return characters.map((byte) => ID_CHARACTERS[byte % ID_CHARACTERS.length]).join('');
  }
}

const whole = (architecture: string): string =>
  architecture.includes('/') ? architecture : `${architecture}/generic`;

/** What is not said has the driver's own value. */
function withDefaults(
  power: string,
  given: Readonly<Record<string, string>>,
): Record<string, string | readonly string[]> {
  const fields = powerTypes.find(({ name }) => name === power)?.fields ?? [];
  return {
    ...Object.fromEntries(fields.map((field) => [field.name, field.default])),
    ...given,
  };
}
