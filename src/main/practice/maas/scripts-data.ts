/*
 * The commissioning scripts of MAAS 3.3.11, as recorded (test/fixtures/maas/167-commissioning-scripts.json),
 * and the one test that it runs by default.
 */

export interface ScriptData {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** Along any other script. */
  readonly parallel: boolean;
  readonly packages: Readonly<Record<string, readonly string[]>>;
  readonly timeout: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** What a run of it shows for its parameters. */
  readonly given: Readonly<Record<string, unknown>>;
}

export const commissioningScripts: readonly ScriptData[] = [
  {
    name: '20-maas-01-install-lldpd',
    title: 'Install and configure lldpd for passive capture.',
    description: 'Install and configure lldpd for passive capture.',
    tags: ['node'],
    parallel: false,
    packages: { apt: ['lldpd'] },
    timeout: '0:00:30',
    parameters: {},
    given: {},
  },
  {
    name: '20-maas-02-dhcp-unconfigured-ifaces',
    title: 'Bring up and run DHCP on all interfaces',
    description: 'Bring up and run DHCP on all interfaces',
    tags: ['node'],
    parallel: false,
    packages: {},
    timeout: '0:00:10',
    parameters: {},
    given: {},
  },
  {
    name: '30-maas-01-bmc-config',
    title: "Detect and configure BMC's for MAAS use.",
    description: 'Detect and configure BMC credentials for MAAS use.',
    tags: ['bmc-config', 'node'],
    parallel: false,
    packages: { apt: ['freeipmi-tools', 'ipmitool', 'python3-paramiko'] },
    timeout: '0:05:00',
    parameters: {
      maas_auto_ipmi_cipher_suite_id: {
        argument_format: '--ipmi-cipher-suite-id={input}',
        max: 2,
        type: 'string',
      },
      maas_auto_ipmi_k_g_bmc_key: {
        argument_format: '--ipmi-k-g={input}',
        max: 20,
        type: 'password',
      },
      maas_auto_ipmi_user: { argument_format: '--username={input}', max: 20, type: 'string' },
      maas_auto_ipmi_user_password: {
        argument_format: '--password={input}',
        max: 20,
        type: 'password',
      },
      maas_auto_ipmi_user_privilege_level: {
        argument_format: '--ipmi-privilege-level={input}',
        choices: [
          ['USER', 'User'],
          ['OPERATOR', 'Operator'],
          ['ADMIN', 'Administrator'],
        ],
        type: 'choice',
      },
    },
    given: {
      maas_auto_ipmi_cipher_suite_id: {
        argument_format: '--ipmi-cipher-suite-id={input}',
        max: 2,
        type: 'string',
        value: '3',
      },
      maas_auto_ipmi_user: {
        argument_format: '--username={input}',
        max: 20,
        type: 'string',
        value: 'maas',
      },
      maas_auto_ipmi_user_privilege_level: {
        argument_format: '--ipmi-privilege-level={input}',
        choices: [
          ['USER', 'User'],
          ['OPERATOR', 'Operator'],
          ['ADMIN', 'Administrator'],
        ],
        type: 'choice',
        value: 'ADMIN',
      },
    },
  },
  {
    name: '20-maas-03-machine-resources',
    title: 'Download and run binary to collect machine details',
    description: 'Download and run binary to collect machine details',
    tags: ['deploy-info', 'node'],
    parallel: false,
    packages: {},
    timeout: '0:01:00',
    parameters: {},
    given: {},
  },
  {
    name: '50-maas-01-commissioning',
    title: 'Gather all commissioning data',
    description: 'Gather all commissioning data',
    tags: ['deploy-info', 'node'],
    parallel: false,
    packages: {},
    timeout: '0:01:00',
    parameters: {},
    given: {},
  },
  {
    name: 'maas-support-info',
    title: 'Gather support information for the machine',
    description: 'Gather support information for the machine',
    tags: ['deploy-info', 'node'],
    parallel: true,
    packages: {},
    timeout: '0:05:00',
    parameters: {},
    given: {},
  },
  {
    name: 'maas-lshw',
    title: 'Capture lshw -xml output',
    description: 'Capture lshw -xml output',
    tags: ['deploy-info', 'node'],
    parallel: true,
    packages: {},
    timeout: '0:05:00',
    parameters: {},
    given: {},
  },
  {
    name: 'maas-list-modaliases',
    title: 'Output all loaded modalises',
    description: 'Output all loaded modaliases',
    tags: ['deploy-info', 'node'],
    parallel: true,
    packages: {},
    timeout: '0:00:10',
    parameters: {},
    given: {},
  },
  {
    name: 'maas-get-fruid-api-data',
    title: 'Return discovered fruid API data',
    description: 'Return discovered fruid API data',
    tags: ['node'],
    parallel: true,
    packages: {},
    timeout: '0:01:00',
    parameters: {},
    given: {},
  },
  {
    name: 'maas-kernel-cmdline',
    title: 'Capture the kernel command line',
    description: 'Capture the kernel command line',
    tags: ['node'],
    parallel: true,
    packages: {},
    timeout: '0:00:10',
    parameters: {},
    given: {},
  },
  {
    name: 'maas-serial-ports',
    title: 'Discover all serial ports',
    description: 'Discover all serial ports',
    tags: ['deploy-info', 'node'],
    parallel: true,
    packages: {},
    timeout: '0:00:10',
    parameters: {},
    given: {},
  },
  {
    name: 'maas-capture-lldpd',
    title: 'Capture lldpd output',
    description: 'Capture lldp output',
    tags: ['node'],
    parallel: true,
    packages: {},
    timeout: '0:01:00',
    parameters: {},
    given: {},
  },
];

export const storageTest = {
  name: 'smartctl-validate',
  id: 13,
  given: { storage: { argument_format: '{path}', type: 'storage', value: 'all' } },
} as const;

/** What 1.7 runs when it commissions (source of 1.7: metadataserver, commissioning scripts). */
export const scripts1 = [
  '00-maas-01-lshw',
  '00-maas-02-virtuality',
  '00-maas-03-install-lldpd',
  '99-maas-01-wait-for-lldpd',
  '99-maas-02-capture-lldp',
].map((name) => ({ name, given: {} }));
