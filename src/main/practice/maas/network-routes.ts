import { deleted, json } from './answer.ts';
import { admin, param } from './handlers.ts';
import { subnetJson, vlanJson } from './network-json.ts';
import type { Route } from './routes.ts';

export const networkRoutes: readonly Route[] = [
  {
    path: 'fabrics/',
    calls: {
      GET: ({ region }) => json(region.networks.fabrics()),
      POST: admin(({ region, form }) => json(region.networks.createFabric(form)), ''),
    },
  },
  {
    path: 'fabrics/{}/vlans/',
    calls: { GET: (call) => json(call.region.networks.vlans(param(call))) },
  },
  {
    path: 'fabrics/{}/vlans/{}/',
    calls: {
      GET: (call) => json(vlanJson(call.region.networks.vlan(param(call), param(call, 1)))),
      PUT: admin(
        (call) => json(call.region.networks.changeVlan(param(call), param(call, 1), call.form)),
        '',
      ),
    },
  },
  {
    path: 'subnets/',
    calls: {
      GET: ({ region }) => json(region.networks.list()),
      POST: admin(({ region, form }) => json(region.networks.createSubnet(form)), ''),
    },
  },
  {
    path: 'subnets/{}/',
    calls: {
      GET: (call) => json(subnetJson(call.region.networks.subnet(param(call)))),
      PUT: admin((call) => json(call.region.networks.changeSubnet(param(call), call.form)), ''),
      'GET?reserved_ip_ranges': (call) => json(call.region.networks.reserved(param(call))),
      'GET?unreserved_ip_ranges': (call) => json(call.region.networks.unreserved(param(call))),
      'GET?statistics': (call) => json(call.region.networks.statistics(param(call))),
    },
  },
  {
    path: 'ipranges/',
    calls: {
      GET: ({ region }) => json(region.networks.ranges()),
      POST: ({ region, form, user }) => json(region.networks.addRange(form, user)),
    },
  },
  {
    path: 'ipranges/{}/',
    calls: {
      GET: (call) => json(call.region.networks.range(param(call))),
      PUT: (call) => json(call.region.networks.changeRange(param(call), call.form)),
      DELETE: (call) => {
        call.region.networks.removeRange(param(call));
        return deleted;
      },
    },
  },
];
