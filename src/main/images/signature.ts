import { createMessage, readKeys, readSignature, type VerifyMessageResult, verify } from 'openpgp';
import type { SignatureVerdict } from './signature-verdict.ts';

/** A text, its signature beside it, and the keys that may have made it. */
export interface SignedText {
  readonly text: Uint8Array;
  readonly signature: Uint8Array;
  readonly keyring: Uint8Array;
}

const ARMOR = '-----BEGIN';

const isArmored = (bytes: Uint8Array) =>
  Buffer.from(bytes.subarray(0, ARMOR.length)).toString('latin1') === ARMOR;

/**
 * Whether the text was signed by a key of the keyring (OpenPGP, RFC 9580, section 5.2). The keyring is
 * what gpgv takes: one key after another in binary form.
 */
export async function proveSignature(signed: SignedText): Promise<SignatureVerdict> {
  const { text, signature, keyring } = signed;
  if (isArmored(keyring)) return { verdict: 'keyring-armored' };
  const verificationKeys = await readKeys({ binaryKeys: keyring }).catch(() => []);
  if (verificationKeys.length === 0) return { verdict: 'keyring-unreadable' };
  let made: VerifyMessageResult<Uint8Array>;
  try {
    made = await verify({
      message: await createMessage({ binary: text }),
      signature: isArmored(signature)
        ? await readSignature({ armoredSignature: Buffer.from(signature).toString('latin1') })
        : await readSignature({ binarySignature: signature }),
      verificationKeys,
    });
  } catch {
    // What lies there is no signature, or one that was cut off.
    return { verdict: 'tampered' };
  }
  return together(await Promise.all(made.signatures.map(one)));
}

async function one({
  verified,
}: VerifyMessageResult['signatures'][number]): Promise<SignatureVerdict> {
  try {
    await verified;
    return { verdict: 'good' };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    // The library has no codes for these; a test holds its words.
    if (/Could not find signing key/.test(why)) return { verdict: 'wrong-key' };
    if (/digest did not match/.test(why)) return { verdict: 'tampered' };
    if (/in the future/.test(why)) return { verdict: 'future' };
    return { verdict: 'unproved', why };
  }
}

/** One that is good is enough, unless another of a key that we know is not. */
function together(verdicts: readonly SignatureVerdict[]): SignatureVerdict {
  const bad = verdicts.find(({ verdict }) => verdict !== 'good' && verdict !== 'wrong-key');
  const good = verdicts.find(({ verdict }) => verdict === 'good');
  return bad ?? good ?? { verdict: 'wrong-key' };
}
