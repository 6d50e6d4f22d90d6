import type { Machine } from '../machine.ts';
import { describeDomain } from './domain-description.ts';
import { DomainSnapshots } from './domain-snapshots.ts';
import { LibvirtError } from './libvirt-error.ts';
import { childOf, childrenOf, type Tree } from './xml-tree.ts';

export interface Domain {
  readonly name: string;
  readonly uuid: string;
  /** What it will be at its next start. */
  description: Tree;
  /** What it is, while it runs. */
  live?: Tree;
  id?: number;
  state: 'shut off' | 'running' | 'paused';
  reason: string;
  autostart: boolean;
  persistent: boolean;
  /** Ends of its network cards on the host. */
  taps: string[];
  readonly snapshots: DomainSnapshots;
}

/** What `virsh event` tells of a machine's life. */
export interface LifecycleEvent {
  readonly domain: string;
  readonly what: string;
}

const NOT_RUNNING = 'Requested operation is not valid: domain is not running';

/** The machines. They run in name only: nothing is emulated inside the practice host. */
export class Domains {
  readonly #machine: Machine;
  readonly #newUuid: () => string;
  readonly #domains = new Map<string, Domain>();
  #nextId = 1;
  readonly #listeners = new Set<(event: LifecycleEvent) => void>();

  constructor(machine: Machine, newUuid: () => string) {
    this.#machine = machine;
    this.#newUuid = newUuid;
  }

  /** Tells of each change from now on; what comes back ends that. */
  listen(heard: (event: LifecycleEvent) => void): () => void {
    this.#listeners.add(heard);
    return () => this.#listeners.delete(heard);
  }

  #tell({ name }: Domain, ...events: string[]): void {
    for (const what of events) for (const heard of this.#listeners) heard({ domain: name, what });
  }

  /** Running ones by number, then the others by name, as virsh lists them. */
  list(): Domain[] {
    return [...this.#domains.values()].sort(
      (a, b) => (a.id ?? Infinity) - (b.id ?? Infinity) || (a.name < b.name ? -1 : 1),
    );
  }

  /** By name, UUID or number. */
  get(word: string): Domain {
    const found =
      this.#domains.get(word) ??
      this.list().find(
        ({ name, id }) => name === word || (id !== undefined && String(id) === word),
      );
    if (found) return found;
    throw new LibvirtError(`failed to get domain '${word}'`);
  }

  define(given: Tree): Domain {
    const description = describeDomain(given, this.#newUuid);
    const name = childOf(description, 'name')?.text ?? '';
    const uuid = childOf(description, 'uuid')?.text ?? '';
    const same = this.list().find((each) => each.name === name);
    if (same && same.uuid !== uuid)
      throw new LibvirtError(
        `operation failed: domain '${name}' already exists with uuid ${same.uuid}`,
      );
    const there = this.#domains.get(uuid);
    if (there && there.name !== name)
      throw new LibvirtError(
        `operation failed: domain '${there.name}' is already defined with uuid ${uuid}`,
      );
    if (there) {
      there.description = description;
      there.persistent = true;
      this.#tell(there, 'Defined Updated');
      return there;
    }
    const own: Omit<Domain, 'snapshots'> = {
      name,
      uuid,
      description,
      state: 'shut off',
      reason: 'unknown',
      autostart: false,
      persistent: true,
      taps: [],
    };
    const made = own as Domain;
    Object.assign(made, { snapshots: new DomainSnapshots(made) });
    this.#domains.set(uuid, made);
    this.#tell(made, 'Defined Added');
    return made;
  }

  start(domain: Domain): void {
    if (domain.state !== 'shut off') throw new LibvirtError('Domain is already active');
    const id = this.#nextId++;
    const failed = `Failed to start domain '${domain.name}'`;
    const devices = childOf(domain.description, 'devices');
    for (const disk of childrenOf(devices, 'disk')) {
      const file = childOf(disk, 'source')?.attributes.file;
      if (file !== undefined && !this.#machine.fs.find(file))
        throw new LibvirtError(
          failed,
          `Cannot access storage file '${file}' (as uid:64055, gid:64055): No such file or directory`,
        );
    }
    const { network } = this.#machine;
    const nics = childrenOf(devices, 'interface');
    const bridgeOf = (nic: Tree) => childOf(nic, 'source')?.attributes.bridge ?? '';
    for (const nic of nics) {
      if (nic.attributes.type === 'bridge' && !network.get(bridgeOf(nic)))
        throw new LibvirtError(
          failed,
          `Cannot get interface MTU on '${bridgeOf(nic)}': No such device`,
        );
    }
    domain.taps = nics
      .filter(({ attributes }) => attributes.type === 'bridge')
      .map(
        (nic) => network.addTap(bridgeOf(nic), childOf(nic, 'mac')?.attributes.address ?? '').name,
      );
    domain.live = domain.description;
    Object.assign(domain, { id, state: 'running', reason: 'booted' });
    this.#tell(domain, 'Resumed Unpaused', 'Started Booted');
  }

  /** Throws unless it runs; `what` is what could not be done. */
  mustRun({ name, state }: Domain, what: string): void {
    if (state === 'shut off')
      throw new LibvirtError(`Failed to ${what} domain '${name}'`, NOT_RUNNING);
  }

  pause(domain: Domain, paused: boolean): void {
    this.mustRun(domain, paused ? 'suspend' : 'resume');
    domain.state = paused ? 'paused' : 'running';
    this.#tell(domain, paused ? 'Suspended Paused' : 'Resumed Unpaused');
  }

  destroy(domain: Domain): void {
    this.mustRun(domain, 'destroy');
    for (const tap of domain.taps) this.#machine.network.remove(tap);
    delete domain.id;
    delete domain.live;
    Object.assign(domain, { taps: [], state: 'shut off', reason: 'destroyed' });
    if (!domain.persistent) this.#domains.delete(domain.uuid);
    this.#tell(domain, 'Shutdown Finished after host request', 'Stopped Destroyed');
  }

  /** What runs goes on, and is gone when it is switched off. */
  undefine(domain: Domain, withSnapshots: boolean): void {
    const count = domain.snapshots.list().length;
    if (count > 0 && !withSnapshots)
      throw new LibvirtError(
        `Failed to undefine domain '${domain.name}'`,
        `Requested operation is not valid: cannot delete inactive domain with ${count} snapshots`,
      );
    domain.persistent = false;
    if (domain.state === 'shut off') this.#domains.delete(domain.uuid);
    this.#tell(domain, 'Undefined Removed');
  }
}
