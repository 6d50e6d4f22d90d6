import { Menu, type MenuItemConstructorOptions } from 'electron';

type Role = NonNullable<MenuItemConstructorOptions['role']>;

/** No reload and no close: their keys, Ctrl+R and Ctrl+W, belong to the shell in a terminal. */
const MENUS: readonly (readonly [Role, readonly Role[]])[] = [
  ['fileMenu', ['quit']],
  ['editMenu', ['undo', 'redo', 'cut', 'copy', 'paste', 'selectAll']],
  ['viewMenu', ['resetZoom', 'zoomIn', 'zoomOut', 'togglefullscreen']],
];

/** `text` knows the label of `menu.ROLE`; where it knows none, Electron's own English one stays. */
export function setMenu(text: (key: string) => string | undefined, showLog: () => void): void {
  const item = (role: Role): MenuItemConstructorOptions => {
    const label = text(`menu.${role}`);
    return label === undefined ? { role } : { role, label };
  };
  const app = process.platform === 'darwin' ? [item('appMenu')] : [];
  const menus = MENUS.map(([menu, items]) => ({ ...item(menu), submenu: items.map(item) }));
  const log = { label: text('menu.showLog') ?? 'Show log file', click: showLog };
  const template = [...app, ...menus, { ...item('help'), submenu: [log] }];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
