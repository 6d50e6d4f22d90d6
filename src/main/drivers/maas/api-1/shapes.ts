import { z } from 'zod';
import { type MaasMachine, MaasPower } from '../../../../contract/maas.ts';
import type { MaasRack } from '../../../engine/maas.ts';
import { statusOf } from '../numbers.ts';
import { text } from '../optional-text.ts';

/*
 * API 1.0 as the source of MAAS 1.7 has it. None of it has met a real 1.7, so only what identifies a
 * thing is insisted on.
 */

const strings = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? []);

const zone = z
  .object({ name: text })
  .nullish()
  .transform((value) => value?.name ?? '');

const number = z
  .number()
  .nullish()
  .transform((value) => value ?? 0);

export const Node = z
  .object({
    system_id: z.string(),
    /** Whole, with its domain. */
    hostname: z.string(),
    /** Folded: everything from allocated to failed disk erasing is said to be 6, deployed. */
    status: z.int(),
    /** The true one. */
    substatus: z.int().nullish(),
    power_state: MaasPower.catch('unknown').optional(),
    power_type: text,
    architecture: text,
    cpu_count: number,
    memory: number,
    ip_addresses: strings,
    macaddress_set: z.array(z.object({ mac_address: z.string() })).default([]),
    pxe_mac: z.object({ mac_address: z.string() }).nullish(),
    tag_names: strings,
    zone,
    owner: text,
    osystem: text,
    distro_series: text,
  })
  .transform((node): MaasMachine => {
    const [hostname = node.hostname] = node.hostname.split('.');
    return {
      id: node.system_id,
      hostname,
      fqdn: node.hostname,
      status: statusOf(node.substatus ?? node.status),
      said: '',
      power: node.power_state ?? 'unknown',
      powerType: node.power_type,
      architecture: node.architecture,
      cpus: node.cpu_count,
      memoryMib: node.memory,
      addresses: node.ip_addresses,
      // 1.7 names no interfaces and links none to a network.
      nics: node.macaddress_set.map(({ mac_address }) => ({
        name: '',
        mac: mac_address.toLowerCase(),
        subnets: [],
      })),
      bootMac: (node.pxe_mac?.mac_address ?? '').toLowerCase(),
      tags: node.tag_names,
      pool: '',
      zone: node.zone,
      owner: node.owner,
      description: '',
      os: node.osystem,
      series: node.distro_series,
      locked: false,
    };
  });

/** Of a cluster; 0 is one that waits to be accepted, 2 one that was rejected. */
const ACCEPTED = 1;

export const NodeGroup = z
  .object({ uuid: z.string(), status: z.int(), name: text, cluster_name: text })
  .transform(
    ({ uuid, status, name, cluster_name }): MaasRack => ({
      id: uuid,
      hostname: cluster_name || name,
      version: '',
      services: [],
      addresses: [],
      accepted: status === ACCEPTED,
    }),
  );

/** An interface of a cluster with what it serves. Its gateway is taken and never shown. */
export const Interface = z.object({
  name: z.string(),
  ip: text,
  /** 0: nothing, 1: DHCP, 2: DHCP and DNS. */
  management: z.int(),
  interface: text,
  subnet_mask: text,
  ip_range_low: text,
  ip_range_high: text,
  static_ip_range_low: text,
  static_ip_range_high: text,
});
export type Interface = z.infer<typeof Interface>;

/** Output of a commissioning script, or of an installation. */
export const Result = z.object({
  name: z.string(),
  /** Exit code. */
  script_result: z.int(),
  /** 0: commissioning, 1: installation. */
  result_type: z.int().default(0),
  data: z
    .string()
    .default('')
    .transform((data) => Buffer.from(data, 'base64').toString()),
});

export const ClusterImage = z.object({ osystem: text, release: text });

/** `10.20.30.0/24` of an address and a mask; empty when one of them is missing or no address. */
export function cidrOf(ip: string, mask: string): string {
  const [address, bits] = [numberOf(ip), numberOf(mask)];
  if (address === undefined || bits === undefined) return '';
  const length = bits.toString(2).replace(/0+$/, '').length;
  // A mask is ones and then zeros; anything else is no mask.
  const whole = length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0;
  if (whole !== bits) return '';
  const network = (address & bits) >>> 0;
  const parts = [24, 16, 8, 0].map((shift) => (network >>> shift) & 255);
  return `${parts.join('.')}/${length}`;
}

function numberOf(address: string): number | undefined {
  const parts = address.split('.').map(Number);
  const sound = parts.length === 4 && parts.every((part) => part >= 0 && part <= 255);
  if (!sound || address === '') return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}
