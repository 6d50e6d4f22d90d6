import { LOADER, LOADER_NO_FRAME } from '../ssh/loader.ts';
import { authenticate } from './commands/sudo.ts';
import type { Machine } from './machine.ts';
import { ended } from './program.ts';
import type { LiveInput, Streams } from './session.ts';

type Ready =
  | {
      readonly script: string;
      readonly user: string;
      readonly variables: Readonly<Record<string, string>>;
      readonly stdin: Buffer;
      /** For a script that was not kept waiting for its input. */
      readonly input?: LiveInput;
    }
  | { readonly exitCode: number };

const PLAIN = `sh -c '${LOADER}' labwright `;
const AS_ROOT = /^(?:env (?:\w+=\S+ )*)?sudo -S -p '([^']*)' /;

/**
 * Stands for `sh -c LOADER` (src/main/ssh/loader.ts) and for sudo in front of it. just-bash wants all
 * of a script's input before it starts, but the loader converses: nonce, then frame. So this reads the
 * conversation as the loader does, byte by byte, and hands over the script.
 */
export class LoaderGate {
  readonly ready: Promise<Ready>;
  readonly #machine: Machine;
  readonly #streams: Streams;
  readonly #nonce: string;
  readonly #prompt: string | undefined;
  #settle: (ready: Ready) => void = () => {};
  #buffer = Buffer.alloc(0);
  #ended = false;
  #listened = false;
  #wake: (() => void) | undefined;

  static for(command: string, machine: Machine, streams: Streams): LoaderGate | undefined {
    const prompt = AS_ROOT.exec(command);
    const rest = prompt ? command.slice(prompt[0].length) : command;
    if (!rest.startsWith(PLAIN)) return undefined;
    return new LoaderGate(machine, streams, rest.slice(PLAIN.length).trim(), prompt?.[1]);
  }

  private constructor(
    machine: Machine,
    streams: Streams,
    nonce: string,
    prompt: string | undefined,
  ) {
    this.#machine = machine;
    this.#streams = streams;
    this.#nonce = nonce;
    this.#prompt = prompt;
    this.ready = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  write(bytes: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, bytes]);
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** Whether the script reads what is still to come: it learns from its end that nobody listens. */
  get listened(): boolean {
    return this.#listened;
  }

  start(): void {
    this.#converse().then(this.#settle, () => this.#settle({ exitCode: 1 }));
  }

  async #more(): Promise<boolean> {
    if (this.#ended) return false;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    return true;
  }

  async #line(): Promise<string | undefined> {
    for (;;) {
      const at = this.#buffer.indexOf(10);
      if (at >= 0) {
        const line = this.#buffer.subarray(0, at).toString('utf8');
        this.#buffer = this.#buffer.subarray(at + 1);
        return line;
      }
      if (!(await this.#more())) return undefined;
    }
  }

  async #bytes(count: number): Promise<string> {
    while (this.#buffer.length < count && (await this.#more()));
    const text = this.#buffer.subarray(0, count).toString('utf8');
    this.#buffer = this.#buffer.subarray(count);
    return text;
  }

  async #converse(): Promise<Ready> {
    const { user, password, sudo } = this.#machine.options;
    const asRoot = this.#prompt !== undefined;
    if (asRoot && sudo !== 'no-password' && user !== 'root') {
      const say = (text: string) => this.#streams.err(Buffer.from(text));
      const ask = async () => {
        say(this.#prompt ?? '');
        return await this.#line();
      };
      const allowed = await authenticate({ user, password, denied: sudo === 'denied' }, ask, say);
      if (!allowed) return { exitCode: 1 };
    }
    this.#streams.out(Buffer.from(`${this.#nonce}\n`));
    let header: string | undefined;
    do header = await this.#line();
    while (header !== undefined && !header.startsWith(`labwright ${this.#nonce} `));
    if (header === undefined) return { exitCode: LOADER_NO_FRAME };
    const [length = '0', ...names] = header.trim().split(/\s+/).slice(2);
    const script = await this.#bytes(Number(length));
    const variables: Record<string, string> = {};
    for (const name of names)
      variables[name] = await this.#bytes(Number((await this.#line()) ?? 0));
    const given = { script, user: asRoot ? 'root' : user, variables };
    if (!this.#waits(script)) return { ...given, stdin: Buffer.alloc(0), input: this.#input() };
    while (await this.#more());
    return { ...given, stdin: this.#buffer };
  }

  #input(): LiveInput {
    return {
      line: (signal) => {
        this.#listened = true;
        return Promise.race([this.#line(), ended(signal).then(() => undefined)]);
      },
    };
  }

  #waits(script: string): boolean {
    try {
      return this.#machine.shell.reads(script);
    } catch {
      return false;
    }
  }
}
