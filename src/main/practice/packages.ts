import { configureKvmPackage, removeKvmPackage } from './kvm-packages.ts';
import { installProgram, programPath } from './layout.ts';
import { configureMaasPackage, maasArchive, removeMaasPackage } from './maas-packages.ts';
import type { Machine, Release } from './machine.ts';
import { PRACTICE_KEYRING } from './signing.ts';

export interface PackageFacts {
  readonly name: string;
  readonly version: string;
  readonly architecture: 'all' | 'amd64';
  readonly description: string;
  readonly depends: readonly string[];
  /** Bytes to download, and on disk afterwards. */
  readonly download: number;
  readonly installed: number;
}

type Row = readonly [
  name: string,
  versions: Record<Release, string>,
  architecture: 'all' | 'amd64',
  download: number,
  installed: number,
  depends: string,
  description: string,
];

/**
 * What the practice archive offers. Names, dependencies and purposes are those of the Ubuntu archive;
 * every version carries `+practice1`, because the numbers are only of the right kind.
 */
const ARCHIVE: readonly Row[] = [
  [
    'simplestreams',
    { trusty: '0.1.0~bzr341-0ubuntu2+practice1', jammy: '0.1.0-60-0ubuntu1+practice1' },
    'all',
    8_900,
    45_000,
    'python3-simplestreams',
    'Library and tools for using Simple Streams data',
  ],
  [
    'python3-simplestreams',
    { trusty: '0.1.0~bzr341-0ubuntu2+practice1', jammy: '0.1.0-60-0ubuntu1+practice1' },
    'all',
    43_000,
    236_000,
    '',
    'Library and tools for using Simple Streams data',
  ],
  [
    'ubuntu-cloudimage-keyring',
    { trusty: '2013.11.11+practice1', jammy: '2021.03.26+practice1' },
    'all',
    4_500,
    22_000,
    '',
    'GnuPG keys of the Ubuntu Cloud Image builder',
  ],
  [
    'apache2',
    { trusty: '2.4.7-1ubuntu4+practice1', jammy: '2.4.52-1ubuntu4+practice1' },
    'amd64',
    97_000,
    541_000,
    'apache2-bin apache2-data apache2-utils',
    'Apache HTTP Server',
  ],
  [
    'apache2-bin',
    { trusty: '2.4.7-1ubuntu4+practice1', jammy: '2.4.52-1ubuntu4+practice1' },
    'amd64',
    1_347_000,
    5_100_000,
    '',
    'Apache HTTP Server (modules and other binary files)',
  ],
  [
    'apache2-data',
    { trusty: '2.4.7-1ubuntu4+practice1', jammy: '2.4.52-1ubuntu4+practice1' },
    'all',
    165_000,
    886_000,
    '',
    'Apache HTTP Server (common files)',
  ],
  [
    'apache2-utils',
    { trusty: '2.4.7-1ubuntu4+practice1', jammy: '2.4.52-1ubuntu4+practice1' },
    'amd64',
    89_000,
    291_000,
    '',
    'Apache HTTP Server (utility programs for web servers)',
  ],
  [
    'tree',
    { trusty: '1.6.0-1+practice1', jammy: '2.0.2-1+practice1' },
    'amd64',
    47_900,
    116_000,
    '',
    'displays an indented directory tree, in color',
  ],
  // libvirt answers as the recorded one does, so it has that one's version.
  [
    'qemu-system-x86',
    { trusty: '1:7.2+dfsg-7+practice1', jammy: '1:7.2+dfsg-7+practice1' },
    'amd64',
    9_300_000,
    51_000_000,
    'seabios ipxe-qemu',
    'QEMU full system emulation binaries (x86)',
  ],
  [
    'seabios',
    { trusty: '1.16.2-1+practice1', jammy: '1.16.2-1+practice1' },
    'all',
    177_000,
    621_000,
    '',
    'Legacy BIOS implementation',
  ],
  [
    'ipxe-qemu',
    { trusty: '1.0.0+git-20190125-1+practice1', jammy: '1.0.0+git-20190125-1+practice1' },
    'all',
    1_500_000,
    3_600_000,
    '',
    'PXE boot firmware - ROM images for qemu',
  ],
  [
    'qemu-utils',
    { trusty: '1:7.2+dfsg-7+practice1', jammy: '1:7.2+dfsg-7+practice1' },
    'amd64',
    1_900_000,
    10_000_000,
    '',
    'QEMU utilities',
  ],
  [
    'libvirt-daemon-system',
    { trusty: '9.0.0-4+practice1', jammy: '9.0.0-4+practice1' },
    'amd64',
    84_000,
    443_000,
    'libvirt-clients libvirt-daemon',
    'Libvirt daemon configuration files',
  ],
  [
    'libvirt-daemon',
    { trusty: '9.0.0-4+practice1', jammy: '9.0.0-4+practice1' },
    'amd64',
    509_000,
    2_300_000,
    '',
    'Virtualization daemon',
  ],
  [
    'libvirt-clients',
    { trusty: '9.0.0-4+practice1', jammy: '9.0.0-4+practice1' },
    'amd64',
    395_000,
    1_300_000,
    '',
    'Programs for the libvirt library',
  ],
  [
    'bridge-utils',
    { trusty: '1.7.1-1+practice1', jammy: '1.7.1-1+practice1' },
    'amd64',
    35_000,
    116_000,
    '',
    'Utilities for configuring the Linux Ethernet bridge',
  ],
];

/** Installed from the start. */
const BASE =
  'apt base-files bash ca-certificates coreutils curl dash dpkg gpgv openssh-server python3 sudo tar ubuntu-keyring util-linux';

export type PackageStatus = 'installed' | 'config-files' | 'half-configured';

const PAGE = `<!DOCTYPE html>
<html>
  <head><title>Apache2 Ubuntu Default Page: It works</title></head>
  <body><h1>It works!</h1></body>
</html>
`;

/** dpkg's database, and what installing and removing do to the files. */
export class PackageState {
  readonly #machine: Machine;
  readonly #archive: ReadonlyMap<string, PackageFacts>;
  readonly #status = new Map<string, PackageStatus>();

  constructor(machine: Machine) {
    this.#machine = machine;
    const { release } = machine.options;
    const facts = ARCHIVE.map(
      ([name, versions, architecture, download, installed, depends, description]) => ({
        name,
        version: versions[release],
        architecture,
        description,
        depends: depends.split(' ').filter((item) => item !== ''),
        download,
        installed,
      }),
    );
    const more = machine.options.kvm ? ' ifupdown iproute2' : '';
    const base = `${BASE}${release === 'jammy' ? ' systemd snapd' : ' upstart'}${more}`
      .split(' ')
      .map((name) => ({
        name,
        version: '1+practice1',
        architecture: 'amd64' as const,
        description: `${name} (part of the practice server)`,
        depends: [],
        download: 0,
        installed: 0,
      }));
    const all = [...facts, ...maasArchive(release), ...base];
    this.#archive = new Map(all.map((item) => [item.name, item]));
    for (const { name } of base) this.#status.set(name, 'installed');
  }

  get(name: string): PackageFacts | undefined {
    return this.#archive.get(name);
  }

  status(name: string): PackageStatus | undefined {
    return this.#status.get(name);
  }

  isInstalled(name: string): boolean {
    return this.#status.get(name) === 'installed';
  }

  known(): PackageFacts[] {
    return [...this.#archive.values()]
      .filter(({ name }) => this.#status.has(name))
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  setStatus(name: string, status: PackageStatus | undefined): void {
    if (status) this.#status.set(name, status);
    else this.#status.delete(name);
  }

  /** `names` and what they depend on, dependencies first, without what is installed. */
  missing(names: readonly string[]): PackageFacts[] {
    const order: PackageFacts[] = [];
    const visit = (name: string) => {
      const facts = this.#archive.get(name);
      if (!facts || this.isInstalled(name) || order.includes(facts)) return;
      for (const other of facts.depends) visit(other);
      order.push(facts);
    };
    for (const name of names) visit(name);
    return order;
  }

  /** What configuring the package does to the machine. */
  configure(facts: PackageFacts): void {
    const { fs, units } = this.#machine;
    const folder = `/usr/share/doc/${facts.name}`;
    fs.mkdirSync(folder, { recursive: true });
    fs.writeSync(`${folder}/copyright`, `${facts.description}\n`);
    fs.used += facts.installed;
    if (facts.name === 'simplestreams')
      for (const name of ['sstream-mirror', 'sstream-query']) installProgram(this.#machine, name);
    if (facts.name === 'ubuntu-cloudimage-keyring')
      fs.writeSync('/usr/share/keyrings/ubuntu-cloudimage-keyring.gpg', PRACTICE_KEYRING);
    if (facts.name === 'tree') installProgram(this.#machine, 'tree');
    if (facts.name === 'apache2') {
      for (const name of ['apache2', 'apache2ctl', 'a2ensite']) installProgram(this.#machine, name);
      fs.mkdirSync('/var/www/html', { recursive: true });
      fs.mkdirSync('/etc/apache2/sites-enabled', { recursive: true });
      fs.mkdirSync('/var/log/apache2', { recursive: true });
      if (!fs.find('/var/www/html/index.html')) fs.writeSync('/var/www/html/index.html', PAGE);
      fs.writeSync(
        '/etc/apache2/sites-enabled/000-default.conf',
        '<VirtualHost *:80>\n\tDocumentRoot /var/www/html\n</VirtualHost>\n',
      );
      units.install('apache2.service', 'The Apache HTTP Server', '/usr/sbin/apachectl start');
    }
    configureKvmPackage(facts.name, this.#machine);
    configureMaasPackage(facts.name, this.#machine);
    this.#status.set(facts.name, 'installed');
  }

  remove(facts: PackageFacts, purge: boolean): void {
    const { fs, units } = this.#machine;
    const gone: Record<string, string[]> = {
      simplestreams: ['sstream-mirror', 'sstream-query'].map(programPath),
      apache2: ['apache2', 'apache2ctl', 'a2ensite'].map(programPath),
      tree: [programPath('tree')],
      'ubuntu-cloudimage-keyring': ['/usr/share/keyrings/ubuntu-cloudimage-keyring.gpg'],
    };
    for (const path of [...(gone[facts.name] ?? []), `/usr/share/doc/${facts.name}`])
      fs.rmSync(path, { force: true, recursive: true });
    if (facts.name === 'apache2') {
      units.uninstall('apache2.service');
      if (purge) fs.rmSync('/etc/apache2', { force: true, recursive: true });
    }
    removeKvmPackage(facts.name, this.#machine);
    removeMaasPackage(facts.name, this.#machine);
    fs.used -= facts.installed;
    if (purge || facts.name !== 'apache2') this.#status.delete(facts.name);
    else this.#status.set(facts.name, 'config-files');
  }
}
