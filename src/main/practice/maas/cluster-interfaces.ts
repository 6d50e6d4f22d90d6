import { inside, toNumber } from './addresses.ts';
import { badForm, noSuch } from './answer.ts';
import type { Networks } from './networks.ts';
import type { Fields } from './request-form.ts';
import type { RegionUser } from './users.ts';

const FIELDS = [
  'ip',
  'interface',
  'subnet_mask',
  'broadcast_ip',
  'router_ip',
  'ip_range_low',
  'ip_range_high',
  'static_ip_range_low',
  'static_ip_range_high',
] as const;
type Field = (typeof FIELDS)[number];

interface ClusterInterface {
  readonly name: string;
  readonly cidr: string;
  /** 0: nothing, 1: DHCP, 2: DHCP and DNS. */
  management: number;
  values: Record<Field, string>;
}

/** Without these nothing can be served. */
const MANDATORY: readonly Field[] = ['interface', 'subnet_mask', 'ip_range_low', 'ip_range_high'];
const RANGES: readonly (readonly [Field, Field])[] = [
  ['ip_range_low', 'ip_range_high'],
  ['static_ip_range_low', 'static_ip_range_high'],
];

/** The interfaces of the one cluster of a 1.7, by the checks of its models and forms. */
export class ClusterInterfaces {
  readonly #networks: Networks;
  readonly #interfaces: ClusterInterface[];

  constructor(
    networks: Networks,
    found: readonly { readonly cidr: string; readonly address: string }[],
  ) {
    this.#networks = networks;
    this.#interfaces = found.map(({ cidr, address }, index) => ({
      name: `eth${index}`,
      cidr,
      management: 0,
      values: {
        ...(Object.fromEntries(FIELDS.map((field) => [field, ''])) as Record<Field, string>),
        ip: address,
        interface: `eth${index}`,
        subnet_mask: maskOf(cidr),
      },
    }));
  }

  list(): readonly unknown[] {
    return this.#interfaces.map(interfaceJson);
  }

  one(name: string): unknown {
    return interfaceJson(this.#one(name));
  }

  change(name: string, form: Fields, user: RegionUser): unknown {
    const found = this.#one(name);
    const changed: ClusterInterface = {
      ...found,
      management: Number(form.get('management') ?? found.management),
      values: Object.fromEntries(
        FIELDS.map((field) => [field, form.get(field) ?? found.values[field]]),
      ) as Record<Field, string>,
    };
    const wrong = wrongFields(changed);
    if (Object.keys(wrong).length > 0) throw badForm(wrong);
    Object.assign(found, { management: changed.management, values: changed.values });
    const range = ([low, high]: readonly [Field, Field]) =>
      found.values[low] === '' || found.values[high] === ''
        ? undefined
        : { low: found.values[low], high: found.values[high] };
    const [dynamic, given] = RANGES.map(range);
    const served = found.management === 0 ? undefined : dynamic;
    this.#networks.serve(found.cidr, served, given, user);
    return interfaceJson(found);
  }

  #one(name: string): ClusterInterface {
    const found = this.#interfaces.find((known) => known.name === name);
    if (found === undefined) throw noSuch('NodeGroupInterface');
    return found;
  }
}

function wrongFields({ cidr, management, values }: ClusterInterface): Record<string, string[]> {
  const wrong: Record<string, string[]> = {};
  if (management !== 0) {
    const said = "That field cannot be empty (unless that interface is 'unmanaged')";
    for (const field of MANDATORY) if (values[field] === '') wrong[field] = [said];
  }
  for (const field of ['router_ip', ...RANGES.flat()] as const) {
    const value = values[field];
    if (value !== '' && !inside(cidr, value))
      wrong[field] = [`${value} not in the ${cidr} network`];
  }
  const spans = RANGES.map(([low, high]) => {
    const [from, to] = [values[low], values[high]];
    if (from === '' || to === '') return undefined;
    if (toNumber(from) > toNumber(to)) {
      const said = `Lower bound ${from} is higher than upper bound ${to}`;
      wrong[low] = [said];
      wrong[high] = [said];
    }
    return [toNumber(from), toNumber(to)] as const;
  });
  const [dynamic, given] = spans;
  if (management !== 0 && dynamic && given && dynamic[0] <= given[1] && given[0] <= dynamic[1])
    for (const field of RANGES.flat())
      wrong[field] = ['Static and dynamic IP ranges may not overlap.'];
  return wrong;
}

function maskOf(cidr: string): string {
  const bits = Number(cidr.split('/')[1]);
  const mask = bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0;
  return [24, 16, 8, 0].map((shift) => (mask >>> shift) & 255).join('.');
}

/** All but the gateway, which it takes and never shows (source of 1.7: displayed fields). */
function interfaceJson({ name, management, values }: ClusterInterface) {
  const { router_ip: _hidden, ...shown } = values;
  return { name, management, ...shown };
}
