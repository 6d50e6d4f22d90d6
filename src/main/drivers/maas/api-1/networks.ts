import type { AddressRange, MaasNetworks, ProvisioningNetwork } from '../../../engine/maas.ts';
import type { Form } from '../form.ts';
import type { MaasLink } from '../link.ts';
import { notInVersion } from '../not-in-version.ts';
import { cidrOf, type Interface } from './shapes.ts';

/** MAAS then also answers for the names of its machines, as the guide has it. */
const DHCP_AND_DNS = 2;
const NOTHING = 0;

/** Fields of the two ranges that an interface of a cluster can have. */
const RANGES = {
  dynamic: ['ip_range_low', 'ip_range_high'],
  static: ['static_ip_range_low', 'static_ip_range_high'],
} as const;

/** Interfaces of clusters, which are networks, ranges and DHCP in one (1.x). */
export function networks(link: MaasLink): MaasNetworks {
  const put = (path: string, form: Form, signal: AbortSignal | undefined) =>
    link.send('PUT', { path, form, signal });
  const range = (kind: string, start: string | undefined, end: string | undefined): Form => {
    const [low, high] = RANGES[kind as keyof typeof RANGES];
    return { [low]: start, [high]: end };
  };
  const known = (kind: string) => kind in RANGES;
  return {
    list: async ({ signal } = {}) => {
      const clusters = await link.list('clusters', { path: 'nodegroups/', op: 'list', signal });
      const lists = await Promise.all(
        clusters.items.map(async ({ id }) => {
          const path = `nodegroups/${id}/interfaces/`;
          const found = await link.list('cluster interfaces', { path, op: 'list', signal });
          return {
            items: found.items.map((entry) => network(id, entry)),
            unreadable: found.unreadable,
          };
        }),
      );
      return {
        items: lists.flatMap(({ items }) => items),
        unreadable: [...clusters.unreadable, ...lists.flatMap(({ unreadable }) => unreadable)],
      };
    },
    create: () => notInVersion(link, 'subnets'),
    change: ({ id }, { gateway, nameservers }, { signal } = {}) =>
      nameservers === undefined
        ? put(id, { router_ip: gateway }, signal)
        : notInVersion(link, 'dns_servers'),
    addRange: ({ id }, { kind, start, end }, { signal } = {}) =>
      known(kind) ? put(id, range(kind, start, end), signal) : notInVersion(link, 'ipranges'),
    changeRange: ({ id }, kind, { start, end }, { signal } = {}) =>
      put(id, range(kind, start, end), signal),
    removeRange: ({ id }, kind, { signal } = {}) => put(id, range(kind, '', ''), signal),
    // Whose interface it is serves it; there is nothing to choose.
    serve: ({ segment }, _rack, { signal } = {}) =>
      put(segment, { management: DHCP_AND_DNS }, signal),
    stopServing: ({ segment }, { signal } = {}) => put(segment, { management: NOTHING }, signal),
    free: () => notInVersion(link, 'unreserved_ip_ranges'),
    taken: () => notInVersion(link, 'unreserved_ip_ranges'),
  };
}

function network(cluster: string, found: Interface): ProvisioningNetwork {
  const path = `nodegroups/${cluster}/interfaces/${encodeURIComponent(found.name)}/`;
  const ranges: AddressRange[] = [];
  for (const [kind, [low, high]] of Object.entries(RANGES)) {
    if (found[low] === '' || found[high] === '') continue;
    const which = kind as keyof typeof RANGES;
    ranges.push({ id: which, kind: which, start: found[low], end: found[high], comment: '' });
  }
  const dhcp = found.management !== NOTHING;
  return {
    id: path,
    segment: path,
    name: found.name,
    cidr: cidrOf(found.ip, found.subnet_mask),
    tag: Number(/[.:](\d+)$/.exec(found.interface)?.[1] ?? 0),
    fabric: '',
    gateway: undefined,
    nameservers: [],
    ranges,
    dhcp,
    servedBy: dhcp ? [cluster] : [],
  };
}
