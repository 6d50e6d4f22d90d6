import type { Machine, Release } from './machine.ts';
import { UPLINK } from './network.ts';
import { sessions } from './session.ts';
import { ERR_DEVICE, HELPERS, OUT_DEVICE } from './shell-ast.ts';

/** What stands in the place of a binary: an ELF magic number and our name. */
export const STUB = Buffer.from('\x7fELF\x02\x01\x01\0labwright practice program\n', 'latin1');

/** os-release(5) of the two releases, as those releases ship it. */
const OS_RELEASE: Record<Release, string> = {
  jammy: `PRETTY_NAME="Ubuntu 22.04.5 LTS"
NAME="Ubuntu"
VERSION_ID="22.04"
VERSION="22.04.5 LTS (Jammy Jellyfish)"
VERSION_CODENAME=jammy
ID=ubuntu
ID_LIKE=debian
HOME_URL="https://www.ubuntu.com/"
SUPPORT_URL="https://help.ubuntu.com/"
BUG_REPORT_URL="https://bugs.launchpad.net/ubuntu/"
PRIVACY_POLICY_URL="https://www.ubuntu.com/legal/terms-and-policies/privacy-policy"
UBUNTU_CODENAME=jammy
`,
  trusty: `NAME="Ubuntu"
VERSION="14.04.6 LTS, Trusty Tahr"
ID=ubuntu
ID_LIKE=debian
PRETTY_NAME="Ubuntu 14.04.6 LTS"
VERSION_ID="14.04"
HOME_URL="http://www.ubuntu.com/"
SUPPORT_URL="http://help.ubuntu.com/"
BUG_REPORT_URL="http://bugs.launchpad.net/ubuntu/"
`,
};

export const PRETTY: Record<Release, string> = {
  jammy: 'Ubuntu 22.04.5 LTS',
  trusty: 'Ubuntu 14.04.6 LTS',
};
export const KERNEL: Record<Release, string> = {
  jammy: '5.15.0-122-generic',
  trusty: '3.13.0-170-generic',
};

/** Only from these packages do these programs come; everything else is there from the start. */
const PACKAGED = new Set([
  ...['sstream-mirror', 'sstream-query', 'apache2', 'apache2ctl', 'a2ensite'],
  ...['virsh', 'brctl'],
  'maas-region-admin',
]);

/** Only a host with a network card is asked about its network. */
const NETWORKED_HOST = new Set(['ip', 'ifup', 'ifdown', 'ifquery', 'python3']);

/** interfaces(5), as ifupdown reads it. */
const INTERFACES = `# The network of the practice host. "man interfaces" explains this file.
auto lo
iface lo inet loopback

auto ${UPLINK.name}
iface ${UPLINK.name} inet static
    address ${UPLINK.address}
    gateway ${UPLINK.gateway}
`;

/** In /usr/sbin on Ubuntu; the rest is in /usr/bin, where just-bash finds it inside pipes. */
const SBIN = new Set(['apache2', 'apache2ctl', 'a2ensite', 'a2dissite', 'a2enmod']);

export function programPath(name: string): string {
  return `${SBIN.has(name) ? '/usr/sbin' : '/usr/bin'}/${name}`;
}

export function installProgram(machine: Machine, name: string): void {
  const path = programPath(name);
  machine.fs.writeSync(path, STUB);
  machine.fs.chmodSync(path, 0o755);
}

/** The files of a freshly installed small server. */
export function layOut(machine: Machine): void {
  const { fs, options } = machine;
  const { release, user, hostname } = options;
  const networked = options.kvm === true || options.uplink !== undefined;
  fs.mount('/dev', 'dev');
  fs.mount('/proc', 'proc', 0o555);
  fs.mount('/run', 'run');
  const folders =
    '/etc/apt/sources.list.d /etc/systemd/system /etc/cron.d /etc/default /home /root /opt /srv /mnt /tmp /usr/bin /usr/sbin ' +
    '/usr/lib /usr/local/bin /usr/local/sbin /usr/share/keyrings /var/log /var/lib/dpkg /var/lib/apt/lists ' +
    '/var/cache/apt/archives /var/tmp /run/lock /run/systemd /dev/shm /dev/pts /proc/self';
  for (const path of folders.split(' ')) fs.mkdirSync(path, { recursive: true });
  for (const path of ['/tmp', '/var/tmp', '/run/lock', '/dev/shm']) fs.chmodSync(path, 0o1777);
  fs.chmodSync('/root', 0o700);
  for (const name of ['bin', 'sbin', 'lib']) fs.symlinkSync(`usr/${name}`, `/${name}`);
  fs.symlinkSync('/run', '/var/run');
  if (release === 'jammy') fs.mkdirSync('/run/systemd/system', { recursive: true });

  const file = (path: string, text: string, mode = 0o644) => {
    fs.writeSync(path, text);
    fs.chmodSync(path, mode);
  };
  file('/etc/os-release', OS_RELEASE[release]);
  file('/etc/hostname', `${hostname}\n`);
  file('/etc/hosts', `127.0.0.1 localhost\n127.0.1.1 ${hostname}\n`);
  file('/etc/machine-id', `${machine.machineId}\n`, 0o444);
  file('/etc/issue', `${PRETTY[release]} \\n \\l\n\n`);
  file('/etc/timezone', 'Etc/UTC\n');
  file('/etc/shells', '/bin/sh\n/bin/bash\n/usr/bin/bash\n/bin/dash\n');
  const number = release === 'jammy' ? '22.04' : '14.04';
  file(
    '/etc/lsb-release',
    `DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=${number}\nDISTRIB_CODENAME=${release}\nDISTRIB_DESCRIPTION="${PRETTY[release]}"\n`,
  );
  file('/etc/debian_version', release === 'jammy' ? 'bookworm/sid\n' : 'jessie/sid\n');
  const archive = 'http://archive.ubuntu.com/ubuntu';
  file(
    '/etc/apt/sources.list',
    `deb ${archive} ${release} main universe\ndeb ${archive} ${release}-updates main universe\n`,
  );
  file(
    '/etc/passwd',
    [
      'root:x:0:0:root:/root:/bin/bash',
      'daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin',
      'www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin',
      'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin',
      ...(user === 'root' ? [] : [`${user}:x:1000:1000:${user}:/home/${user}:/bin/bash`]),
      '',
    ].join('\n'),
  );
  const sudoers = options.sudo === 'denied' || user === 'root' ? '' : user;
  file(
    '/etc/group',
    `root:x:0:\ndaemon:x:1:\nadm:x:4:${sudoers}\nsudo:x:27:${sudoers}\nwww-data:x:33:\nnogroup:x:65534:\n${user === 'root' ? '' : `${user}:x:1000:\n`}`,
  );
  file('/var/log/syslog', '', 0o640);
  file('/var/lib/dpkg/lock-frontend', '', 0o640);
  file('/var/lib/dpkg/status', '');
  if (user !== 'root') {
    fs.mkdirSync(`/home/${user}`);
    fs.chownSync(`/home/${user}`, 1000, 1000);
    fs.chmodSync(`/home/${user}`, release === 'jammy' ? 0o750 : 0o755);
  }

  const up = () => (machine.now() - machine.bootedAt) / 1000 + 60;
  fs.special('/proc/uptime', { read: () => `${up().toFixed(2)} ${(up() * 1.9).toFixed(2)}\n` });
  fs.special('/proc/sys/kernel/random/boot_id', { read: () => `${machine.bootId}\n` });
  fs.special('/proc/version', {
    read: () => `Linux version ${KERNEL[release]} (labwright practice lab)\n`,
  });
  fs.special('/proc/loadavg', { read: () => '0.00 0.01 0.05 1/120 2000\n' });
  fs.special('/proc/meminfo', {
    read: () =>
      `MemTotal:       ${String(machine.memoryKib).padStart(8)} kB\nMemFree:        ${String(machine.memoryKib / 2).padStart(8)} kB\nMemAvailable:   ${String((machine.memoryKib / 4) * 3).padStart(8)} kB\n`,
  });
  fs.special('/proc/cpuinfo', {
    read: () =>
      Array.from(
        { length: machine.cpus },
        (_, number) => `processor\t: ${number}\nmodel name\t: Practice CPU\n`,
      ).join('\n'),
  });
  fs.special('/dev/null', { read: () => '', write: () => {} }, 0o666);
  fs.special(
    '/dev/tty',
    { read: () => '', write: (bytes) => sessions.getStore()?.streams.err(bytes) },
    0o666,
  );
  fs.special(
    OUT_DEVICE,
    { read: () => '', write: (bytes) => sessions.getStore()?.streams.out(bytes) },
    0o666,
  );
  fs.special(
    ERR_DEVICE,
    { read: () => '', write: (bytes) => sessions.getStore()?.streams.err(bytes) },
    0o666,
  );
  fs.special('/dev/zero', { read: () => '', write: () => {} }, 0o666);
  for (const name of machine.shell.names) {
    if (!PACKAGED.has(name) && (networked || !NETWORKED_HOST.has(name))) {
      installProgram(machine, name);
    }
  }
  if (options.kvm) {
    fs.mkdirSync('/etc/network/interfaces.d', { recursive: true });
    file('/etc/network/interfaces', INTERFACES);
  }

  for (const name of machine.shell.helpers) {
    fs.writeSync(`${HELPERS}/${name}`, STUB);
    fs.chmodSync(`${HELPERS}/${name}`, 0o755);
  }

  // What an installed server takes up: about 2.4 of 40 GB. Not held in memory, only counted.
  fs.used += Math.floor(options.diskBytes * 0.06);
}
