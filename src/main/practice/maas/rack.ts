import { domainJson, UNKNOWN_HARDWARE, UNTESTED, zoneJson } from './machine.ts';
import { subnetJson, vlanJson } from './network-json.ts';
import type { Networks } from './networks.ts';

/** The one rack of the region, on the region's own server. */
export interface Rack {
  readonly id: string;
  readonly hostname: string;
  readonly addresses: readonly string[];
  readonly macs: readonly string[];
  /** State of a service by its name; what is not there is not watched. */
  readonly services: Map<string, string>;
}

/** As recorded, in their order. */
const SERVICES = [
  'bind9',
  'reverse_proxy',
  'proxy',
  'regiond',
  'ntp_region',
  'syslog_region',
  'ntp_rack',
  'http',
  'tftp',
  'dhcpd',
  'dhcpd6',
  'proxy_rack',
  'dns_rack',
  'syslog_rack',
  'rackd',
];

/** What its packages call themselves. */
const BUILD = '3.3.11-13221-g.ccb202330';

export const newRack = (id: string, hostname: string, addresses: readonly string[]): Rack => ({
  id,
  hostname,
  addresses,
  macs: addresses.map((_, index) => `52:54:00:aa:00:${String(index + 1).padStart(2, '0')}`),
  services: new Map([
    ['regiond', 'running'],
    ['rackd', 'running'],
  ]),
});

export function rackNics(rack: Rack, networks: Networks): readonly unknown[] {
  return rack.addresses.map((address, index) => {
    const subnet = networks.subnet(String(index + 1));
    return {
      discovered: null,
      enabled: true,
      tags: [],
      sriov_max_vf: 0,
      link_connected: true,
      mac_address: rack.macs[index],
      link_speed: 10_000,
      interface_speed: 10_000,
      parents: [],
      vendor: 'My Corporation',
      firmware_version: '1.63, 0x800009fa',
      links: [{ id: index + 1, mode: 'static', ip_address: address, subnet: subnetJson(subnet) }],
      id: index + 1,
      children: [],
      product: 'My Gigabit Network Connection',
      type: 'physical',
      numa_node: 0,
      params: '',
      name: `eth${index}`,
      system_id: rack.id,
      vlan: vlanJson(subnet.vlan),
      effective_mtu: 1500,
      resource_uri: `/MAAS/api/2.0/nodes/${rack.id}/interfaces/${index + 1}/`,
    };
  });
}

export function rackJson(rack: Rack, networks: Networks): unknown {
  return {
    cpu_speed: 0,
    node_type: 4,
    node_type_name: 'Region and rack controller',
    swap_size: null,
    domain: domainJson,
    hostname: rack.hostname,
    status_action: '',
    commissioning_status: 2,
    storage_test_status: -1,
    storage_test_status_name: 'Unknown',
    current_installation_result_id: null,
    hardware_info: UNKNOWN_HARDWARE,
    testing_status: -1,
    osystem: 'ubuntu',
    zone: zoneJson,
    version: BUILD,
    description: '',
    power_state: 'unknown',
    current_commissioning_result_id: 1,
    memory: 16_384,
    power_type: '',
    service_set: SERVICES.map((name) => ({
      name,
      status: rack.services.get(name) ?? 'unknown',
      status_info: '',
    })),
    current_testing_result_id: null,
    hardware_uuid: null,
    commissioning_status_name: 'Passed',
    architecture: 'amd64/generic',
    ip_addresses: rack.addresses,
    fqdn: `${rack.hostname}.maas`,
    testing_status_name: 'Unknown',
    distro_series: 'focal',
    system_id: rack.id,
    cpu_count: 4,
    tag_names: [],
    interface_set: rackNics(rack, networks),
    ...UNTESTED,
    resource_uri: `/MAAS/api/2.0/rackcontrollers/${rack.id}/`,
  };
}
