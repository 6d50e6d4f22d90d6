import type {
  AddressRange,
  Listed,
  MaasNetworks,
  ProvisioningNetwork,
} from '../../../engine/maas.ts';
import type { MaasLink } from '../link.ts';
import type { IpRange, Subnet } from './network-shape.ts';

/** Subnets with their VLANs and ranges: since 2.0. */
export function networks(link: MaasLink): MaasNetworks {
  const subnet = (id: string) => `subnets/${id}/`;
  return {
    list: async ({ signal } = {}): Promise<Listed<ProvisioningNetwork>> => {
      const [subnets, ranges] = await Promise.all([
        link.list('subnets', { path: 'subnets/', signal }),
        link.list('IP ranges', { path: 'ipranges/', signal }),
      ]);
      return {
        items: subnets.items.map((found) => network(found, ranges.items)),
        unreadable: [...subnets.unreadable, ...ranges.unreadable],
      };
    },
    create: ({ cidr, name, gateway }, { signal } = {}) =>
      link.send('POST', { path: 'subnets/', form: { cidr, name, gateway_ip: gateway }, signal }),
    change: ({ id }, { gateway, nameservers }, { signal } = {}) =>
      link.send('PUT', {
        path: subnet(id),
        // One text: an empty list would be no field at all and change nothing.
        form: { gateway_ip: gateway, dns_servers: nameservers?.join(' ') },
        signal,
      }),
    addRange: ({ id }, { kind, start, end, comment }, { signal } = {}) =>
      link.send('POST', {
        path: 'ipranges/',
        form: {
          type: kind,
          subnet: id,
          start_ip: start,
          end_ip: end,
          comment: comment || undefined,
        },
        signal,
      }),
    changeRange: (_network, id, { start, end }, { signal } = {}) =>
      link.send('PUT', {
        path: `ipranges/${id}/`,
        form: { start_ip: start, end_ip: end },
        signal,
      }),
    removeRange: (_network, id, { signal } = {}) =>
      link.send('DELETE', { path: `ipranges/${id}/`, signal }),
    serve: ({ segment }, rack, { signal } = {}) =>
      // In one request: MAAS refuses DHCP without a rack, and a rack alone does nothing.
      link.send('PUT', { path: segment, form: { dhcp_on: true, primary_rack: rack }, signal }),
    stopServing: ({ segment }, { signal } = {}) =>
      link.send('PUT', { path: segment, form: { dhcp_on: false }, signal }),
    free: ({ id }, { signal } = {}) =>
      link.list('free addresses', { path: subnet(id), op: 'unreserved_ip_ranges', signal }),
    taken: ({ id }, { signal } = {}) =>
      link.list('taken addresses', { path: subnet(id), op: 'reserved_ip_ranges', signal }),
  };
}

function network(subnet: Subnet, ranges: readonly IpRange[]): ProvisioningNetwork {
  const { vlan } = subnet;
  return {
    id: String(subnet.id),
    segment: `fabrics/${vlan.fabric_id}/vlans/${vlan.vid}/`,
    name: subnet.name,
    cidr: subnet.cidr,
    tag: vlan.vid,
    fabric: vlan.fabric,
    gateway: subnet.gateway_ip === '' ? undefined : subnet.gateway_ip,
    nameservers: subnet.dns_servers,
    ranges: ranges.filter((range) => range.subnet.id === subnet.id).map(addressRange),
    dhcp: vlan.dhcp_on,
    servedBy: [vlan.primary_rack, vlan.secondary_rack].filter((rack) => rack !== ''),
  };
}

function addressRange({ id, type, start_ip, end_ip, comment }: IpRange): AddressRange {
  return { id: String(id), kind: type, start: start_ip, end: end_ip, comment };
}
