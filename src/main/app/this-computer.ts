import type { ImageAction } from '../../contract/action.ts';
import type { ImageRef } from '../../contract/image-ref.ts';
import type { OwnWork } from '../engine/execute.ts';
import type { HereQuestion } from '../engine/probe.ts';
import type { ImageCache } from '../images/image-cache.ts';
import { offeredHere } from '../images/published-image.ts';
import type { RawDisk } from '../images/raw-disk.ts';
import type { Connect } from '../ssh/connection.ts';
import { describeKey } from '../ssh/known-hosts.ts';

/** A server that is starting takes a connection and is silent for some seconds. */
const ANSWER_MS = 15_000;

/** What this computer does and answers itself, where a hypervisor cannot. */
export class ThisComputer {
  readonly #images: ImageCache;
  readonly #connect: Connect;

  constructor(images: ImageCache, connect: Connect) {
    this.#images = images;
    this.#connect = connect;
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
  async #hostKeys(
    { address, port }: { readonly address: string; readonly port: number },
    signal: AbortSignal,
  ): Promise<string[]> {
    let shown: string | undefined;
    const verify = async (blob: Buffer) => {
      const { type, fingerprint } = describeKey(blob);
      shown = `${type} ${fingerprint}`;
      throw new Error('seen');
    };
    const login = { name: address, address, port, user: 'nobody' };
    const stop = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
    try {
      const connection = await this.#connect({ login, knownKeyTypes: [], verify, signal: stop });
      connection.end();
    } catch {
      // Refused, silent, or left by us.
    }
    return shown === undefined ? [] : [shown];
  }
}
