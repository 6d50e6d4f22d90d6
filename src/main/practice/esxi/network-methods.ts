import type { Decoded } from '../../drivers/vsphere/decode.ts';
import { asFields } from '../../drivers/vsphere/faults.ts';
import { SecurityPolicy } from '../../drivers/vsphere/shapes.ts';
import { type EsxiHost, type Security, SWITCH_DEFAULTS } from './esxi-host.ts';
import type { Args } from './tasks.ts';
import { invalidArgument, VimFault } from './vim-fault.ts';

const MAX_SWITCH_NAME = 31;
const MAX_VLAN = 4095;

const security = (spec: Decoded | undefined): Security => {
  const { policy } = asFields(spec);
  const own = SecurityPolicy.safeParse(asFields(asFields(policy).security)).data ?? {};
  return Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
};

const notFound = (what: string) => new VimFault('NotFound', `${what} was not found.`);

/** HostNetworkSystem: each call is done when it is answered. Faults by its reference. */
export class NetworkMethods {
  readonly #host: EsxiHost;

  constructor(host: EsxiHost) {
    this.#host = host;
  }

  addSwitch({ vswitchName, spec }: Args): void {
    const name = String(vswitchName);
    if (name === '' || name.length > MAX_SWITCH_NAME) throw invalidArgument('vswitchName');
    if (this.#host.switches.some((each) => each.name === name)) throw exists(name);
    const { numPorts, bridge, mtu } = asFields(spec);
    const { nicDevice } = asFields(bridge);
    const uplinks = Array.isArray(nicDevice) ? nicDevice.map(String) : [];
    const used = uplinks.find((nic) =>
      this.#host.switches.some((each) => each.uplinks.includes(nic)),
    );
    if (used !== undefined) throw inUse(used);
    this.#host.switches.push({
      name,
      uplinks,
      ports: Number(numPorts ?? 128),
      mtu: Number(mtu ?? 1500),
      security: { ...SWITCH_DEFAULTS, ...security(spec) },
    });
    this.#host.changed();
  }

  removeSwitch({ vswitchName }: Args): void {
    const at = this.#host.switches.findIndex(({ name }) => name === vswitchName);
    if (at < 0) throw notFound(String(vswitchName));
    const groups = this.#host.portgroups.filter(({ switchName }) => switchName === vswitchName);
    if (groups.some(({ name }) => this.#isUsed(name))) throw inUse(String(vswitchName));
    this.#host.switches.splice(at, 1);
    for (const { name } of groups) this.#removeGroup(name);
    this.#host.changed();
  }

  addPortgroup({ portgrp }: Args): void {
    const { name, vlanId, vswitchName } = asFields(portgrp);
    if (this.#host.portgroups.some((each) => each.name === name)) throw exists(String(name));
    this.#assertFits(portgrp);
    this.#host.portgroups.push({
      name: String(name),
      switchName: String(vswitchName),
      vlan: Number(vlanId),
      security: security(portgrp),
    });
    this.#host.changed();
  }

  /** Replaces the whole specification: what is left out is unset. */
  updatePortgroup({ pgName, portgrp }: Args): void {
    const at = this.#host.portgroups.findIndex(({ name }) => name === pgName);
    if (at < 0) throw notFound(String(pgName));
    this.#assertFits(portgrp);
    const { name, vlanId, vswitchName } = asFields(portgrp);
    const taken = this.#host.portgroups.some((each, index) => each.name === name && index !== at);
    if (taken) throw exists(String(name));
    this.#host.portgroups[at] = {
      name: String(name),
      switchName: String(vswitchName),
      vlan: Number(vlanId),
      security: security(portgrp),
    };
    this.#host.changed();
  }

  removePortgroup({ pgName }: Args): void {
    if (!this.#host.portgroups.some(({ name }) => name === pgName)) throw notFound(String(pgName));
    if (this.#isUsed(String(pgName))) throw inUse(String(pgName));
    this.#removeGroup(String(pgName));
    this.#host.changed();
  }

  #assertFits(portgrp: Decoded | undefined): void {
    const { name, vlanId, vswitchName } = asFields(portgrp);
    if (name === '') throw invalidArgument('portgrp.name');
    const vlan = Number(vlanId);
    if (vlan < 0 || vlan > MAX_VLAN) throw invalidArgument('portgrp.vlanId');
    if (!this.#host.switches.some((each) => each.name === vswitchName)) {
      throw notFound(String(vswitchName));
    }
  }

  #removeGroup(group: string): void {
    const at = this.#host.portgroups.findIndex(({ name }) => name === group);
    if (at >= 0) this.#host.portgroups.splice(at, 1);
  }

  /** Only machines that run hold a port [K]. */
  #isUsed(group: string): boolean {
    return [...this.#host.machines.values()].some(
      ({ power, devices }) =>
        power === 'poweredOn' &&
        devices.some(({ backing }) => asFields(backing as Decoded).deviceName === group),
    );
  }
}

function exists(name: string): VimFault {
  return new VimFault('AlreadyExists', 'The specified key, name, or identifier already exists.', {
    name,
  });
}

function inUse(name: string): VimFault {
  return new VimFault('ResourceInUse', `The resource '${name}' is in use.`, { name });
}
