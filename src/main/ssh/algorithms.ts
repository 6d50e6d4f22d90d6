import type { Algorithms } from 'ssh2';

/**
 * Algorithms offered by default. Each exists in both OpenSSL (Node) and BoringSSL (Electron): the
 * latter lacks stand-alone chacha20 and the small MODP groups, and an algorithm that the runtime
 * lacks fails in the middle of a handshake. SHA-1 and CBC are left out on purpose.
 */
const KEX = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group16-sha512',
  'diffie-hellman-group14-sha256',
] as const;

const HOST_KEYS = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const;

const CIPHERS = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
] as const;

const MACS = [
  'hmac-sha2-256-etm@openssh.com',
  'hmac-sha2-512-etm@openssh.com',
  'hmac-sha2-256',
  'hmac-sha2-512',
] as const;

/** The key types of known_hosts that a signature algorithm proves. */
function keyTypeOf(algorithm: string): string {
  return algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm;
}

/**
 * The offer for one host. Host-key algorithms whose type is already known for the host come first:
 * a server with several keys would otherwise show a second one, which would look changed.
 */
export function offeredAlgorithms(knownKeyTypes: readonly string[]): Algorithms {
  const known = HOST_KEYS.filter((algorithm) => knownKeyTypes.includes(keyTypeOf(algorithm)));
  const others = HOST_KEYS.filter((algorithm) => !known.includes(algorithm));
  return {
    kex: [...KEX],
    serverHostKey: [...known, ...others],
    cipher: [...CIPHERS],
    hmac: [...MACS],
  };
}

/** For messages: what we offer, in one line per kind. */
export function describeOffer(): string {
  return [
    `kex: ${KEX.join(', ')}`,
    `host key: ${HOST_KEYS.join(', ')}`,
    `cipher: ${CIPHERS.join(', ')}`,
    `mac: ${MACS.join(', ')}`,
  ].join('\n');
}
