import { installProgram, programPath } from './layout.ts';
import type { Machine, Release } from './machine.ts';
import type { PackageFacts } from './packages.ts';

/**
 * MAAS in the practice archive. On 14.04 it is the guide's 1.7.6, with the packages, dependencies,
 * account and upstart jobs of its packaging (lp:~maas-maintainers/maas/packaging, debian/control,
 * debian/*.postinst, debian/*.upstart). Since 20.04 the archive has a transitional package to the snap
 * (packages.ubuntu.com/focal/net/maas). Sizes are only of the right kind.
 */
const OLD = '1.7.6+bzr3376-0ubuntu2~14.04.1';

type Row = readonly [name: string, version: string, depends: string, description: string];

const ARCHIVE: Record<Release, readonly Row[]> = {
  trusty: [
    [
      'maas',
      OLD,
      'maas-cluster-controller maas-region-controller',
      'MAAS server all-in-one metapackage',
    ],
    ['maas-common', OLD, '', 'MAAS server common files'],
    ['maas-cli', OLD, '', 'MAAS command line API tool'],
    ['maas-proxy', OLD, 'squid3', 'MAAS Caching Proxy'],
    [
      'maas-region-controller-min',
      OLD,
      'apache2 maas-common maas-proxy',
      'MAAS Server minimum region controller',
    ],
    [
      'maas-region-controller',
      OLD,
      'maas-dns maas-region-controller-min postgresql',
      'MAAS server complete region controller',
    ],
    [
      'maas-cluster-controller',
      OLD,
      'maas-cli maas-common maas-dhcp',
      'MAAS server cluster controller',
    ],
    ['maas-dhcp', OLD, 'isc-dhcp-server', 'MAAS DHCP server'],
    ['maas-dns', OLD, 'bind9 maas-region-controller-min', 'MAAS DNS server'],
    ['bind9', '1:9.9.5.dfsg-3ubuntu0.19', '', 'Internet Domain Name Server'],
    [
      'isc-dhcp-server',
      '4.2.4-7ubuntu12.13',
      '',
      'ISC DHCP server for automatic IP address assignment',
    ],
    ['postgresql', '9.3+154ubuntu1.1', '', 'object-relational SQL database (supported version)'],
    ['squid3', '3.3.8-1ubuntu6.11', '', 'Full featured Web Proxy cache (HTTP proxy)'],
    ['libvirt-bin', '1.2.2-0ubuntu13.1.28', '', 'programs for the libvirt library'],
  ],
  jammy: [['maas', '1:0.7', 'snapd', 'Transitional package to the maas snap']],
};

const DOWNLOAD_BYTES = 400_000;
const INSTALLED_BYTES = 2_000_000;

export function maasArchive(release: Release): PackageFacts[] {
  return ARCHIVE[release].map(([name, version, depends, description]) => ({
    name,
    version: `${version}+practice1`,
    architecture: 'all',
    description,
    depends: depends.split(' ').filter((item) => item !== ''),
    download: DOWNLOAD_BYTES,
    installed: INSTALLED_BYTES,
  }));
}

/** Services of packages, by unit or upstart job. */
const SERVICES: Record<string, readonly (readonly [unit: string, description: string])[]> = {
  bind9: [['bind9.service', 'BIND Domain Name Server']],
  postgresql: [['postgresql.service', 'PostgreSQL RDBMS']],
  'maas-cluster-controller': [['maas-clusterd.service', 'MAAS Cluster Controller']],
  'maas-proxy': [['maas-proxy.service', 'MAAS Proxy']],
  'maas-dhcp': [['maas-dhcp-server.service', 'MAAS instance of ISC DHCP server']],
};

/** As the guide shows it: `maas:x:106:113::/var/lib/maas:…`; adduser gives a system account no shell. */
function addAccount({ fs }: Machine): void {
  if (/^maas:/m.test(fs.textSync('/etc/passwd'))) return;
  fs.appendSync('/etc/passwd', 'maas:x:106:113::/var/lib/maas:/bin/false\n');
  fs.appendSync('/etc/group', 'maas:x:113:\n');
  fs.mkdirSync('/var/lib/maas', { recursive: true });
  fs.chownSync('/var/lib/maas', 106, 113);
  fs.mkdirSync('/var/log/maas', { recursive: true });
  fs.appendSync('/var/log/maas/maas.log', '');
}

export function configureMaasPackage(name: string, machine: Machine): void {
  for (const [unit, description] of SERVICES[name] ?? [])
    machine.units.install(unit, description, '');
  // It has nothing to serve before MAAS has configured it, and stops by itself (its pre-start script).
  if (name === 'maas-dhcp') void machine.units.stop(machine.units.get('maas-dhcp-server.service')!);
  if (name === 'maas-common') addAccount(machine);
  if (name === 'maas-region-controller-min') {
    installProgram(machine, 'maas-region-admin');
    machine.fs.mkdirSync('/etc/maas', { recursive: true });
    machine.fs.writeSync(
      '/etc/maas/maas_local_settings.py',
      `DEFAULT_MAAS_URL = "http://${machine.address}/MAAS"\n`,
    );
  }
  if (name === 'libvirt-bin') installProgram(machine, 'virsh');
}

/** The database, the account and the configuration stay, as apt leaves them. */
export function removeMaasPackage(name: string, { fs, units }: Machine): void {
  for (const [unit] of SERVICES[name] ?? []) units.uninstall(unit);
  const programs: Record<string, string> = {
    'maas-region-controller-min': 'maas-region-admin',
    'libvirt-bin': 'virsh',
  };
  const program = programs[name];
  if (program !== undefined) fs.rmSync(programPath(program), { force: true });
}

/** Where the snap keeps what `maas init` decides (maascli/snap.py, configfile.py). */
export const SNAP_MODE = '/var/snap/maas/common/snap_mode';
export const SNAP_CONFIG = '/var/snap/maas/current/regiond.conf';

const text = ({ fs }: Machine, path: string): string => (fs.find(path) ? fs.textSync(path) : '');

export const snapMode = (machine: Machine): string => text(machine, SNAP_MODE).trim() || 'none';

/** What MAAS answers on its own port or, as 1.7, below Apache's; the form is the recorded one. */
export function maasPage(machine: Machine, url: URL): { status: number; body: string } | undefined {
  const old = machine.packages.isInstalled('maas-region-controller-min');
  const apache = machine.units.isActive('apache2.service');
  const here =
    url.port === '5240' ? snapMode(machine) !== 'none' : old && apache && url.port === '';
  if (!here || !url.pathname.startsWith('/MAAS/')) return undefined;
  const path = url.port === '5240' ? '/MAAS/api/2.0/version/' : '/MAAS/api/1.0/version/';
  if (url.pathname !== path) return { status: 404, body: `Unknown API endpoint: ${url.pathname}.` };
  const version = url.port === '5240' ? '3.7.3' : '1.7.6';
  return { status: 200, body: JSON.stringify({ version, subversion: '', capabilities: [] }) };
}
