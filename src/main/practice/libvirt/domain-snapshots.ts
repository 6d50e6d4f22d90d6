import type { Domain, Domains } from './domains.ts';
import { LibvirtError } from './libvirt-error.ts';
import { childOf, childrenOf, type Tree } from './xml-tree.ts';

export interface DomainSnapshot {
  readonly name: string;
  readonly parent: string | undefined;
  readonly at: number;
  readonly state: Domain['state'];
  readonly description: Tree;
  readonly live: Tree | undefined;
}

/** Snapshots inside the disks of a domain, as libvirt 9.0 was seen to keep them (test/fixtures/libvirt). */
export class DomainSnapshots {
  readonly #domain: Domain;
  readonly #snapshots = new Map<string, DomainSnapshot>();
  #current: string | undefined;

  constructor(domain: Domain) {
    this.#domain = domain;
  }

  list(): DomainSnapshot[] {
    return [...this.#snapshots.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  isCurrent({ name }: DomainSnapshot): boolean {
    return name === this.#current;
  }

  get(name: string): DomainSnapshot {
    const found = this.#snapshots.get(name);
    if (found) return found;
    throw new LibvirtError(
      `Domain snapshot not found: no domain snapshot with matching name '${name}'`,
    );
  }

  create(name: string, at: number): void {
    if (this.#snapshots.has(name))
      throw new LibvirtError(`operation failed: domain moment ${name} already exists`);
    const { description, live, state } = this.#domain;
    if (childOf(childOf(description, 'os'), 'loader')?.attributes.type === 'pflash')
      throw new LibvirtError(
        'Operation not supported: internal snapshots of a VM with pflash based firmware are not supported',
      );
    for (const disk of childrenOf(childOf(description, 'devices'), 'disk')) {
      const type = childOf(disk, 'driver')?.attributes.type ?? 'raw';
      if (childOf(disk, 'readonly') || type === 'qcow2') continue;
      const dev = childOf(disk, 'target')?.attributes.dev ?? '';
      throw new LibvirtError(
        `unsupported configuration: internal snapshot for disk ${dev} unsupported for storage type ${type}`,
      );
    }
    this.#snapshots.set(name, { name, parent: this.#current, at, state, description, live });
    this.#current = name;
  }

  revert(snapshot: DomainSnapshot, domains: Domains): void {
    const domain = this.#domain;
    if (domain.state !== 'shut off') domains.destroy(domain);
    domain.description = snapshot.description;
    this.#current = snapshot.name;
    if (snapshot.state === 'shut off') return;
    domains.start(domain);
    domain.live = snapshot.live ?? snapshot.description;
    Object.assign(domain, { state: snapshot.state, reason: 'from snapshot' });
  }

  delete({ name, parent }: DomainSnapshot): void {
    this.#snapshots.delete(name);
    for (const each of this.list()) {
      if (each.parent === name) this.#snapshots.set(each.name, { ...each, parent });
    }
    if (this.#current === name) this.#current = parent;
  }
}
