import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const CHROMIUM = process.env.LABWRIGHT_CHROMIUM ?? '/usr/bin/chromium';
const DIST = join(import.meta.dirname, '../../dist');

/** As root Chromium needs --no-sandbox; the rest keeps it off the closed network and off the GPU. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface AppOptions {
  readonly language?: 'en' | 'ja';
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
}

/** The built app as a person meets it: the real core, the real renderer, a real browser. */
export class LabwrightApp {
  readonly page: Page;
  readonly home: string;
  /** Messages of the page's console that are errors; a test that passes leaves none. */
  readonly pageErrors: string[] = [];
  core: ChildProcess;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #browser: Browser;
  readonly #context: BrowserContext;

  private constructor(
    page: Page,
    browser: Browser,
    context: BrowserContext,
    core: ChildProcess,
    home: string,
    environment: Readonly<Record<string, string>>,
  ) {
    this.page = page;
    this.#environment = environment;
    this.#browser = browser;
    this.#context = context;
    this.core = core;
    this.home = home;
    page.on('pageerror', (error) => this.pageErrors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.pageErrors.push(message.text());
    });
  }

  static async open(options: AppOptions = {}): Promise<LabwrightApp> {
    const home = await mkdtemp(join(tmpdir(), 'labwright-e2e-'));
    const LANG = options.language === 'ja' ? 'ja_JP.UTF-8' : 'en_US.UTF-8';
    const { core, entrance } = await startCore(home, { LANG });
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      headless: true,
      args: FLAGS,
    });
    const context = await browser.newContext({
      viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
      locale: options.language === 'ja' ? 'ja-JP' : 'en-US',
      colorScheme: options.theme ?? 'light',
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    const app = new LabwrightApp(page, browser, context, core, home, { LANG });
    await page.goto(entrance);
    return app;
  }

  /** A second page of the same session, as another tab. */
  newPage(): Promise<Page> {
    return this.#context.newPage();
  }

  /** Kills the app without a warning and starts it anew, as after a power cut. */
  async startAgain(): Promise<void> {
    await end(this.core, 'SIGKILL');
    const { core, entrance } = await startCore(this.home, this.#environment);
    this.core = core;
    await this.page.goto(entrance);
  }

  /** A second app of the same person on the same computer, with its own page. */
  async openSecond(): Promise<{ page: Page; close: () => Promise<void> }> {
    const { core, entrance } = await startCore(this.home, this.#environment);
    const page = await this.newPage();
    await page.goto(entrance);
    const close = async () => {
      await page.close();
      await end(core, 'SIGTERM');
    };
    return { page, close };
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await end(this.core, 'SIGTERM');
    await rm(this.home, { recursive: true, force: true });
  }
}

async function end(core: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (core.exitCode !== null || core.signalCode !== null) return;
  const ended = new Promise((resolve) => {
    core.once('exit', resolve);
  });
  core.kill(signal);
  await ended;
}

/** Starts the browser shell without a window and reads the one-time address from its output. */
export async function startCore(
  home: string,
  environment: Record<string, string> = {},
): Promise<{ core: ChildProcess; entrance: string }> {
  const core = spawn(process.execPath, [join(DIST, 'cli.js'), 'serve', '--no-window'], {
    env: {
      PATH: process.env.PATH ?? '',
      HOME: home,
      XDG_CONFIG_HOME: join(home, '.config'),
      XDG_DATA_HOME: join(home, '.local/share'),
      LANG: 'en_US.UTF-8',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: core.stdout! });
  for await (const line of lines) {
    if (line.startsWith('http://')) return { core, entrance: line };
  }
  throw new Error('the browser shell ended before it printed its address');
}
