import type { PowerSettings, StoredPower } from '../../engine/maas.ts';
import type { Call } from './link.ts';

const PREFIX = 'power_parameters_';

/** Power settings as fields of a form, the secret ones apart. */
export function powerForm(power: PowerSettings | undefined): Pick<Call, 'form' | 'secrets'> {
  if (power === undefined) return {};
  const prefixed = <T>(fields: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [PREFIX + name, value]));
  return {
    form: { power_type: power.type, ...prefixed(power.parameters) },
    secrets: prefixed(power.secrets ?? {}),
  };
}

/** Parameters that MAAS's own drivers call secret (recorded: rack-power-types), and their like. */
const SECRET = /pass|token|secret|^key$|^k_g$/i;

/** Secret values end here: nobody needs them, and what is not passed on cannot leak. */
export function withoutSecrets(parameters: Readonly<Record<string, string>>): StoredPower {
  const all = Object.entries(parameters);
  return {
    parameters: Object.fromEntries(
      all.filter(([name]) => !SECRET.test(name)).map(([name, value]) => [name, bare(value)]),
    ),
    withheld: all
      .filter(([name, value]) => SECRET.test(name) && value !== '')
      .map(([name]) => name),
  };
}

/** An address may carry a password (`esx://root:secret@host/`). */
const bare = (value: string) =>
  value.replace(/^([a-z][a-z0-9+.-]*:\/\/[^:/@\s]*):[^@\s]*@/i, '$1@');
