// Writes what makes one host differ from the base image into the upper layer of its overlay,
// before the overlay is mounted.

import { randomBytes, randomUUID } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { aptSourceLines, readAptArchives } from './apt-sources.ts';
import type { HostOptions } from './host-options.ts';
import { bedAddress, proxyUrl } from './places.ts';
import { mustRun } from './run-command.ts';

export interface HostFiles {
  upper: string;
  baseImage: string;
  options: HostOptions;
  address: string;
  password: string;
  authorizedKey: string;
  repository?: { sourceLine: string; publicKey: Buffer };
}

const fullPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const sudoRules = {
  nopasswd: 'ubuntu ALL=(ALL:ALL) NOPASSWD: ALL\n',
  password: 'ubuntu ALL=(ALL:ALL) ALL\n',
  denied: undefined,
} as const;

/**
 * nspawn mounts /sys before it enters the host's network, so it shows the bed's interfaces. This comes
 * before udev looks there.
 */
const ownSysUnit = `[Unit]
Description=The interfaces of this host in /sys
DefaultDependencies=no
Before=sysinit.target systemd-udevd.service systemd-udev-trigger.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/mkdir -p /run/bed-sys
ExecStart=/bin/mount -t sysfs sysfs /run/bed-sys
ExecStart=/bin/mount --bind /run/bed-sys/class/net /sys/class/net
ExecStart=/bin/mount --bind /run/bed-sys/devices/virtual/net /sys/devices/virtual/net
[Install]
WantedBy=sysinit.target
`;

/** A folder of the upper layer hides the base's own attributes, so they are copied onto it. */
function makeFolder(files: HostFiles, path: string): void {
  const made = join(files.upper, path);
  if (path === '/' || existsSync(made)) return;
  makeFolder(files, dirname(path));
  mkdirSync(made);
  const original = join(files.baseImage, path);
  if (existsSync(original)) {
    const { mode, uid, gid } = statSync(original);
    chmodSync(made, mode & 0o7777);
    chownSync(made, uid, gid);
  }
}

function put(
  files: HostFiles,
  path: string,
  content: string | Buffer,
  mode = 0o644,
  owner = 0,
): void {
  makeFolder(files, dirname(path));
  const target = join(files.upper, path);
  writeFileSync(target, content);
  chmodSync(target, mode);
  chownSync(target, owner, owner);
}

async function makeHostKey(files: HostFiles, type: 'ed25519' | 'rsa'): Promise<string> {
  makeFolder(files, '/etc/ssh');
  const path = join(files.upper, `/etc/ssh/ssh_host_${type}_key`);
  await mustRun('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', 'labwright-bed', '-f', path]);
  return (await mustRun('ssh-keygen', ['-l', '-f', `${path}.pub`])).split(' ')[1] ?? '';
}

/** Returns the fingerprint of the host's ed25519 key. */
export async function writeHostFiles(files: HostFiles): Promise<string> {
  const { options, address } = files;
  const { name } = options;
  mkdirSync(files.upper, { recursive: true });
  chmodSync(files.upper, 0o755);

  put(files, '/etc/hostname', `${name}\n`);
  put(files, '/etc/hosts', `127.0.0.1 localhost\n${address} ${name}\n${bedAddress} bed\n`);
  put(files, '/etc/machine-id', `${randomUUID().replaceAll('-', '')}\n`, 0o444);
  // Ubuntu gives an ssh command the sbin folders too; Debian does not unless told.
  put(files, '/etc/environment', `PATH="${fullPath}"\n`);
  put(files, '/etc/profile.d/labwright-bed.sh', `PATH="${fullPath}"\nexport PATH\n`);

  const salt = randomBytes(6).toString('hex');
  const hash = await mustRun('openssl', ['passwd', '-6', '-salt', salt, '-stdin'], {
    stdin: `${files.password}\n`,
  });
  const shadow = await readFile(join(files.baseImage, '/etc/shadow'), 'utf8');
  const shadowGroup = statSync(join(files.baseImage, '/etc/shadow')).gid;
  put(
    files,
    '/etc/shadow',
    shadow.replace(/^ubuntu:[^:]*:/m, () => `ubuntu:${hash.trim()}:`),
    0o640,
  );
  chownSync(join(files.upper, '/etc/shadow'), 0, shadowGroup);

  const rule = sudoRules[options.sudo ?? 'nopasswd'];
  if (rule !== undefined) put(files, '/etc/sudoers.d/labwright-bed', rule, 0o440);

  if (options.keyLogin !== false) {
    makeFolder(files, '/home/ubuntu/.ssh');
    const folder = join(files.upper, '/home/ubuntu/.ssh');
    chmodSync(folder, 0o700);
    chownSync(folder, 1000, 1000);
    put(files, '/home/ubuntu/.ssh/authorized_keys', files.authorizedKey, 0o600, 1000);
  }

  // The main file includes this folder before anything else, and sshd keeps the first value.
  const lines = [
    ...(options.sshdConfig ?? []),
    `PasswordAuthentication ${options.passwordLogin === false ? 'no' : 'yes'}`,
    'UseDNS no',
  ];
  put(files, '/etc/ssh/sshd_config.d/00-labwright-bed.conf', `${lines.join('\n')}\n`);

  put(
    files,
    '/etc/apt/apt.conf.d/01bed-proxy',
    [
      `Acquire::http::Proxy "${proxyUrl}";`,
      `Acquire::https::Proxy "${proxyUrl}";`,
      `Acquire::http::Proxy::${bedAddress} "DIRECT";`,
      ...(options.recommends === false ? ['APT::Install-Recommends "false";'] : []),
      '',
    ].join('\n'),
  );
  put(files, '/etc/apt/sources.list', aptSourceLines(readAptArchives()));
  if (files.repository !== undefined) {
    put(files, '/usr/share/keyrings/labwright-bed.gpg', files.repository.publicKey);
    put(files, '/etc/apt/sources.list.d/labwright-bed.list', files.repository.sourceLine);
  }

  if (options.kernelSettings) {
    put(files, '/etc/systemd/system/bed-sys.service', ownSysUnit);
    const wants = join(files.upper, '/etc/systemd/system/sysinit.target.wants');
    makeFolder(files, '/etc/systemd/system/sysinit.target.wants');
    symlinkSync('../bed-sys.service', join(wants, 'bed-sys.service'));
  }

  // An RSA key takes long to make; only old algorithms need one.
  if (lines.some((line) => /rsa/i.test(line))) await makeHostKey(files, 'rsa');
  return makeHostKey(files, 'ed25519');
}
