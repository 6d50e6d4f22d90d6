import { createHash } from 'node:crypto';

/**
 * Signatures of the practice archive. They have the *shape* of OpenPGP clearsigned text (RFC 4880,
 * section 7) but no cryptography: the block is derived from the key id and the text. The practice
 * gpgv checks exactly that, so a changed text or another key is found as the real one finds it.
 */
interface PracticeKey {
  readonly id: string;
  readonly name: string;
}

export const PRACTICE_KEY: PracticeKey = {
  id: '5051435449434501',
  name: 'Labwright practice images <practice@localhost>',
};
export const OTHER_KEY: PracticeKey = {
  id: '50514354494345FF',
  name: 'Another practice key <other@localhost>',
};

const MAGIC = 'labwright practice keyring';

/** The binary keyring a package installs: an OpenPGP public-key tag, then whose keys it holds. */
export function keyring(...keys: readonly PracticeKey[]): Buffer {
  return Buffer.concat([
    Buffer.from([0x99, 0x01, 0x0d]),
    Buffer.from(`${MAGIC}\n${keys.map(({ id }) => `${id}\n`).join('')}`),
  ]);
}

export const PRACTICE_KEYRING = keyring(PRACTICE_KEY);

/** The key ids of a keyring; undefined when it is not a binary keyring (an armored one, say). */
export function keysOf(bytes: Uint8Array): Set<string> | undefined {
  const text = Buffer.from(bytes).toString('latin1');
  if (!text.slice(3).startsWith(MAGIC)) return undefined;
  return new Set(
    text
      .slice(3)
      .split('\n')
      .slice(1)
      .filter((line) => line !== ''),
  );
}

const BEGIN = '-----BEGIN PGP SIGNED MESSAGE-----';
const SIGNATURE = '-----BEGIN PGP SIGNATURE-----';
const END = '-----END PGP SIGNATURE-----';

function block(text: string, keyId: string): string[] {
  const digest = (salt: string) => createHash('sha512').update(`${salt}${keyId}\n${text}`).digest();
  const bytes = Buffer.concat([Buffer.from(keyId, 'hex'), digest('1'), digest('2'), digest('3')]);
  return bytes.toString('base64').match(/.{1,64}/g) ?? [];
}

/** Clearsigned text; lines that begin with a dash are escaped (RFC 4880, 7.1). */
export function clearsign(text: string, key: PracticeKey): string {
  const body = text.endsWith('\n') ? text : `${text}\n`;
  const escaped = body.replace(/^-/gm, '- -');
  return `${BEGIN}\nHash: SHA512\n\n${escaped}${SIGNATURE}\n\n${block(body, key.id).join('\n')}\n${END}\n`;
}

export type Verdict =
  | { readonly kind: 'good' | 'bad' | 'no-key'; readonly keyId: string; readonly text: string }
  | { readonly kind: 'not-signed' };

export function verify(signed: string, keys: ReadonlySet<string>): Verdict {
  const match = new RegExp(
    `^${BEGIN}\n(?:Hash: .*\n)*\n([\\s\\S]*?)${SIGNATURE}\n\n([\\s\\S]*?)\n${END}`,
  ).exec(signed);
  if (!match) return { kind: 'not-signed' };
  const text = (match[1] ?? '').replace(/^- /gm, '');
  const found = (match[2] ?? '').replaceAll('\n', '');
  const keyId = Buffer.from(found, 'base64').subarray(0, 8).toString('hex').toUpperCase();
  if (!keys.has(keyId)) return { kind: 'no-key', keyId, text };
  return { kind: block(text, keyId).join('') === found ? 'good' : 'bad', keyId, text };
}
