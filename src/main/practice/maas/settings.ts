import { isIP } from 'node:net';
import { badForm, badFormBare, badText, notOneOf } from './answer.ts';

type Value = string | number | boolean | null;

type Table = Readonly<Record<string, Value>>;

/** Of 3.3, in the order in which its error lists them (recorded); the values are its source's. */
export const SETTINGS_3: Table = {
  maas_name: 'vm',
  theme: '',
  kernel_opts: null,
  enable_http_proxy: true,
  maas_proxy_port: 8000,
  use_peer_proxy: false,
  prefer_v4_proxy: false,
  http_proxy: null,
  default_dns_ttl: 30,
  upstream_dns: null,
  dnssec_validation: 'auto',
  maas_internal_domain: 'maas-internal',
  dns_trusted_acl: null,
  ntp_servers: 'ntp.ubuntu.com',
  ntp_external_only: false,
  remote_syslog: null,
  maas_syslog_port: 5247,
  network_discovery: 'enabled',
  active_discovery_interval: 10_800,
  default_osystem: 'ubuntu',
  default_distro_series: 'focal',
  default_min_hwe_kernel: '',
  default_storage_layout: 'flat',
  commissioning_distro_series: 'focal',
  enable_third_party_drivers: true,
  windows_kms_host: null,
  enable_disk_erasing_on_release: false,
  disk_erase_with_secure_erase: true,
  disk_erase_with_quick_erase: false,
  boot_images_auto_import: true,
  boot_images_no_proxy: false,
  curtin_verbose: true,
  force_v1_network_yaml: false,
  enable_analytics: true,
  completed_intro: false,
  max_node_commissioning_results: 10,
  max_node_testing_results: 10,
  max_node_installation_results: 3,
  subnet_ip_exhaustion_threshold_count: 16,
  release_notifications: true,
  use_rack_proxy: true,
  node_timeout: 30,
  prometheus_enabled: false,
  prometheus_push_gateway: null,
  prometheus_push_interval: 60,
  promtail_enabled: false,
  promtail_port: 5238,
  enlist_commissioning: true,
  maas_auto_ipmi_user: 'maas',
  maas_auto_ipmi_user_privilege_level: 'ADMIN',
  maas_auto_ipmi_k_g_bmc_key: '',
  maas_auto_ipmi_cipher_suite_id: '3',
  maas_auto_ipmi_workaround_flags: null,
  vcenter_server: '',
  vcenter_username: '',
  vcenter_password: '',
  vcenter_datacenter: '',
  hardware_sync_interval: '15m',
  tls_cert_expiration_notification_enabled: false,
  tls_cert_expiration_notification_interval: 30,
};

/** Of 1.7, all that it has (source of 1.7): there is neither DNSSEC nor an import that can be off. */
export const SETTINGS_1: Table = {
  check_compatibility: false,
  main_archive: 'http://archive.ubuntu.com/ubuntu',
  ports_archive: 'http://ports.ubuntu.com/ubuntu-ports',
  maas_name: 'vm',
  kernel_opts: null,
  enlistment_domain: 'local',
  http_proxy: null,
  upstream_dns: null,
  ntp_server: 'ntp.ubuntu.com',
  default_osystem: 'ubuntu',
  default_distro_series: 'trusty',
  commissioning_distro_series: 'trusty',
  enable_third_party_drivers: true,
  windows_kms_host: null,
  enable_disk_erasing_on_release: false,
  enable_dhcp_discovery_on_unconfigured_interfaces: false,
};

/** The settings of the region. */
export class Settings {
  readonly #initial: Table;
  readonly #values: Record<string, Value>;
  /** Releases of which there is an image. */
  readonly #releases: () => readonly string[];

  constructor(initial: Table, releases: () => readonly string[]) {
    this.#initial = initial;
    this.#values = { ...initial };
    this.#releases = releases;
  }

  get(name: string | undefined): Value {
    if (name === undefined) throw badText('No provided name!');
    this.#known(name);
    return this.#values[name] ?? null;
  }

  text(name: string): string {
    return String(this.#values[name] ?? '');
  }

  set(name: string | undefined, value: string | undefined): void {
    if (name === undefined) throw badText('No provided name!');
    if (value === undefined) throw badText('No provided value!');
    this.#known(name);
    const wrong = this.#wrong(name, value);
    if (wrong !== undefined) throw badForm({ [name]: [wrong] });
    const kind = typeof this.#initial[name];
    this.#values[name] =
      kind === 'boolean' ? /^(true|1)$/i.test(value) : kind === 'number' ? Number(value) : value;
  }

  #known(name: string): void {
    if (Object.hasOwn(this.#initial, name)) return;
    const valid = Object.keys(this.#initial).join(', ');
    const said = `${name} is not a valid config setting (valid settings are: ${valid}).`;
    throw badFormBare({ [name]: [said] });
  }

  #wrong(name: string, value: string): string | undefined {
    if (name === 'upstream_dns') {
      const bad = value.split(' ').find((server) => server !== '' && isIP(server) === 0);
      if (bad === undefined) return undefined;
      return `Invalid IP address: ${bad}; provide a list of space-separated IP addresses`;
    }
    if (name === 'dnssec_validation') {
      const choices = ['auto', 'yes', 'no'];
      return choices.includes(value) ? undefined : notOneOf(value, name, choices);
    }
    if (name === 'commissioning_distro_series' || name === 'default_distro_series') {
      const choices = this.#releases();
      return choices.includes(value) ? undefined : notOneOf(value, name, choices);
    }
    return undefined;
  }
}
