// Says in plain words why this machine cannot host a bed, before anything has been touched.

import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { readAptArchives } from './apt-sources.ts';
import { BedError } from './bed-error.ts';
import { cgroupRoots } from './cgroups.ts';
import { runCommand } from './run-command.ts';

const programs: Record<string, string> = {
  mmdebstrap: 'mmdebstrap',
  'systemd-nspawn': 'systemd-container',
  ip: 'iproute2',
  nsenter: 'util-linux',
  unshare: 'util-linux',
  setpriv: 'util-linux',
  gpg: 'gpg',
  'gpg-agent': 'gpg-agent',
  gpgconf: 'gpgconf',
  'dpkg-deb': 'dpkg',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  openssl: 'openssl',
};

function isOnPath(program: string): boolean {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export async function preflight(): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new BedError('not-root', 'the bed makes namespaces and mounts, so it must run as root');
  }
  const missing = Object.keys(programs).filter((program) => !isOnPath(program));
  if (missing.length > 0) {
    const packages = [...new Set(missing.map((program) => programs[program]))].join(' ');
    throw new BedError(
      'missing-package',
      `not found: ${missing.join(', ')}; ` +
        `run: apt-get install -y --no-install-recommends ${packages}`,
    );
  }
  if (!/\boverlay$/m.test(readFileSync('/proc/filesystems', 'utf8'))) {
    throw new BedError('no-overlay', 'this kernel has no overlay file system');
  }
  if (cgroupRoots().length === 0) {
    throw new BedError(
      'no-cgroup',
      'no control group hierarchy for systemd (neither name=systemd nor version 2) is mounted',
    );
  }
  // Trying is the only honest test: a container may have every tool and still be refused this.
  const netns = await runCommand('unshare', ['--net', '--mount', 'true']);
  if (netns.code !== 0) {
    throw new BedError('no-netns', `network and mount namespaces are refused: ${netns.stderr}`);
  }
  readAptArchives();
}
