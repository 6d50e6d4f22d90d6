import { createHash } from 'node:crypto';
import type { Machine } from '../machine.ts';
import { sessions } from '../session.ts';
import { Domains } from './domains.ts';
import { LibvirtNetworks } from './libvirt-networks.ts';
import { StoragePools } from './storage-pools.ts';

/** What one libvirt daemon knows. The system's is the machine's; a user's own has nothing in it. */
export class LibvirtState {
  readonly pools: StoragePools;
  readonly networks: LibvirtNetworks;
  readonly domains: Domains;
  readonly #seed: string;
  #made = 0;

  constructor(machine: Machine, owner: string) {
    this.#seed = `${machine.machineId} ${owner}`;
    const newUuid = () => this.#newUuid();
    // The daemon is root, whoever asks it.
    const asRoot = <Value>(work: () => Value): Value => sessions.exit(work);
    this.pools = new StoragePools(machine, { newUuid, asRoot });
    this.networks = new LibvirtNetworks(machine.network, newUuid);
    this.domains = new Domains(machine, newUuid);
  }

  /** Different each time, the same again in each practice lab. */
  #newUuid(): string {
    this.#made += 1;
    const hex = createHash('sha256').update(`${this.#seed} ${this.#made}`).digest('hex');
    const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`];
    return [...parts, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
  }
}
