import type { Maas } from '../../contract/maas-plan.ts';
import type { Host, Plan } from '../../contract/plan.ts';
import { on } from '../engine/probe.ts';
import { type InstalledMaas, installedMaas, type MaasKind } from '../engine/probes/maas-server.ts';
import type { StepContext } from '../engine/step.ts';

export type MaasLine = Maas['line'];

/** The MAAS server's host, when the plan has a MAAS. */
export const maasHost = (plan: Plan): readonly string[] =>
  plan.maas === undefined ? [] : [plan.maas.host];

/** The same, for steps that a MAAS from a snap needs. */
export const snapHost = (plan: Plan): readonly string[] =>
  plan.maas !== undefined && plannedFrom(plan.maas) === 'snap' ? [plan.maas.host] : [];

/** The MAAS of the plan; steps exist only where there is one. */
export function maasOf({ maas }: Plan): Maas {
  if (maas === undefined) throw new RangeError('the plan has no MAAS');
  return maas;
}

export function plannedFrom({ from, line }: Maas): 'archive' | 'ppa' | 'snap' {
  return from ?? (line === '1.7' ? 'archive' : 'snap');
}

/** Version of the channel or PPA that the plan names: `3.7` of `3.7/stable`. */
export const plannedTrack = ({ channel }: Maas): string => channel.split('/')[0] ?? channel;

/** A version without what dpkg puts in front of it: `3.4.0-14321` of `1:3.4.0-14321`. */
export const plainVersion = (version: string): string => version.replace(/^\d+:/, '');

/** MAAS 1.x speaks the API 1.0 and has clusters; what came after speaks 2.0. */
export const lineOf = (version: string): MaasLine =>
  /^1\./.test(plainVersion(version)) ? '1.7' : '3.x';

export const installedRead = ({ target }: Pick<StepContext, 'target'>) => on(target, installedMaas);

/** A MAAS as it is, or will be: before it is installed the plan decides, afterwards what is there. */
export interface MaasHere {
  readonly there: boolean;
  readonly kind: MaasKind;
  readonly line: MaasLine;
  /** Undefined while it is not installed, and in a preview of what comes after. */
  readonly version: string | undefined;
  /** Its command for administrators; a snap's is on nobody's path when a script runs. */
  readonly tool: string;
}

function here(found: InstalledMaas | undefined, maas: Maas): MaasHere {
  const planned: MaasKind = plannedFrom(maas) === 'snap' ? 'snap' : 'deb';
  const other: MaasKind = planned === 'snap' ? 'deb' : 'snap';
  const kind = found?.[planned] === undefined && found?.[other] !== undefined ? other : planned;
  const raw = found?.[kind]?.version;
  const version = raw === undefined || raw === '' ? undefined : plainVersion(raw);
  const line = version === undefined ? maas.line : lineOf(version);
  const deb = line === '1.7' ? 'maas-region-admin' : 'maas';
  const tool = kind === 'snap' ? '/snap/bin/maas' : deb;
  return { there: raw !== undefined, kind, line, version, tool };
}

export function maasHere(context: Pick<StepContext, 'plan' | 'facts' | 'target'>): MaasHere {
  return here(context.facts.maybe(installedRead(context)), maasOf(context.plan));
}

/** The same, where a check rests on it. */
export function maasHereForSure(context: Pick<StepContext, 'plan' | 'facts' | 'target'>): MaasHere {
  return here(context.facts.need(installedRead(context)), maasOf(context.plan));
}

interface NeededService {
  /** Any of these: Debian and Ubuntu renamed some. */
  readonly names: readonly string[];
  /** What may be elsewhere, or be part of something else, is missed only where it is known. */
  readonly optional?: boolean;
}

/** What must run. DHCP, proxy and others are started by MAAS when they are first needed. */
export function neededServices({
  kind,
  line,
}: Pick<MaasHere, 'kind' | 'line'>): readonly NeededService[] {
  if (kind === 'snap') return [{ names: ['regiond'] }, { names: ['rackd'] }];
  const shared: NeededService[] = [
    { names: ['postgresql'], optional: true },
    { names: ['named', 'bind9'], optional: true },
  ];
  // The region of 1.7 runs in Apache; since 1.8 it is a daemon (maas's debian/changelog).
  return line === '1.7'
    ? [...shared, { names: ['apache2'] }, { names: ['maas-clusterd'], optional: true }]
    : [...shared, { names: ['maas-regiond'] }, { names: ['maas-rackd'] }];
}

const inUrl = (address: string): string => (address.includes(':') ? `[${address}]` : address);

/** Address under which machines shall reach MAAS. The port is that of its line, unless the plan says. */
export function maasUrl(plan: Plan, host: Pick<Host, 'address'>): string {
  const { url, line } = maasOf(plan);
  const port = line === '1.7' ? '' : ':5240';
  return (url ?? `http://${inUrl(host.address)}${port}/MAAS`).replace(/\/+$/, '');
}

/** Where MAAS tells its version to everybody, as the host itself reaches it. */
export function versionUrl(line: MaasLine): string {
  return line === '1.7'
    ? 'http://localhost/MAAS/api/1.0/version/'
    : 'http://localhost:5240/MAAS/api/2.0/version/';
}

/**
 * Major versions of PostgreSQL that a MAAS works with (its supported-maas-versions page, and the
 * dependencies of its packages); undefined for one that is not known here.
 */
export function postgresFor(version: string): readonly number[] | undefined {
  const [major = 0, minor = 0] = plainVersion(version).split('.').map(Number.parseFloat);
  if (major === 1) return [9];
  if (major === 2 || (major === 3 && minor < 4)) return [10, 11, 12, 13, 14];
  if (major === 3 && minor < 6) return [14];
  if (major === 3 && minor === 6) return [14, 16];
  if (major === 3 || major === 4) return [16];
  return undefined;
}

/** Releases of Ubuntu that its packages are made for, from the same page. */
export function ubuntuFor(version: string): readonly string[] {
  const [major = 0, minor = 0] = plainVersion(version).split('.').map(Number.parseFloat);
  if (major === 1) return ['14.04'];
  if (major === 2 || (major === 3 && minor < 4)) return ['18.04', '20.04', '22.04'];
  return major === 3 && minor < 6 ? ['22.04'] : ['24.04'];
}
