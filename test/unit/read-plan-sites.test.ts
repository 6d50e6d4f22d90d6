import { describe, expect, test } from 'vitest';
import { readPlan } from '../../src/main/plan/read-plan.ts';

const GOOD = `version: 1
name: rack
sites:
  rack:
    address: 192.0.2.1
    user: root
    password: p
    shell: rack-shell
    host: esx-1
    ntp: [ntp.example, 192.0.2.4]
hosts:
  rack-shell:
    role: esxi
    address: 192.0.2.1
    user: root
    auth: { password: p }
    esxi:
      depot: /vmfs/volumes/datastore1/patch-depot.zip
      profile: ESXi-7.0U3w-24784741-standard
  other:
    role: kvm
    address: 192.0.2.2
    user: me
    auth: { agent: true }
networks:
  pxe: { on: rack, portgroup: PROV }
machines:
  node: { on: rack, networks: [pxe] }
`;

function problems(from = '', to = ''): string[] {
  expect(GOOD).toContain(from);
  const { problems: found } = readPlan(GOOD.replace(from, to));
  return found.map(({ path, reason }) => `${path} ${reason.key}`);
}

test('a site with the shell of its host, and that host with a bundle to patch from, are a plan', () => {
  expect(problems()).toEqual([]);
});

describe('the shell of a site', () => {
  test('is a host of the plan', () => {
    expect(problems('shell: rack-shell', 'shell: nobody')).toEqual([
      'sites.rack.shell plan.unknown-host',
    ]);
  });

  test('is an ESXi host', () => {
    expect(problems('shell: rack-shell', 'shell: other')).toEqual([
      'sites.rack.shell plan.shell-not-esxi',
    ]);
  });

  test('is of one site only: two would change one machine by two ways', () => {
    const second = `  second:
    address: 192.0.2.3
    user: root
    password: p
    shell: rack-shell
hosts:
`;
    expect(problems('hosts:\n', second)).toEqual(['sites.second.shell plan.shell-twice']);
  });

  test('carries no networks and machines itself: they are the site’s, whichever driver is used', () => {
    expect(problems('pxe: { on: rack,', 'pxe: { on: rack-shell,')).toContain(
      'networks.pxe.on plan.shell-own-machines',
    );
    expect(problems('node: { on: rack,', 'node: { on: rack-shell,')).toContain(
      'machines.node.on plan.shell-own-machines',
    );
  });
});

describe('settings of an ESXi host', () => {
  test('stand on no other host', () => {
    expect(problems('role: kvm\n', 'role: kvm\n    esxi: { ntp: [ntp.example] }\n')).toEqual([
      'hosts.other.esxi plan.esxi-settings',
    ]);
  });

  test('name bundle and profile together', () => {
    expect(problems('      profile: ESXi-7.0U3w-24784741-standard\n')).toHaveLength(1);
    expect(problems('      depot: /vmfs/volumes/datastore1/patch-depot.zip\n')).toHaveLength(1);
  });

  test.each([
    'patch-depot.zip',
    '/tmp/patch-depot.zip',
    '/vmfs/volumes/datastore1/../../etc/passwd.zip',
    '/vmfs/volumes/datastore1/patch-depot.tgz',
    "/vmfs/volumes/datastore1/it's.zip",
  ])('take no bundle from %s: esxcli wants a whole path on a datastore', (path) => {
    const found = problems('/vmfs/volumes/datastore1/patch-depot.zip', JSON.stringify(path));
    expect(found.map((line) => line.split(' ')[0])).toEqual(['hosts.rack-shell.esxi.depot']);
  });

  test.each(['-standard', "x'y", ''])('take no profile called %j', (profile) => {
    const found = problems('ESXi-7.0U3w-24784741-standard', JSON.stringify(profile));
    expect(found.map((line) => line.split(' ')[0])).toEqual(['hosts.rack-shell.esxi.profile']);
  });

  test.each(['-x', 'a b', 'ntp_1;reboot', ''])('ask no time server called %j', (server) => {
    const found = problems('[ntp.example, 192.0.2.4]', `[${JSON.stringify(server)}]`);
    expect(found.map((line) => line.split(' ')[0])).toEqual(['sites.rack.ntp.0']);
  });
});
