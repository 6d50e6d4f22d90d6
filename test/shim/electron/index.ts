import { app } from './app.ts';
import { BrowserWindow } from './browser-window.ts';
import { ipcMain } from './ipc-main.ts';
import { MessageChannelMain } from './message-ports.ts';
import { dialog, Menu, Notification, nativeTheme, screen, shell } from './native.ts';
import { safeStorage } from './safe-storage.ts';
import { protocol, session } from './session.ts';

/**
 * Stands in for the `electron` module: just what Labwright uses of it, in front of a real Chromium.
 * It proves our wiring and our settings; it proves nothing about Electron itself.
 */
const electron = {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MessageChannelMain,
  nativeTheme,
  Notification,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
};

export {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MessageChannelMain,
  Notification,
  nativeTheme,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
};
// biome-ignore lint/style/noDefaultExport: electron-store imports the module as a whole.
export default electron;
