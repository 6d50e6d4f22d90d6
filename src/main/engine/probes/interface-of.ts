import { type Probe, quick } from '../probe.ts';

/** Interfaces with an IPv4 address, and the address with its prefix. */
export interface HostInterface {
  readonly name: string;
  readonly cidr: string;
}

/** `ip -o -4 addr show` (ip-address(8)): `2: eth0    inet 10.0.0.2/24 brd …`. */
export const hostInterfaces: Probe<{ interfaces: HostInterface[] }> = quick({
  key: 'host-interfaces',
  script: 'ip -o -4 addr show',
  parse: ({ text }) => ({
    interfaces: [...text.matchAll(/^\d+:\s+([^\s@:]+)\S*\s+inet\s+(\d+\.\d+\.\d+\.\d+\/\d+)/gm)]
      .map(([, name = '', cidr = '']) => ({ name, cidr }))
      .filter(({ name }) => name !== 'lo'),
  }),
});
