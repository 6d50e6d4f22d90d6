// The root file system every host starts from: Debian 12 with systemd, sshd, sudo and little else.
// It is built once per recipe and kept unpacked in the cache, where overlays use it as it is.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aptSourceLines, readAptArchives, suite } from './apt-sources.ts';
import { BedError } from './bed-error.ts';
import { livingBeds } from './bed-state.ts';
import { cacheFolder } from './places.ts';
import { runCommand } from './run-command.ts';

const packages = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'openssh-server',
  'sudo',
  'ca-certificates',
  'python3',
  'gpgv',
  'curl',
  'iproute2',
  'iputils-ping',
  'procps',
  'cron',
  'faketime',
];

// Runs inside the new root. Nothing here may name the archive: it is written per host.
const inside = `set -e
useradd --create-home --shell /bin/bash --uid 1000 ubuntu
passwd --lock root
rm -f /etc/ssh/ssh_host_* /etc/apt/sources.list /etc/apt/sources.list.d/*
: > /etc/machine-id
rm -f /var/lib/dbus/machine-id
ln -s /etc/machine-id /var/lib/dbus/machine-id
echo force-unsafe-io > /etc/dpkg/dpkg.cfg.d/labwright-bed
echo 'Acquire::Languages "none";' > /etc/apt/apt.conf.d/02bed-languages
sed -i s/^UsePAM.*/UsePAM\\ yes/ /etc/ssh/sshd_config
systemctl mask console-getty.service getty@tty1.service systemd-firstboot.service
systemctl disable apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer
rm -rf /usr/share/doc/* /usr/share/man/* /usr/share/locale/* /var/cache/apt/*.bin
`;

export function recipeDigest(): string {
  const recipe = JSON.stringify({ version: 1, suite, packages, inside });
  return createHash('sha256').update(recipe).digest('hex').slice(0, 16);
}

export function baseImageFolder(): string {
  return join(cacheFolder(), `base-${recipeDigest()}`);
}

/** Returns the base image's folder, building it if this machine has none of this recipe yet. */
export async function ensureBaseImage(say: (line: string) => void = () => {}): Promise<string> {
  const folder = baseImageFolder();
  if (existsSync(folder)) return folder;
  await mkdir(cacheFolder(), { recursive: true });
  const work = await mkdtemp(join(cacheFolder(), 'building-'));
  try {
    const root = join(work, 'root');
    const hook = join(work, 'inside.sh');
    await writeFile(hook, inside);
    say(`building the base image ${folder} (once)`);
    const built = await runCommand(
      'mmdebstrap',
      [
        '--mode=root',
        '--variant=minbase',
        '--format=directory',
        `--include=${packages.join(',')}`,
        '--dpkgopt=force-unsafe-io',
        '--aptopt=Acquire::Languages "none"',
        `--customize-hook=cp ${hook} "$1/inside.sh"`,
        '--customize-hook=chroot "$1" sh /inside.sh',
        '--customize-hook=rm "$1/inside.sh"',
        suite,
        root,
        '-',
      ],
      { stdin: aptSourceLines(readAptArchives()), timeoutMs: 600_000 },
    );
    if (built.code !== 0) {
      const end = built.stderr.split('\n').slice(-25).join('\n');
      throw new BedError('base-image', `mmdebstrap ended with ${built.code}\n${end}`);
    }
    try {
      await rename(root, folder);
    } catch (cause) {
      // Somebody else built the same recipe meanwhile; theirs is as good as ours.
      if (!existsSync(folder)) throw cause;
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  await dropOlderImages(folder);
  return folder;
}

// Old recipes would pile up at a quarter of a gigabyte each, and so would half-built ones of runs
// that were killed. A recent one may belong to another checkout, so only old and idle ones go.
async function dropOlderImages(current: string): Promise<void> {
  const used = new Set((await livingBeds()).map((bed) => bed.baseImage));
  const longAgo = Date.now() - 7 * 24 * 3_600_000;
  for (const name of await readdir(cacheFolder())) {
    const path = join(cacheFolder(), name);
    if (!/^(base|cloud|building)-/.test(name) || path === current || used.has(path)) continue;
    if ((await stat(path)).ctimeMs < longAgo) await rm(path, { recursive: true, force: true });
  }
}
