import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { LabwrightError } from '../../contract/error.ts';
import type { Core } from '../app/core.ts';
import { createCore } from '../app/create-core.ts';
import { userDirectories } from '../app/user-directories.ts';
import { connectSsh2 } from '../ssh/ssh2-connection.ts';
import { PassphraseVault } from '../vault/passphrase-vault.ts';
import { ConfSettings } from './conf-settings.ts';

/** Replaced by the build. */
declare const LABWRIGHT_VERSION: string | undefined;

export const VERSION = typeof LABWRIGHT_VERSION === 'string' ? LABWRIGHT_VERSION : 'development';

/** Language of the computer from the usual variables (POSIX XBD 8.2), BCP 47. */
function systemLanguage(): string {
  const { LC_ALL, LC_MESSAGES, LANG } = process.env;
  const value = LC_ALL || LC_MESSAGES || LANG || '';
  const name = value.split('.')[0]?.replace('_', '-');
  return name && name !== 'C' && name !== 'POSIX'
    ? name
    : Intl.DateTimeFormat().resolvedOptions().locale;
}

/** The core as the browser shell and the command line run it. */
export async function createLocalCore(
  shell: 'browser' | 'cli',
): Promise<{ core: Core; vault: PassphraseVault; damaged: LabwrightError | undefined }> {
  const directories = userDirectories();
  const settings = new ConfSettings(directories.config);
  const { vault, damaged } = await PassphraseVault.open(join(directories.config, 'vault.json'));
  const core = await createCore({
    shell,
    version: VERSION,
    systemLanguage: systemLanguage(),
    labsDirectory: directories.labs,
    dataDirectory: directories.data,
    settings,
    vault,
    connect: connectSsh2,
    now: Date.now,
    who: userInfo().username,
  });
  return { core, vault, damaged };
}
