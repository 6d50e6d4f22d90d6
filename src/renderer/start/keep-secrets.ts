import type { NewLab } from '../../contract/api.ts';
import { takeSecret } from '../components/secret-field.tsx';
import { calls } from '../core/core-connection.ts';
import { isKey, passphraseNameOf, secretNameOf } from './host-answers.ts';
import type { SecretFields } from './host-fields.tsx';

/**
 * Puts what was typed into the vault, for each of the hosts that are reached in the same way, and
 * empties the fields. An empty field keeps a value that the vault already has. Returns whether a
 * passphrase was typed.
 */
export async function keepSecrets(
  hosts: readonly NewLab['host'][],
  fields: SecretFields,
): Promise<boolean> {
  const auth = hosts[0]?.auth ?? 'agent';
  const value = takeSecret(auth === 'key' ? fields.key.current : fields.password.current);
  const passphrase = isKey(auth) ? takeSecret(fields.passphrase.current) : '';
  for (const host of hosts) {
    const name = secretNameOf(host);
    if (name !== undefined && value !== '') await calls.vault.set({ name, value });
    if (passphrase !== '') {
      await calls.vault.set({ name: passphraseNameOf(host), value: passphrase });
    }
  }
  return passphrase !== '';
}
