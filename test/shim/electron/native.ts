import { EventEmitter } from 'node:events';
import { answerTo, report } from './control.ts';
import { computerOptions } from './options.ts';

// What the app asks of the computer around it. Nothing opens here; the test is told instead.
export const shell = {
  openExternal: async (url: string) => report('open-external', url),
  showItemInFolder: (path: string) => report('show-in-folder', path),
};

export const dialog = {
  showErrorBox: (title: string, content: string) => report('error-box', { title, content }),
  showOpenDialog: (_window: unknown, options: unknown) => {
    report('open-dialog', options);
    return new Promise<{ canceled: boolean; filePaths: readonly string[] }>((resolve) => {
      answerTo('pick', (filePaths: readonly string[]) => {
        resolve({ canceled: filePaths.length === 0, filePaths });
      });
    });
  },
};

export const screen = {
  getAllDisplays: () => computerOptions().displays.map((workArea) => ({ workArea })),
};

export const nativeTheme = { themeSource: 'system', shouldUseDarkColors: false };

interface MenuItem {
  readonly role?: string;
  readonly label?: string;
  readonly click?: () => void;
  readonly submenu?: readonly MenuItem[];
}

let menu: readonly MenuItem[] = [];

export const Menu = {
  buildFromTemplate: (template: readonly MenuItem[]) => template,
  setApplicationMenu: (template: readonly MenuItem[]) => {
    menu = template;
    report('menu-set');
  },
};

let told: Notification | undefined;

export class Notification extends EventEmitter {
  readonly #note: { readonly title: string; readonly body: string };

  constructor(note: { readonly title: string; readonly body: string }) {
    super();
    this.#note = note;
  }

  show(): void {
    told = this;
    report('notification', this.#note);
  }
}

answerTo('click-notification', () => told?.emit('click'));
answerTo('theme', () => nativeTheme.themeSource);
answerTo('menu', () => menu);
answerTo('click', (label: string) => {
  const item = menu.flatMap(({ submenu = [] }) => submenu).find((found) => found.label === label);
  item?.click?.();
});
