import { createHash } from 'node:crypto';

/** An interface as ip-link(8) knows it. */
export interface Interface {
  readonly name: string;
  readonly index: number;
  readonly kind: 'loopback' | 'ethernet' | 'bridge' | 'tap';
  mac: string;
  up: boolean;
  /** IPv4 with prefix length. */
  readonly addresses: string[];
  /** The bridge that it is a port of. */
  master?: string;
  stp: boolean;
  /** Forward delay in hundredths of a second, as the kernel keeps it. */
  delay: number;
}

export interface Uplink {
  readonly name: string;
  readonly mac: string;
  /** With its prefix. */
  readonly address: string;
  readonly gateway: string;
}

/**
 * The card of a practice host, as its /etc/network/interfaces has it. The address is one that
 * documentation uses (RFC 5737): nothing leaves by it.
 */
export const UPLINK: Uplink = {
  name: 'eth0',
  mac: '52:54:00:00:02:31',
  address: '192.0.2.31/24',
  gateway: '192.0.2.1',
};

/** The kernel's default forward delay, and the least that it takes while spanning tree is on. */
const DEFAULT_DELAY = 1500;
const LEAST_DELAY_WITH_STP = 200;

/** The simulated kernel's interfaces and routes. Packets are never sent: SSH comes in by loopback. */
export class Network {
  readonly #interfaces = new Map<string, Interface>();
  #nextIndex = 1;
  gateway: { readonly via: string; readonly dev: string } | undefined;
  /** What ifup(8) has brought up, in its order; /run/network/ifstate of a real host. */
  readonly configured = new Set<string>();

  constructor(uplink?: Uplink) {
    const loopback = this.#add('lo', 'loopback', '00:00:00:00:00:00');
    loopback.up = true;
    if (uplink === undefined) return;
    const card = this.#add(uplink.name, 'ethernet', uplink.mac);
    card.up = true;
    card.addresses.push(uplink.address);
    this.gateway = { via: uplink.gateway, dev: uplink.name };
    this.configured.add(uplink.name);
  }

  #add(name: string, kind: Interface['kind'], mac: string): Interface {
    const made: Interface = {
      name,
      index: this.#nextIndex++,
      kind,
      mac,
      up: false,
      addresses: [],
      stp: false,
      delay: DEFAULT_DELAY,
    };
    this.#interfaces.set(name, made);
    return made;
  }

  get(name: string): Interface | undefined {
    return this.#interfaces.get(name);
  }

  list(): Interface[] {
    return [...this.#interfaces.values()];
  }

  ports(bridge: string): Interface[] {
    return this.list().filter(({ master }) => master === bridge);
  }

  addBridge(name: string, mac?: string): Interface {
    const hex = createHash('sha256').update(`bridge ${name}`).digest('hex');
    return this.#add(name, 'bridge', mac ?? `7e:${hex.slice(0, 10).match(/../g)?.join(':')}`);
  }

  /** The end of a machine's network card that is on the host. */
  addTap(bridge: string, mac: string): Interface {
    let number = 0;
    while (this.#interfaces.has(`vnet${number}`)) number++;
    const tap = this.#add(`vnet${number}`, 'tap', mac.replace(/^../, 'fe'));
    tap.up = true;
    tap.master = bridge;
    return tap;
  }

  remove(name: string): void {
    for (const port of this.ports(name)) this.release(port);
    if (this.gateway?.dev === name) this.gateway = undefined;
    this.#interfaces.delete(name);
  }

  /** A bridge without an address of its own takes the least one of its ports. */
  enslave(port: Interface, bridge: Interface): void {
    port.master = bridge.name;
    const ports = this.ports(bridge.name).filter(({ kind }) => kind !== 'tap');
    const [least] = ports.map(({ mac }) => mac).sort();
    if (least !== undefined) bridge.mac = least;
  }

  release(port: Interface): void {
    delete port.master;
  }

  /** Whether the kernel takes it: with spanning tree on it refuses delays under two seconds. */
  setDelay(bridge: Interface, delay: number): boolean {
    if (bridge.stp && delay < LEAST_DELAY_WITH_STP) return false;
    bridge.delay = delay;
    return true;
  }

  setStp(bridge: Interface, on: boolean): void {
    bridge.stp = on;
    if (on) bridge.delay = Math.max(bridge.delay, LEAST_DELAY_WITH_STP);
  }

  carrier(one: Interface): boolean {
    return one.kind === 'bridge' ? this.ports(one.name).some(({ up }) => up) : true;
  }
}

/** Network part and broadcast address of an IPv4 address with prefix length. */
export function subnetOf(address: string): {
  readonly host: string;
  readonly net: string;
  readonly broadcast: string;
  readonly mask: string;
} {
  const [host = '', prefix = '32'] = address.split('/');
  const bits = Number(prefix);
  const number = host.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - bits);
  const first = Math.floor(number / size) * size;
  const dotted = (value: number) =>
    [2 ** 24, 2 ** 16, 2 ** 8, 1].map((unit) => Math.floor(value / unit) % 256).join('.');
  return {
    host,
    net: `${dotted(first)}/${bits}`,
    broadcast: dotted(first + size - 1),
    mask: dotted(2 ** 32 - size),
  };
}
