import PQueue from 'p-queue';
import { LabwrightError } from '../../../contract/error.ts';
import { redact } from '../../vault/redact.ts';
import { type ApiKey, authorization, keyParts } from './api-key.ts';
import type { Answer, MaasHttp } from './exchange.ts';
import { type Form, type FormValue, fieldsOf, urlEncoded } from './form.ts';
import { readBody, unexpected } from './read-body.ts';
import { refusalError, unauthorized } from './refusal.ts';
import type { Decoded } from './shape.ts';
import type { Shaped, ShapeName } from './shapes.ts';

/** A region serves with four workers (MAAS 2.4 and later); more calls would only wait there. */
const CALLS_AT_ONCE = 4;
/** A power query may hold a thread of the region for a minute: two, beside the others. */
const POWER_QUERIES_AT_ONCE = 2;

/** How long MAAS may think before it says anything. */
const THINK_MS = {
  /** One object, a setting: hundredths of a second, more while images are imported. */
  read: 30_000,
  /** Recorded: 80 ms for each machine of a list; thousands take minutes. */
  list: 300_000,
  /** Recorded: adding a machine takes one second; a conflict in the database is retried for 19. */
  write: 60_000,
  /** MAAS itself gives up after 60 seconds (status 504); its own answer tells more than ours. */
  power: 75_000,
} as const;
/** In the middle of an answer there is nothing left to think about. */
const SILENCE_MS = 30_000;

/** A list of 10,000 machines is about 150 MB. */
const LIST_LIMIT = 256 * 1024 * 1024;
/** Script results with their output are the largest of the others. */
const OTHER_LIMIT = 64 * 1024 * 1024;
/** A refusal is a sentence, or a page of a web server. */
const REFUSAL_LIMIT = 64 * 1024;

/** A read that met a broken connection or a MAAS that is just restarting is tried again after these. */
const RETRY_MS = [500, 2000] as const;
/** Who is told to come back later than this should tell the person instead. */
const LONGEST_RETRY_AFTER_S = 10;
/** Nothing was done, and another try may well succeed. */
const PASSING = new Set(['maas-answer-cut', 'maas-closed', 'maas-down', 'maas-busy']);

export interface LinkClock {
  /** Milliseconds since 1970: what requests are dated with. */
  now(): number;
  /** Rejects with `cancelled` when the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export interface Call {
  /** After `api/N/`, with its slash at the end: without it MAAS knows no path. */
  readonly path: string;
  readonly op?: string;
  readonly query?: Form;
  readonly form?: Form;
  /** Fields of the form whose values are secret. */
  readonly secrets?: Readonly<Record<string, () => Promise<string>>>;
  readonly signal?: AbortSignal | undefined;
}

type Reading = 'read' | 'list' | 'power';

/** Calls to one API of one MAAS: signed, counted, in time, and with their errors understood. */
export class MaasLink {
  readonly maas: string;
  readonly clock: LinkClock;
  readonly #http: MaasHttp;
  readonly #api: string;
  readonly #key: ApiKey;
  readonly #calls = new PQueue({ concurrency: CALLS_AT_ONCE });
  readonly #queries = new PQueue({ concurrency: POWER_QUERIES_AT_ONCE });

  constructor(maas: string, http: MaasHttp, api: '1.0' | '2.0', key: ApiKey, clock: LinkClock) {
    this.maas = maas;
    this.clock = clock;
    this.#http = http;
    this.#api = `api/${api}/`;
    this.#key = key;
  }

  /** One object. */
  async one<N extends ShapeName>(name: N, call: Call, how: Reading = 'read'): Promise<Shaped<N>> {
    const decoded = await this.#again(how, call, () =>
      this.#exchange('GET', call, how, (answer) => this.#json(name, answer, OTHER_LIMIT)),
    );
    return this.#only(name, decoded);
  }

  /** A list; what could not be read of it is named in the result. */
  list<N extends ShapeName>(name: N, call: Call): Promise<Decoded<Shaped<N>>> {
    return this.#again('list', call, () =>
      this.#exchange('GET', call, 'list', (answer) => this.#json(name, answer, LIST_LIMIT)),
    );
  }

  /** A body that is no JSON. */
  text(call: Call): Promise<string> {
    return this.#again('read', call, () =>
      this.#exchange('GET', call, 'read', (answer) => this.#text(answer, OTHER_LIMIT)),
    );
  }

  /** Changes something and gives what MAAS shows of it. Sent once, whatever happens. */
  async write<N extends ShapeName>(
    name: N,
    method: 'POST' | 'PUT',
    call: Call,
  ): Promise<Shaped<N>> {
    const decoded = await this.#exchange(method, call, 'write', (answer) =>
      this.#json(name, answer, OTHER_LIMIT),
    );
    return this.#only(name, decoded);
  }

  /** As `write`, for an answer that says nothing: `OK`, or what is not looked at. */
  async send(method: 'POST' | 'PUT' | 'DELETE', call: Call): Promise<void> {
    await this.#exchange(method, call, 'write', (answer) => this.#text(answer, OTHER_LIMIT));
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  async #again<T>(how: Reading, { signal }: Call, attempt: () => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries++) {
      try {
        return await attempt();
      } catch (error) {
        const pause = RETRY_MS[tries];
        const passing = error instanceof LabwrightError && PASSING.has(error.code);
        // A power query takes a minute and a thread of MAAS: whoever wants it again asks again.
        if (!passing || pause === undefined || how === 'power') throw error;
        const wanted = Number(error.params.seconds ?? 0);
        if (wanted > LONGEST_RETRY_AFTER_S) throw error;
        await this.clock.sleep(Math.max(pause, wanted * 1000), signal);
      }
    }
  }

  async #exchange<T>(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    call: Call,
    how: keyof typeof THINK_MS,
    read: (answer: Answer) => Promise<T>,
  ): Promise<T> {
    const { signal } = call;
    const queue = how === 'power' ? this.#queries : this.#calls;
    try {
      return await queue.add(() => this.#once(method, call, how, read), signal ? { signal } : {});
    } catch (error) {
      if (signal?.aborted) throw new LabwrightError('cancelled');
      throw error;
    }
  }

  async #once<T>(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    call: Call,
    how: keyof typeof THINK_MS,
    read: (answer: Answer) => Promise<T>,
  ): Promise<T> {
    const key = await this.#key();
    const secrets: Record<string, string> = {};
    for (const [name, secret] of Object.entries(call.secrets ?? {})) secrets[name] = await secret();
    const parts = keyParts(this.maas, key);
    const form: Record<string, FormValue> = { ...call.form, ...secrets };
    const answer = await this.#http.send({
      method,
      path: `${this.#api}${pathOf(call)}`,
      headers: {
        accept: 'application/json, */*',
        authorization: authorization(parts, this.clock.now()),
        ...(method === 'GET' || method === 'DELETE'
          ? {}
          : { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(method === 'GET' || method === 'DELETE' ? {} : { body: urlEncoded(form) }),
      thinkMs: THINK_MS[how],
      silenceMs: SILENCE_MS,
      ...(call.signal ? { signal: call.signal } : {}),
    });
    if (answer.status >= 200 && answer.status < 300) return read(answer);
    const hidden = [key, parts.secret, parts.token, ...Object.values(secrets)];
    throw await this.#refused(call, answer, (text) => redact(text, hidden));
  }

  async #refused(
    { path }: Call,
    answer: Answer,
    clean: (text: string) => string,
  ): Promise<LabwrightError> {
    const { status, headers } = answer;
    const moved = headers.location;
    if (status >= 300 && status < 400 && moved !== undefined) {
      answer.discard();
      return new LabwrightError('maas-moved', { maas: this.maas, to: clean(moved) });
    }
    const body = await this.#text(answer, REFUSAL_LIMIT);
    if (status === 401) return unauthorized(this.maas, { headers, body }, this.clock.now());
    return refusalError(this.maas, { what: path, status, headers, body }, clean);
  }

  async #json<N extends ShapeName>(
    name: N,
    answer: Answer,
    limit: number,
  ): Promise<Decoded<Shaped<N>>> {
    const type = answer.headers['content-type'] ?? '';
    if (type.includes('html')) {
      answer.discard();
      throw new LabwrightError('maas-not-maas', { maas: this.maas });
    }
    return readBody(this.maas, name, answer.body, limit);
  }

  async #text({ body }: Answer, limit: number): Promise<string> {
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    for await (const piece of body) {
      bytes += piece.length;
      if (bytes > limit)
        throw new LabwrightError('maas-answer-too-large', { maas: this.maas, limit });
      pieces.push(piece);
    }
    return Buffer.concat(pieces).toString();
  }

  #only<N extends ShapeName>(name: N, { items, unreadable }: Decoded<Shaped<N>>): Shaped<N> {
    const [item] = items;
    if (item === undefined && items.length === 0)
      throw unexpected(this.maas, name, unreadable[0]?.expected ?? '');
    return item as Shaped<N>;
  }
}

function pathOf({ path, op, query = {} }: Call): string {
  const fields = fieldsOf(query);
  const asked = op === undefined ? fields : [['op', op], ...fields];
  return asked.length === 0 ? path : `${path}?${new URLSearchParams(asked)}`;
}
