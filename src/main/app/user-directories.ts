import { homedir } from 'node:os';
import { join } from 'node:path';

export interface UserDirectories {
  /** Settings and the vault file. */
  readonly config: string;
  /** Practice lab, browser profile. */
  readonly data: string;
  /** What can be had again: images. */
  readonly cache: string;
  /** Where new labs are proposed. */
  readonly labs: string;
}

/** Per-user folders; of the shells outside Electron all, of Electron the cache (XDG Base Directory; the usual places elsewhere). */
export function userDirectories(environment: NodeJS.ProcessEnv = process.env): UserDirectories {
  const home = homedir();
  const labs = join(home, 'labwright');
  switch (process.platform) {
    case 'win32': {
      const roaming = environment.APPDATA ?? join(home, 'AppData', 'Roaming');
      const local = environment.LOCALAPPDATA ?? join(home, 'AppData', 'Local');
      const data = join(local, 'labwright');
      return { config: join(roaming, 'labwright'), data, cache: join(data, 'cache'), labs };
    }
    case 'darwin': {
      const support = join(home, 'Library', 'Application Support', 'labwright');
      const cache = join(home, 'Library', 'Caches', 'labwright');
      return { config: support, data: support, cache, labs };
    }
    default:
      return {
        config: join(environment.XDG_CONFIG_HOME || join(home, '.config'), 'labwright'),
        data: join(environment.XDG_DATA_HOME || join(home, '.local', 'share'), 'labwright'),
        cache: join(environment.XDG_CACHE_HOME || join(home, '.cache'), 'labwright'),
        labs,
      };
  }
}
