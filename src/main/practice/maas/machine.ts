import { subnetJson, vlanJson } from './network-json.ts';
import type { Subnet, Vlan } from './networks.ts';
import { outcome, type ScriptSet } from './script-sets.ts';

/** MAAS's numbers and names for states of machines. */
export const STATUS = {
  new: [0, 'New'],
  commissioning: [1, 'Commissioning'],
  failedCommissioning: [2, 'Failed commissioning'],
  ready: [4, 'Ready'],
  deployed: [6, 'Deployed'],
  broken: [8, 'Broken'],
  deploying: [9, 'Deploying'],
  allocated: [10, 'Allocated'],
  failedDeployment: [11, 'Failed deployment'],
  releasing: [12, 'Releasing'],
  rescue: [16, 'Rescue mode'],
} as const;
export type Status = keyof typeof STATUS;

export const statusName = (status: Status): string => STATUS[status][1];

export interface Nic {
  readonly id: number;
  readonly name: string;
  readonly mac: string;
  vlan: Vlan | null;
  /** What MAAS configures when it deploys; `link_up` where no network was found. */
  link: { readonly id: number; readonly mode: 'auto' | 'link_up'; readonly subnet?: Subnet } | null;
  /** Address of a deployed machine. */
  address: string | null;
  /** Address that it got by DHCP when it was commissioned. */
  lease: { readonly subnet: Subnet; readonly address: string } | null;
}

/** What commissioning found. */
export interface Hardware {
  readonly cpus: number;
  readonly memoryMib: number;
  readonly disksBytes: readonly number[];
}

interface Disk {
  readonly id: number;
  readonly name: string;
  readonly size: number;
  readonly partition: { readonly id: number; readonly uuid: string; readonly filesystem: string };
}

export interface Pool {
  readonly id: number;
  readonly name: string;
  readonly description: string;
}

export interface RegionMachine {
  readonly id: string;
  hostname: string;
  description: string;
  architecture: string;
  status: Status;
  /** Where an abort brings it back to. */
  before: Status;
  owner: string | null;
  pool: Pool;
  readonly tags: string[];
  powerType: string;
  powerParameters: Record<string, string | readonly string[]>;
  powerState: 'on' | 'off' | 'unknown' | 'error';
  readonly nics: Nic[];
  hardware: Hardware | undefined;
  disks: Disk[];
  series: string;
  kernel: string | null;
  netboot: boolean;
  /** Which of its work was the last that moved it: nothing until something has. */
  action: string | null;
  /** Shown, not necessarily the last of their kind. */
  commissioningSet: ScriptSet | undefined;
  testingSet: ScriptSet | undefined;
  installationSet: ScriptSet | undefined;
  /** Of the last tests, even if there were none to run. */
  lastTests: ScriptSet | undefined;
  /** Counts what was begun, so that what was given up meanwhile does not end. */
  round: number;
}

const DOMAIN = {
  authoritative: true,
  ttl: null,
  resource_record_count: 0,
  is_default: true,
  name: 'maas',
  id: 0,
};
const DOMAIN_URI = { resource_uri: '/MAAS/api/2.0/domains/0/' };
const ZONE = { name: 'default', description: '', id: 1 };
const ZONE_URI = { resource_uri: '/MAAS/api/2.0/zones/default/' };

export const domainJson = { ...DOMAIN, ...DOMAIN_URI };
export const zoneJson = { ...ZONE, ...ZONE_URI };

/** What is not known of hardware that tells nothing, as of the recorded lab's. */
export const UNKNOWN_HARDWARE = Object.fromEntries(
  [
    'system_vendor',
    'system_product',
    'system_family',
    'system_version',
    'system_sku',
    'system_serial',
    'cpu_model',
    'mainboard_vendor',
    'mainboard_product',
    'mainboard_serial',
    'mainboard_version',
    'mainboard_firmware_vendor',
    'mainboard_firmware_date',
    'mainboard_firmware_version',
    'chassis_vendor',
    'chassis_type',
    'chassis_serial',
    'chassis_version',
  ].map((name) => [name, 'Unknown']),
);

export const poolJson = ({ id, name, description }: Pool) => ({
  name,
  description,
  id,
  resource_uri: `/MAAS/api/2.0/resourcepool/${id}/`,
});

/** Sizes as recorded: whole MiB are used, of which a partition table takes six. */
const MEBIBYTE = 1024 * 1024;
const TABLE = 6 * MEBIBYTE;

function nicJson(machine: RegionMachine, nic: Nic) {
  const known = machine.hardware !== undefined;
  const { link, lease, vlan } = nic;
  return {
    discovered:
      lease === null ? null : [{ subnet: subnetJson(lease.subnet), ip_address: lease.address }],
    enabled: true,
    tags: [],
    sriov_max_vf: 0,
    link_connected: true,
    mac_address: nic.mac,
    link_speed: known ? 10_000 : 0,
    interface_speed: known ? 10_000 : 0,
    parents: [],
    vendor: known ? 'My Corporation' : null,
    firmware_version: known ? '1.63, 0x800009fa' : null,
    links:
      link === null
        ? []
        : [
            {
              id: link.id,
              mode: link.mode,
              ...(nic.address === null ? {} : { ip_address: nic.address }),
              ...(link.subnet === undefined ? {} : { subnet: subnetJson(link.subnet) }),
            },
          ],
    id: nic.id,
    children: [],
    product: known ? 'My Gigabit Network Connection' : null,
    type: 'physical',
    numa_node: 0,
    params: '',
    name: nic.name,
    system_id: machine.id,
    vlan: vlan === null ? null : vlanJson(vlan),
    effective_mtu: 1500,
    resource_uri: `/MAAS/api/2.0/nodes/${machine.id}/interfaces/${nic.id}/`,
  };
}

function diskJson(machine: RegionMachine, disk: Disk) {
  const used = Math.floor(disk.size / MEBIBYTE) * MEBIBYTE;
  const path = `/MAAS/api/2.0/nodes/${machine.id}/blockdevices/${disk.id}/`;
  return {
    firmware_version: null,
    storage_pool: null,
    model: '',
    partition_table_type: 'GPT',
    tags: ['ssd', 'sata'],
    filesystem: null,
    partitions: [
      {
        uuid: disk.partition.uuid,
        size: used - TABLE,
        bootable: false,
        tags: [],
        filesystem: {
          fstype: 'ext4',
          label: 'root',
          uuid: disk.partition.filesystem,
          mount_point: '/',
          mount_options: null,
        },
        id: disk.partition.id,
        system_id: machine.id,
        path: `/dev/disk/by-dname/${disk.name}-part2`,
        type: 'partition',
        used_for: 'ext4 formatted filesystem mounted at /',
        device_id: disk.id,
        resource_uri: `${path}partition/${disk.partition.id}`,
      },
    ],
    serial: '',
    used_size: used,
    path: `/dev/disk/by-dname/${disk.name}`,
    size: disk.size,
    uuid: null,
    id: disk.id,
    block_size: 512,
    type: 'physical',
    numa_node: 0,
    used_for: 'GPT partitioned with 1 partition',
    name: disk.name,
    system_id: machine.id,
    id_path: `/dev/${disk.name}`,
    available_size: 0,
    resource_uri: path,
  };
}

/** A kind of test of which nothing is known. */
const untested = (kind: string) => ({
  [`${kind}_test_status`]: -1,
  [`${kind}_test_status_name`]: 'Unknown',
});

export const UNTESTED = Object.assign(
  {},
  ...['cpu', 'memory', 'network', 'interface', 'other'].map(untested),
);

/** Addresses that a machine answers at. */
export const addressesOf = ({ nics }: RegionMachine): readonly string[] => {
  const deployed = nics.flatMap(({ address }) => address ?? []);
  return deployed.length > 0 ? deployed : nics.flatMap(({ lease }) => lease?.address ?? []);
};

/** A machine as the API shows it. `message`: what it says of itself. */
export function machineJson(machine: RegionMachine, message: string | null): object {
  const [number, name] = STATUS[machine.status];
  const [boot] = machine.nics;
  const disks = machine.disks.map((disk) => diskJson(machine, disk));
  const { hardware } = machine;
  const tests = outcome(machine.lastTests);
  const commissioned = outcome(machine.commissioningSet);
  const gateway = machine.nics.flatMap(({ link }) => link?.subnet?.gateway ?? [])[0] ?? null;
  const memory = hardware?.memoryMib ?? 0;
  return {
    cpu_speed: 0,
    boot_interface: boot === undefined ? null : nicJson(machine, boot),
    domain: domainJson,
    raids: [],
    default_gateways: {
      ipv4: { gateway_ip: gateway, link_id: null },
      ipv6: { gateway_ip: null, link_id: null },
    },
    volume_groups: [],
    parent: null,
    address_ttl: null,
    locked: false,
    current_commissioning_result_id: machine.commissioningSet?.id ?? null,
    memory,
    ip_addresses: addressesOf(machine),
    distro_series: machine.series,
    blockdevice_set: disks,
    system_id: machine.id,
    status_message: message,
    sync_interval: null,
    storage: (hardware?.disksBytes ?? []).reduce((sum, size) => sum + size, 0) / 1_000_000,
    node_type: 0,
    swap_size: null,
    // Empty as soon as anything was said of it; null before.
    status_action: machine.action ?? (message === null ? null : ''),
    storage_test_status: tests.number,
    storage_test_status_name: tests.name,
    enable_hw_sync: false,
    status: number,
    boot_disk: disks[0] ?? null,
    virtualmachine_id: null,
    owner: machine.owner,
    cache_sets: [],
    bcaches: [],
    description: machine.description,
    hardware_uuid: null,
    min_hwe_kernel: '',
    pool: poolJson(machine.pool),
    ephemeral_deploy: false,
    node_type_name: 'Machine',
    numanode_set: [
      {
        index: 0,
        memory,
        cores: Array.from({ length: hardware?.cpus ?? 0 }, (_, core) => core),
        hugepages_set: [],
      },
    ],
    disable_ipv4: false,
    commissioning_status: commissioned.number,
    commissioning_status_name: commissioned.name,
    special_filesystems: [],
    hardware_info: UNKNOWN_HARDWARE,
    zone: zoneJson,
    bios_boot_method: null,
    physicalblockdevice_set: disks,
    fqdn: `${machine.hostname}.maas`,
    owner_data: {},
    pod: null,
    tag_names: machine.tags,
    interface_set: machine.nics.map((nic) => nicJson(machine, nic)),
    hwe_kernel: machine.kernel,
    hostname: machine.hostname,
    netboot: machine.netboot,
    virtualblockdevice_set: [],
    current_installation_result_id: machine.installationSet?.id ?? null,
    testing_status: tests.number,
    testing_status_name: tests.name,
    osystem: machine.series === '' ? '' : 'ubuntu',
    status_name: name,
    workload_annotations: {},
    power_state: machine.powerState,
    current_testing_result_id: machine.testingSet?.id ?? null,
    power_type: machine.powerType,
    architecture: machine.architecture,
    cpu_count: hardware?.cpus ?? 0,
    next_sync: null,
    last_sync: null,
    ...UNTESTED,
    resource_uri: `/MAAS/api/2.0/machines/${machine.id}/`,
  };
}

/** What a machine that enlists itself is told. */
export const enlistedJson = (machine: RegionMachine): object => ({
  architecture: machine.architecture,
  fqdn: `${machine.hostname}.maas`,
  status: STATUS[machine.status][0],
  status_name: statusName(machine.status),
  node_type: 0,
  system_id: machine.id,
  domain: DOMAIN,
  hostname: machine.hostname,
  power_state: machine.powerState,
  status_action: machine.action,
  zone: ZONE,
  power_type: machine.powerType,
  status_message: null,
  resource_uri: `/MAAS/api/2.0/machines/${machine.id}/`,
});
