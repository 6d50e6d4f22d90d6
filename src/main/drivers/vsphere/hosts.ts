import { z } from 'zod';
import { retrieveAll } from './properties.ts';
import { type CallOptions, Ref, type Session } from './session.ts';
import { parseProperties } from './shapes.ts';
import type { MoRef } from './vim-value.ts';

export interface HostFacts {
  readonly ref: MoRef;
  readonly name: string;
  readonly version: string | undefined;
  readonly build: string | undefined;
  readonly model: string | undefined;
  readonly cpuCores: number;
  readonly cpuThreads: number;
  readonly cpuMhz: number;
  /** All cores together. */
  readonly cpuUsedMhz: number | undefined;
  readonly memoryBytes: number;
  readonly memoryUsedBytes: number | undefined;
  /** Whether machines on it can run machines; undefined when the host does not say. */
  readonly nestedSupported: boolean | undefined;
  readonly inMaintenance: boolean;
  /** UUID of its hardware (SMBIOS). */
  readonly uuid: string | undefined;
  /** Its services by name; none when the host does not list them. */
  readonly services: ReadonlyMap<string, ServiceFacts>;
  readonly ntpServers: readonly string[] | undefined;
  /** Where switches and portgroups of this host are made. */
  readonly networkSystem: MoRef | undefined;
  /** What it can put disks on, by the site's names for them; none when it does not say. */
  readonly datastores: readonly string[];
  /** Networks that it reaches, by the site's names for them. */
  readonly networks: readonly MoRef[];
  readonly serviceSystem: MoRef | undefined;
  readonly dateTimeSystem: MoRef | undefined;
  readonly firewallSystem: MoRef | undefined;
}

/** A service of a host: whether it runs, and when it starts (HostServicePolicy). */
export interface ServiceFacts {
  readonly running: boolean;
  readonly policy: string;
}

const MEBIBYTE = 1024 * 1024;

const Properties = z.looseObject({
  name: z.string(),
  'summary.config.product.version': z.string().optional(),
  'summary.config.product.build': z.string().optional(),
  'summary.hardware': z.looseObject({
    model: z.string().optional(),
    uuid: z.string().optional(),
    memorySize: z.number(),
    cpuMhz: z.number(),
    numCpuCores: z.number(),
    numCpuThreads: z.number(),
  }),
  'summary.quickStats.overallCpuUsage': z.coerce.number().optional(),
  'summary.quickStats.overallMemoryUsage': z.coerce.number().optional(),
  'capability.nestedHVSupported': z.boolean().optional(),
  'runtime.inMaintenanceMode': z.boolean().optional(),
  'config.service.service': z
    .array(z.looseObject({ key: z.string(), running: z.boolean(), policy: z.string() }))
    .optional(),
  'config.dateTimeInfo.ntpConfig.server': z.array(z.string()).optional(),
  datastore: z.array(Ref).optional(),
  network: z.array(Ref).optional(),
  'configManager.networkSystem': Ref.optional(),
  'configManager.serviceSystem': Ref.optional(),
  'configManager.dateTimeSystem': Ref.optional(),
  'configManager.firewallSystem': Ref.optional(),
});

/** Every host of the site: one on ESXi. All paths are as old as API 5.5. */
export async function listHosts(session: Session, options: CallOptions = {}): Promise<HostFacts[]> {
  const wanted = { type: 'HostSystem', paths: Object.keys(Properties.shape) };
  const hosts: HostFacts[] = [];
  for await (const page of retrieveAll(session, wanted, options)) {
    for (const found of page) {
      const host = parseProperties(session, Properties, found);
      const hardware = host['summary.hardware'];
      const services = host['config.service.service'] ?? [];
      const usedMebibytes = host['summary.quickStats.overallMemoryUsage'];
      hosts.push({
        ref: found.ref,
        name: host.name,
        version: host['summary.config.product.version'],
        build: host['summary.config.product.build'],
        model: hardware.model,
        cpuCores: hardware.numCpuCores,
        cpuThreads: hardware.numCpuThreads,
        cpuMhz: hardware.cpuMhz,
        cpuUsedMhz: host['summary.quickStats.overallCpuUsage'],
        memoryBytes: hardware.memorySize,
        memoryUsedBytes: usedMebibytes === undefined ? undefined : usedMebibytes * MEBIBYTE,
        nestedSupported: host['capability.nestedHVSupported'],
        inMaintenance: host['runtime.inMaintenanceMode'] ?? false,
        uuid: hardware.uuid,
        services: new Map(services.map(({ key, running, policy }) => [key, { running, policy }])),
        ntpServers: host['config.dateTimeInfo.ntpConfig.server'],
        networkSystem: host['configManager.networkSystem'],
        datastores: (host.datastore ?? []).map(({ value }) => value),
        networks: host.network ?? [],
        serviceSystem: host['configManager.serviceSystem'],
        dateTimeSystem: host['configManager.dateTimeSystem'],
        firewallSystem: host['configManager.firewallSystem'],
      });
    }
  }
  return hosts;
}
