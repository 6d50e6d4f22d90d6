/*
 * What MAAS 3.3.11 says of its power drivers, as recorded (test/fixtures/maas/021-rack-power-types.json).
 */

type Choice = readonly [value: string, label: string];

/** Required ones are marked; what is secret is a password. */
type Field = readonly [
  name: string,
  label: string,
  type: 'string' | 'password' | 'choice' | 'multiple_choice',
  required: boolean,
  scope: 'bmc' | 'node',
  initial?: string | readonly string[],
  choices?: readonly Choice[],
];

interface Driver {
  readonly name: string;
  readonly label: string;
  /** Runs machines itself; then it has defaults for new ones. */
  readonly pod?: boolean;
  readonly chassis?: boolean;
  readonly probes?: boolean;
  readonly asked?: boolean;
  readonly fields: readonly Field[];
}

const DRIVERS: readonly Driver[] = [
  {
    name: 'apc',
    label: 'American Power Conversion (APC) PDU',
    chassis: true,
    fields: [
      ['power_address', 'IP for APC PDU', 'string', true, 'bmc'],
      ['node_outlet', 'APC PDU node outlet number (1-16)', 'string', true, 'node'],
      ['power_on_delay', 'Power ON outlet delay (seconds)', 'string', false, 'bmc', '5'],
      [
        'pdu_type',
        'PDU type',
        'choice',
        false,
        'bmc',
        'RPDU',
        [
          ['RPDU', 'rPDU'],
          ['MASTERSWITCH', 'masterswitch'],
        ],
      ],
    ],
  },
  {
    name: 'recs_box',
    label: 'Christmann RECS|Box Power Driver',
    chassis: true,
    probes: true,
    fields: [
      ['node_id', 'Node ID', 'string', true, 'node'],
      ['power_address', 'Power address', 'string', true, 'bmc'],
      ['power_port', 'Power port', 'string', false, 'bmc'],
      ['power_user', 'Power user', 'string', false, 'bmc'],
      ['power_pass', 'Power password', 'password', false, 'bmc'],
    ],
  },
  {
    name: 'ucsm',
    label: 'Cisco UCS Manager',
    chassis: true,
    probes: true,
    fields: [
      ['uuid', 'Server UUID', 'string', true, 'node'],
      ['power_address', 'URL for XML API', 'string', true, 'bmc'],
      ['power_user', 'API user', 'string', false, 'bmc'],
      ['power_pass', 'API password', 'password', false, 'bmc'],
    ],
  },
  {
    name: 'dli',
    label: 'Digital Loggers, Inc. PDU',
    chassis: true,
    fields: [
      ['outlet_id', 'Outlet ID', 'string', true, 'node'],
      ['power_address', 'Power address', 'string', true, 'bmc'],
      ['power_user', 'Power user', 'string', false, 'bmc'],
      ['power_pass', 'Power password', 'password', false, 'bmc'],
    ],
  },
  {
    name: 'eaton',
    label: 'Eaton PDU',
    chassis: true,
    fields: [
      ['power_address', 'IP for Eaton PDU', 'string', true, 'bmc'],
      ['node_outlet', 'Eaton PDU node outlet number (1-24)', 'string', true, 'node'],
      ['power_on_delay', 'Power ON outlet delay (seconds)', 'string', false, 'bmc', '5'],
    ],
  },
  {
    name: 'wedge',
    label: "Facebook's Wedge",
    fields: [
      ['power_address', 'IP address', 'string', true, 'bmc'],
      ['power_user', 'Power user', 'string', false, 'bmc'],
      ['power_pass', 'Power password', 'password', false, 'bmc'],
    ],
  },
  {
    name: 'mscm',
    label: 'HP Moonshot - iLO Chassis Manager',
    chassis: true,
    probes: true,
    fields: [
      ['power_address', 'IP for MSCM CLI API', 'string', true, 'bmc'],
      ['power_user', 'MSCM CLI API user', 'string', false, 'bmc'],
      ['power_pass', 'MSCM CLI API password', 'password', false, 'bmc'],
      [
        'node_id',
        'Node ID - Must adhere to cXnY format (X=cartridge number, Y=node number).',
        'string',
        true,
        'node',
      ],
    ],
  },
  {
    name: 'moonshot',
    label: 'HP Moonshot - iLO4 (IPMI)',
    chassis: true,
    fields: [
      ['power_address', 'Power address', 'string', true, 'bmc'],
      ['power_user', 'Power user', 'string', false, 'bmc'],
      ['power_pass', 'Power password', 'password', false, 'bmc'],
      ['power_hwaddress', 'Power hardware address', 'string', true, 'node'],
    ],
  },
  {
    name: 'hmc',
    label: 'IBM Hardware Management Console (HMC) for PowerPC',
    chassis: true,
    fields: [
      ['power_address', 'IP for HMC', 'string', true, 'bmc'],
      ['power_user', 'HMC username', 'string', false, 'bmc'],
      ['power_pass', 'HMC password', 'password', false, 'bmc'],
      ['server_name', 'HMC Managed System server name', 'string', true, 'node'],
      ['lpar', 'HMC logical partition', 'string', true, 'node'],
    ],
  },
  {
    name: 'hmcz',
    label: 'IBM Hardware Management Console (HMC) for Z',
    chassis: true,
    probes: true,
    fields: [
      ['power_address', 'HMC Address', 'string', true, 'bmc'],
      ['power_user', 'HMC username', 'string', true, 'bmc'],
      ['power_pass', 'HMC password', 'password', true, 'bmc'],
      ['power_partition_name', 'HMC partition name', 'string', true, 'node'],
    ],
  },
  {
    name: 'ipmi',
    label: 'IPMI',
    fields: [
      [
        'power_driver',
        'Power driver',
        'choice',
        true,
        'bmc',
        'LAN_2_0',
        [
          ['LAN', 'LAN [IPMI 1.5]'],
          ['LAN_2_0', 'LAN_2_0 [IPMI 2.0]'],
        ],
      ],
      [
        'power_boot_type',
        'Power boot type',
        'choice',
        false,
        'bmc',
        'auto',
        [
          ['auto', 'Automatic'],
          ['legacy', 'Legacy boot'],
          ['efi', 'EFI boot'],
        ],
      ],
      ['power_address', 'IP address', 'string', true, 'bmc'],
      ['power_user', 'Power user', 'string', false, 'bmc'],
      ['power_pass', 'Power password', 'password', false, 'bmc'],
      ['k_g', 'K_g BMC key', 'password', false, 'bmc'],
      [
        'cipher_suite_id',
        'Cipher Suite ID',
        'choice',
        false,
        'bmc',
        '3',
        [
          ['17', '17 - HMAC-SHA256::HMAC_SHA256_128::AES-CBC-128'],
          ['3', '3 - HMAC-SHA1::HMAC-SHA1-96::AES-CBC-128'],
          ['', 'freeipmi-tools default'],
          ['8', '8 - HMAC-MD5::HMAC-MD5-128::AES-CBC-128'],
          ['12', '12 - HMAC-MD5::MD5-128::AES-CBC-128'],
        ],
      ],
      [
        'privilege_level',
        'Privilege Level',
        'choice',
        false,
        'bmc',
        'OPERATOR',
        [
          ['USER', 'User'],
          ['OPERATOR', 'Operator'],
          ['ADMIN', 'Administrator'],
        ],
      ],
      [
        'workaround_flags',
        'Workaround Flags',
        'multiple_choice',
        false,
        'bmc',
        ['opensesspriv'],
        [
          ['opensesspriv', 'Opensesspriv'],
          ['authcap', 'Authcap'],
          ['idzero', 'Idzero'],
          ['unexpectedauth', 'Unexpectedauth'],
          ['forcepermsg', 'Forcepermsg'],
          ['endianseq', 'Endianseq'],
          ['intel20', 'Intel20'],
          ['supermicro20', 'Supermicro20'],
          ['sun20', 'Sun20'],
          ['nochecksumcheck', 'Nochecksumcheck'],
          ['integritycheckvalue', 'Integritycheckvalue'],
          ['ipmiping', 'Ipmiping'],
          ['', 'None'],
        ],
      ],
      ['mac_address', 'Power MAC', 'string', false, 'node'],
    ],
  },
  {
    name: 'amt',
    label: 'Intel AMT',
    fields: [
      ['power_pass', 'Power password', 'password', false, 'bmc'],
      ['power_address', 'Power address', 'string', true, 'bmc'],
    ],
  },
  {
    name: 'lxd',
    label: 'LXD (virtual systems)',
    pod: true,
    chassis: true,
    fields: [
      ['power_address', 'LXD address', 'string', true, 'bmc'],
      ['instance_name', 'Instance name', 'string', true, 'node'],
      ['project', 'LXD project', 'string', true, 'bmc', 'default'],
      ['password', 'LXD password (optional)', 'password', false, 'bmc'],
      ['certificate', 'LXD certificate (optional)', 'string', false, 'bmc'],
      ['key', 'LXD private key (optional)', 'password', false, 'bmc'],
    ],
  },
  { name: 'manual', label: 'Manual', asked: false, fields: [] },
  {
    name: 'msftocs',
    label: 'Microsoft OCS - Chassis Manager',
    chassis: true,
    probes: true,
    fields: [
      ['power_address', 'Power address', 'string', true, 'bmc'],
      ['power_port', 'Power port', 'string', false, 'bmc'],
      ['power_user', 'Power user', 'string', false, 'bmc'],
      ['power_pass', 'Power password', 'password', false, 'bmc'],
      ['blade_id', 'Blade ID (Typically 1-24)', 'string', true, 'node'],
    ],
  },
  {
    name: 'openbmc',
    label: 'OpenBMC Power Driver',
    fields: [
      ['power_address', 'OpenBMC address', 'string', true, 'bmc'],
      ['power_user', 'OpenBMC user', 'string', true, 'bmc'],
      ['power_pass', 'OpenBMC password', 'password', true, 'bmc'],
    ],
  },
  {
    name: 'nova',
    label: 'OpenStack Nova',
    chassis: true,
    fields: [
      ['nova_id', 'Host UUID', 'string', true, 'node'],
      ['os_tenantname', 'Tenant name', 'string', true, 'bmc'],
      ['os_username', 'Username', 'string', true, 'bmc'],
      ['os_password', 'Password', 'password', true, 'bmc'],
      ['os_authurl', 'Auth URL', 'string', true, 'bmc'],
    ],
  },
  {
    name: 'proxmox',
    label: 'Proxmox',
    chassis: true,
    probes: true,
    fields: [
      ['power_address', 'Proxmox host name or IP', 'string', true, 'bmc'],
      ['power_user', 'Proxmox username, including realm', 'string', true, 'bmc'],
      [
        'power_pass',
        "Proxmox password, required if a token name and secret aren't given",
        'password',
        false,
        'bmc',
      ],
      ['power_token_name', 'Proxmox API token name', 'string', false, 'bmc'],
      ['power_token_secret', 'Proxmox API token secret', 'password', false, 'bmc'],
      ['power_vm_name', 'Node ID', 'string', true, 'node'],
      [
        'power_verify_ssl',
        'Verify SSL connections with system CA certificates',
        'choice',
        true,
        'bmc',
        'n',
        [
          ['n', 'No'],
          ['y', 'Yes'],
        ],
      ],
    ],
  },
  {
    name: 'raritan',
    label: 'Raritan PDU',
    chassis: true,
    fields: [
      ['power_address', 'IP for Raritan PDU', 'string', true, 'bmc'],
      ['node_outlet', 'Raritan PDU node outlet number', 'string', true, 'node'],
      ['power_on_delay', 'Power ON outlet delay (seconds)', 'string', false, 'bmc', '5'],
    ],
  },
  {
    name: 'redfish',
    label: 'Redfish',
    chassis: true,
    fields: [
      ['power_address', 'Redfish address', 'string', true, 'bmc'],
      ['power_user', 'Redfish user', 'string', true, 'bmc'],
      ['power_pass', 'Redfish password', 'password', true, 'bmc'],
      ['node_id', 'Node ID', 'string', false, 'node'],
    ],
  },
  {
    name: 'sm15k',
    label: 'SeaMicro 15000',
    chassis: true,
    probes: true,
    fields: [
      ['system_id', 'System ID', 'string', true, 'node'],
      ['power_address', 'Power address', 'string', true, 'bmc'],
      ['power_user', 'Power user', 'string', false, 'bmc'],
      ['power_pass', 'Power password', 'password', false, 'bmc'],
      [
        'power_control',
        'Power control type',
        'choice',
        true,
        'bmc',
        'ipmi',
        [
          ['ipmi', 'IPMI'],
          ['restapi', 'REST API v0.9'],
          ['restapi2', 'REST API v2.0'],
        ],
      ],
    ],
  },
  {
    name: 'vmware',
    label: 'VMware',
    chassis: true,
    probes: true,
    fields: [
      ['power_vm_name', 'VM Name (if UUID unknown)', 'string', false, 'node'],
      ['power_uuid', 'VM UUID (if known)', 'string', false, 'node'],
      ['power_address', 'VMware IP', 'string', true, 'bmc'],
      ['power_user', 'VMware username', 'string', true, 'bmc'],
      ['power_pass', 'VMware password', 'password', true, 'bmc'],
      ['power_port', 'VMware API port (optional)', 'string', false, 'bmc'],
      ['power_protocol', 'VMware API protocol (optional)', 'string', false, 'bmc'],
    ],
  },
  {
    name: 'virsh',
    label: 'Virsh (virtual systems)',
    pod: true,
    chassis: true,
    probes: true,
    fields: [
      ['power_address', 'Address', 'string', true, 'bmc'],
      ['power_pass', 'Password (optional)', 'password', false, 'bmc'],
      ['power_id', 'Virsh VM ID', 'string', true, 'node'],
    ],
  },
  {
    name: 'webhook',
    label: 'Webhook',
    fields: [
      ['power_on_uri', 'URI to power on the node', 'string', true, 'bmc'],
      ['power_off_uri', 'URI to power off the node', 'string', true, 'bmc'],
      ['power_query_uri', 'URI to query the nodes power status', 'string', true, 'bmc'],
      [
        'power_on_regex',
        'Regex to confirm the node is on',
        'string',
        true,
        'bmc',
        'status.*\\:.*running',
      ],
      [
        'power_off_regex',
        'Regex to confirm the node is off',
        'string',
        true,
        'bmc',
        'status.*\\:.*stopped',
      ],
      ['power_user', 'Power user', 'string', false, 'bmc'],
      ['power_pass', 'Power password', 'password', false, 'bmc'],
      [
        'power_token',
        'Power token, will be used in place of power_user and power_pass',
        'password',
        false,
        'bmc',
      ],
      [
        'power_verify_ssl',
        'Verify SSL connections with system CA certificates',
        'choice',
        true,
        'bmc',
        'n',
        [
          ['n', 'No'],
          ['y', 'Yes'],
        ],
      ],
    ],
  },
];

/** As `describe_power_types` gives them. */
export const powerTypes = DRIVERS.map((driver) => ({
  driver_type: driver.pod ? 'pod' : 'power',
  name: driver.name,
  description: driver.label,
  fields: driver.fields.map(([name, label, type, required, scope, initial = '', choices = []]) => ({
    name,
    label,
    required,
    field_type: type,
    choices,
    default: initial,
    scope,
    secret: type === 'password',
  })),
  missing_packages: [],
  chassis: driver.chassis ?? false,
  can_probe: driver.probes ?? false,
  queryable: driver.asked ?? true,
  ...(driver.pod ? { defaults: { cores: 1, memory: 2048, storage: 8 } } : {}),
}));
