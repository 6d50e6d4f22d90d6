// A GnuPG key made on the spot, in a home of its own, which signs what the bed publishes.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun, runCommand } from './run-command.ts';

export interface SigningKey {
  /** The public key in gpg's binary form, which is the only one gpgv takes. */
  publicKey: Buffer;
  keyringPath: string;
  fingerprint: string;
  clearsign(text: string): Promise<string>;
  /** A signature that lies beside what it is of. */
  detach(text: string): Promise<string>;
  close(): Promise<void>;
}

export async function makeSigningKey(folder: string, name: string): Promise<SigningKey> {
  // Short, since the agent's socket lies in here and its path may have 107 characters at most.
  const home = await mkdtemp(join(folder, 'gpg-'));
  const env = { ...process.env, GNUPGHOME: home, LC_ALL: 'C.UTF-8' };
  const gpg = ['--batch', '--quiet', '--no-tty', '--passphrase', '', '--pinentry-mode', 'loopback'];
  const close = async () => {
    // gpg leaves an agent running behind; it must not outlive the bed.
    await runCommand('gpgconf', ['--kill', 'gpg-agent'], { env });
    await rm(home, { recursive: true, force: true });
  };
  try {
    const who = `${name} <bed@localhost>`;
    await mustRun('gpg', [...gpg, '--quick-generate-key', who, 'rsa2048', 'sign', 'never'], {
      env,
    });
    const keyringPath = join(folder, `${name.toLowerCase().replaceAll(' ', '-')}.gpg`);
    await mustRun('gpg', [...gpg, '--output', keyringPath, '--export'], { env });
    const listing = await mustRun('gpg', [...gpg, '--with-colons', '--list-keys'], { env });
    return {
      publicKey: await readFile(keyringPath),
      keyringPath,
      fingerprint: /^fpr:{9}([0-9A-F]+):/m.exec(listing)?.[1] ?? '',
      clearsign: (text) =>
        mustRun('gpg', [...gpg, '--digest-algo', 'SHA512', '--clearsign'], { env, stdin: text }),
      detach: (text) =>
        mustRun('gpg', [...gpg, '--digest-algo', 'SHA512', '--armor', '--detach-sign'], {
          env,
          stdin: text,
        }),
      close,
    };
  } catch (cause) {
    await close();
    throw cause;
  }
}
