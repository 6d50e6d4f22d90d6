import { LabwrightError } from '../../../contract/error.ts';
import type { MaasMisfit } from '../../../contract/maas.ts';
import type { MaasQuestion } from '../../../contract/maas-call.ts';
import type { MaasConfiguration, MaasMachines } from '../../../contract/maas-facts.ts';
import { bootHistory, bootLadders } from '../../engine/boot-ladder.ts';
import type { CallOptions, Listed, Maas, SettingValue } from '../../engine/maas.ts';

/**
 * Settings that the guide looks at (maas.md, section 1). One that this MAAS does not have is left out:
 * 1.7 knows neither `dnssec_validation` nor `ntp_servers`.
 */
const SETTINGS = [
  'upstream_dns',
  'dnssec_validation',
  'http_proxy',
  'boot_images_no_proxy',
  'ntp_server',
  'ntp_servers',
  'kernel_opts',
  'completed_intro',
  'commissioning_distro_series',
  'default_distro_series',
] as const;

/** Answers a probe's question as plain data, in as few calls as it takes. */
export async function answerMaasQuestion(
  maas: Maas,
  question: MaasQuestion,
  options: CallOptions = {},
): Promise<unknown> {
  switch (question) {
    case 'configuration':
      return configuration(maas, options);
    case 'machines':
      return machines(maas, options);
  }
}

const said = ({ what, expected }: MaasMisfit): string => `${what}: ${expected}`;

/** The newest events of all machines together; MAAS gives no more at once. */
const EVENTS = 1000;

async function machines(maas: Maas, options: CallOptions): Promise<MaasMachines> {
  const tells = maas.about.features.has('events');
  const [{ items, unreadable }, events] = await Promise.all([
    maas.machines.list({}, options),
    tells ? maas.events.recent({ level: 'debug', limit: EVENTS }, options) : undefined,
  ]);
  return {
    machines: [...items],
    ladders: bootLadders(events?.items ?? []),
    history: bootHistory(events?.items ?? []),
    unreadable: unreadable.map(said),
  };
}

async function configuration(maas: Maas, options: CallOptions): Promise<MaasConfiguration> {
  const { api, version, features } = maas.about;
  const { admin } = await maas.account.whoAmI(options);
  const unreadable: MaasMisfit[] = [];
  const all = async <T>(listed: Promise<Listed<T>>): Promise<readonly T[]> => {
    const { items, unreadable: parts } = await listed;
    unreadable.push(...parts);
    return items;
  };
  // What needs an administrator is not asked for without one: the step says what is wrong.
  const forAdmins = async <T>(ask: () => Promise<Listed<T>>) => (admin ? all(ask()) : []);
  const [settings, keys, sources, images, networks, racks, pools, tags, importing, identity] =
    await Promise.all([
      settingsOf(maas, options),
      all(maas.account.sshKeys(options)),
      forAdmins(() => maas.images.sources(options)),
      all(maas.images.list(options)),
      all(maas.networks.list(options)),
      all(maas.servers.racks(options)),
      features.has('pools') ? all(maas.machines.pools(options)) : [],
      all(maas.machines.tags(options)),
      maas.images.importing(options),
      optional(maas.settings.get('uuid', options)),
    ]);
  const [selections, details] = await Promise.all([
    Promise.all(sources.map(({ id }) => all(maas.images.selections(id, options)))),
    Promise.all(images.map(({ id }) => maas.images.one(id, options))),
  ]);
  return {
    ...(version === undefined ? {} : { version }),
    api,
    admin,
    identity: typeof identity === 'string' ? identity : '',
    settings,
    sshKeys: keys.map(({ key }) => key),
    sources: sources.map(({ url, keyring }, index) => ({
      url,
      keyring,
      selections: (selections[index] ?? []).map(({ os, release, arches }) => ({
        os,
        release,
        arches: [...arches],
      })),
    })),
    importing,
    images: details.map(({ name, architecture, complete, sizeBytes, receivedBytes }) => ({
      name,
      architecture,
      ...(complete === undefined ? {} : { complete }),
      sizeBytes,
      receivedBytes,
    })),
    networks: networks.map(({ gateway, nameservers, ranges, servedBy, ...network }) => ({
      name: network.name,
      cidr: network.cidr,
      tag: network.tag,
      ...(gateway === undefined ? {} : { gateway }),
      nameservers: [...nameservers],
      ranges: ranges.map(({ kind, start, end, comment }) => ({ kind, start, end, comment })),
      dhcp: network.dhcp,
      servedBy: [...servedBy],
    })),
    racks: racks.map(({ id, hostname, version: of, addresses, services }) => ({
      id,
      hostname,
      version: of,
      addresses: [...addresses],
      services: services.map((service) => ({ ...service })),
    })),
    pools: [...pools],
    tags: [...tags],
    unreadable: unreadable.map(said),
  };
}

async function settingsOf(maas: Maas, options: CallOptions): Promise<Record<string, SettingValue>> {
  const values = await Promise.all(
    SETTINGS.map(async (name) => [name, await optional(maas.settings.get(name, options))] as const),
  );
  return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as Record<
    string,
    SettingValue
  >;
}

/** The value of a setting, or undefined where this MAAS has none of that name. */
async function optional<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof LabwrightError && UNKNOWN_SETTING.has(error.code)) return undefined;
    throw error;
  }
}

const UNKNOWN_SETTING: ReadonlySet<string> = new Set(['maas-setting-unknown']);
