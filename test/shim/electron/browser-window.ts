import { EventEmitter } from 'node:events';
import { app } from './app.ts';
import { answerTo, report } from './control.ts';
import { computerOptions, type Rectangle } from './options.ts';
import { WebContents } from './web-contents.ts';

interface WindowOptions {
  readonly x?: number;
  readonly y?: number;
  readonly width?: number;
  readonly height?: number;
  readonly webPreferences?: {
    readonly preload?: string;
    readonly sandbox?: boolean;
    readonly contextIsolation?: boolean;
    readonly nodeIntegration?: boolean;
    readonly webSecurity?: boolean;
    readonly webviewTag?: boolean;
  };
}

/** A window without a window manager: it has a place and a size, and the page's viewport follows. */
export class BrowserWindow extends EventEmitter {
  readonly webContents: WebContents;
  #normal: Rectangle;
  #maximized = false;
  #minimized = false;
  #destroyed = false;

  constructor(options: WindowOptions) {
    super();
    if (!app.isReady()) throw new Error('a window cannot be made before the app is ready');
    const preload = secured(options);
    const { width = 800, height = 600, x, y } = options;
    const area = computerOptions().displays[0] ?? { x: 0, y: 0, width: 1920, height: 1080 };
    this.#normal = {
      x: x ?? area.x + Math.round((area.width - width) / 2),
      y: y ?? area.y + Math.round((area.height - height) / 2),
      width,
      height,
    };
    this.webContents = new WebContents(preload);
    app.windows.add(this);
    app.emit('web-contents-created', {}, this.webContents);
    report('window-opened');
  }

  async loadURL(url: string): Promise<void> {
    await this.webContents.loadURL(url);
    await this.#fit();
    report('window-loaded', url);
  }

  getNormalBounds(): Rectangle {
    return this.#normal;
  }

  getBounds(): Rectangle {
    return this.#maximized ? (computerOptions().displays[0] ?? this.#normal) : this.#normal;
  }

  async setBounds(bounds: Rectangle): Promise<void> {
    this.#normal = bounds;
    await this.#fit();
  }

  isMaximized = (): boolean => this.#maximized;
  isMinimized = (): boolean => this.#minimized;
  isDestroyed = (): boolean => this.#destroyed;

  maximize(): void {
    this.#maximized = true;
    void this.#fit();
  }

  minimize(): void {
    this.#minimized = true;
  }

  restore(): void {
    this.#minimized = false;
    report('window-restored');
  }

  focus(): void {
    report('window-focused');
  }

  async close(): Promise<void> {
    if (this.#destroyed) return;
    this.emit('close', { preventDefault: () => {} });
    this.#destroyed = true;
    app.windows.delete(this);
    await this.webContents.closePage();
    this.emit('closed');
    if (app.windows.size === 0 && !app.isQuitting()) app.emit('window-all-closed');
  }

  async #fit(): Promise<void> {
    const { width, height } = this.getBounds();
    await this.webContents.setSize(width, height);
  }
}

/** Refuses what this project must never ask for, and a preload in the page's own world. */
function secured({ webPreferences = {} }: WindowOptions): string {
  const { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag } = webPreferences;
  const { preload } = webPreferences;
  if (sandbox === false) throw new Error('sandbox: false');
  if (contextIsolation === false) throw new Error('contextIsolation: false');
  if (nodeIntegration === true) throw new Error('nodeIntegration: true');
  if (webSecurity === false) throw new Error('webSecurity: false');
  if (webviewTag === true) throw new Error('webviewTag: true');
  if (preload === undefined) throw new Error('no preload');
  return preload;
}

function only(): BrowserWindow {
  const [window] = app.windows;
  if (window === undefined) throw new Error('there is no window');
  return window;
}

// What a person does to a window.
answerTo('set-bounds', (bounds: Rectangle) => only().setBounds(bounds));
answerTo('maximize', () => only().maximize());
answerTo('minimize', () => only().minimize());
answerTo('close', () => only().close());
answerTo('window', () => ({
  count: app.windows.size,
  bounds: only().getBounds(),
  normal: only().getNormalBounds(),
  maximized: only().isMaximized(),
  minimized: only().isMinimized(),
}));
