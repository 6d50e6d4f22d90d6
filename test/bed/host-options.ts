// What a test may ask of a host, and what it gets to hold in its hands.

import type { CommandResult } from './run-command.ts';

export interface HostOptions {
  /** Host name; letters, digits and hyphens. */
  name: string;
  /** Default: the next free 10.77.9.N. */
  address?: string;
  /** Default 'nopasswd'. */
  sudo?: 'nopasswd' | 'password' | 'denied';
  /** Whether sshd takes a password. Default true. */
  passwordLogin?: boolean;
  /** Whether the bed's key is in authorized_keys. Default true. */
  keyLogin?: boolean;
  /** Default: made up afresh for each host. */
  password?: string;
  /** A small file system of its own at that path, to be filled up. */
  diskTmpfs?: { path: string; sizeBytes: number };
  /** A place where every write fails with "Read-only file system". */
  readonlyPath?: string;
  /** Lines put before all others in sshd's configuration, where the first one wins. */
  sshdConfig?: string[];
  /** Whether /sys and /proc/sys are the host's own to write, as making bridges needs. */
  kernelSettings?: boolean;
  /** A restart takes all of its network away but the bare cable, as a real one does. Default false. */
  ownNetwork?: boolean;
  /** Whether apt also installs what a package recommends: of QEMU, a desktop's worth. Default true. */
  recommends?: boolean;
  /** Whether the bed's signed apt repository is among the host's sources. Default true. */
  bedRepository?: boolean;
}

export interface Host {
  readonly name: string;
  readonly address: string;
  readonly port: 22;
  readonly user: 'ubuntu';
  readonly password: string;
  /** ed25519, without a passphrase. One per bed. */
  readonly privateKeyPath: string;
  /** "SHA256:…" of the ed25519 host key. */
  readonly hostKeyFingerprint: string;
  /** Runs a shell command as root inside the host, past sshd. */
  root(
    command: string,
    options?: { stdin?: string | Buffer; timeoutMs?: number },
  ): Promise<CommandResult>;
  restartSshd(): Promise<void>;
  /** A real `systemctl reboot`; resolves when the host is up again. */
  reboot(): Promise<void>;
  /** Resolves when the host is fully up: sshd speaks and systemd says "running". */
  ready(): Promise<void>;
  linkDown(): Promise<void>;
  linkUp(): Promise<void>;
  /** Pulls the plug and removes the host with everything it wrote. */
  stop(): Promise<void>;
}
