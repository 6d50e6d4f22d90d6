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

/**
 * What comes last, and only for a host whose plan says so: the sshd of ESXi 5.x knows nothing better
 * (unverified which of them each build has). With SHA-1, but no key exchange below 2048 bits.
 */
const OLD_KEX = ['diffie-hellman-group-exchange-sha256', 'diffie-hellman-group14-sha1'] as const;
const OLD_HOST_KEYS = ['ssh-rsa'] as const;
const OLD_MACS = ['hmac-sha1'] as const;

/** The key types of known_hosts that a signature algorithm proves. */
function keyTypeOf(algorithm: string): string {
  return algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm;
}

/**
 * The offer for one host. Host-key algorithms whose type is already known for the host come first:
 * a server with several keys would otherwise show a second one, which would look changed.
 */
export function offeredAlgorithms(knownKeyTypes: readonly string[], old = false): Algorithms {
  const known = HOST_KEYS.filter((algorithm) => knownKeyTypes.includes(keyTypeOf(algorithm)));
  const others = HOST_KEYS.filter((algorithm) => !known.includes(algorithm));
  return {
    kex: [...KEX, ...(old ? OLD_KEX : [])],
    serverHostKey: [...known, ...others, ...(old ? OLD_HOST_KEYS : [])],
    cipher: [...CIPHERS],
    hmac: [...MACS, ...(old ? OLD_MACS : [])],
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
