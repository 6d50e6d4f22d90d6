import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import Conf from 'conf';
import { Settings } from '../../contract/settings.ts';
import type { SettingsStore } from '../app/settings-store.ts';

/** Settings of the shells outside Electron. A file that cannot be read is kept beside the new one. */
export class ConfSettings implements SettingsStore {
  readonly #conf: Conf<{ settings: unknown }>;

  constructor(directory: string) {
    const path = join(directory, 'settings.json');
    const options = { cwd: directory, configName: 'settings', defaults: { settings: {} } };
    try {
      this.#conf = new Conf<{ settings: unknown }>(options);
    } catch {
      if (existsSync(path)) copyFileSync(path, `${path}.damaged`);
      this.#conf = new Conf<{ settings: unknown }>({ ...options, clearInvalidConfig: true });
    }
  }

  get(): Settings {
    const parsed = Settings.safeParse(this.#conf.get('settings'));
    return parsed.success ? parsed.data : Settings.parse({});
  }

  set(settings: Settings): void {
    this.#conf.set('settings', settings);
  }
}
