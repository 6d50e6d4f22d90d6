import { join } from 'node:path';
import { BrowserWindow, nativeTheme, screen, shell, type WebContents } from 'electron';
import Store from 'electron-store';
import { z } from 'zod';
import { APP_URL } from './app-protocol.ts';

const State = z.object({
  x: z.int().optional(),
  y: z.int().optional(),
  width: z.int().min(800).default(1280),
  height: z.int().min(560).default(860),
  maximized: z.boolean().default(false),
});

export function openWindow(directory: string, dist: string): BrowserWindow {
  const store = new Store({ cwd: directory, name: 'window', clearInvalidConfig: true });
  const { maximized, x, y, ...size } = State.safeParse(store.store).data ?? State.parse({});
  const window = new BrowserWindow({
    ...size,
    ...reachable(x, y, size.width),
    minWidth: 800,
    minHeight: 560,
    icon: join(dist, '../assets/icons/256x256.png'),
    // Close to the page's own, so that opening does not flash.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#262626' : '#ffffff',
    webPreferences: {
      preload: join(dist, 'preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      // Chromium would fetch its dictionaries from the Internet.
      spellcheck: false,
    },
  });
  if (maximized) window.maximize();
  window.on('close', () => {
    store.store = { ...window.getNormalBounds(), maximized: window.isMaximized() };
  });
  // Once: a page that dies again would only keep the computer busy.
  window.webContents.once('render-process-gone', () => window.webContents.reload());
  window.loadURL(APP_URL);
  return window;
}

export function bringForward(window: BrowserWindow): void {
  if (window.isDestroyed()) return;
  if (window.isMinimized()) window.restore();
  window.focus();
}

/** The place, unless its screen was unplugged: the middle of the title bar must be within reach. */
function reachable(x: number | undefined, y: number | undefined, width: number) {
  if (x === undefined || y === undefined) return {};
  const middle = x + width / 2;
  const seen = screen.getAllDisplays().some(({ workArea: { x: left, y: top, ...area } }) => {
    return middle >= left && middle < left + area.width && y >= top && y < top + area.height;
  });
  return seen ? { x, y } : {};
}

/** Our page goes nowhere, opens nothing and embeds nothing; its links open in the person's browser. */
export function confine(contents: WebContents): void {
  contents.on('will-frame-navigate', (event) => {
    // The page itself may be loaded anew.
    if (event.isMainFrame && event.url === APP_URL) return;
    event.preventDefault();
    if (event.isMainFrame) openOutside(event.url);
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    openOutside(url);
    return { action: 'deny' };
  });
}

/** Only the web: other schemes start other programs, and names before an `@` mislead. */
function openOutside(address: string): void {
  const url = URL.parse(address);
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') return;
  shell.openExternal(url.href).catch(() => {});
}
