import type { Network } from '../network.ts';
import { LibvirtError } from './libvirt-error.ts';
import { childOf, childrenOf, type Tree, tree } from './xml-tree.ts';

export interface LibvirtNetwork {
  readonly name: string;
  readonly uuid: string;
  readonly bridge: string;
  readonly mac: string;
  readonly given: Tree;
  active: boolean;
  autostart: boolean;
  persistent: boolean;
}

/** Networks of libvirt's: bridges that it makes when they are started. */
export class LibvirtNetworks {
  readonly #network: Network;
  readonly #newUuid: () => string;
  readonly #networks = new Map<string, LibvirtNetwork>();

  constructor(network: Network, newUuid: () => string) {
    this.#network = network;
    this.#newUuid = newUuid;
  }

  list(): LibvirtNetwork[] {
    return [...this.#networks.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  get(name: string): LibvirtNetwork {
    const found = this.#networks.get(name) ?? this.list().find(({ uuid }) => uuid === name);
    if (found) return found;
    throw new LibvirtError(
      `failed to get network '${name}'`,
      `Network not found: no network with matching name '${name}'`,
    );
  }

  define(given: Tree, autostart = false): LibvirtNetwork {
    const name = childOf(given, 'name')?.text ?? '';
    const uuid = childOf(given, 'uuid')?.text || this.#newUuid();
    const there = this.#networks.get(name);
    if (there && there.uuid !== uuid)
      throw new LibvirtError(
        `operation failed: network '${name}' already exists with uuid ${there.uuid}`,
      );
    const hex = uuid.replaceAll('-', '').slice(-6).match(/../g) ?? [];
    const made: LibvirtNetwork = {
      name,
      uuid,
      bridge: childOf(given, 'bridge')?.attributes.name ?? 'virbr0',
      mac: childOf(given, 'mac')?.attributes.address ?? ['52:54:00', ...hex].join(':'),
      given,
      active: there?.active ?? false,
      autostart: there?.autostart ?? autostart,
      persistent: true,
    };
    this.#networks.set(name, made);
    return made;
  }

  describe({ name, uuid, bridge, mac, given }: LibvirtNetwork): Tree {
    const setting = childOf(given, 'bridge')?.attributes ?? {};
    const attributes = { name: bridge, stp: setting.stp ?? 'on', delay: setting.delay ?? '0' };
    return tree('network', given.attributes, [
      tree('name', {}, name),
      tree('uuid', {}, uuid),
      childOf(given, 'metadata'),
      childOf(given, 'forward'),
      tree('bridge', attributes),
      tree('mac', { address: mac }),
      ...childrenOf(given, 'ip'),
    ]);
  }

  start(one: LibvirtNetwork): void {
    const failed = `Failed to start network ${one.name}`;
    if (one.active)
      throw new LibvirtError(failed, 'Requested operation is not valid: network is already active');
    // The practice archive has no dnsmasq, so there is nobody to give addresses.
    if (childrenOf(one.given, 'ip').some((ip) => childOf(ip, 'dhcp')))
      throw new LibvirtError(
        failed,
        "Unable to find 'dnsmasq' binary in $PATH: No such file or directory",
      );
    if (this.#network.get(one.bridge))
      throw new LibvirtError(failed, `error creating bridge interface ${one.bridge}: File exists`);
    const { attributes } = childOf(this.describe(one), 'bridge') ?? tree('bridge');
    const bridge = this.#network.addBridge(one.bridge, one.mac);
    bridge.delay = Number(attributes.delay) * 100;
    this.#network.setStp(bridge, attributes.stp === 'on');
    bridge.up = true;
    one.active = true;
  }

  destroy(one: LibvirtNetwork): void {
    if (!one.active)
      throw new LibvirtError(
        `Failed to destroy network ${one.name}`,
        `Requested operation is not valid: network '${one.name}' is not active`,
      );
    one.active = false;
    this.#network.remove(one.bridge);
    if (!one.persistent) this.#networks.delete(one.name);
  }

  /** What runs goes on until it is stopped. */
  undefine(one: LibvirtNetwork): void {
    one.persistent = false;
    one.autostart = false;
    if (!one.active) this.#networks.delete(one.name);
  }
}
