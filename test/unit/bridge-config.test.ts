import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ifupdownWithBridge, netplanWithBridge } from '../../src/main/guide/bridge-config.ts';

const WISH = {
  bridge: 'br0',
  uplink: 'eth0',
  address: undefined,
  gateway: undefined,
  mac: '52:54:00:aa:bb:cc',
};

describe('/etc/network/interfaces', () => {
  const STATIC = `# by hand
source /etc/network/interfaces.d/*

auto lo
iface lo inet loopback

# the way out
auto eth0
iface eth0 inet static
    address 192.168.10.11
    netmask 255.255.255.0
    gateway 192.168.10.254
    dns-nameservers 8.8.4.4

# another
auto eth1
iface eth1 inet dhcp
`;

  test('the guide’s host: addresses move to the bridge, all else stays', () => {
    expect(ifupdownWithBridge(STATIC, WISH)).toBe(`# by hand
source /etc/network/interfaces.d/*

auto lo
iface lo inet loopback

# the way out
auto eth0
iface eth0 inet manual

auto br0
iface br0 inet static
    address 192.168.10.11
    netmask 255.255.255.0
    gateway 192.168.10.254
    dns-nameservers 8.8.4.4
    bridge_ports eth0
    bridge_stp off
    bridge_fd 0

# another
auto eth1
iface eth1 inet dhcp
`);
  });

  test('another address takes the place of the old one, name servers stay', () => {
    const text = ifupdownWithBridge(STATIC, {
      ...WISH,
      address: '10.0.0.5/24',
      gateway: '10.0.0.1',
    });
    expect(text).toContain(
      'iface br0 inet static\n    dns-nameservers 8.8.4.4\n    address 10.0.0.5/24\n    gateway 10.0.0.1\n',
    );
    expect(text).not.toContain('192.168.10');
  });

  test('with DHCP the bridge keeps the hardware address, so that the lease stays', () => {
    const text = ifupdownWithBridge('auto eth0\niface eth0 inet dhcp\n', WISH);
    expect(text).toContain('iface br0 inet dhcp\n');
    expect(text).toContain('bridge_hw 52:54:00:aa:bb:cc');
  });

  test('IPv6 moves too, and the ports are named once', () => {
    const text = ifupdownWithBridge(
      'iface eth0 inet dhcp\niface eth0 inet6 static\n    address 2001:db8::2/64\n',
      WISH,
    );
    expect(text).toContain('iface br0 inet6 static\n    address 2001:db8::2/64');
    expect(text?.match(/bridge_ports/g)).toHaveLength(1);
    expect(text?.match(/inet manual/g)).toHaveLength(1);
  });

  test('a file that says nothing of the interface is left to a person', () => {
    expect(ifupdownWithBridge('auto eth1\niface eth1 inet dhcp\n', WISH)).toBeUndefined();
  });
});

describe('netplan', () => {
  test('addresses move to the bridge; the wire’s own settings and comments stay', () => {
    const text = netplanWithBridge(
      `# made by the installer
network:
  version: 2
  ethernets:
    eth0: # the first port
      match: {macaddress: "52:54:00:aa:bb:cc"}
      set-name: eth0
      addresses: [192.168.10.11/24]
      routes:
        - {to: default, via: 192.168.10.254}
      nameservers: {addresses: [8.8.4.4]}
    eth1: {dhcp4: true}
`,
      WISH,
    );
    expect(text).toContain('# made by the installer');
    expect(text).toContain('# the first port');
    expect(parse(text ?? '')).toEqual({
      network: {
        version: 2,
        ethernets: {
          eth0: { match: { macaddress: '52:54:00:aa:bb:cc' }, 'set-name': 'eth0', dhcp4: false },
          eth1: { dhcp4: true },
        },
        bridges: {
          br0: {
            interfaces: ['eth0'],
            addresses: ['192.168.10.11/24'],
            routes: [{ to: 'default', via: '192.168.10.254' }],
            nameservers: { addresses: ['8.8.4.4'] },
            parameters: { stp: false, 'forward-delay': 0 },
          },
        },
      },
    });
  });

  test('with DHCP the bridge keeps the hardware address, so that the lease stays', () => {
    const text = netplanWithBridge(
      'network: {version: 2, ethernets: {eth0: {dhcp4: true}}}\n',
      WISH,
    );
    expect(parse(text ?? '').network.bridges.br0).toMatchObject({
      dhcp4: true,
      macaddress: '52:54:00:aa:bb:cc',
    });
  });

  test.each([
    ['another interface', 'network: {version: 2, ethernets: {eth1: {dhcp4: true}}}'],
    ['a bond', 'network: {version: 2, bonds: {eth0: {interfaces: [a, b]}}}'],
    ['broken YAML', 'network: {version: 2'],
  ])('%s is left to a person', (_, text) => {
    expect(netplanWithBridge(text, WISH)).toBeUndefined();
  });
});
