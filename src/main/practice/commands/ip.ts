import { type Interface, type Network, subnetOf } from '../network.ts';
import type { Io, Program } from '../program.ts';

/** ip(8), as far as bridges need it. Texts of iproute2 6.1 (test/fixtures/libvirt). */

function flagsOf(network: Network, one: Interface): string {
  if (one.kind === 'loopback') return 'LOOPBACK,UP,LOWER_UP';
  if (!one.up) return 'BROADCAST,MULTICAST';
  return network.carrier(one)
    ? 'BROADCAST,MULTICAST,UP,LOWER_UP'
    : 'NO-CARRIER,BROADCAST,MULTICAST,UP';
}

function head(network: Network, one: Interface, link: boolean): string {
  const state =
    one.kind === 'loopback' || one.kind === 'tap'
      ? 'UNKNOWN'
      : one.up && network.carrier(one)
        ? 'UP'
        : 'DOWN';
  // Nothing queues on a bridge that was never up.
  const queue = one.kind === 'bridge' && !one.up ? 'noop' : 'noqueue';
  const master = one.master === undefined ? '' : ` master ${one.master}`;
  const mode = link ? ' mode DEFAULT' : '';
  const mtu = one.kind === 'loopback' ? 65536 : 1500;
  return `${one.index}: ${one.name}: <${flagsOf(network, one)}> mtu ${mtu} qdisc ${queue}${master} state ${state}${mode} group default qlen 1000`;
}

function hardware(one: Interface): string {
  return one.kind === 'loopback'
    ? '    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00'
    : `    link/ether ${one.mac} brd ff:ff:ff:ff:ff:ff`;
}

function bridgeId(mac: string): string {
  return `8000.${mac
    .split(':')
    .map((pair) => pair.replace(/^0(?=.)/, ''))
    .join(':')}`;
}

/** `ip -d`: what a kernel says of a bridge whose other settings nobody has touched. */
function details(one: Interface): string[] {
  const id = bridgeId(one.mac);
  const wire = ' promiscuity 0  allmulti 0 minmtu 68 maxmtu 65535 ';
  const tail =
    'addrgenmode eui64 numtxqueues 1 numrxqueues 1 gso_max_size 65536 gso_max_segs 65535 tso_max_size 65536 tso_max_segs 65535 gro_max_size 65536 ';
  if (one.kind !== 'bridge') return [`${wire}${tail}`];
  return [
    wire,
    `    bridge forward_delay ${one.delay} hello_time 200 max_age 2000 ageing_time 30000 stp_state ${one.stp ? 1 : 0} priority 32768 vlan_filtering 0 bridge_id ${id} designated_root ${id} root_port 0 root_path_cost 0 topology_change 0 topology_change_detected 0 hello_timer    0.00 tcn_timer    0.00 topology_change_timer    0.00 gc_timer    0.00 group_fwd_mask 0 group_address 01:80:c2:00:00:00 mcast_snooping 1 no_linklocal_learn 0 mcast_vlan_snooping 0 mcast_router 1 mcast_query_use_ifaddr 0 mcast_querier 0 mcast_hash_elasticity 16 mcast_hash_max 4096 mcast_last_member_count 2 mcast_startup_query_count 2 mcast_last_member_interval 100 mcast_membership_interval 26000 mcast_querier_interval 25500 mcast_query_interval 12500 mcast_query_response_interval 1000 mcast_startup_query_interval 3124 mcast_stats_enabled 0 mcast_igmp_version 2 mcast_mld_version 1 nf_call_iptables 0 nf_call_ip6tables 0 nf_call_arptables 0 ${tail}`,
  ];
}

function inet(one: Interface, address: string): string[] {
  const { broadcast } = subnetOf(address);
  const rest =
    one.kind === 'loopback' ? 'scope host lo' : `brd ${broadcast} scope global ${one.name}`;
  return [`    inet ${address} ${rest}`, '       valid_lft forever preferred_lft forever'];
}

interface Asked {
  readonly one: boolean;
  readonly detailed: boolean;
  readonly onlyInet: boolean;
}

const print = (io: Io, lines: readonly string[], { one }: Asked): void =>
  io.out(`${lines.join(one ? '\\' : '\n')}\n`);

/** `ip -d -o` puts one more backslash before the part of the bridge, and ends without another. */
function showLinks(found: readonly Interface[], io: Io, asked: Asked): void {
  const { network } = io.machine;
  for (const one of found) {
    const [first = '', ...more] = asked.detailed ? details(one) : [];
    print(io, [head(network, one, true), `${hardware(one)}${first}`, ...more], asked);
  }
}

function showAddresses(found: readonly Interface[], scope: string, io: Io, asked: Asked): void {
  const { network } = io.machine;
  for (const one of found) {
    const all = one.kind === 'loopback' ? ['127.0.0.1/8'] : one.addresses;
    const shown = scope === 'global' && one.kind === 'loopback' ? [] : all;
    if (asked.one) {
      for (const address of shown) {
        const [line = '', ...rest] = inet(one, address);
        print(io, [`${one.index}: ${one.name}${line}`, ...rest], asked);
      }
    } else if (shown.length > 0 || !(asked.onlyInet || scope)) {
      const hard = asked.onlyInet ? [] : [hardware(one)];
      const lines = shown.flatMap((address) => inet(one, address));
      print(io, [head(network, one, false), ...hard, ...lines], asked);
    }
  }
}

function show(object: 'link' | 'address', words: readonly string[], io: Io, asked: Asked): number {
  const { network } = io.machine;
  let found = network.list();
  let scope = '';
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    const value = () => words[++index] ?? '';
    if (word === 'type') {
      const kind = value();
      found = found.filter((one) => one.kind === kind);
    } else if (word === 'scope') scope = value();
    else if (word === 'up') found = found.filter(({ up }) => up);
    else if (word === 'master') {
      const master = value();
      if (network.get(master) === undefined) {
        io.err(`Error: argument "${master}" is wrong: Device does not exist\n\n`);
        return 255;
      }
      found = network.ports(master);
    } else {
      const name = word === 'dev' ? value() : word;
      if (network.get(name) === undefined) {
        io.err(`Device "${name}" does not exist.\n`);
        return 1;
      }
      found = found.filter((one) => one.name === name);
    }
  }
  if (object === 'link') showLinks(found, io, asked);
  else showAddresses(found, scope, io, asked);
  return 0;
}

function set(words: readonly string[], io: Io): number {
  const { network } = io.machine;
  const rest = [...words];
  if (rest[0] === 'dev') rest.shift();
  const name = rest.shift() ?? '';
  const one = network.get(name);
  if (one === undefined) {
    io.err(`Cannot find device "${name}"\n`);
    return 1;
  }
  while (rest.length > 0) {
    const word = rest.shift();
    if (word === 'up') one.up = true;
    else if (word === 'down') one.up = false;
    else if (word === 'nomaster') network.release(one);
    else if (word === 'master') {
      const bridge = network.get(rest.shift() ?? '');
      if (bridge?.kind !== 'bridge') {
        io.err('Error: Device does not exist.\n');
        return 2;
      }
      network.enslave(one, bridge);
    } else if (word === 'stp_state') network.setStp(one, rest.shift() !== '0');
    else if (word === 'forward_delay') {
      if (network.setDelay(one, Number(rest.shift()))) continue;
      io.err('RTNETLINK answers: Numerical result out of range\n');
      return 2;
    } else if (word !== 'type' && word !== 'bridge') {
      io.err(`Error: either "dev" is duplicate, or "${word}" is a garbage.\n`);
      return 255;
    }
  }
  return 0;
}

/** `ip link add NAME type bridge`; other kinds are not made here. */
function add(words: readonly string[], io: Io): number {
  const [name = '', type, kind] = words.filter((word) => word !== 'dev' && word !== 'name');
  if (type !== 'type' || kind !== 'bridge') {
    io.err('Error: Unknown device type.\n');
    return 2;
  }
  if (io.machine.network.get(name)) {
    io.err('RTNETLINK answers: File exists\n');
    return 2;
  }
  io.machine.network.addBridge(name);
  return 0;
}

function remove(words: readonly string[], io: Io): number {
  const name = words.find((word) => word !== 'dev') ?? '';
  if (io.machine.network.get(name) === undefined) {
    io.err(`Cannot find device "${name}"\n`);
    return 1;
  }
  io.machine.network.remove(name);
  return 0;
}

function flush(words: readonly string[], io: Io): number {
  const { network } = io.machine;
  const name = words.at(words.indexOf('dev') + 1) ?? '';
  const one = network.get(name);
  if (one === undefined) {
    io.err(`Device "${name}" does not exist.\n`);
    return 1;
  }
  one.addresses.length = 0;
  if (network.gateway?.dev === name) network.gateway = undefined;
  return 0;
}

function routes(io: Io): number {
  const { network } = io.machine;
  const { gateway } = network;
  if (gateway) io.out(`default via ${gateway.via} dev ${gateway.dev} onlink \n`);
  for (const one of network.list()) {
    for (const address of one.up ? one.addresses : []) {
      const { host, net } = subnetOf(address);
      io.out(`${net} dev ${one.name} proto kernel scope link src ${host} \n`);
    }
  }
  return 0;
}

const CHANGES = new Set(['set', 'add', 'delete', 'del', 'flush']);

export const ip: Program = (args, io) => {
  const options = args.filter((item) => item.startsWith('-'));
  const [object = '', verb = 'show', ...words] = args.filter((item) => !item.startsWith('-'));
  const given = options.flatMap((item) => [...item.slice(1)]);
  const asked: Asked = {
    one: given.includes('o'),
    detailed: given.includes('d'),
    onlyInet: given.includes('4'),
  };
  const link = /^l(i(n(k)?)?)?$/.test(object);
  const address = /^a(d(d(r(e(s(s)?)?)?)?)?)?$/.test(object);
  if (CHANGES.has(verb) && io.session.uid !== 0) {
    io.err('RTNETLINK answers: Operation not permitted\n');
    return 2;
  }
  if (/^r(o(u(t(e)?)?)?)?$/.test(object)) return routes(io);
  if (!link && !address) {
    io.err(`Object "${object}" is unknown, try "ip help".\n`);
    return 1;
  }
  if (verb === 'show' || verb === 'list' || verb === 'ls')
    return show(link ? 'link' : 'address', words, io, asked);
  if (link && verb === 'set') return set(words, io);
  if (link && verb === 'add') return add(words, io);
  if (link && (verb === 'delete' || verb === 'del')) return remove(words, io);
  if (address && verb === 'flush') return flush(words, io);
  // `ip addr br0`: a name where a verb could be.
  if (!CHANGES.has(verb)) return show(link ? 'link' : 'address', [verb, ...words], io, asked);
  io.err(`Command "${verb}" is unknown to the practice lab, try "ip ${object} help".\n`);
  return 255;
};
