import { join } from 'node:path';
import { safeStorage } from 'electron';
import type { Log } from '../files/log.ts';
import { SealedVault } from '../vault/sealed-vault.ts';
import { MemoryVault, type Sealer, type Vault } from '../vault/vault.ts';

const KEYCHAINS: Readonly<Record<string, string>> = { darwin: 'keychain', win32: 'dpapi' };

/**
 * The vault of this computer. Without a keychain Chromium would seal with a key that everybody
 * knows (`basic_text`): then secrets stay in memory, and both the vault and the log say so.
 */
export async function openVault(directory: string, log: Log): Promise<Vault> {
  const available = await safeStorage.isAsyncEncryptionAvailable().catch(() => false);
  const backend = KEYCHAINS[process.platform] ?? safeStorage.getSelectedStorageBackend();
  if (!available || backend === 'basic_text' || backend === 'unknown') {
    log.write(`no keychain (${backend}): secrets are kept in memory until Labwright is closed`);
    return new MemoryVault();
  }
  const sealer: Sealer = {
    backend,
    seal: (value) => safeStorage.encryptStringAsync(value),
    open: async (sealed) => (await safeStorage.decryptStringAsync(sealed)).result,
  };
  return SealedVault.open({ file: join(directory, 'vault.json'), sealer });
}
