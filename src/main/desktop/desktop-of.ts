import { join } from 'node:path';
import { app, type BrowserWindow, dialog, Notification, type OpenDialogOptions } from 'electron';
import type { Pickable } from '../../contract/api.ts';
import type { Desktop } from '../app/core-options.ts';
import { bringForward } from './window.ts';

const PICKERS: Readonly<Record<Pickable, () => OpenDialogOptions>> = {
  folder: () => ({ properties: ['openDirectory', 'createDirectory'] }),
  'key-file': () => ({
    properties: ['openFile', 'showHiddenFiles'],
    defaultPath: join(app.getPath('home'), '.ssh'),
  }),
  'lab-file': () => ({
    properties: ['openFile'],
    filters: [{ name: 'lab.yaml', extensions: ['yaml', 'yml'] }],
  }),
};

/** What the core asks of the desktop around the window. */
export function desktopOf(window: BrowserWindow): Desktop {
  // One that is collected as garbage takes its click with it.
  const shown = new Set<Notification>();
  return {
    notify: (note) => {
      const notification = new Notification(note);
      shown.add(notification);
      notification.on('click', () => bringForward(window));
      notification.on('close', () => shown.delete(notification));
      notification.show();
    },
    pick: async (what) => (await dialog.showOpenDialog(window, PICKERS[what]())).filePaths[0],
  };
}
