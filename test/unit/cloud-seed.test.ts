import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { inSubnet, netmask } from '../../src/contract/subnets.ts';
import { imagePath, installedSpecs, wantedImage } from '../../src/main/guide/server-image.ts';
import { readPlan } from '../../src/main/plan/read-plan.ts';
import {
  metaData,
  networkConfig,
  seedFiles,
  seedImage,
  userData,
} from '../../src/main/seed/cloud-seed.ts';
import { serverPlanText } from './support/server-plan.ts';

function seeds(text = serverPlanText()) {
  const { plan, problems } = readPlan(text);
  expect(problems).toEqual([]);
  const [images, maas] = installedSpecs(plan!);
  return { plan: plan!, images: images!, maas: maas! };
}

describe('user-data', () => {
  test('makes one user whom only the plan’s keys log in, and says so', () => {
    const text = userData(seeds().images);
    expect(text.split('\n')[0]).toBe('#cloud-config');
    expect(text).toContain('has no password');
    expect(parse(text)).toEqual({
      hostname: 'images',
      manage_etc_hosts: 'localhost',
      ssh_pwauth: false,
      users: [
        {
          name: 'ubuntu',
          shell: '/bin/bash',
          lock_passwd: true,
          sudo: 'ALL=(ALL) NOPASSWD:ALL',
          ssh_authorized_keys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA me@here'],
        },
      ],
    });
  });

  test('keeps a key whole, whatever its comment says', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~]{0,200}$/), (comment) => {
        const { images } = seeds();
        const key = `ssh-rsa ${'A'.repeat(400)} ${comment}`;
        const install = { ...images.install, authorized_keys: [key] };
        expect(parse(userData({ ...images, install })).users[0].ssh_authorized_keys).toEqual([key]);
      }),
    );
  });
});

describe('the network of a seed', () => {
  test('matches by hardware address, with the gateway of the network it is on', () => {
    const { plan, images } = seeds();
    expect(parse(networkConfig(plan, images))).toEqual({
      version: 2,
      ethernets: {
        nic0: {
          match: { macaddress: images.nics[0]?.mac },
          'set-name': 'nic0',
          addresses: ['192.0.2.12/24'],
          routes: [{ to: '0.0.0.0/0', via: '192.0.2.1' }],
          nameservers: { addresses: ['192.0.2.1'] },
        },
      },
    });
  });

  test('asks DHCP where the plan gives no address, and then names no gateway', () => {
    const { plan, maas } = seeds();
    expect(parse(networkConfig(plan, maas)).ethernets).toMatchObject({
      nic0: { dhcp4: true },
      nic1: { addresses: ['10.0.0.1/22'] },
    });
    expect(networkConfig(plan, maas)).not.toContain('routes');
  });

  test('is told to 14.04 in its meta-data, in ifupdown’s words', () => {
    const { plan, maas, images } = seeds();
    expect(seedFiles(plan, maas).map(({ name }) => name)).toEqual(['user-data', 'meta-data']);
    expect(parse(metaData(plan, maas))).toEqual({
      'instance-id': maas.uuid,
      'local-hostname': 'maas',
      'network-interfaces': `auto eth0
iface eth0 inet dhcp
auto eth1
iface eth1 inet static
    address 10.0.0.1
    netmask 255.255.252.0
`,
    });
    expect(seedFiles(plan, images).map(({ name }) => name)).toContain('network-config');
    expect(parse(metaData(plan, images))).not.toHaveProperty('network-interfaces');
  });
});

test('the same plan gives the same disc, and another machine another identity', () => {
  const { plan, images, maas } = seeds();
  expect(seedImage(plan, images)).toEqual(seedImage(plan, images));
  expect(parse(metaData(plan, images))['instance-id']).not.toBe(
    parse(metaData(plan, maas))['instance-id'],
  );
});

test('masks and networks agree with counting bits', () => {
  const address = fc.ipV4();
  fc.assert(
    fc.property(address, address, fc.integer({ min: 0, max: 32 }), (a, b, prefix) => {
      const bits = (text: string) =>
        text
          .split('.')
          .map((part) => Number(part).toString(2).padStart(8, '0'))
          .join('');
      expect(inSubnet(a, `${b}/${prefix}`)).toBe(
        bits(a).slice(0, prefix) === bits(b).slice(0, prefix),
      );
      expect(bits(netmask(`${b}/${prefix}`))).toBe('1'.repeat(prefix).padEnd(32, '0'));
    }),
  );
});

test.each([
  ['trusty', 'trusty/release/ubuntu-14.04-server-cloudimg-amd64-disk1.img'],
  ['noble', 'noble/release/ubuntu-24.04-server-cloudimg-amd64.img'],
])('the image of %s is Ubuntu’s own', (release, path) => {
  const { images } = seeds(
    serverPlanText().replace('    install:\n', `    install:\n      release: ${release}\n`),
  );
  const { url, sha256, keyring } = wantedImage(images.install);
  expect(url).toBe(`https://cloud-images.ubuntu.com/releases/${path}`);
  expect(sha256).toBeUndefined();
  expect(keyring).toBe('/usr/share/keyrings/ubuntu-cloudimage-keyring.gpg');
  expect(imagePath(url, 'ab'.repeat(32))).toMatch(/^\/var\/.*-abababababababab\.img$/);
});

test.each([
  ['role: maas', 'role: node', 'plan.install-node', 'machines.maas.install'],
  ['role: maas', 'role: maas\n    count: 2', 'plan.install-count', 'machines.maas.install'],
  [
    'pxe: 10.0.0.1/22',
    'lan: 192.0.2.13/24',
    'plan.install-needs-address',
    'machines.maas.install.addresses',
  ],
  [
    '{ pxe: 10',
    '{ other: 192.0.2.13/24, pxe: 10',
    'plan.install-other-network',
    'machines.maas.install.addresses.other',
  ],
  [
    'user: admin',
    'user: admin\n      gateway: 192.0.2.1',
    'plan.install-gateway-outside',
    'machines.maas.install.gateway',
  ],
  ['user: admin', 'user: a b', 'plan.want.login', 'machines.maas.install.user'],
  [
    'user: admin\n      authorized_keys: [ssh-ed25519',
    'user: admin\n      authorized_keys: [no-key',
    'plan.want.public-key',
    'machines.maas.install.authorized_keys.0',
  ],
  [
    'release: trusty',
    'image: { url: http://x/y.img, sha256: abc }',
    'plan.want.sha256',
    'machines.maas.install.image.sha256',
  ],
  [
    'release: trusty',
    "image: { url: http://x/y.img, keyring: 'C:\\keys\\mine.gpg' }",
    'plan.install-keyring',
    'machines.maas.install.image.keyring',
  ],
])('a plan with %s for %s is refused with its place', (from, to, key, path) => {
  const { plan, problems } = readPlan(serverPlanText().replace(from, to));
  expect(plan).toBeNull();
  const found = problems.find(({ reason }) => reason.key === key);
  expect(found?.path).toBe(path);
  expect(found?.line).toBeGreaterThan(30);
});
