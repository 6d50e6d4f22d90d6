import { Worker } from 'node:worker_threads';
import { LabwrightError } from '../../../contract/error.ts';
import type { MaasMisfit } from '../../../contract/maas.ts';
import { type Decoded, decode, elementsOf, type Shape } from './shape.ts';
import { type Shaped, type ShapeName, shapes } from './shapes.ts';

/**
 * Below this an answer is read in place: it takes a few milliseconds, and a thread would cost more.
 * Above, the thread of the windows only passes pieces on.
 */
const INLINE_BYTES = 192 * 1024;

/** To the worker: pieces of the answer, `end`, and `more` for each further message. */
export type ToWorker = Uint8Array | 'end' | 'more';

/** From the worker, in this order: any number of pieces, then the end. */
export type FromWorker =
  | { readonly items: unknown[]; readonly unreadable: MaasMisfit[] }
  | { readonly end: 'read' | 'not-json' | 'not-a-list' }
  | { readonly failed: string };

/**
 * Reads an answer in JSON of `limit` bytes at most. Throws `maas-answer-too-large` and
 * `maas-answer-unexpected`; elements of a list that do not fit are named in what is returned.
 */
export async function readBody<N extends ShapeName>(
  maas: string,
  name: N,
  body: AsyncIterable<Uint8Array>,
  limit: number,
): Promise<Decoded<Shaped<N>>> {
  const pieces: Uint8Array[] = [];
  let worker: BodyWorker<Shaped<N>> | undefined;
  let bytes = 0;
  try {
    for await (const piece of body) {
      bytes += piece.length;
      if (bytes > limit) throw new LabwrightError('maas-answer-too-large', { maas, limit });
      pieces.push(piece);
      if (bytes <= INLINE_BYTES) continue;
      worker ??= new BodyWorker(maas, name);
      for (const kept of pieces.splice(0)) worker.take(kept);
    }
    if (worker !== undefined) return await worker.end();
  } finally {
    worker?.stop();
  }
  return inline(maas, name, Buffer.concat(pieces).toString());
}

function inline<N extends ShapeName>(maas: string, name: N, text: string): Decoded<Shaped<N>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unexpected(maas, name, 'JSON');
  }
  const shape: Shape<unknown> = shapes[name];
  const elements = elementsOf(shape, value);
  if (elements === undefined) throw unexpected(maas, name, 'a list');
  return decode(shape, elements) as Decoded<Shaped<N>>;
}

export function unexpected(maas: string, expected: string, detail: string): LabwrightError {
  return new LabwrightError('maas-answer-unexpected', { maas, expected }, { detail });
}

/** Reads one large answer in a thread of its own. */
class BodyWorker<T> {
  readonly #maas: string;
  readonly #name: ShapeName;
  readonly #worker: Worker;
  readonly #decoded: Decoded<T> = { items: [], unreadable: [] };
  readonly #done: Promise<Decoded<T>>;

  constructor(maas: string, name: ShapeName) {
    this.#maas = maas;
    this.#name = name;
    // Built code sits in one folder as .js; tests and scripts run the sources.
    const file = import.meta.url.endsWith('.ts') ? './body-worker.ts' : './body-worker.js';
    this.#worker = new Worker(new URL(file, import.meta.url), { workerData: name });
    this.#done = new Promise((resolve, reject) => {
      this.#worker.once('error', reject);
      this.#worker.on('message', (message: FromWorker) => this.#hear(message, resolve, reject));
    });
    // Who waits for it may be gone by the time it fails.
    this.#done.catch(() => {});
  }

  /** Hands a piece over; a copy, because undici's pieces are parts of a larger buffer. */
  take(piece: Uint8Array): void {
    const copy = piece.slice();
    this.#say(copy, [copy.buffer]);
  }

  end(): Promise<Decoded<T>> {
    this.#say('end');
    return this.#done;
  }

  #say(message: ToWorker, moved: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, moved);
  }

  stop(): void {
    void this.#worker.terminate();
  }

  #hear(message: FromWorker, resolve: (all: Decoded<T>) => void, reject: (error: Error) => void) {
    if ('failed' in message) reject(new Error(message.failed));
    else if ('items' in message) {
      // One by one: a spread of thousands would be as many arguments.
      for (const item of message.items) this.#decoded.items.push(item as T);
      for (const misfit of message.unreadable) this.#decoded.unreadable.push(misfit);
      // Asked for one at a time: Node hands over all messages that wait in one turn of its loop.
      this.#say('more');
    } else if (message.end === 'read') resolve(this.#decoded);
    else reject(unexpected(this.#maas, this.#name, message.end === 'not-json' ? 'JSON' : 'a list'));
  }
}
