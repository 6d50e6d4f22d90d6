import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Answer, Happened } from './electron/control.ts';
import { type ComputerOptions, OPTIONS_VARIABLE } from './electron/options.ts';

/** What `scripts/build.ts` made. */
export const DIST = resolve(process.env.LABWRIGHT_DIST ?? join(import.meta.dirname, '../../dist'));
const REGISTER = join(import.meta.dirname, 'register.ts');
const WAIT_MS = 30_000;

const COMPUTER: Omit<ComputerOptions, 'directory'> = {
  keychain: 'gnome_libsecret',
  slowKeychain: false,
  languages: ['en-GB'],
  displays: [{ x: 0, y: 0, width: 1920, height: 1040 }],
};

/** A folder that stands for a person's computer; several starts of the app can share it. */
export async function newComputer(): Promise<{ directory: string; remove: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'labwright-shim-'));
  return {
    directory,
    remove: () => rm(directory, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** The app, started by its real main bundle, with the test's hand on everything around it. */
export class RunningApp {
  readonly #process: ChildProcess;
  readonly #happened: Happened[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #answers = new Map<number, (answer: Answer) => void>();
  readonly exited: Promise<number | null>;
  #output = '';
  #nextQuestion = 1;
  #browser: Browser | undefined;

  private constructor(child: ChildProcess) {
    this.#process = child;
    this.exited = once(child, 'exit').then(([code]) => {
      for (const listener of [...this.#listeners]) listener();
      return code as number | null;
    });
    child.on('message', (message: Happened | Answer) => this.#receive(message));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#output += chunk.toString();
      });
    }
  }

  static start(options: Partial<ComputerOptions> & { directory: string }): RunningApp {
    const main = join(DIST, 'desktop.js');
    if (!existsSync(main)) throw new Error(`${main} is missing: build first`);
    const computer = JSON.stringify({ ...COMPUTER, ...options });
    return new RunningApp(
      fork(main, {
        execArgv: ['--import', REGISTER],
        env: { ...process.env, [OPTIONS_VARIABLE]: computer },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      }),
    );
  }

  /** Everything of one kind that happened so far, in order. */
  all(event: string): unknown[] {
    return this.#happened.filter((entry) => entry.event === event).map(({ data }) => data);
  }

  /** Resolves with the `nth` happening of this kind, past or to come. */
  async waitFor<T = unknown>(event: string, nth = 1): Promise<T> {
    const deadline = AbortSignal.timeout(WAIT_MS);
    while (this.all(event).length < nth) {
      await new Promise<void>((resolve, reject) => {
        const stop = () => {
          this.#listeners.delete(go);
          deadline.removeEventListener('abort', fail);
        };
        const go = () => {
          stop();
          resolve();
        };
        const fail = () => {
          stop();
          reject(new Error(`${event} did not happen\n${this.#describe()}`));
        };
        if (this.#process.exitCode !== null) return fail();
        this.#listeners.add(go);
        deadline.addEventListener('abort', fail);
      });
    }
    return this.all(event)[nth - 1] as T;
  }

  ask<T = unknown>(ask: string, data: unknown = null): Promise<T> {
    const id = this.#nextQuestion++;
    return new Promise((resolve, reject) => {
      this.#answers.set(id, ({ answer, error }) => {
        if (error === undefined) resolve(answer as T);
        else reject(new Error(`${ask}: ${error}`));
      });
      this.#process.send({ id, ask, data });
    });
  }

  /** The app's window once it shows its page. */
  async page(): Promise<Page> {
    const port = await this.waitFor<number>('ready');
    await this.waitFor('window-loaded');
    this.#browser ??= await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
    const page = this.#browser.contexts()[0]?.pages()[0];
    if (page === undefined) throw new Error(`there is no page\n${this.#describe()}`);
    return page;
  }

  /** Quits as a person does; resolves with the exit code. */
  async quit(): Promise<number | null> {
    if (this.#process.exitCode === null && this.#process.connected) await this.ask('quit');
    const code = await this.exited;
    await this.#browser?.close();
    return code;
  }

  /** Ends it as a power cut does. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.exited;
    await this.#browser?.close();
  }

  #describe(): string {
    const events = this.#happened.map(({ event, data }) => `${event} ${JSON.stringify(data)}`);
    return [...events, this.#output].join('\n');
  }

  #receive(message: Happened | Answer): void {
    if ('event' in message) this.#happened.push(message);
    else this.#answers.get(message.id)?.(message);
    for (const listener of [...this.#listeners]) listener();
  }
}
