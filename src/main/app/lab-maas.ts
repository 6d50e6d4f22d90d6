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
  #moved: ((host: string) => void) | undefined;
  #following: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;

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
    maas.then((opened) => this.#follow(host, opened)).catch(() => {});
    // Another version may answer next time, or none: what failed is looked for anew.
    maas.catch(() => {
      if (this.#open === open) this.#open = undefined;
    });
    return maas;
  }

  /** From now on tells when MAAS wrote an event about a machine (2.x; 1.x has no events to follow). */
  follow(moved: (host: string) => void): void {
    this.#moved = moved;
    const open = this.#open;
    open?.maas.then((maas) => this.#follow(open.host, maas)).catch(() => {});
  }

  #follow(host: string, maas: Maas): void {
    const moved = this.#moved;
    if (moved === undefined || this.#following !== undefined) return;
    if (!maas.about.features.has('events')) return;
    const stop = new AbortController();
    const follow = async () => {
      for await (const events of maas.events.follow({ signal: stop.signal })) {
        if (events.some(({ machine }) => machine !== '')) moved(host);
      }
    };
    // A MAAS that cannot be followed is still asked by every check.
    const ended = follow().catch(() => {});
    const following = { stop, ended };
    this.#following = following;
    void ended.then(() => {
      if (this.#following === following) this.#following = undefined;
    });
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
    const [open, following] = [this.#open, this.#following];
    this.#open = undefined;
    this.#following = undefined;
    following?.stop.abort();
    await following?.ended;
    await open?.maas.then((maas) => maas.close()).catch(() => {});
  }
}
