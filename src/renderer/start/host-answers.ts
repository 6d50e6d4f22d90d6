import type { NewLab } from '../../contract/api.ts';

type Host = NewLab['host'];

/** What is typed about a host, before it is known to be valid. */
export interface HostAnswers {
  readonly name: string;
  readonly address: string;
  readonly port: string;
  readonly user: string;
  readonly auth: Host['auth'];
  readonly keyFile: string;
  /** A passphrase of the key was typed, and is in the vault by now. */
  readonly keyPassphrase: boolean;
}

export const NO_ANSWERS: HostAnswers = {
  name: 'mirror',
  address: '',
  port: '22',
  user: 'ubuntu',
  auth: 'password',
  keyFile: '~/.ssh/id_ed25519',
  keyPassphrase: false,
};

/** Whether this way in has a key that a passphrase may open. */
export function isKey(auth: Host['auth']): boolean {
  return auth === 'key' || auth === 'key_file';
}

export function hostOf(answers: HostAnswers): Host {
  const { name, address, port, user, auth, keyFile, keyPassphrase } = answers;
  return {
    name: name.trim(),
    address: address.trim(),
    port: Number(port),
    user: user.trim(),
    auth,
    ...(auth === 'key_file' ? { keyFile: keyFile.trim() } : {}),
    ...(isKey(auth) && keyPassphrase ? { keyPassphrase } : {}),
  };
}

/** The vault name of what the host is logged in with; none when nothing has to be kept. */
export function secretNameOf(host: Pick<Host, 'name' | 'auth'>): string | undefined {
  if (host.auth === 'password') return `${host.name}-password`;
  if (host.auth === 'key') return `${host.name}-key`;
  return undefined;
}

export function passphraseNameOf(host: Pick<Host, 'name'>): string {
  return `${host.name}-key-passphrase`;
}
