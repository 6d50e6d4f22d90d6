import type { ErrorCode } from '../../../src/contract/error.ts';
import type { Maas, NewMachine } from '../../../src/main/engine/maas.ts';

/** A recording that an operation of the client meets. */
export interface Met {
  readonly by: (maas: Maas) => Promise<unknown>;
  /** What comes of it, as far as it matters. */
  readonly gives?: unknown;
  readonly refuses?: ErrorCode;
  readonly params?: Readonly<Record<string, unknown>>;
  /** Other recordings that the operation asks for, of which only this one counts. */
  readonly also?: readonly string[];
  /** Fields of the form that the client says besides those of the recording. */
  readonly adds?: Readonly<Record<string, string>>;
  /** Why the client never sends this request; its answer counts all the same. */
  readonly notSent?: string;
}

/** A recording of a call that the client does not have. What it answers is understood all the same. */
export interface NeverAsked {
  readonly because: string;
  readonly refuses?: ErrorCode;
}

const KEY =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINgWjGf2hoAAYNVd6b4AYUNV6Q2hr0+Rx27aD5tMlULo user@desk';
const SOURCE = {
  url: 'http://127.0.0.1:5289/streams/v1/index.json',
  keyring: '/srv/maas/root/keyring.gpg',
};
const JAMMY = {
  os: 'ubuntu',
  release: 'jammy',
  arches: ['amd64'],
  subarches: ['*'],
  labels: ['*'],
};
const ALL_KINDS = { subarches: '*', labels: '*' };
const NET = { id: '1' };
const VLAN = { segment: 'fabrics/0/vlans/0/' };
const machine = (change: Partial<NewMachine> = {}): NewMachine => ({
  hostname: 'node1',
  architecture: 'amd64',
  macs: ['52:54:00:00:00:01'],
  power: { type: 'manual', parameters: {} },
  commission: false,
  ...change,
});
const SAYS = { hostname: 'node1', commission: 'false' };
const secret = (value: string) => async () => value;
const NODE1 = { id: 'qfh83e', hostname: 'node1' };

const SIGNED = 'Every request is signed, anew, with a fresh nonce.';
const SLASH = 'The client always writes the slash at the end.';
const WHOLE = 'The client cannot leave this out.';
const SUBNET = 'The client always says which subnet a range is for.';
const FORM = 'The client sends forms, with the operation in the query.';

export const MET: Readonly<Record<string, Met>> = {
  '002-auth-missing': {
    by: (maas) => maas.machines.list(),
    refuses: 'maas-key-not-seen',
    notSent: SIGNED,
  },
  '003-auth-bad-consumer': { by: (maas) => maas.account.whoAmI(), refuses: 'maas-key-refused' },
  '004-auth-bad-token': { by: (maas) => maas.account.whoAmI(), refuses: 'maas-key-refused' },
  '005-auth-bad-secret': { by: (maas) => maas.account.whoAmI(), refuses: 'maas-key-refused' },
  '006-auth-old-timestamp': {
    by: (maas) => maas.account.whoAmI(),
    refuses: 'maas-clock-skew',
    params: { seconds: 3600 },
  },
  '007-auth-future-timestamp': {
    by: (maas) => maas.account.whoAmI(),
    gives: { name: 'admin', admin: true },
  },
  '008-auth-nonce-reused': {
    by: (maas) => maas.account.whoAmI(),
    refuses: 'maas-key-refused',
    notSent: SIGNED,
  },
  '009-auth-truncated-header': {
    by: (maas) => maas.account.whoAmI(),
    refuses: 'maas-key-not-seen',
    notSent: SIGNED,
  },
  '010-auth-no-op-http-basic': {
    by: (maas) => maas.account.whoAmI(),
    refuses: 'maas-key-not-seen',
    notSent: SIGNED,
  },
  '011-auth-raw-ampersand': {
    by: (maas) => maas.account.whoAmI(),
    gives: { name: 'admin', admin: true },
  },
  '012-whoami': { by: (maas) => maas.account.whoAmI(), gives: { name: 'admin', admin: true } },
  '014-path-no-slash': {
    by: (maas) => maas.machines.list(),
    refuses: 'maas-call-unknown',
    notSent: SLASH,
  },
  '015-path-no-slash-post': {
    by: (maas) => maas.machines.create(machine()),
    refuses: 'maas-call-unknown',
    notSent: SLASH,
  },
  '020-rackcontrollers': {
    by: (maas) => maas.servers.racks(),
    gives: {
      unreadable: [],
      items: [
        {
          id: 'xymd3n',
          hostname: 'vm',
          version: '3.3.11-13221-g.ccb202330',
          accepted: true,
          addresses: ['10.20.30.2', '192.168.77.2'],
        },
      ],
    },
  },
  '021-rack-power-types': { by: (maas) => maas.power.types(), gives: { unreadable: [] } },
  '023-subnets': {
    by: (maas) => maas.networks.list(),
    also: ['088-ipranges'],
    gives: {
      unreadable: [],
      items: [
        {
          id: '1',
          segment: 'fabrics/0/vlans/0/',
          cidr: '10.20.30.0/24',
          tag: 0,
          fabric: 'fabric-0',
          gateway: undefined,
          dhcp: false,
          servedBy: [],
          ranges: [
            { id: '1', kind: 'dynamic', start: '10.20.30.100', end: '10.20.30.199' },
            { id: '2', kind: 'reserved', start: '10.20.30.10', end: '10.20.30.20' },
          ],
        },
        { id: '2', segment: 'fabrics/1/vlans/0/', cidr: '192.168.77.0/24', ranges: [] },
      ],
    },
  },
  '026-config-get': { by: (maas) => maas.settings.get('upstream_dns'), gives: null },
  '027-config-get-string': { by: (maas) => maas.settings.get('maas_name'), gives: 'vm' },
  '028-config-get-unknown': {
    by: (maas) => maas.settings.get('nope'),
    refuses: 'maas-setting-unknown',
    params: { setting: 'nope' },
  },
  '029-config-get-missing': {
    by: (maas) => maas.settings.get('x'),
    refuses: 'maas-request-refused',
    notSent: WHOLE,
  },
  '030-config-set-upstream-dns': {
    by: (maas) => maas.settings.set('upstream_dns', '192.0.2.53 192.0.2.54'),
  },
  '031-config-get-after': {
    by: (maas) => maas.settings.get('upstream_dns'),
    gives: '192.0.2.53 192.0.2.54',
  },
  '032-config-set-bad-ip': {
    by: (maas) => maas.settings.set('upstream_dns', 'not-an-ip'),
    refuses: 'maas-value-refused',
    params: { field: 'upstream_dns', said: expect('Invalid IP address: not-an-ip') },
  },
  '033-config-set-dnssec-no': { by: (maas) => maas.settings.set('dnssec_validation', 'no') },
  '034-config-set-dnssec-bad': {
    by: (maas) => maas.settings.set('dnssec_validation', 'maybe'),
    refuses: 'maas-value-refused',
    params: { said: expect("'auto', 'yes', 'no'") },
  },
  '035-config-set-no-value': {
    by: (maas) => maas.settings.set('dnssec_validation', ''),
    refuses: 'maas-request-refused',
    notSent: WHOLE,
  },
  '036-config-set-auto-import': {
    by: (maas) => maas.settings.set('boot_images_auto_import', false),
  },
  '037-config-get-auto-import': {
    by: (maas) => maas.settings.get('boot_images_auto_import'),
    gives: false,
  },
  '038-config-set-ntp': { by: (maas) => maas.settings.set('ntp_servers', '192.0.2.1') },
  '039-config-set-http-proxy': {
    by: (maas) => maas.settings.set('http_proxy', 'http://192.0.2.9:3128/'),
  },
  '040-config-set-completed-intro': { by: (maas) => maas.settings.set('completed_intro', true) },
  '041-config-set-urlencoded': { by: (maas) => maas.settings.set('maas_name', 'demo lab') },
  '042-config-set-json-body': { by: (maas) => maas.settings.set('maas_name', 'x'), notSent: FORM },
  '043-config-op-in-body': { by: (maas) => maas.settings.set('maas_name', 'demo'), notSent: FORM },
  '044-sshkeys-empty': {
    by: (maas) => maas.account.sshKeys(),
    gives: { items: [], unreadable: [] },
  },
  '045-sshkey-add': { by: (maas) => maas.account.addSshKey(KEY), gives: { id: 1, key: KEY } },
  '046-sshkey-add-again': {
    by: (maas) => maas.account.addSshKey(KEY),
    refuses: 'maas-ssh-key-there',
  },
  '047-sshkey-bad': {
    by: (maas) => maas.account.addSshKey('ssh-rsa AAAAnope'),
    refuses: 'maas-ssh-key-unfit',
  },
  '048-sshkey-missing': {
    by: (maas) => maas.account.addSshKey(''),
    refuses: 'maas-field-missing',
    params: { field: 'key' },
    notSent: WHOLE,
  },
  '049-sshkeys': {
    by: (maas) => maas.account.sshKeys(),
    gives: { items: [{ id: 1, key: KEY }], unreadable: [] },
  },
  '051-sshkey-delete': { by: (maas) => maas.account.removeSshKey(1) },
  '052-sshkey-add-urlencoded': {
    by: (maas) => maas.account.addSshKey(KEY),
    gives: { id: 2, key: KEY },
  },
  '055-machine-create-no-images': {
    by: (maas) => maas.machines.create(machine({ architecture: 'amd64/generic' })),
    adds: SAYS,
    refuses: 'maas-no-images',
  },
  '056-boot-sources-empty': {
    by: (maas) => maas.images.sources(),
    gives: { items: [], unreadable: [] },
  },
  '057-boot-source-bad-both': {
    by: (maas) => maas.images.addSource({ ...SOURCE, keyring: '' }),
    refuses: 'maas-value-refused',
    params: { field: 'boot-sources/', said: expect('keyring_data or keyring_filename') },
    notSent: WHOLE,
  },
  '058-boot-source-bad-url': {
    by: (maas) => maas.images.addSource({ ...SOURCE, url: 'not a url' }),
    refuses: 'maas-value-refused',
    params: { field: 'url' },
  },
  '059-boot-source-create': {
    by: (maas) => maas.images.addSource(SOURCE),
    gives: { id: 1, ...SOURCE },
  },
  '060-boot-source-duplicate': {
    by: (maas) => maas.images.addSource(SOURCE),
    refuses: 'maas-name-taken',
    params: { field: 'url' },
  },
  '061-boot-source-selection-too-early': {
    by: (maas) => maas.images.select(1, JAMMY),
    refuses: 'maas-selection-not-offered',
    params: { os: 'ubuntu', series: 'jammy' },
  },
  '062-boot-resources-empty': {
    by: (maas) => maas.images.list(),
    gives: { items: [], unreadable: [] },
  },
  '063-boot-resources-is-importing': { by: (maas) => maas.images.importing(), gives: false },
  '064-boot-resources-import': { by: (maas) => maas.images.startImport() },
  '065-boot-resources-import-again': { by: (maas) => maas.images.startImport() },
  '066-boot-source-selection': {
    by: (maas) => maas.images.select(1, JAMMY),
    gives: { id: 1, ...JAMMY },
  },
  '067-boot-source-selection-dup': {
    by: (maas) => maas.images.select(1, JAMMY),
    adds: ALL_KINDS,
    refuses: 'maas-name-taken',
  },
  '068-boot-source-selection-unknown': {
    by: (maas) => maas.images.select(1, { ...JAMMY, release: 'zzz' }),
    adds: ALL_KINDS,
    refuses: 'maas-selection-not-offered',
    params: { series: 'zzz' },
  },
  '069-boot-source-selections': {
    by: (maas) => maas.images.selections(1),
    gives: { items: [{ id: 1, ...JAMMY }], unreadable: [] },
  },
  '070-boot-source-update': {
    by: (maas) => maas.images.changeSource(1, { url: SOURCE.url }),
    gives: { id: 1, url: SOURCE.url },
  },
  '071-boot-resources-importing-true': { by: (maas) => maas.images.importing(), gives: true },
  '072-boot-resources': {
    by: (maas) => maas.images.list(),
    gives: {
      unreadable: [],
      items: [
        { id: 2, name: 'grub-efi-signed/uefi', architecture: 'amd64/generic', type: 'Synced' },
        { id: 1, name: 'pxelinux/pxe' },
        { id: 3, name: 'ubuntu/jammy', architecture: 'amd64/ga-22.04' },
      ],
    },
  },
  '073-boot-resource-one': {
    by: (maas) => maas.images.one(3),
    gives: {
      id: 3,
      name: 'ubuntu/jammy',
      version: '20240501',
      complete: true,
      usable: true,
      sizeBytes: 656_655,
      receivedBytes: 656_655,
    },
  },
  '074-boot-resource-404': {
    by: (maas) => maas.images.one(9999),
    refuses: 'maas-object-missing',
    params: { kind: 'BootResource', what: 'boot-resources/9999/' },
  },
  '075-rack-list-boot-images': {
    by: (maas) => maas.images.onRack('xymd3n'),
    gives: { names: ['ubuntu/jammy', 'bootloader/uefi', 'bootloader/pxe'], synced: true },
  },
  '076-machine-create-no-commissioning-image': {
    by: (maas) => maas.machines.create(machine()),
    adds: SAYS,
    refuses: 'maas-no-commissioning-image',
    params: { os: 'ubuntu', series: 'focal' },
  },
  '077-config-set-commissioning-series': {
    by: (maas) => maas.settings.set('commissioning_distro_series', 'jammy'),
  },
  '078-config-set-commissioning-series-bad': {
    by: (maas) => maas.settings.set('commissioning_distro_series', 'bionic'),
    refuses: 'maas-series-missing',
    params: { series: 'bionic', choices: "'jammy'" },
  },
  '079-config-set-default-series': {
    by: (maas) => maas.settings.set('default_distro_series', 'jammy'),
  },
  '080-vlan-dhcp-no-range': {
    by: (maas) => maas.networks.serve(VLAN, 'xymd3n'),
    refuses: 'maas-dhcp-no-range',
  },
  '081-iprange-missing-field': {
    by: (maas) => maas.networks.addRange(NET, range('10.20.30.100', '')),
    refuses: 'maas-field-missing',
    params: { field: 'end_ip, start_ip' },
    notSent: WHOLE,
  },
  '082-iprange-outside': {
    by: (maas) => maas.networks.addRange(NET, range('10.99.0.1', '10.99.0.9')),
    refuses: 'maas-range-outside',
    notSent: SUBNET,
  },
  '083-iprange-bad-type': {
    by: (maas) => maas.networks.addRange(NET, range('10.20.30.100', '10.20.30.199')),
    refuses: 'maas-value-refused',
    params: { field: 'type' },
    notSent: 'The client knows the two kinds of ranges.',
  },
  '084-iprange-dynamic': {
    by: (maas) => maas.networks.addRange(NET, range('10.20.30.100', '10.20.30.199', 'made by app')),
  },
  '085-iprange-overlap': {
    by: (maas) => maas.networks.addRange(NET, range('10.20.30.150', '10.20.30.220')),
    adds: { subnet: '1' },
    refuses: 'maas-range-overlap',
  },
  '086-iprange-reversed': {
    by: (maas) =>
      maas.networks.addRange(NET, { ...range('10.20.30.50', '10.20.30.40'), kind: 'reserved' }),
    adds: { subnet: '1' },
    refuses: 'maas-range-reversed',
  },
  '087-iprange-reserved': {
    by: (maas) =>
      maas.networks.addRange(NET, {
        ...range('10.20.30.10', '10.20.30.20', 'gateway and friends'),
        kind: 'reserved',
      }),
    adds: { subnet: '1' },
  },
  '088-ipranges': {
    by: (maas) => maas.networks.list(),
    also: ['023-subnets'],
    gives: {
      items: [{ ranges: [{ id: '1', comment: 'made by app' }, { id: '2' }] }, { ranges: [] }],
    },
  },
  '089-iprange-update': {
    by: (maas) => maas.networks.changeRange(NET, '1', { end: '10.20.30.180' }),
  },
  '091-subnet-update': {
    by: (maas) => maas.networks.change(NET, { gateway: '10.20.30.1', nameservers: ['10.20.30.2'] }),
  },
  '092-subnet-bad-gateway': {
    by: (maas) => maas.networks.change(NET, { gateway: '10.99.0.1' }),
    refuses: 'maas-gateway-outside',
  },
  '093-vlan-dhcp-no-rack': {
    by: (maas) => maas.networks.serve(VLAN, ''),
    refuses: 'maas-dhcp-no-rack',
    notSent: 'The client always says which rack, in the same request.',
  },
  '094-vlan-dhcp-bad-rack': {
    by: (maas) => maas.networks.serve(VLAN, 'zzzzzz'),
    refuses: 'maas-value-refused',
    params: { field: 'primary_rack', said: expect('zzzzzz') },
  },
  '095-vlan-dhcp-on': { by: (maas) => maas.networks.serve(VLAN, 'xymd3n') },
  '097-iprange-delete-dhcp-on': { by: (maas) => maas.networks.removeRange(NET, '1') },
  '098-iprange-recreate': {
    by: (maas) => maas.networks.addRange(NET, range('10.20.30.100', '10.20.30.199')),
    adds: { subnet: '1' },
  },
  '099-subnet-reserved-ranges': {
    by: (maas) => maas.networks.taken(NET),
    gives: {
      items: [
        { start: '10.20.30.1', addresses: 1, purposes: ['gateway-ip'] },
        { start: '10.20.30.2', purposes: ['dns-server'] },
        { start: '10.20.30.10', end: '10.20.30.20', purposes: ['reserved'] },
        { start: '10.20.30.100', end: '10.20.30.199', addresses: 100, purposes: ['dynamic'] },
      ],
    },
  },
  '100-subnet-unreserved': {
    by: (maas) => maas.networks.free(NET),
    gives: {
      items: [
        { start: '10.20.30.3', end: '10.20.30.9', addresses: 7 },
        { start: '10.20.30.21', end: '10.20.30.99', addresses: 79 },
        { start: '10.20.30.200', end: '10.20.30.254', addresses: 55 },
      ],
    },
  },
  '103-subnet-create': {
    by: (maas) => maas.networks.create({ cidr: '172.30.0.0/24', name: 'lab2' }),
  },
  '104-subnet-create-dup': {
    by: (maas) => maas.networks.create({ cidr: '172.30.0.0/24' }),
    refuses: 'maas-name-taken',
    params: { field: 'cidr' },
  },
  '105-subnet-create-bad': {
    by: (maas) => maas.networks.create({ cidr: 'nonsense' }),
    refuses: 'maas-value-refused',
    params: { field: 'cidr', said: expect('<network>/<prefixlen>') },
  },
  '106-pool-create': { by: (maas) => maas.machines.createPool('desk', 'd') },
  '107-pool-dup': {
    by: (maas) => maas.machines.createPool('desk', ''),
    refuses: 'maas-name-taken',
  },
  '108-pools': { by: (maas) => maas.machines.pools(), gives: { items: ['default', 'desk'] } },
  '109-tag-create': { by: (maas) => maas.machines.createTag('vm', 'virtual') },
  '110-tag-bad': {
    by: (maas) => maas.machines.createTag('bad name!', ''),
    refuses: 'maas-value-refused',
    params: { field: 'name' },
  },
  '111-tag-dup': { by: (maas) => maas.machines.createTag('vm', ''), refuses: 'maas-name-taken' },
  '115-machines-empty': {
    by: (maas) => maas.machines.list(),
    gives: { items: [], unreadable: [] },
  },
  '116-machine-missing-all': {
    by: (maas) => maas.machines.create(machine()),
    refuses: 'maas-field-missing',
    params: { field: 'architecture, mac_addresses' },
    notSent: WHOLE,
  },
  '117-machine-missing-arch': {
    by: (maas) => maas.machines.create(machine()),
    refuses: 'maas-field-missing',
    params: { field: 'architecture' },
    notSent: WHOLE,
  },
  '118-machine-bad-arch': {
    by: (maas) => maas.machines.create(machine({ architecture: 'sparc/generic' })),
    adds: SAYS,
    refuses: 'maas-architecture-missing',
    params: { value: 'sparc/generic', choices: "'amd64/generic'" },
  },
  '119-machine-bad-mac': {
    by: (maas) => maas.machines.create(machine({ macs: ['zz'] })),
    adds: SAYS,
    refuses: 'maas-mac-unfit',
    params: { mac: 'zz' },
  },
  '120-machine-bad-power-type': {
    by: (maas) => maas.machines.create(machine({ power: { type: 'teleport', parameters: {} } })),
    adds: SAYS,
    refuses: 'maas-value-refused',
    params: { field: 'power_type', said: expect('teleport') },
  },
  '121-machine-ipmi-missing-params': {
    by: (maas) => maas.machines.create(machine({ power: { type: 'ipmi', parameters: {} } })),
    adds: SAYS,
    refuses: 'maas-power-incomplete',
  },
  '122-machine-virsh-missing-params': {
    by: (maas) => maas.machines.create(machine({ power: { type: 'virsh', parameters: {} } })),
    adds: SAYS,
    refuses: 'maas-power-incomplete',
  },
  '123-machine-create-manual': {
    by: (maas) =>
      maas.machines.create(
        machine({ macs: ['52:54:00:00:00:01', '52:54:00:00:00:02'], commission: true }),
      ),
    adds: { commission: 'true' },
    gives: {
      id: 'qfh83e',
      hostname: 'node1',
      status: 'commissioning',
      powerType: 'manual',
      nics: [{ mac: '52:54:00:00:00:01' }, { mac: '52:54:00:00:00:02' }],
    },
  },
  '124-machine-dup-mac': {
    by: (maas) => maas.machines.create(machine()),
    adds: SAYS,
    refuses: 'maas-mac-taken',
    params: { mac: '52:54:00:00:00:01', machine: 'node1' },
  },
  '125-machine-dup-hostname': {
    by: (maas) => maas.machines.create(machine({ macs: ['52:54:00:00:00:09'] })),
    adds: { commission: 'false' },
    refuses: 'maas-name-taken',
    params: { field: 'hostname' },
  },
  '126-machine-create-virsh': {
    by: (maas) =>
      maas.machines.create(
        machine({
          hostname: 'vm1',
          architecture: 'amd64/generic',
          macs: ['52:54:00:00:00:11'],
          power: {
            type: 'virsh',
            parameters: { power_address: 'qemu+ssh://user@127.0.0.1/system', power_id: 'vm1' },
            secrets: { power_pass: secret('s3cret') },
          },
        }),
      ),
    gives: { id: 't784g7', hostname: 'vm1', status: 'new', power: 'unknown', said: '' },
  },
  '127-machine-create-ipmi': {
    by: (maas) =>
      maas.machines.create(
        machine({
          hostname: 'bmc1',
          architecture: 'amd64/generic',
          macs: ['52:54:00:00:00:12'],
          power: {
            type: 'ipmi',
            parameters: {
              power_address: '127.0.0.1',
              power_user: 'admin',
              power_driver: 'LAN_2_0',
              power_boot_type: 'auto',
            },
            secrets: { power_pass: secret('admin') },
          },
        }),
      ),
    gives: { id: 'eybgay', powerType: 'ipmi' },
  },
  '128-machine-create-vmware': {
    by: (maas) =>
      maas.machines.create(
        machine({
          hostname: 'esx1',
          architecture: 'amd64/generic',
          macs: ['52:54:00:00:00:13'],
          power: {
            type: 'vmware',
            parameters: {
              power_vm_name: 'esx1',
              power_uuid: '',
              power_address: '127.0.0.1',
              power_user: 'root',
              power_port: '',
              power_protocol: '',
            },
            secrets: { power_pass: secret('x') },
          },
        }),
      ),
    gives: { id: 'hnsfbe', powerType: 'vmware' },
  },
  '129-machine-create-webhook': {
    by: (maas) =>
      maas.machines.create(
        machine({
          hostname: 'hook1',
          architecture: 'amd64/generic',
          macs: ['52:54:00:00:00:14'],
          power: {
            type: 'webhook',
            parameters: {
              power_on_uri: 'http://127.0.0.1:9/on',
              power_off_uri: 'http://127.0.0.1:9/off',
              power_query_uri: 'http://127.0.0.1:9/q',
            },
          },
        }),
      ),
    gives: { id: '4nq3gw', powerType: 'webhook' },
  },
  '130-machine-create-redfish': {
    by: (maas) =>
      maas.machines.create(
        machine({
          hostname: 'red1',
          architecture: 'amd64/generic',
          macs: ['52:54:00:00:00:15'],
          power: {
            type: 'redfish',
            parameters: { power_address: '127.0.0.1', power_user: 'u' },
            secrets: { power_pass: secret('p') },
          },
        }),
      ),
    gives: { id: '4a4gms', powerType: 'redfish' },
  },
  '131-machine-get': {
    by: (maas) => maas.machines.one('qfh83e'),
    gives: { id: 'qfh83e', fqdn: 'node1.maas', status: 'commissioning', zone: 'default' },
  },
  '132-machine-404': {
    by: (maas) => maas.machines.one('zzzzzz'),
    refuses: 'maas-object-missing',
    params: { kind: 'Machine', what: 'machines/zzzzzz/' },
  },
  '133-machines': {
    by: (maas) => maas.machines.list(),
    gives: {
      unreadable: [],
      items: ['qfh83e', 't784g7', 'eybgay', 'hnsfbe', '4nq3gw', '4a4gms'].map((id) => ({ id })),
    },
  },
  '134-machines-filter': {
    by: (maas) => maas.machines.list({ hostnames: ['node1', 'vm1'] }),
    gives: { items: [{ hostname: 'node1' }, { hostname: 'vm1' }] },
  },
  '135-machines-filter-mac': {
    by: (maas) => maas.machines.list({ macs: ['52:54:00:00:00:11'] }),
    gives: { items: [{ hostname: 'vm1', bootMac: '52:54:00:00:00:11' }] },
  },
  '136-machines-filter-status': {
    by: (maas) => maas.machines.list({ status: 'new' }),
    gives: { items: Array.from({ length: 5 }, () => ({ status: 'new' })) },
  },
  '137-machine-power-params': {
    by: (maas) => maas.power.settings('t784g7'),
    gives: {
      parameters: { power_address: 'qemu+ssh://user@127.0.0.1/system', power_id: 'vm1' },
      withheld: ['power_pass'],
    },
  },
  '139-machine-update': {
    by: (maas) =>
      maas.machines.change('t784g7', {
        hostname: 'vm-one',
        pool: 'desk',
        power: { type: 'virsh', parameters: { power_id: 'vm-one' } },
      }),
    adds: { power_type: 'virsh' },
    gives: { hostname: 'vm-one', pool: 'desk' },
  },
  '140-machine-update-bad-pool': {
    by: (maas) => maas.machines.change('t784g7', { pool: 'zzz' }),
    refuses: 'maas-value-refused',
    params: { field: 'pool' },
  },
  '141-machine-update-404': {
    by: (maas) => maas.machines.change('zzzzzz', { hostname: 'a' }),
    refuses: 'maas-object-missing',
  },
  '142-tag-assign': { by: (maas) => maas.machines.tag('vm', { add: ['t784g7'] }) },
  '143-tag-machines': {
    by: (maas) => maas.machines.tagged('vm'),
    gives: { items: [{ id: 't784g7', tags: ['vm'] }] },
  },
  '144-machine-commission-while-commissioning': {
    by: (maas) => maas.lifecycle.commission('qfh83e'),
    refuses: 'maas-wrong-state',
    params: { said: expect('Commission is not available') },
  },
  '145-machine-deploy-wrong-state': {
    by: (maas) => maas.lifecycle.deploy({ id: 't784g7', hostname: 'vm1' }),
    refuses: 'maas-wrong-state',
    params: { state: 'New' },
  },
  '146-machine-release-wrong-state': {
    by: (maas) => maas.lifecycle.release('qfh83e', ''),
    refuses: 'maas-wrong-state',
    params: { state: 'Commissioning' },
  },
  '147-machine-abort': { by: (maas) => maas.lifecycle.abort('qfh83e', 'changed my mind') },
  '148-machine-commission': {
    by: (maas) =>
      maas.lifecycle.commission('qfh83e', {
        keepSshOpen: false,
        skipBmcConfig: true,
        tests: ['none'],
      }),
  },
  '149-machine-commission-bad-script': {
    by: (maas) => maas.lifecycle.commission('t784g7', { scripts: ['zzz'] }),
    refuses: 'maas-value-refused',
    params: { field: 'commissioning_scripts', said: expect('zzz') },
  },
  '150-power-query-manual': { by: (maas) => maas.power.query('qfh83e'), gives: 'unknown' },
  '151-power-query-ipmi-unreachable': {
    by: (maas) => maas.power.query('eybgay'),
    refuses: 'maas-rack-slow',
  },
  '152-power-query-virsh-unreachable': { by: (maas) => maas.power.query('t784g7'), gives: 'error' },
  '153-power-on-manual': { by: (maas) => maas.power.on('qfh83e') },
  '154-power-on-ipmi-unreachable': {
    by: (maas) => maas.power.on('eybgay'),
    refuses: 'maas-wrong-state',
    params: { said: expect("hasn't been allocated") },
  },
  '155-power-off-virsh-unreachable': {
    by: (maas) => maas.power.off('t784g7', 'hard'),
    adds: { stop_mode: 'hard' },
  },
  '156-power-query-vmware': { by: (maas) => maas.power.query('hnsfbe'), gives: 'error' },
  '157-power-query-webhook': { by: (maas) => maas.power.query('4nq3gw'), gives: 'error' },
  '158-power-query-redfish': { by: (maas) => maas.power.query('4a4gms'), gives: 'error' },
  '159-commission-ipmi-unreachable': {
    by: (maas) => maas.lifecycle.commission('eybgay', { tests: ['none'] }),
  },
  '160-machine-status-right-after': {
    by: (maas) => maas.machines.one('eybgay'),
    gives: { status: 'commissioning', commissioning: 'pending' },
  },
  '161-machine-ipmi-after-power-failure': {
    by: (maas) => maas.machines.one('eybgay'),
    gives: { status: 'commissioning', said: 'Powering on' },
  },
  '162-events-power-failure': {
    by: (maas) => maas.events.recent({ machines: ['eybgay'], level: 'debug', limit: 20 }),
    gives: {
      unreadable: [],
      items: [{ id: 82, level: 'info', machine: 'eybgay', hostname: 'bmc1' }, {}, {}, {}],
    },
  },
  '163-machine-ready': {
    by: (maas) => maas.machines.one('qfh83e'),
    gives: {
      status: 'ready',
      commissioning: 'passed',
      said: 'Ready',
      cpus: 4,
      memoryMib: 16_384,
      addresses: ['10.20.30.101'],
      bootMac: '52:54:00:00:00:01',
      nics: [
        { name: 'eth0', mac: '52:54:00:00:00:01', subnets: ['10.20.30.0/24'] },
        { name: 'eth1', mac: '52:54:00:00:00:02', subnets: [] },
      ],
    },
  },
  '164-results-commissioning': {
    by: (maas) => maas.scripts.history('qfh83e'),
    gives: {
      unreadable: [],
      items: [
        { kind: 'commissioning', state: 'aborted' },
        { kind: 'testing', state: 'aborted', scripts: [{ name: 'smartctl-validate' }] },
        { kind: 'commissioning', state: 'passed' },
        { kind: 'testing', state: 'unknown', scripts: [] },
      ],
    },
  },
  '165-results-current-commissioning': {
    by: (maas) => maas.scripts.current('qfh83e', 'commissioning'),
    gives: { kind: 'commissioning', state: 'passed', machine: 'qfh83e' },
  },
  '167-commissioning-scripts': {
    by: (maas) => maas.scripts.known('commissioning'),
    gives: { unreadable: [] },
  },
  '168-machine-deploy-unallocated': {
    by: (maas) => maas.lifecycle.deploy(NODE1, { series: 'jammy' }),
  },
  '169-allocate-none': {
    by: (maas) => maas.lifecycle.allocate(NODE1),
    refuses: 'maas-none-available',
    notSent: 'The client allocates by ID: names may change.',
  },
  '170-allocate-bad-constraint': {
    by: (maas) => maas.lifecycle.allocate(NODE1),
    refuses: 'maas-value-refused',
    params: { field: 'mem' },
    notSent: 'The client allocates by ID, not by constraints.',
  },
  '171-allocate-dry-run': {
    by: (maas) => maas.lifecycle.allocate(NODE1),
    gives: { id: 'qfh83e' },
    notSent: 'The client allocates in earnest.',
  },
  '172-allocate': {
    by: (maas) => maas.lifecycle.allocate(NODE1),
    gives: { status: 'allocated', owner: 'admin' },
    notSent: 'The client asks for no storage layout and marks no agent.',
  },
  '173-allocate-again': {
    by: (maas) => maas.lifecycle.allocate(NODE1),
    refuses: 'maas-none-available',
    params: { said: expect('qfh83e') },
  },
  '174-deploy-bad-series': {
    by: (maas) => maas.lifecycle.deploy(NODE1, { series: 'zzz' }),
    refuses: 'maas-series-missing',
    params: { series: 'zzz', choices: "'', 'ubuntu/jammy'" },
  },
  '175-deploy-unimported-series': {
    by: (maas) => maas.lifecycle.deploy(NODE1, { series: 'focal' }),
    refuses: 'maas-series-missing',
    params: { series: 'focal' },
  },
  '176-deploy': {
    by: (maas) => maas.lifecycle.deploy(NODE1, { series: 'jammy', userData: '#cloud-config\n' }),
  },
  '177-deploy-again': {
    by: (maas) => maas.lifecycle.deploy(NODE1, { series: 'jammy' }),
    refuses: 'maas-wrong-state',
    params: { state: 'Deploying' },
  },
  '178-machine-deployed': {
    by: (maas) => maas.machines.one('qfh83e'),
    gives: { status: 'deployed', os: 'ubuntu', series: 'jammy', owner: 'admin' },
  },
  '179-results-installation': {
    by: (maas) => maas.scripts.current('qfh83e', 'installation'),
    gives: {
      kind: 'installation',
      state: 'passed',
      scripts: [{ name: '/tmp/install.log', exitCode: 0, startedAt: 1_795_332_340.396117 }],
    },
  },
  '181-events-deploy': {
    by: (maas) => maas.events.recent({ machines: ['qfh83e'], level: 'debug', limit: 25 }),
    gives: { unreadable: [] },
  },
  '182-events-info': {
    by: (maas) => maas.events.recent({ limit: 5 }),
    gives: {
      items: [
        { id: 132, at: '2026-11-22T07:25:41Z', level: 'info', type: 'Deployed', description: '' },
        { id: 128, type: 'Configuring OS' },
        { id: 126, type: 'Installing OS' },
        { id: 124, type: 'Configuring storage' },
        { id: 121, type: 'Deploying' },
      ],
    },
  },
  '183-events-bad-level': {
    by: (maas) => maas.events.recent(),
    refuses: 'maas-request-refused',
    params: { said: expect('LOUD') },
    notSent: 'The client knows the levels.',
  },
  '184-events-limit-too-big': {
    by: (maas) => maas.events.recent({ limit: 5000 }),
    refuses: 'maas-request-refused',
  },
  '185-events-page-next': {
    by: (maas) => maas.events.recent({ machines: ['qfh83e'], limit: 3, before: 126 }),
    gives: { items: [{ id: 124 }, { id: 121 }, { id: 116, type: 'Released' }] },
  },
  '186-release': { by: (maas) => maas.lifecycle.release('qfh83e', 'done') },
  '187-machine-after-release': {
    by: (maas) => maas.machines.one('qfh83e'),
    gives: { id: 'qfh83e' },
  },
  '188-delete-deployed': {
    by: (maas) => maas.machines.remove('qfh83e', { macs: ['52:54:00:00:00:01'], evenInUse: true }),
    also: ['178-machine-deployed'],
  },
  '189-delete-bare': {
    by: (maas) => maas.machines.remove('4a4gms', { macs: ['52:54:00:00:00:15'] }),
    also: ['130-machine-create-redfish'],
  },
  '190-delete-404': {
    by: (maas) => maas.machines.remove('zzzzzz', { macs: ['52:54:00:00:00:15'] }),
    also: ['130-machine-create-redfish'],
  },
  '192-machines-accept-none': {
    by: (maas) => maas.machines.accept(['zzzzzz']),
    refuses: 'maas-object-missing',
    params: { kind: 'machine', what: 'zzzzzz' },
  },
  '195-machines-accept': { by: (maas) => maas.machines.accept(['a3kkkw']) },
  '198-notifications': {
    by: (maas) => maas.servers.notifications(),
    gives: { items: [{ category: 'info' }, { category: 'error' }, { category: 'error' }] },
  },
  '206-nonadmin-set-config': {
    by: (maas) => maas.settings.set('maas_name', 'x'),
    refuses: 'maas-admin-needed',
  },
  '207-nonadmin-boot-sources': {
    by: (maas) => maas.images.sources(),
    refuses: 'maas-admin-needed',
  },
  '208-nonadmin-subnet-update': {
    by: (maas) => maas.networks.change(NET, {}),
    refuses: 'maas-admin-needed',
    notSent: 'The client renames no network.',
  },
  '209-nonadmin-vlan': {
    by: (maas) => maas.networks.stopServing(VLAN),
    refuses: 'maas-admin-needed',
  },
  '210-nonadmin-power-parameters': {
    by: (maas) => maas.power.settings('t784g7'),
    refuses: 'maas-admin-needed',
    notSent: 'The client does not ask for the passwords of all machines at once.',
  },
  '211-nonadmin-machine-create': {
    by: (maas) => maas.machines.create(machine({ hostname: 'byjoe', macs: ['52:54:00:00:00:77'] })),
    adds: { commission: 'false' },
    gives: { hostname: 'byjoe', status: 'new' },
  },
  '213-machine-failed-commissioning': {
    by: (maas) => maas.machines.one('eybgay'),
    gives: {
      status: 'failed-commissioning',
      commissioning: 'failed',
      said: expect("Could not contact node's BMC"),
    },
  },
  '214-events-power-failure-full': {
    by: (maas) => maas.events.recent({ machines: ['eybgay'], level: 'debug', limit: 20 }),
    gives: { items: [{ id: 187, level: 'error' }, {}, {}, {}, {}, {}, {}] },
  },
  '215-machine-put-urlencoded': {
    by: (maas) => maas.machines.change('eybgay', { description: 'urlencoded PUT' }),
    gives: { description: 'urlencoded PUT' },
  },
  '216-machine-put-json': {
    by: (maas) => maas.machines.change('eybgay', { description: 'json PUT' }),
    gives: { description: 'json PUT' },
    notSent: FORM,
  },
  '217-machine-mark-broken': { by: (maas) => maas.lifecycle.markBroken('eybgay', 'no BMC') },
  '218-machine-mark-fixed': { by: (maas) => maas.lifecycle.markFixed('eybgay', 'ok') },
  '221-machine-commissioning-script-failed': {
    by: (maas) => maas.machines.one('bpa7gq'),
    gives: { status: 'failed-commissioning' },
  },
  '222-results-commissioning-failed': {
    by: (maas) =>
      maas.scripts.current('bpa7gq', 'commissioning', { output: true, only: ['maas-lshw'] }),
    gives: {
      state: 'aborted',
      scripts: [
        {
          name: 'maas-lshw',
          state: 'failed',
          exitCode: 1,
          output: "<?xml version='1.0'?><list/>",
          errors: 'boom\n',
        },
      ],
    },
  },
  '223-machine-failed-deployment': {
    by: (maas) => maas.machines.one('xmwcm6'),
    gives: { status: 'failed-deployment' },
  },
  '224-events-failed-deployment': {
    by: (maas) => maas.events.recent({ machines: ['xmwcm6'], level: 'debug', limit: 20 }),
    gives: { unreadable: [] },
  },
  '225-results-installation-failed': {
    by: (maas) => maas.scripts.current('xmwcm6', 'installation', { output: true }),
    gives: { state: 'failed', scripts: [{ output: 'fake curtin log: FAILED\n', errors: '' }] },
  },
  '226-results-download': {
    by: (maas) => maas.scripts.log('xmwcm6', 'installation'),
    gives: 'fake curtin log: FAILED\n',
  },
  '227-release-failed-deployment': { by: (maas) => maas.lifecycle.release('xmwcm6', '') },
};

/** Met before there is a client, so in tests of their own (recordings.test.ts). */
export const BEFORE: readonly string[] = [
  '001-version-anon',
  '204-authenticate-user-password',
  '205-authenticate-wrong-password',
];

const BY_HAND = 'Users and their keys are made on the server itself, where no key is needed yet.';
const NOT_SHOWN = 'Nothing that the client does needs it.';

export const NEVER_ASKED: Readonly<Record<string, NeverAsked>> = {
  '013-users': { because: BY_HAND },
  '016-path-unknown': { because: 'No such path.', refuses: 'maas-call-unknown' },
  '017-op-unknown': { because: 'No such operation.', refuses: 'maas-call-unknown' },
  '018-method-not-allowed': {
    because: 'Nobody deletes all machines.',
    refuses: 'maas-call-unknown',
  },
  '022-fabrics': { because: 'A subnet tells the fabric and VLAN that it is in.' },
  '024-vlans': { because: 'A subnet tells the fabric and VLAN that it is in.' },
  '025-interfaces-of-rack': { because: NOT_SHOWN },
  '050-sshkey-404': {
    because: 'The list has the whole keys.',
    refuses: 'maas-object-missing',
  },
  '053-apikey-create': { because: BY_HAND },
  '054-apikeys-list': { because: 'It would bring all secrets of the user.' },
  '090-iprange-404': { because: 'The list tells all.', refuses: 'maas-object-missing' },
  '096-vlan-404': { because: 'The list tells all.', refuses: 'maas-object-missing' },
  '101-subnet-statistics': { because: 'The free and the taken ranges say the same by address.' },
  '102-fabric-create': { because: 'MAAS makes fabrics for the networks that it finds.' },
  '112-tag-404': { because: 'The list tells all.', refuses: 'maas-object-missing' },
  '113-zones': { because: NOT_SHOWN },
  '114-domains': { because: NOT_SHOWN },
  '138-machines-power-params': { because: 'It would bring the passwords of all machines.' },
  '191-machines-accept-all': { because: 'It would accept machines of others too.' },
  '193-machines-is-registered': { because: 'It is for machines: asked without a key.' },
  '194-enlist-anonymous': { because: 'What a machine says that boots unknown.' },
  '196-release-many': {
    because: 'Machines are released one at a time, each with its own outcome.',
    refuses: 'maas-object-missing',
  },
  '197-discovery': { because: 'Nothing was discovered, so its form is not known.' },
  '199-packagerepositories': { because: NOT_SHOWN },
  '200-dhcp-snippets': { because: NOT_SHOWN },
  '201-user-create': { because: BY_HAND },
  '202-user-dup': { because: BY_HAND, refuses: 'maas-conflict' },
  '203-user-missing': { because: BY_HAND, refuses: 'maas-request-refused' },
  '212-auth-missing-401': { because: SIGNED, refuses: 'maas-key-not-seen' },
  '219-boot-resource-upload': {
    because: 'An image of one’s own is gigabytes and goes from the MAAS server itself.',
  },
  '220-boot-resource-upload-no-arch': {
    because: 'An image of one’s own is gigabytes and goes from the MAAS server itself.',
    refuses: 'maas-field-missing',
  },
};

function range(start: string, end: string, comment = '') {
  return { kind: 'dynamic' as const, start, end, comment };
}

/** A text that holds another. */
function expect(part: string): { asymmetricMatch(value: unknown): boolean } {
  return { asymmetricMatch: (value) => typeof value === 'string' && value.includes(part) };
}
