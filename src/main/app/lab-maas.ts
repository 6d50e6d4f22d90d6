import { LabwrightError } from '../../contract/error.ts';
import type { MaasCall, MaasQuestion } from '../../contract/maas-call.ts';
import type { Plan } from '../../contract/plan.ts';
import { answerMaasQuestion } from '../drivers/maas/maas-answer.ts';
import { openMaas } from '../drivers/maas/open-maas.ts';
import { performMaasCall } from '../drivers/maas/perform.ts';
import type { Maas } from '../engine/maas.ts';
import type { HostLink } from '../ssh/host-link.ts';
import type { Vault } from '../vault/vault.ts';

/**
 * MAAS is asked on its own host, through our SSH connection: its key would else cross the network in
 * clear, and the connection's host key already says who answers.
 */
const ON_ITS_HOST = '127.0.0.1';

export interface LabMaasOptions {
  readonly plan: () => Plan | null;
  readonly link: (host: string) => HostLink;
  readonly vault: Vault;
}

/** The MAAS of one lab: its API, opened at the first use and kept. */
export class LabMaas {
  readonly #options: LabMaasOptions;
  #open: { readonly host: string; readonly maas: Promise<Maas> } | undefined;

  constructor(options: LabMaasOptions) {
    this.#options = options;
  }

  async #api(host: string): Promise<Maas> {
    if (this.#open?.host === host) return this.#open.maas;
    await this.close();
    const key = this.#options.plan()?.maas?.api_key;
    if (key === undefined) throw new LabwrightError('host-unknown', { host });
    const link = this.#options.link(host);
    const maas = openMaas(
      {
        name: host,
        address: ON_ITS_HOST,
        dial: (address, port) => link.forward(address, port),
      },
      () => this.#options.vault.get(key),
    );
    const open = { host, maas };
    this.#open = open;
    // Another version may answer next time, or none: what failed is looked for anew.
    maas.catch(() => {
      if (this.#open === open) this.#open = undefined;
    });
    return maas;
  }

  /** Answers a probe; JSON as text, so that it is kept and shown like every other answer. */
  async ask(host: string, question: MaasQuestion, signal?: AbortSignal): Promise<string> {
    const maas = await this.#api(host);
    return JSON.stringify(await answerMaasQuestion(maas, question, signal ? { signal } : {}));
  }

  async perform(host: string, call: MaasCall, signal: AbortSignal): Promise<void> {
    const maas = await this.#api(host);
    const secret = (name: string) => this.#options.vault.get(name);
    await performMaasCall(maas, call, { secret, signal });
  }

  /** Forgets the API: the host, its MAAS or the key may be another one. */
  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.maas.then((maas) => maas.close()).catch(() => {});
  }
}
