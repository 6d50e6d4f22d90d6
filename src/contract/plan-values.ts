import { z } from 'zod';

/* What values of lab.yaml are made of, for all its sections. */

/** What hosts, sites and networks are called. */
export const name = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$/i, 'letters, digits, dot, dash or underscore');

/** Names a value in the vault. The plan never holds the value. */
export const SecretName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$/i, 'a name such as mirror-password');

export const httpUrl = z
  .url({ protocol: /^https?$/, error: 'an http:// or https:// address' })
  .refine((value) => !/^https?:\/\/[^/]*@/.test(value), 'no user name or password in the address');

/** Absolute, without `..` and without characters that a shell or a unit file would have to escape. */
export const remotePath = z
  .string()
  .regex(/^\/[A-Za-z0-9._@+:/-]*$/, 'an absolute path of letters, digits and . _ @ + : -')
  .refine((value) => !value.split('/').includes('..'), 'no ".." in the path');

/** A name of a network interface (ifname of ip-link(8): at most 15 characters). */
export const interfaceName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9._-]{0,14}$/, 'the name of an interface, such as br0 or eno1');

/** A name that machines bear: MAAS and DNS take it as it is (RFC 1123, section 2.1). */
export const machineName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?$/, 'lower-case letters, digits and dashes');

/** A line of authorized_keys without options (sshd(8)). */
export const publicKey = z
  .string()
  .regex(
    /^(ssh-(ed25519|rsa)|ecdsa-sha2-nistp(256|384|521)|sk-[a-z0-9@.-]+) [A-Za-z0-9+/]+={0,2}( [^\n]*)?$/,
    'a public key on one line, such as ssh-ed25519 AAAA… me@here',
  );
