import { subnetOf } from '../network.ts';
import type { Io, Program, Programs } from '../program.ts';

/**
 * ifup, ifdown and ifquery on /etc/network/interfaces (interfaces(5)), with the options that
 * bridge-utils adds. Texts of ifupdown 0.8.41 (test/fixtures/libvirt).
 */

interface Stanza {
  readonly name: string;
  readonly method: string;
  readonly options: (readonly [name: string, value: string])[];
}

interface Configuration {
  readonly auto: readonly string[];
  readonly stanzas: readonly Stanza[];
}

const FILE = '/etc/network/interfaces';

function readConfiguration({ machine: { fs } }: Io): Configuration {
  const auto: string[] = [];
  const stanzas: Stanza[] = [];
  const read = (path: string): void => {
    let current: Stanza | undefined;
    for (const line of fs.textSync(path).replaceAll('\\\n', ' ').split('\n')) {
      const [word = '', ...rest] = line.trim().split(/\s+/);
      if (word === '' || word.startsWith('#')) continue;
      if (word === 'source') {
        const folder = (rest[0] ?? '').replace(/\/\*$/, '');
        for (const name of fs.find(folder)?.children.keys() ?? []) read(`${folder}/${name}`);
      } else if (word === 'auto' || word.startsWith('allow-')) {
        current = undefined;
        if (word === 'auto') auto.push(...rest);
      } else if (word === 'iface') {
        current = { name: rest[0] ?? '', method: rest[2] ?? '', options: [] };
        stanzas.push(current);
      } else current?.options.push([word, rest.join(' ')]);
    }
  };
  if (fs.find(FILE)) read(FILE);
  return { auto, stanzas };
}

const option = ({ options }: Stanza, name: string): string | undefined =>
  options.find(([each]) => each === name || each === name.replace('_', '-'))?.[1];

/** With the prefix length, which the file may give as a netmask instead. */
function addressOf(stanza: Stanza): string | undefined {
  const address = option(stanza, 'address');
  const mask = option(stanza, 'netmask');
  if (address === undefined || address.includes('/') || mask === undefined) return address;
  const bits = mask
    .split('.')
    .map((part) => Number(part).toString(2).replaceAll('0', '').length)
    .reduce((sum, count) => sum + count, 0);
  return `${address}/${bits}`;
}

/** What bridge-utils does before an interface comes up (bridge-utils-interfaces(5)). */
function makeBridge(stanza: Stanza, io: Io): void {
  const ports = option(stanza, 'bridge_ports');
  if (ports === undefined) return;
  const { network } = io.machine;
  const bridge = network.get(stanza.name) ?? network.addBridge(stanza.name);
  for (const name of ports.split(/\s+/)) {
    const port = network.get(name);
    if (port === undefined) continue;
    port.up = true;
    network.enslave(port, bridge);
  }
  const stp = option(stanza, 'bridge_stp');
  if (stp !== undefined) network.setStp(bridge, stp === 'on' || stp === 'yes');
  const delay = option(stanza, 'bridge_fd');
  if (delay !== undefined) network.setDelay(bridge, Number(delay) * 100);
  const mac = option(stanza, 'bridge_hw');
  if (mac !== undefined) bridge.mac = mac;
}

function bringUp(stanza: Stanza, io: Io): boolean {
  const { network } = io.machine;
  const { name, method } = stanza;
  const failed = () => {
    io.err(`ifup: failed to bring up ${name}\n`);
    return false;
  };
  const address = addressOf(stanza);
  if (method === 'static' && address === undefined) {
    io.err(
      `ifup: missing required variable: address\nifup: missing required configuration variables for interface ${name}/inet\n`,
    );
    return failed();
  }
  makeBridge(stanza, io);
  const one = network.get(name);
  if (one === undefined) {
    io.err(`Cannot find device "${name}"\n`);
    return failed();
  }
  // Nobody gives addresses in the practice network.
  if (method === 'dhcp') return failed();
  one.up = true;
  if (method === 'static' && address !== undefined) {
    if (!one.addresses.includes(address)) one.addresses.push(address);
    const via = option(stanza, 'gateway');
    if (via !== undefined) network.gateway = { via, dev: name };
  }
  network.configured.add(name);
  return true;
}

function bringDown(stanza: Stanza, io: Io): void {
  const { network } = io.machine;
  const one = network.get(stanza.name);
  network.configured.delete(stanza.name);
  if (one === undefined) return;
  const address = addressOf(stanza);
  if (stanza.method === 'static' && address !== undefined) {
    const at = one.addresses.indexOf(address);
    if (at < 0) {
      // ip(8) prints the one, the kernel's own words are the other; ifdown goes on.
      if (option(stanza, 'gateway')) io.out('RTNETLINK answers: No such process\n');
      io.err('Error: ipv4: Address not found.\n');
    } else one.addresses.splice(at, 1);
    if (network.gateway?.dev === one.name) network.gateway = undefined;
  }
  one.up = false;
  if (option(stanza, 'bridge_ports') !== undefined) network.remove(one.name);
}

const change =
  (program: 'ifup' | 'ifdown'): Program =>
  (args, io) => {
    if (io.session.uid !== 0) {
      io.err(`${program}: failed to open lockfile /run/network/.ifstate.lock: Permission denied\n`);
      return 1;
    }
    const { auto, stanzas } = readConfiguration(io);
    const { configured } = io.machine.network;
    const force = args.includes('--force');
    const named = args.filter((item) => !item.startsWith('-'));
    const all = args.includes('-a') || args.includes('--all');
    let status = 0;
    for (const name of all ? auto : named) {
      const found = stanzas.filter((stanza) => stanza.name === name);
      if (found.length === 0) {
        io.err(`${program}: unknown interface ${name}\n`);
        status = 1;
      } else if (program === 'ifup') {
        if (configured.has(name) && !force && !all)
          io.err(`ifup: interface ${name} already configured\n`);
        else if (!found.every((stanza) => bringUp(stanza, io))) status = 1;
      } else if (!configured.has(name) && !force) {
        io.err(`ifdown: interface ${name} not configured\n`);
      } else for (const stanza of found) bringDown(stanza, io);
    }
    return status;
  };

const ifquery: Program = (args, io) => {
  const { auto, stanzas } = readConfiguration(io);
  const [name = ''] = args.filter((item) => !item.startsWith('-'));
  if (args.includes('--list')) io.out(auto.map((each) => `${each}\n`).join(''));
  else if (args.includes('--state')) {
    const names = [...io.machine.network.configured].sort();
    io.out(names.map((each) => `${each}=${each}\n`).join(''));
  } else {
    const stanza = stanzas.find((each) => each.name === name);
    if (stanza === undefined) {
      io.err(`ifquery: unknown interface ${name}\n`);
      return 1;
    }
    const address = addressOf(stanza);
    const { broadcast, mask, host } = subnetOf(address ?? '');
    const given = stanza.options.map(([each, value]) => [each, each === 'address' ? host : value]);
    const more =
      address === undefined
        ? []
        : [
            ['broadcast', broadcast],
            ['netmask', mask],
          ];
    io.out([...given, ...more].map(([each, value]) => `${each}: ${value}\n`).join(''));
  }
  return 0;
};

/** brctl(8) of bridge-utils. */
const brctl: Program = ([verb = '', name = '', value = ''], io) => {
  const { network } = io.machine;
  if (verb === 'show') {
    const bridges = network.list().filter((one) => one.kind === 'bridge');
    const shown = name === '' ? bridges : bridges.filter((one) => one.name === name);
    io.out('bridge name\tbridge id\t\tSTP enabled\tinterfaces\n');
    for (const one of shown) {
      const [first = '', ...more] = network.ports(one.name).map((port) => port.name);
      const id = one.mac.replaceAll(':', '');
      io.out(`${one.name}\t\t8000.${id}\t${one.stp ? 'yes' : 'no'}\t\t${first}\n`);
      for (const port of more) io.out(`\t\t\t\t\t\t\t${port}\n`);
    }
    return 0;
  }
  const bridge = network.get(name);
  if (bridge?.kind !== 'bridge') {
    io.err(`bridge ${name} does not exist!\n`);
    return 1;
  }
  if (io.session.uid !== 0) {
    io.err('Operation not permitted\n');
    return 1;
  }
  if (verb === 'stp') network.setStp(bridge, value === 'on' || value === 'yes' || value === '1');
  else if (verb === 'setfd') network.setDelay(bridge, Number(value) * 100);
  else {
    io.err(`never heard of command [${verb}]\n`);
    return 1;
  }
  return 0;
};

export const ifupdown: Programs = {
  ifup: change('ifup'),
  ifdown: change('ifdown'),
  ifquery,
  brctl,
};
