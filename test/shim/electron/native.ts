import { answerTo, report } from './control.ts';
import { computerOptions } from './options.ts';

// What the app asks of the computer around it. Nothing opens here; the test is told instead.
export const shell = {
  openExternal: async (url: string) => report('open-external', url),
  showItemInFolder: (path: string) => report('show-in-folder', path),
};

export const dialog = {
  showErrorBox: (title: string, content: string) => report('error-box', { title, content }),
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

answerTo('theme', () => nativeTheme.themeSource);
answerTo('menu', () => menu);
answerTo('click', (label: string) => {
  const item = menu.flatMap(({ submenu = [] }) => submenu).find((found) => found.label === label);
  item?.click?.();
});
