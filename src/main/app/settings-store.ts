import type { Settings } from '../../contract/settings.ts';

/** Where settings are kept: electron-store in the desktop shell, conf in the others. */
export interface SettingsStore {
  get(): Settings;
  set(settings: Settings): void;
}
