// A cloud image as a distribution publishes it: a disk that boots by itself, with cloud-init and no
// user. Debian's packages stand in for Ubuntu's image, which cannot be had here. Built once per
// recipe without mounting anything: mmdebstrap makes the tree, mke2fs the file system, and GRUB's
// two parts are put before it as grub-bios-setup would do.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aptSourceLines, readAptArchives, suite } from './apt-sources.ts';
import { cacheFolder, proxyUrl } from './places.ts';
import { mustRun } from './run-command.ts';

const packages = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'udev',
  'openssh-server',
  'sudo',
  'cloud-init',
  'cloud-guest-utils',
  'netplan.io',
  'iproute2',
  'e2fsprogs',
  'linux-image-cloud-amd64',
  'initramfs-tools',
  'grub-pc-bin',
  'grub-common',
  'qemu-utils',
];

/** What an emulated machine needs to find its disk; all drivers there are take minutes to unpack. */
const modules = ['virtio_pci', 'virtio_scsi', 'sd_mod', 'sr_mod', 'ext4', 'crc32c_generic'];

const inside = `set -e
passwd --lock root
rm -f /etc/ssh/ssh_host_* /etc/apt/sources.list /etc/apt/sources.list.d/*
: > /etc/machine-id
rm -f /var/lib/dbus/machine-id
systemctl disable apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer
systemctl enable systemd-networkd systemd-resolved 2>/dev/null || systemctl enable systemd-networkd
rm -rf /usr/share/doc/* /usr/share/man/* /usr/share/locale/* /var/cache/apt/*.bin
echo LANG=C.UTF-8 > /etc/default/locale
echo MODULES=list > /etc/initramfs-tools/conf.d/bed
printf '%s\\n' ${modules.join(' ')} >> /etc/initramfs-tools/modules
update-initramfs -u
ln -sf $(cd /boot && ls vmlinuz-*) /boot/vmlinuz
ln -sf $(cd /boot && ls initrd.img-*) /boot/initrd.img
mkdir -p /boot/grub
cat > /boot/grub/grub.cfg <<'CFG'
linux /boot/vmlinuz root=LABEL=cloudimg-rootfs ro console=ttyS0 net.ifnames=1
initrd /boot/initrd.img
boot
CFG
echo 'LABEL=cloudimg-rootfs / ext4 defaults 0 1' > /etc/fstab
grub-mkimage -O i386-pc -p '(hd0,msdos1)/boot/grub' -o /core.img biosdisk part_msdos ext2 linux normal boot
cp /usr/lib/grub/i386-pc/boot.img /boot.img
`;

const SECTOR = 512;
const FIRST_SECTOR = 2048;
const ROOT_MIB = 900;

const digest = createHash('sha256')
  .update(JSON.stringify({ version: 1, suite, packages, modules, inside, ROOT_MIB }))
  .digest('hex')
  .slice(0, 16);

/** Boot code, a partition table with one active Linux partition, and GRUB's core behind it. */
function bootSectors(boot: Buffer, core: Buffer): Buffer {
  if (core.length > (FIRST_SECTOR - 1) * SECTOR) throw new RangeError('GRUB does not fit');
  const head = Buffer.alloc(FIRST_SECTOR * SECTOR);
  boot.copy(head, 0, 0, 440);
  const entry = 446;
  head[entry] = 0x80;
  head[entry + 4] = 0x83;
  head.writeUInt32LE(FIRST_SECTOR, entry + 8);
  head.writeUInt32LE((ROOT_MIB * 1024 * 1024) / SECTOR, entry + 12);
  head.writeUInt16LE(0xaa55, 510);
  core.copy(head, SECTOR);
  return head;
}

/** The image as a compressed qcow2 file, as Ubuntu publishes its own. */
export async function ensureCloudImage(options: { insideBed: boolean }): Promise<string> {
  const image = join(cacheFolder(), `cloud-${digest}.img`);
  if (existsSync(image)) return image;
  await mkdir(cacheFolder(), { recursive: true });
  const work = await mkdtemp(join(cacheFolder(), 'building-'));
  try {
    const root = join(work, 'root');
    const hook = join(work, 'inside.sh');
    await writeFile(hook, inside);
    const proxy = options.insideBed ? [`--aptopt=Acquire::http::Proxy "${proxyUrl}"`] : [];
    await mustRun(
      'mmdebstrap',
      [
        '--mode=root',
        '--variant=minbase',
        '--format=directory',
        `--include=${packages.join(',')}`,
        '--dpkgopt=force-unsafe-io',
        '--aptopt=Acquire::Languages "none"',
        ...proxy,
        `--customize-hook=cp ${hook} "$1/inside.sh"`,
        '--customize-hook=chroot "$1" sh /inside.sh',
        '--customize-hook=rm "$1/inside.sh"',
        suite,
        root,
        '-',
      ],
      { stdin: aptSourceLines(readAptArchives()), timeoutMs: 600_000 },
    );
    const boot = await readFile(join(root, 'boot.img'));
    const core = await readFile(join(root, 'core.img'));
    await rm(join(root, 'boot.img'));
    await rm(join(root, 'core.img'));
    const fileSystem = join(work, 'root.ext4');
    await mustRun(
      'mke2fs',
      ['-q', '-t', 'ext4', '-L', 'cloudimg-rootfs', '-d', root, fileSystem, `${ROOT_MIB}M`],
      { timeoutMs: 300_000 },
    );
    const raw = join(root, 'disk.raw');
    await writeFile(raw, bootSectors(boot, core));
    await mustRun('dd', [
      `if=${fileSystem}`,
      `of=${raw}`,
      'bs=1M',
      'seek=1',
      'conv=sparse,notrunc',
    ]);
    const file = await open(raw, 'r+');
    await file.truncate((ROOT_MIB + 1) * 1024 * 1024);
    await file.close();
    await mustRun(
      'chroot',
      [root, 'qemu-img', 'convert', '-c', '-f', 'raw', '-O', 'qcow2', '/disk.raw', '/disk.img'],
      { timeoutMs: 300_000 },
    );
    await copyFile(join(root, 'disk.img'), join(work, 'disk.img'));
    await rename(join(work, 'disk.img'), image);
    return image;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
