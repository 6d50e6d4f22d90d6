import { takeSecret } from '../components/secret-field.tsx';
import { calls } from '../core/core-connection.ts';
import type { HostAnswers } from './host-answers.ts';
import { hostOf, secretNameOf } from './host-answers.ts';
import type { SecretFields } from './host-fields.tsx';

/**
 * Puts what was typed into the vault and empties the field. Returns the name, or undefined when
 * there is nothing to keep. An empty field keeps a value that the vault already has.
 */
export async function keepSecret(
  answers: HostAnswers,
  fields: SecretFields,
): Promise<string | undefined> {
  const name = secretNameOf(hostOf(answers));
  if (name === undefined) return undefined;
  const value = takeSecret(answers.auth === 'key' ? fields.key.current : fields.password.current);
  if (value !== '') await calls.vault.set({ name, value });
  return name;
}
