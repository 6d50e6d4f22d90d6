import type { Range, Subnet, Vlan } from './networks.ts';
import { userJson } from './users.ts';

export function vlanJson({ id, vid, fabric, dhcp, rack }: Vlan) {
  return {
    vid,
    mtu: 1500,
    dhcp_on: dhcp,
    external_dhcp: null,
    relay_vlan: null,
    fabric: fabric.name,
    name: 'untagged',
    id,
    space: 'undefined',
    primary_rack: rack,
    fabric_id: fabric.id,
    secondary_rack: null,
    resource_uri: `/MAAS/api/2.0/vlans/${id}/`,
  };
}

export function subnetJson({ id, name, cidr, vlan, gateway, nameservers }: Subnet) {
  return {
    name,
    description: '',
    vlan: vlanJson(vlan),
    cidr,
    rdns_mode: 2,
    gateway_ip: gateway,
    dns_servers: nameservers,
    allow_dns: true,
    allow_proxy: true,
    active_discovery: false,
    managed: true,
    disabled_boot_architectures: [],
    id,
    space: 'undefined',
    resource_uri: `/MAAS/api/2.0/subnets/${id}/`,
  };
}

export function rangeJson({ id, subnet, type, user, start, end, comment }: Range) {
  return {
    subnet: subnetJson(subnet),
    type,
    start_ip: start,
    end_ip: end,
    user: userJson(user),
    comment,
    id,
    resource_uri: `/MAAS/api/2.0/ipranges/${id}/`,
  };
}
