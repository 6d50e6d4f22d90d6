import { generateKeyPairSync, sign } from 'node:crypto';

/** A key and a certificate signed by it, in PEM, as an ESXi makes for itself at installation. */
export interface SelfSigned {
  readonly key: string;
  readonly cert: string;
}

const OID = {
  commonName: [0x55, 0x04, 0x03],
  ecdsaSha256: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
  rsaSha1: [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05],
};

/** One element of DER (X.690). */
function der(tag: number, ...parts: readonly (Uint8Array | readonly number[])[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const { length } = body;
  if (length < 128) return Buffer.concat([Buffer.from([tag, length]), body]);
  const size = length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

/**
 * A new one each time (RFC 5280, section 4.1): node:crypto makes the key and the signature, and has
 * nothing to write a certificate with. `old`: RSA and SHA-1, as in the days of TLS 1.0.
 */
export function selfSignedCertificate(name: string, old = false): SelfSigned {
  const { privateKey, publicKey } = old
    ? generateKeyPairSync('rsa', { modulusLength: 2048 })
    : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = old
    ? der(0x30, der(0x06, OID.rsaSha1), [5, 0])
    : der(0x30, der(0x06, OID.ecdsaSha256));
  const subject = der(
    0x30,
    der(0x31, der(0x30, der(0x06, OID.commonName), der(0x0c, Buffer.from(name)))),
  );
  const time = (text: string) => der(0x17, Buffer.from(text));
  const body = der(
    0x30,
    der(0xa0, der(0x02, [2])),
    der(0x02, [1]),
    algorithm,
    subject,
    der(0x30, time('200101000000Z'), time('490101000000Z')),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = sign(old ? 'sha1' : 'sha256', body, privateKey);
  const whole = der(0x30, body, algorithm, der(0x03, [0], signature));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
  };
}
