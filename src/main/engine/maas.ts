import type {
  MaasEvent,
  MaasEventLevel,
  MaasScriptKind,
  MaasScriptSet,
} from '../../contract/maas.ts';
import type { CallOptions, Listed } from './maas-call.ts';
import type { MaasImages } from './maas-images.ts';
import type { MaasLifecycle, MaasMachines, MaasPowerControl } from './maas-machines.ts';
import type { MaasNetworks } from './maas-networks.ts';

/**
 * A MAAS as the guide needs it, whichever family of its API is behind it: 1.0 (MAAS 1.7) or 2.0 (2.x to
 * 4.x). Every call throws typed errors (`maas-…`) that name the MAAS and say what to do.
 */
export interface Maas {
  readonly about: MaasAbout;
  readonly account: MaasAccount;
  readonly settings: MaasSettings;
  readonly images: MaasImages;
  readonly networks: MaasNetworks;
  readonly machines: MaasMachines;
  readonly lifecycle: MaasLifecycle;
  readonly power: MaasPowerControl;
  readonly events: MaasEvents;
  readonly scripts: MaasScripts;
  readonly servers: MaasServers;
  close(): Promise<void>;
}

/** What not every version can do. Asking for it elsewhere gives `maas-not-in-version`. */
export type MaasFeature =
  | 'events'
  | 'notifications'
  | 'pools'
  /** A network can be made by its address alone. */
  | 'create-network'
  /** A machine can be added without being commissioned at once. */
  | 'create-idle'
  | 'rescue'
  | 'script-progress';

export interface MaasAbout {
  readonly api: '1.0' | '2.0';
  /** Where it was found, up to and including the slash before `api`. */
  readonly root: string;
  /** `3.3.11`; absent for 1.7.0 to 1.7.2, which do not say. */
  readonly version: string | undefined;
  readonly features: ReadonlySet<MaasFeature>;
}

export interface MaasAccount {
  /** The user of the API key. The name is unknown where MAAS cannot be asked for it (1.x). */
  whoAmI(options?: CallOptions): Promise<{ readonly name: string; readonly admin: boolean }>;
  sshKeys(options?: CallOptions): Promise<Listed<SshKey>>;
  addSshKey(key: string, options?: CallOptions): Promise<SshKey>;
  removeSshKey(id: number, options?: CallOptions): Promise<void>;
}

export interface SshKey {
  readonly id: number;
  readonly key: string;
}

export type SettingValue = string | number | boolean | null;

export interface MaasSettings {
  get(name: string, options?: CallOptions): Promise<SettingValue>;
  /** Needs an administrator. */
  set(name: string, value: string | boolean, options?: CallOptions): Promise<void>;
}

export interface EventFilter {
  readonly machines?: readonly string[];
  readonly macs?: readonly string[];
  /** This and what is worse; `info` when left out. */
  readonly level?: MaasEventLevel;
}

export interface FollowOptions extends EventFilter, CallOptions {
  /** ID of the last event that is known; only newer ones are told. Without it, those from now on. */
  readonly after?: number;
  /** Told when MAAS cannot be asked for a while, and with undefined when it can again. */
  readonly onTrouble?: (trouble: Error | undefined) => void;
}

export interface MaasEvents {
  /** The newest, the newest first. `before`: those older than this ID. */
  recent(
    filter?: EventFilter & { readonly limit?: number; readonly before?: number },
    options?: CallOptions,
  ): Promise<Listed<MaasEvent>>;
  /**
   * Everything newer, in pieces, until aborted: nothing is left out and nothing told twice. A piece
   * that a slow reader does not take is not fetched, so a storm stays in MAAS.
   */
  follow(options?: FollowOptions): AsyncGenerator<readonly MaasEvent[], void, void>;
}

export interface KnownScript {
  readonly name: string;
  readonly title: string;
  readonly timeoutSeconds: number;
}

export interface MaasScripts {
  /** Of the last commissioning, test or installation; undefined when there was none. */
  current(
    machine: string,
    kind: MaasScriptKind,
    how?: { readonly output?: boolean; readonly only?: readonly string[] },
    options?: CallOptions,
  ): Promise<MaasScriptSet | undefined>;
  history(machine: string, options?: CallOptions): Promise<Listed<MaasScriptSet>>;
  /** The whole output as one text, such as the installation log. */
  log(machine: string, kind: MaasScriptKind, options?: CallOptions): Promise<string>;
  known(kind: 'commissioning' | 'testing', options?: CallOptions): Promise<Listed<KnownScript>>;
}

export interface MaasService {
  readonly name: string;
  /** `unknown` is what MAAS says of services it does not watch. */
  readonly state: 'running' | 'degraded' | 'dead' | 'off' | 'unknown';
  readonly info: string;
}

/** A rack controller; a cluster in 1.x. */
export interface MaasRack {
  readonly id: string;
  readonly hostname: string;
  readonly version: string;
  readonly services: readonly MaasService[];
  readonly addresses: readonly string[];
  /** 1.x: whether somebody has accepted the cluster. Always true since 2.0. */
  readonly accepted: boolean;
}

export interface MaasNotification {
  readonly id: number;
  readonly category: string;
  readonly message: string;
}

export interface MaasServers {
  racks(options?: CallOptions): Promise<Listed<MaasRack>>;
  /** 1.x only, where a cluster waits for it. */
  acceptRack(id: string, options?: CallOptions): Promise<void>;
  notifications(options?: CallOptions): Promise<Listed<MaasNotification>>;
}
