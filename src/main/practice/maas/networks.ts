import { isIPv4 } from 'node:net';
import { bounds, inside, toAddress, toNumber } from './addresses.ts';
import { badForm, noSuch, notAChoice, required } from './answer.ts';
import { rangeJson, subnetJson, vlanJson } from './network-json.ts';
import type { Fields } from './request-form.ts';
import type { RegionUser } from './users.ts';

interface Fabric {
  readonly id: number;
  readonly name: string;
}

export interface Vlan {
  readonly id: number;
  readonly vid: number;
  readonly fabric: Fabric;
  dhcp: boolean;
  rack: string | null;
}

export interface Subnet {
  readonly id: number;
  readonly name: string;
  readonly cidr: string;
  readonly vlan: Vlan;
  gateway: string | null;
  nameservers: readonly string[];
  /** 1.7: what deployed machines get their addresses of. */
  given?: { readonly low: string; readonly high: string } | undefined;
}

export interface Range {
  readonly id: number;
  readonly subnet: Subnet;
  readonly type: 'dynamic' | 'reserved';
  readonly user: RegionUser;
  start: string;
  end: string;
  comment: string;
}

/** IDs of VLANs begin here, so that nobody takes them for tags. */
const FIRST_VLAN = 5001;

interface Taken {
  readonly start: number;
  readonly end: number;
  readonly purpose: readonly string[];
}

/** Subnets, the VLANs that they are on, and their ranges. */
export class Networks {
  readonly #rack: string;
  readonly #fabrics: Fabric[] = [];
  readonly #vlans: Vlan[] = [];
  readonly #subnets: Subnet[] = [];
  readonly #ranges: Range[] = [];
  #nextRange = 1;
  /** Addresses that machines have. */
  #assigned: () => readonly string[] = () => [];

  /** `found`: what the rack has addresses on. */
  constructor(rack: string, found: readonly string[]) {
    this.#rack = rack;
    for (const cidr of found) {
      const fabric = this.#newFabric(undefined);
      this.#subnets.push(this.#newSubnet(cidr, cidr, this.#untagged(fabric), null));
    }
  }

  assignedBy(addresses: () => readonly string[]): void {
    this.#assigned = addresses;
  }

  get subnets(): readonly Subnet[] {
    return this.#subnets;
  }

  fabrics(): readonly unknown[] {
    return this.#fabrics.map((fabric) => this.#fabricJson(fabric));
  }

  createFabric(form: Fields): unknown {
    const fabric = this.#newFabric(form.get('name'));
    return this.#fabricJson(fabric);
  }

  /** One of its own for an interface that is on none of those that are known. */
  strangeVlan(): Vlan {
    return this.#untagged(this.#newFabric(undefined));
  }

  vlans(fabric: string): readonly unknown[] {
    return this.#vlans.filter((vlan) => String(vlan.fabric.id) === fabric).map(vlanJson);
  }

  /** By the tag, in its fabric: not by the ID. */
  vlan(fabric: string, vid: string): Vlan {
    const found = this.#vlans.find(
      (vlan) => String(vlan.fabric.id) === fabric && String(vlan.vid) === vid,
    );
    if (found === undefined) throw noSuch('VLAN');
    return found;
  }

  changeVlan(fabric: string, vid: string, form: Fields): unknown {
    const vlan = this.vlan(fabric, vid);
    const dhcp = form.truth('dhcp_on') ?? vlan.dhcp;
    const wanted = form.get('primary_rack');
    const known = wanted === undefined || wanted === this.#rack;
    const rack = wanted === undefined ? vlan.rack : known ? wanted : null;
    const wrong: Record<string, string[]> = {};
    if (!known) wrong.primary_rack = [notAChoice(wanted)];
    if (dhcp && rack === null)
      wrong.__all__ = ['dhcp can only be turned on when a primary rack controller is set.'];
    else if (
      dhcp &&
      !this.#ranges.some(({ type, subnet }) => type === 'dynamic' && subnet.vlan === vlan)
    )
      wrong.dhcp_on = ['dhcp can only be turned on when a dynamic IP range is defined.'];
    if (Object.keys(wrong).length > 0) throw badForm(wrong);
    vlan.dhcp = dhcp;
    vlan.rack = rack;
    return vlanJson(vlan);
  }

  list(): readonly unknown[] {
    return this.#subnets.map(subnetJson);
  }

  subnet(id: string): Subnet {
    const found = this.#subnets.find((subnet) => String(subnet.id) === id);
    if (found === undefined) throw noSuch('Subnet');
    return found;
  }

  createSubnet(form: Fields): unknown {
    const cidr = form.get('cidr') ?? '';
    if (!/^[\d.]+\/\d+$/.test(cidr) || !isIPv4(cidr.split('/')[0] ?? ''))
      throw badForm({ cidr: ['Required format: <network>/<prefixlen>.'] });
    if (this.#subnets.some((subnet) => subnet.cidr === cidr))
      throw badForm({ cidr: ['Subnet with this Cidr already exists.'] });
    const [vlan] = this.#vlans;
    if (vlan === undefined) throw noSuch('VLAN');
    const subnet = this.#newSubnet(
      cidr,
      form.get('name') ?? cidr,
      vlan,
      form.get('gateway_ip') ?? '',
    );
    this.#subnets.push(subnet);
    return subnetJson(subnet);
  }

  changeSubnet(id: string, form: Fields): unknown {
    const subnet = this.subnet(id);
    const gateway = form.get('gateway_ip');
    if (gateway !== undefined && gateway !== '' && !inside(subnet.cidr, gateway))
      throw badForm({ gateway_ip: ['Gateway IP must be within CIDR range.'] });
    if (gateway !== undefined) subnet.gateway = gateway;
    const servers = form.get('dns_servers');
    if (servers !== undefined) subnet.nameservers = servers.split(/[ ,]+/).filter(Boolean);
    return subnetJson(subnet);
  }

  ranges(): readonly unknown[] {
    return this.#ranges.map(rangeJson);
  }

  range(id: string): unknown {
    return rangeJson(this.#range(id));
  }

  addRange(form: Fields, user: RegionUser): unknown {
    const [type, start, end] = ['type', 'start_ip', 'end_ip'].map((name) => form.get(name));
    const wrong: Record<string, string[]> = {};
    const both = 'Start IP address and end IP address are both required.';
    if (start === undefined || end === undefined) {
      wrong.start_ip = start === undefined ? [required, both] : [both];
      wrong.end_ip = end === undefined ? [required, both] : [both];
    }
    if (type !== 'dynamic' && type !== 'reserved') wrong.type = [notAChoice(type ?? '')];
    const subnet = this.#subnets.find(({ cidr }) => inside(cidr, start ?? ''));
    if (subnet === undefined) wrong.subnet = [required];
    if (subnet === undefined || Object.keys(wrong).length > 0) throw badForm(wrong);
    const range: Range = {
      id: this.#nextRange,
      subnet,
      type: type as Range['type'],
      user,
      start: start ?? '',
      end: end ?? '',
      comment: form.get('comment') ?? '',
    };
    this.#fits(range, range.start, range.end);
    this.#nextRange += 1;
    this.#ranges.push(range);
    return rangeJson(range);
  }

  changeRange(id: string, form: Fields): unknown {
    const range = this.#range(id);
    const [start, end] = [form.get('start_ip') ?? range.start, form.get('end_ip') ?? range.end];
    this.#fits(range, start, end);
    range.start = start;
    range.end = end;
    range.comment = form.get('comment') ?? range.comment;
    return rangeJson(range);
  }

  /** Also the only dynamic one of a VLAN with DHCP on: MAAS says nothing to that (recorded). */
  removeRange(id: string): void {
    this.#ranges.splice(this.#ranges.indexOf(this.#range(id)), 1);
  }

  reserved(id: string): readonly unknown[] {
    return this.#taken(this.subnet(id)).map(({ start, end, purpose }) => ({
      start: toAddress(start),
      end: toAddress(end),
      num_addresses: end - start + 1,
      purpose,
    }));
  }

  unreserved(id: string): readonly unknown[] {
    return this.#free(this.subnet(id)).map(([start, end]) => ({
      start: toAddress(start),
      end: toAddress(end),
      num_addresses: end - start + 1,
    }));
  }

  statistics(id: string): unknown {
    const subnet = this.subnet(id);
    const [first, last] = bounds(subnet.cidr);
    const total = last - first - 1;
    const free = this.#free(subnet).map(([start, end]) => end - start + 1);
    const available = free.reduce((sum, size) => sum + size, 0);
    const usage = (total - available) / total;
    return {
      num_available: available,
      largest_available: Math.max(0, ...free),
      num_unavailable: total - available,
      total_addresses: total,
      usage,
      usage_string: `${Math.round(usage * 100)}%`,
      available_string: `${Math.round((1 - usage) * 100)}%`,
      first_address: toAddress(first + 1),
      last_address: toAddress(last - 1),
      ip_version: 4,
    };
  }

  /** The first network that gives addresses, and one of its dynamic range for who just booted. */
  lease(): { readonly subnet: Subnet; readonly address: string } | undefined {
    const range = this.#ranges.find(({ type, subnet }) => type === 'dynamic' && subnet.vlan.dhcp);
    if (range === undefined) return undefined;
    const used = new Set(this.#assigned());
    // The first of it stays free here, as in the recorded lab.
    for (let value = toNumber(range.start) + 1; value <= toNumber(range.end); value++) {
      if (!used.has(toAddress(value))) return { subnet: range.subnet, address: toAddress(value) };
    }
    return undefined;
  }

  /** An address for good; undefined when none is left. */
  assign(subnet: Subnet): string | undefined {
    const { given } = subnet;
    for (const [start, end] of this.#free(subnet)) {
      const first = Math.max(start, given === undefined ? start : toNumber(given.low));
      const last = Math.min(end, given === undefined ? end : toNumber(given.high));
      if (first <= last) return toAddress(first);
    }
    return undefined;
  }

  /** 1.7: what an interface of the cluster serves, which is a network, its ranges and DHCP in one. */
  serve(
    cidr: string,
    dynamic: { readonly low: string; readonly high: string } | undefined,
    given: { readonly low: string; readonly high: string } | undefined,
    user: RegionUser,
  ): void {
    const subnet = this.#subnets.find((known) => known.cidr === cidr);
    if (subnet === undefined) return;
    for (const range of this.#ranges.filter((known) => known.subnet === subnet))
      this.#ranges.splice(this.#ranges.indexOf(range), 1);
    subnet.given = given;
    subnet.vlan.dhcp = dynamic !== undefined;
    if (dynamic === undefined) return;
    const own = { id: this.#nextRange, subnet, user, comment: '' };
    this.#ranges.push({ ...own, type: 'dynamic', start: dynamic.low, end: dynamic.high });
    this.#nextRange += 1;
  }

  #fits(range: Range, start: string, end: string): void {
    if (toNumber(end) < toNumber(start))
      throw badForm({ end_ip: ['End IP address must not be less than Start IP address.'] });
    const overlaps = this.#taken(range.subnet, range)
      .filter(({ purpose }) => purpose.some((word) => word === 'dynamic' || word === 'reserved'))
      .some((taken) => toNumber(start) <= taken.end && toNumber(end) >= taken.start);
    if (!overlaps) return;
    const said = `Requested ${range.type} range conflicts with an existing IP address or range.`;
    throw badForm({ start_ip: [said], end_ip: [said] });
  }

  #range(id: string): Range {
    const found = this.#ranges.find((range) => String(range.id) === id);
    if (found === undefined) throw noSuch('IPRange');
    return found;
  }

  #taken(subnet: Subnet, except?: Range): readonly Taken[] {
    const single = (address: string, purpose: string): Taken => ({
      start: toNumber(address),
      end: toNumber(address),
      purpose: [purpose],
    });
    const taken: Taken[] = [
      ...(subnet.gateway ? [single(subnet.gateway, 'gateway-ip')] : []),
      ...subnet.nameservers
        .filter((server) => inside(subnet.cidr, server))
        .map((server) => single(server, 'dns-server')),
      ...this.#assigned()
        .filter((address) => inside(subnet.cidr, address))
        .map((address) => single(address, 'assigned-ip')),
      ...this.#ranges
        .filter((range) => range !== except && range.subnet === subnet)
        .map(({ start, end, type }) => ({
          start: toNumber(start),
          end: toNumber(end),
          purpose: [type],
        })),
    ];
    return taken.sort((a, b) => a.start - b.start);
  }

  #free(subnet: Subnet): readonly (readonly [number, number])[] {
    const [first, last] = bounds(subnet.cidr);
    const free: [number, number][] = [];
    let next = first + 1;
    for (const { start, end } of this.#taken(subnet)) {
      if (start > next) free.push([next, start - 1]);
      next = Math.max(next, end + 1);
    }
    if (next <= last - 1) free.push([next, last - 1]);
    return free;
  }

  #newFabric(name: string | undefined): Fabric {
    const id = this.#fabrics.length;
    const fabric = { id, name: name ?? `fabric-${id}` };
    this.#fabrics.push(fabric);
    this.#vlans.push({
      id: FIRST_VLAN + this.#vlans.length,
      vid: 0,
      fabric,
      dhcp: false,
      rack: null,
    });
    return fabric;
  }

  #untagged(fabric: Fabric): Vlan {
    return this.vlan(String(fabric.id), '0');
  }

  #newSubnet(cidr: string, name: string, vlan: Vlan, gateway: string | null): Subnet {
    return { id: this.#subnets.length + 1, name, cidr, vlan, gateway, nameservers: [] };
  }

  #fabricJson(fabric: Fabric) {
    return {
      class_type: null,
      id: fabric.id,
      name: fabric.name,
      vlans: this.vlans(String(fabric.id)),
      resource_uri: `/MAAS/api/2.0/fabrics/${fabric.id}/`,
    };
  }
}
