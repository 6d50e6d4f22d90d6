import { userInfo } from 'node:os';
import { join } from 'node:path';
import { app, dialog, nativeTheme, session, shell } from 'electron';
import { catalogues, chooseLanguage } from '../../messages/catalogues.ts';
import type { Core } from '../app/core.ts';
import { createCore } from '../app/create-core.ts';
import { Log } from '../files/log.ts';
import { connectSsh2 } from '../ssh/ssh2-connection.ts';
import { registerAppScheme, serveApp } from './app-protocol.ts';
import { desktopOf } from './desktop-of.ts';
import { setMenu } from './menu.ts';
import { restrict } from './permissions.ts';
import { servePorts } from './ports.ts';
import { openVault } from './safe-storage.ts';
import { openSettings } from './settings.ts';
import { bringForward, confine, openWindow } from './window.ts';

/** How long closing may take; the journal is synced at every write, so nothing is lost after it. */
const CLOSING_MS = 5000;

// Both must come before the app is ready, hence first.
registerAppScheme();
app.enableSandbox();
// The appId of electron-builder.yml: Windows shows notifications of known apps only.
app.setAppUserModelId('io.labwright.Labwright');

if (app.requestSingleInstanceLock()) {
  app.on('web-contents-created', (_event, contents) => confine(contents));
  app.whenReady().then(start);
} else {
  app.quit();
}

function start(): void {
  const directory = app.getPath('userData');
  const log = new Log(join(app.getPath('logs'), 'labwright.log'));
  let core: Promise<Core> | undefined;

  const leave = async (code: number) => {
    const late = new Promise((resolve) => setTimeout(resolve, CLOSING_MS));
    const closed = core?.then((open) => open.close());
    await Promise.race([closed, late]).catch((error) => log.write('closing failed', error));
    app.exit(code);
  };
  const fail = (what: string, error: unknown) => {
    log.write(what, error);
    dialog.showErrorBox('Labwright', `${what}.\n${log.path}`);
    leave(1);
  };
  process.on('uncaughtException', (error) => fail('Labwright met an unexpected error', error));
  process.on('unhandledRejection', (error) => log.write('nobody handled an error', error));

  const systemLanguage = app.getPreferredSystemLanguages()[0] ?? app.getLocale();
  const settings = openSettings(directory, ({ theme, language }) => {
    nativeTheme.themeSource = theme;
    const texts: Record<string, string> = catalogues[chooseLanguage(language, systemLanguage)];
    const showLog = () => shell.showItemInFolder(log.path);
    setMenu((key) => texts[key], showLog);
  });

  restrict(session.defaultSession);
  serveApp(session.defaultSession, join(import.meta.dirname, 'renderer'));
  const window = openWindow(directory, import.meta.dirname);
  app.on('second-instance', () => bringForward(window));
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', (event) => {
    event.preventDefault();
    leave(0);
  });

  // The window is there first: a slow keychain or a damaged lab must not look like an app that hangs.
  core = openVault(directory, log).then((vault) => {
    log.secrets = () => vault.known();
    return createCore({
      shell: 'desktop',
      version: app.getVersion(),
      electron: process.versions.electron ?? '',
      desktop: desktopOf(window),
      systemLanguage,
      labsDirectory: join(app.getPath('documents'), 'Labwright'),
      dataDirectory: directory,
      settings,
      vault,
      connect: connectSsh2,
      now: Date.now,
      who: userInfo().username,
    });
  });
  core.catch((error) => fail('Labwright could not start', error));
  servePorts(core, log);
}
