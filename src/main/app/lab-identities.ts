import { LabwrightError } from '../../contract/error.ts';
import type { LabState } from '../../contract/lab-state.ts';
import { type Message, message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import type { FactStore } from '../engine/facts.ts';
import type { Journal } from '../engine/journal.ts';
import { on, type Read } from '../engine/probe.ts';
import { system } from '../engine/probes/host.ts';
import { type LabHosts, MACHINE_ID } from './lab-hosts.ts';
import type { LabSites } from './lab-sites.ts';

export interface LabIdentitiesOptions {
  readonly journal: Journal;
  readonly facts: FactStore;
  readonly hosts: LabHosts;
  readonly sites: LabSites;
  readonly inventories: () => LabState['inventories'];
}

/** Which machine stands behind each name: pinned at first sight, asserted before every write. */
export class LabIdentities {
  readonly #options: LabIdentitiesOptions;
  readonly #known = new Map<string, string>();

  constructor(options: LabIdentitiesOptions) {
    this.#options = options;
    for (const { entry } of options.journal.ofKinds('trust')) {
      if (entry.kind !== 'trust') continue;
      if (entry.what === 'machine-id-recorded') this.#known.set(entry.target, entry.value);
      // A deliberate replacement of the key also lets the machine be another one.
      if (entry.what === 'host-key-replaced') this.#known.delete(entry.target);
    }
  }

  /** Machine-id of a host, instance UUID of a site; absent until it was first seen. */
  of(target: string): string | undefined {
    return this.#known.get(target);
  }

  trustedSince(name: string, fingerprint: string): number | undefined {
    return this.#options.journal
      .ofKinds('trust')
      .findLast(
        ({ entry }) =>
          entry.kind === 'trust' && entry.target === name && entry.value === fingerprint,
      )?.at;
  }

  /**
   * What a damaged journal means, also for its successor: who reads that later must know. A machine
   * whose identity was lost would otherwise be trusted anew without a word.
   */
  lostFrom(plan: Plan | null): Message[] {
    const lost = Object.keys({ ...plan?.hosts, ...plan?.sites }).filter(
      (name) => !this.#known.has(name),
    );
    return lost.length === 0
      ? []
      : [message('journal.identities-anew', { hosts: lost.join(', ') })];
  }

  /** Another machine later is an error, not a fact. */
  record(reads: readonly Read[]): void {
    const { facts, hosts } = this.#options;
    for (const { target, probe } of reads) {
      if (probe.ask?.what === 'inventory') this.#recordSite(target);
      if (probe.key !== system.key) continue;
      const read = on(target, system);
      const fact = facts.get(read);
      const found = facts.view().maybe(read);
      if (!fact || !found) continue;
      hosts.patch(target, { system: found.name, machineId: found.machineId });
      const known = this.#known.get(target);
      if (known === undefined && found.machineId !== '') {
        this.#pin(target, found.machineId);
      } else if (known !== undefined && known !== found.machineId) {
        const error = new LabwrightError('host-identity-changed', { host: target });
        const { value: _, ...rest } = fact;
        facts.put({ ...rest, error: error.toData() });
        const id = found.machineId;
        const offered = { type: MACHINE_ID, fingerprint: id, line: `${MACHINE_ID} ${id}` };
        hosts.patch(target, { connection: 'changed', error: error.toData(), offered });
      }
    }
  }

  #recordSite(target: string): void {
    const found = this.#options.inventories()[target]?.inventory;
    if (found === undefined || found.identity === '') return;
    const known = this.#known.get(target);
    if (known === undefined) {
      this.#pin(target, found.identity);
    } else if (known !== found.identity) {
      const error = new LabwrightError('site-identity-changed', { site: target }).toData();
      this.#options.sites.patch(target, { connection: 'failed', error });
    }
  }

  #pin(target: string, value: string, old?: string): void {
    const was = old === undefined ? {} : { old };
    const what = 'machine-id-recorded';
    this.#options.journal.append({ kind: 'trust', target, what, value, ...was });
    this.#known.set(target, value);
  }

  /** Trusts what was shown: a host key, a certificate, or another machine behind the same key. */
  async trust(name: string, fingerprint: string, replace: boolean): Promise<void> {
    const { journal, hosts, sites } = this.#options;
    const place = sites.has(name) ? sites : hosts;
    const { key, old, machine } = await place.trust(name, fingerprint, replace);
    if (machine) {
      this.#pin(name, key, this.#known.get(name));
    } else {
      const what = replace ? 'host-key-replaced' : 'host-key-accepted';
      const before = old === undefined ? {} : { old };
      journal.append({ kind: 'trust', target: name, what, value: key, ...before });
      if (replace) this.#known.delete(name);
    }
    await place.reset(name);
  }
}
