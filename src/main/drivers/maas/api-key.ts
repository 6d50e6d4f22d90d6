import { randomBytes } from 'node:crypto';
import { LabwrightError } from '../../../contract/error.ts';

/** Asked for at every request, so that the key is not kept here. */
export type ApiKey = () => Promise<string>;

/** The three parts of a MAAS API key, `consumer:token:secret`. */
export interface KeyParts {
  readonly consumer: string;
  readonly token: string;
  readonly secret: string;
}

/** Throws `maas-key-malformed`, without the key in it. */
export function keyParts(maas: string, key: string): KeyParts {
  const [consumer = '', token = '', secret = '', ...rest] = key.trim().split(':');
  // A token key and its secret are letters and digits; anything else is a paste gone wrong.
  const sound = [consumer, token, secret].every((part) => /^[A-Za-z0-9]+$/.test(part));
  if (!sound || rest.length > 0) throw new LabwrightError('maas-key-malformed', { maas });
  return { consumer, token, secret };
}

/**
 * The OAuth 1.0 header (RFC 5849, 3.4.4 and 3.5.1), signed PLAINTEXT: the only method that every MAAS
 * takes. Made anew for each try, since a nonce is refused the second time.
 */
export function authorization({ consumer, token, secret }: KeyParts, now: number): string {
  const fields = {
    oauth_version: '1.0',
    oauth_signature_method: 'PLAINTEXT',
    oauth_consumer_key: consumer,
    oauth_token: token,
    // MAAS's consumers have an empty secret: what is signed with is `&` and the token's.
    oauth_signature: `&${secret}`,
    oauth_nonce: randomBytes(16).toString('hex'),
    oauth_timestamp: String(Math.floor(now / 1000)),
  };
  const shown = Object.entries(fields).map(([name, value]) => `${name}="${encode(value)}"`);
  return `OAuth ${shown.join(', ')}`;
}

const encode = (value: string) => encodeURIComponent(value);
