import { createHash } from 'node:crypto';
import { LabwrightError } from '../../contract/error.ts';
import type { SecretHeld } from '../engine/probe.ts';
import type { Vault } from './vault.ts';

/**
 * Three parts of 18 and more random characters, as MAAS makes its API keys (apiclient/creds.py). A
 * digest of that tells nobody anything; one of a password would let it be guessed, so it is never made.
 */
const API_KEY = /^[A-Za-z0-9]{18,}:[A-Za-z0-9]{18,}:[A-Za-z0-9]{18,}$/;

/** Whether a vault holds a secret; of an API key also its SHA-256, to be held against MAAS's own. */
export async function secretHeldBy(vault: Vault, name: string): Promise<SecretHeld> {
  try {
    const value = await vault.get(name);
    if (!API_KEY.test(value)) return { held: true };
    return { held: true, sha256: createHash('sha256').update(value).digest('hex') };
  } catch (error) {
    if (error instanceof LabwrightError && error.code === 'secret-missing') return { held: false };
    throw error;
  }
}
