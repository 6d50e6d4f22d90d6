import { z } from 'zod';
import { type MaasMachine, MaasPower } from '../../../../contract/maas.ts';
import { scriptStateOf, statusOf } from '../numbers.ts';
import { text } from '../optional-text.ts';

const named = z
  .object({ name: text })
  .nullish()
  .transform((value) => value?.name ?? '');

const Nic = z
  .object({
    name: z.string(),
    mac_address: text,
    links: z.array(z.object({ subnet: z.object({ cidr: z.string() }).nullish() })).default([]),
  })
  .transform(({ name, mac_address, links }) => ({
    name,
    mac: mac_address.toLowerCase(),
    subnets: links.flatMap(({ subnet }) => subnet?.cidr ?? []),
  }));

const scriptState = z
  .int()
  .optional()
  .transform((value) => (value === undefined ? undefined : scriptStateOf(value)));

/** A machine of API 2.0; of the 80 fields those that somebody uses. */
export const Machine = z
  .object({
    system_id: z.string(),
    hostname: z.string(),
    fqdn: text,
    status: z.int(),
    status_message: text,
    power_state: MaasPower.catch('unknown'),
    power_type: text,
    architecture: text,
    cpu_count: z.number().default(0),
    memory: z.number().default(0),
    ip_addresses: z.array(z.string()).default([]),
    interface_set: z.array(Nic).default([]),
    boot_interface: z.object({ mac_address: text }).nullish(),
    tag_names: z.array(z.string()).default([]),
    pool: named,
    zone: named,
    owner: text,
    description: text,
    osystem: text,
    distro_series: text,
    locked: z.boolean().default(false),
    commissioning_status: scriptState,
    testing_status: scriptState,
  })
  .transform(
    (machine): MaasMachine => ({
      id: machine.system_id,
      hostname: machine.hostname,
      fqdn: machine.fqdn,
      status: statusOf(machine.status),
      said: machine.status_message,
      power: machine.power_state,
      powerType: machine.power_type,
      architecture: machine.architecture,
      cpus: machine.cpu_count,
      memoryMib: machine.memory,
      addresses: machine.ip_addresses,
      nics: machine.interface_set,
      bootMac: (machine.boot_interface?.mac_address ?? '').toLowerCase(),
      tags: machine.tag_names,
      pool: machine.pool,
      zone: machine.zone,
      owner: machine.owner,
      description: machine.description,
      os: machine.osystem,
      series: machine.distro_series,
      locked: machine.locked,
      ...(machine.commissioning_status === undefined
        ? {}
        : { commissioning: machine.commissioning_status }),
      ...(machine.testing_status === undefined ? {} : { testing: machine.testing_status }),
    }),
  );

/** Of a power query. */
export const Power = z
  .object({ state: MaasPower.catch('unknown') })
  .transform(({ state }) => state);

/** Whatever type a parameter has, as text; lists (workaround flags) joined as MAAS shows them. */
const parameter = z
  .union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())])
  .transform((value) => (Array.isArray(value) ? value.join(',') : String(value ?? '')));

export const PowerParameters = z.record(z.string(), parameter);

const Choice = z
  .union([z.string(), z.array(z.union([z.string(), z.number()]))])
  .transform((choice) => String(Array.isArray(choice) ? (choice[0] ?? '') : choice));

export const PowerTypeShape = z
  .object({
    name: z.string(),
    description: text,
    fields: z
      .array(
        z.object({
          name: z.string(),
          label: text,
          field_type: text,
          required: z.boolean().default(false),
          secret: z.boolean().optional(),
          choices: z.array(Choice).default([]),
        }),
      )
      .default([]),
    missing_packages: z.array(z.string()).default([]),
  })
  .transform(({ name, description, fields, missing_packages }) => ({
    name,
    label: description,
    fields: fields.map((field) => ({
      name: field.name,
      label: field.label,
      required: field.required,
      // Before 3.0 nothing says "secret", but the form's field is one for passwords.
      secret: field.secret ?? field.field_type === 'password',
      choices: field.choices,
    })),
    missingPackages: missing_packages,
  }));
