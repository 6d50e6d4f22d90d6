import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import Store from 'electron-store';
import { Settings } from '../../contract/settings.ts';
import type { SettingsStore } from '../app/settings-store.ts';

/** Settings in the app's folder. `apply` gets what is loaded, and then every change. */
export function openSettings(
  directory: string,
  apply: (settings: Settings) => void,
): SettingsStore {
  setDamagedAside(join(directory, 'settings.json'));
  const store = new Store({ cwd: directory, name: 'settings' });
  const get = () => Settings.parse(store.store);
  apply(get());
  return {
    get,
    set: (settings) => {
      store.store = settings;
      apply(settings);
    },
  };
}

/** A file that cannot be understood is kept under another name, and the app starts with defaults. */
function setDamagedAside(path: string): void {
  try {
    Settings.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') renameSync(path, `${path}.damaged`);
  }
}
