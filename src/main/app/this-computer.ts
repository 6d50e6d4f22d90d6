import type { ImageAction } from '../../contract/action.ts';
import type { ImageRef } from '../../contract/image-ref.ts';
import type { OwnWork } from '../engine/execute.ts';
import type { HereQuestion } from '../engine/probe.ts';
import type { ImageCache } from '../images/image-cache.ts';
import { offeredHere } from '../images/published-image.ts';
import type { RawDisk } from '../images/raw-disk.ts';
import type { Connect } from '../ssh/connection.ts';
import { describeKey } from '../ssh/known-hosts.ts';
import { secretHeldBy } from '../vault/secret-held.ts';
import type { Vault } from '../vault/vault.ts';

/** A server that is starting takes a connection and is silent for some seconds. */
const ANSWER_MS = 15_000;
/**
 * Refused at once: a server that starts, or is started anew by cloud-init in its first minutes. So many
 * times it is asked again, as a KVM host does (probes/new-machine.ts).
 */
const ASKED_AGAIN = 3;
const AGAIN_MS = 3000;

interface Server {
  readonly address: string;
  readonly port: number;
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

export interface ThisComputerOptions {
  readonly images: ImageCache;
  readonly vault: Vault;
  readonly connect: Connect;
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** What this computer does and answers itself, where a hypervisor cannot. */
export class ThisComputer {
  readonly #images: ImageCache;
  readonly #vault: Vault;
  readonly #connect: Connect;
  readonly #wait: (milliseconds: number) => Promise<void>;

  constructor({ images, vault, connect, wait }: ThisComputerOptions) {
    this.#images = images;
    this.#vault = vault;
    this.#connect = connect;
    this.#wait = wait;
  }

  /** Answers a question, as JSON. */
  async ask(question: HereQuestion, signal: AbortSignal): Promise<string> {
    switch (question.what) {
      case 'stored-images':
        return JSON.stringify(await this.#images.list());
      case 'offered-image':
        return JSON.stringify(await offeredHere(question.image, question.proxy, signal));
      case 'ssh-answer':
        return JSON.stringify({ fingerprints: await this.#hostKeys(question, signal) });
      case 'secret-held':
        return JSON.stringify(await secretHeldBy(this.#vault, question.name));
    }
  }

  async fetchImage({ image, proxy }: ImageAction, how: OwnWork): Promise<void> {
    const { signal, onAmount } = how;
    await this.#images.fetch(image, {
      proxy,
      signal,
      onAmount: (done) => onAmount(done, image.size),
    });
  }

  openImage(image: ImageRef): Promise<RawDisk> {
    return this.#images.open(image);
  }

  /**
   * The host key that a server shows; none when no SSH server answers. We leave as soon as we have seen
   * it: nobody is logged in, and nothing is believed.
   */
  async #hostKeys(server: Server, signal: AbortSignal): Promise<string[]> {
    for (let again = 0; ; again++) {
      const stop = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
      const keys = await this.#look(server, stop);
      // Who was silent for the whole time is not asked again: that is known now.
      if (keys.length > 0 || stop.aborted || again >= ASKED_AGAIN) return keys;
      await this.#wait(AGAIN_MS);
    }
  }

  async #look({ address, port }: Server, stop: AbortSignal): Promise<string[]> {
    let shown: string | undefined;
    const verify = async (blob: Buffer) => {
      const { type, fingerprint } = describeKey(blob);
      shown = `${type} ${fingerprint}`;
      throw new Error('seen');
    };
    const login = { name: address, address, port, user: 'nobody' };
    const left = this.#connect({ login, knownKeyTypes: [], verify, signal: stop }).then(
      (connection) => connection.end(),
      // Refused, silent, or left by us.
      () => {},
    );
    // A server that takes the connection and says nothing has a longer time limit of its own.
    await Promise.race([left, aborted(stop)]);
    return shown === undefined ? [] : [shown];
  }
}
