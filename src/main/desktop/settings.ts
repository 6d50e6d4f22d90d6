import { join } from 'node:path';
import Store from 'electron-store';
import { Settings } from '../../contract/settings.ts';
import type { SettingsStore } from '../app/settings-store.ts';
import { setDamagedAside } from '../files/set-damaged-aside.ts';

/** Settings in the app's folder. `apply` gets what is loaded, and then every change. */
export function openSettings(
  directory: string,
  apply: (settings: Settings) => void,
): SettingsStore {
  setDamagedAside(join(directory, 'settings.json'), (text) => Settings.parse(JSON.parse(text)));
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
