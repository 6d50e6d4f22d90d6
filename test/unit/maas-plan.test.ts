import { describe, expect, test } from 'vitest';
import { readPlan } from '../../src/main/plan/read-plan.ts';

const GOOD = `version: 1
name: Lab
hosts:
  maas: { role: maas, address: 10.0.0.2, user: ubuntu, auth: { agent: true } }
  kvm: { role: kvm, address: 10.0.0.3, user: ubuntu, auth: { agent: true } }
networks:
  pxe: { on: kvm, bridge: br1, provisioning: true }
machines:
  node: { on: kvm, count: 2, networks: [pxe], maas: { tags: [lab] } }
nodes:
  rack-1: { macs: ['00:11:22:33:44:55'], power: { type: manual } }
maas:
  host: maas
  line: 3.x
  admin: { email: me@lab.example }
  images: { source: 'http://10.0.0.4/maas/', releases: [jammy] }
  subnets:
    pxe:
      cidr: 10.20.30.0/24
      network: pxe
      gateway: 10.20.30.1
      dynamic: { from: 10.20.30.100, to: 10.20.30.150 }
      reserved:
        - { from: 10.20.30.1, to: 10.20.30.20, comment: servers }
`;

const swap = (from: string, to: string): string => {
  expect(GOOD).toContain(from);
  return GOOD.replace(from, to);
};

test('a plan with MAAS in it is read, with its defaults', () => {
  const { plan, problems } = readPlan(GOOD);
  expect(problems).toEqual([]);
  expect(plan?.maas).toMatchObject({
    channel: '3.7/stable',
    api_key: 'maas-api-key',
    admin: { user: 'admin', password: 'maas-admin-password' },
    subnets: { pxe: { vlan: 0, dhcp: true, dns_servers: [] } },
  });
});

describe('what cannot be is said where it stands:', () => {
  test.each([
    ['another role', swap('role: maas', 'role: other'), 'maas.host', 'plan.maas-role'],
    ['an unknown host', swap('host: maas', 'host: mass'), 'maas.host', 'plan.unknown-host'],
    [
      'no source of images',
      swap("source: 'http://10.0.0.4/maas/', ", ''),
      'maas.images',
      'plan.maas-no-source',
    ],
    [
      'a snap of 1.7',
      swap('line: 3.x', "line: '1.7'\n  from: snap").replace('network: pxe\n', 'interface: eth1\n'),
      'maas.from',
      'plan.maas-archive-only',
    ],
    [
      '1.7 without an interface',
      swap('line: 3.x', "line: '1.7'"),
      'maas.subnets.pxe',
      'plan.maas-needs-interface',
    ],
    [
      'DHCP without addresses to lend',
      swap('dynamic: { from: 10.20.30.100, to: 10.20.30.150 }', 'dns_servers: []'),
      'maas.subnets.pxe',
      'plan.maas-needs-dynamic',
    ],
    [
      'a range outside its network',
      swap('to: 10.20.30.150', 'to: 10.20.31.150'),
      'maas.subnets.pxe.dynamic',
      'plan.maas-outside',
    ],
    [
      'a range that ends before it begins',
      swap('to: 10.20.30.150', 'to: 10.20.30.99'),
      'maas.subnets.pxe.dynamic',
      'plan.maas-reversed',
    ],
    [
      'ranges that overlap',
      swap('to: 10.20.30.20', 'to: 10.20.30.100'),
      'maas.subnets.pxe.reserved.0',
      'plan.maas-overlap',
    ],
    [
      'a gateway that would be lent',
      swap('gateway: 10.20.30.1', 'gateway: 10.20.30.110'),
      'maas.subnets.pxe.dynamic',
      'plan.maas-lends-gateway',
    ],
    [
      'a gateway elsewhere',
      swap('gateway: 10.20.30.1', 'gateway: 10.20.40.1'),
      'maas.subnets.pxe.gateway',
      'plan.maas-outside',
    ],
    ['a name that a machine has', swap('rack-1:', 'node-1:'), 'nodes.node-1', 'plan.name-twice'],
    [
      'a server that MAAS shall deploy',
      swap('on: kvm, count: 2', 'on: kvm, role: other, count: 2'),
      'machines.node.maas',
      'plan.maas-only-nodes',
    ],
    [
      'an address that two nodes have',
      swap(
        'rack-1: {',
        "rack-0: { macs: ['00:11:22:33:44:55'], power: { type: manual } }\n  rack-1: {",
      ),
      'nodes.rack-1.macs.0',
      'plan.mac-twice',
    ],
  ])('%s', (_what, text, path, key) => {
    const { problems } = readPlan(text);
    expect(problems.map((problem) => ({ path: problem.path, key: problem.reason.key }))).toEqual([
      { path, key },
    ]);
    expect(problems[0]?.line).toBeGreaterThan(1);
  });
});
