import { EventEmitter } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { BrowserWindow } from './browser-window.ts';
import { Chromium } from './chromium.ts';
import { answerTo, report } from './control.ts';
import { computerOptions } from './options.ts';

/** The life of the app: one instance, ready when Chromium is up, gone when told to. */
class App extends EventEmitter {
  readonly windows = new Set<BrowserWindow>();
  readonly isPackaged = false;
  #chromium: Chromium | undefined;
  #sandboxed = false;
  #second = false;
  #quitting = false;
  readonly #ready: Promise<void>;

  constructor() {
    super();
    // After the entry has run, as there: what must come before `ready` has had its chance.
    this.#ready = new Promise((resolve) => setImmediate(resolve)).then(() => this.#start());
  }

  enableSandbox(): void {
    if (this.isReady()) throw new Error('enableSandbox must come before ready');
    this.#sandboxed = true;
  }

  whenReady(): Promise<void> {
    return this.#ready;
  }

  isReady(): boolean {
    return this.#chromium !== undefined;
  }

  isQuitting(): boolean {
    return this.#quitting;
  }

  getPath(name: string): string {
    return join(computerOptions().directory, name);
  }

  getVersion(): string {
    const manifest = new URL('../../../package.json', import.meta.url);
    return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
  }

  setAppUserModelId(id: string): void {
    report('app-id', id);
  }

  getLocale(): string {
    return computerOptions().languages[0] ?? 'en-US';
  }

  getPreferredSystemLanguages(): readonly string[] {
    return computerOptions().languages;
  }

  requestSingleInstanceLock(): boolean {
    try {
      closeSync(openSync(this.#lock, 'wx'));
    } catch {
      this.#second = true;
    }
    return !this.#second;
  }

  async quit(): Promise<void> {
    if (this.#quitting) return;
    this.#quitting = true;
    if (this.#second) return this.#tellFirst();
    this.emit('before-quit', { preventDefault: () => {} });
    for (const window of [...this.windows]) await window.close();
    let prevented = false;
    const preventDefault = () => {
      prevented = true;
    };
    this.emit('will-quit', { preventDefault });
    if (!prevented) this.exit(0);
  }

  async exit(code: number): Promise<void> {
    report('exit', code);
    rmSync(this.#lock, { force: true });
    await this.#chromium?.close();
    process.exit(code);
  }

  get #lock(): string {
    return join(computerOptions().directory, 'instance.lock');
  }

  get #socket(): string {
    return join(computerOptions().directory, 'instance.sock');
  }

  async #start(): Promise<void> {
    if (this.#second) return new Promise(() => {});
    if (!this.#sandboxed) throw new Error('enableSandbox was not called');
    for (const name of ['userData', 'logs']) await mkdir(this.getPath(name), { recursive: true });
    const server = createServer((peer) => {
      peer.on('end', () => this.emit('second-instance', {}, [], ''));
      peer.resume();
    });
    rmSync(this.#socket, { force: true });
    await new Promise<void>((resolve) => server.listen(this.#socket, resolve));
    this.#chromium = await Chromium.launch();
    const active = join(computerOptions().directory, 'chromium/DevToolsActivePort');
    report('ready', Number((await readFile(active, 'utf8')).split('\n')[0]));
  }

  #tellFirst(): Promise<void> {
    return new Promise((resolve) => {
      const peer = connect(this.#socket, () => peer.end());
      peer.on('close', () => {
        resolve();
        process.exit(0);
      });
    });
  }
}

export const app = new App();

answerTo('quit', () => void app.quit());
/** An error that nobody caught, as a mistake of ours would make one. */
answerTo('throw', (message: string) => {
  setImmediate(() => {
    throw new Error(message);
  });
});
