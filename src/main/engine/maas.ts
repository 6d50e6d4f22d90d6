import type {
  MaasEvent,
  MaasEventLevel,
  MaasMachine,
  MaasMisfit,
  MaasPower,
  MaasScriptKind,
  MaasScriptSet,
  MaasStatus,
} from '../../contract/maas.ts';

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

/** A list of which every part that could be read is there, and the others are named. */
export interface Listed<T> {
  readonly items: readonly T[];
  readonly unreadable: readonly MaasMisfit[];
}

export interface CallOptions {
  readonly signal?: AbortSignal;
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

export interface BootSource {
  readonly id: number;
  readonly url: string;
  readonly keyring: string;
}

/** Which images to take from a source; `*` stands for all. */
export interface ImageSelection {
  readonly os: string;
  readonly release: string;
  readonly arches: readonly string[];
  readonly subarches: readonly string[];
  readonly labels: readonly string[];
}

export interface StoredSelection extends ImageSelection {
  readonly id: number;
}

/** An image of the region. */
export interface BootImage {
  readonly id: number;
  /** `ubuntu/jammy` */
  readonly name: string;
  /** `amd64/ga-22.04` */
  readonly architecture: string;
  /** From a source, uploaded by somebody, or made by MAAS. */
  readonly type: string;
}

export interface BootImageDetails extends BootImage {
  /** The newest version; undefined while there is none. */
  readonly version: string | undefined;
  /** Whether that one is whole. */
  readonly complete: boolean;
  /** Whether some version is whole, if not the newest. */
  readonly usable: boolean;
  readonly sizeBytes: number;
  /** Of the newest version, as far as MAAS tells. */
  readonly receivedBytes: number;
}

export interface MaasImages {
  /** Sources and selections need an administrator, to be read as well. */
  sources(options?: CallOptions): Promise<Listed<BootSource>>;
  addSource(source: Omit<BootSource, 'id'>, options?: CallOptions): Promise<BootSource>;
  /** MAAS works well with one source: change it rather than add another. */
  changeSource(
    id: number,
    change: Partial<Omit<BootSource, 'id'>>,
    options?: CallOptions,
  ): Promise<BootSource>;
  selections(source: number, options?: CallOptions): Promise<Listed<StoredSelection>>;
  /**
   * `maas-selection-not-offered` also means that MAAS has not read the source's index yet: of its very
   * first source it does not before an import was started. `selectPatiently` deals with that.
   */
  select(
    source: number,
    selection: ImageSelection,
    options?: CallOptions,
  ): Promise<StoredSelection>;
  /** Selects; while the index is not known starts an import and tries again, up to some minutes. */
  selectPatiently(
    source: number,
    selection: ImageSelection,
    options?: CallOptions,
  ): Promise<StoredSelection>;
  removeSelection(source: number, id: number, options?: CallOptions): Promise<void>;
  /** Starts the import on the region and, in 1.x, on its clusters. One that runs already goes on. */
  startImport(options?: CallOptions): Promise<void>;
  /**
   * Whether images are being imported. True also for the first seconds after `startImport`, in which
   * MAAS itself does not say so yet.
   */
  importing(options?: CallOptions): Promise<boolean>;
  list(options?: CallOptions): Promise<Listed<BootImage>>;
  one(id: number, options?: CallOptions): Promise<BootImageDetails>;
  /** What one rack has. */
  onRack(rack: string, options?: CallOptions): Promise<RackImages>;
}

export interface RackImages {
  readonly names: readonly string[];
  /** Undefined where what MAAS says means nothing (since 3.5 it always says "synced"). */
  readonly synced: boolean | undefined;
}

export interface AddressRange {
  /** Unknown to MAAS as a thing of its own in 1.x: there it is the kind. */
  readonly id: string;
  /** `static` exists in 1.x only; since 2.0 everything that is in no range is given out as static. */
  readonly kind: 'dynamic' | 'static' | 'reserved';
  readonly start: string;
  readonly end: string;
  readonly comment: string;
}

/** A network that MAAS knows: a subnet with its VLAN, or an interface of a cluster in 1.x. */
export interface ProvisioningNetwork {
  /** For later calls; nothing to show. */
  readonly id: string;
  /** What carries DHCP: several networks of one VLAN share it. For later calls. */
  readonly segment: string;
  readonly name: string;
  /** `10.20.30.0/24`; empty where 1.x was not told. */
  readonly cidr: string;
  /** Number of the VLAN tag, 0 for untagged. */
  readonly tag: number;
  readonly fabric: string;
  /** Undefined for none, and in 1.x, which takes one and never tells it. */
  readonly gateway: string | undefined;
  readonly nameservers: readonly string[];
  readonly ranges: readonly AddressRange[];
  readonly dhcp: boolean;
  /** IDs of the racks that serve it, the first one first; of the cluster in 1.x. */
  readonly servedBy: readonly string[];
}

export interface FreeRange {
  readonly start: string;
  readonly end: string;
  readonly addresses: number;
}

export interface TakenRange extends FreeRange {
  /** `dynamic`, `reserved`, `gateway-ip`, `dns-server`, `assigned-ip` … */
  readonly purposes: readonly string[];
}

/** Changing anything here needs an administrator. */
export interface MaasNetworks {
  list(options?: CallOptions): Promise<Listed<ProvisioningNetwork>>;
  create(
    network: { readonly cidr: string; readonly name?: string; readonly gateway?: string },
    options?: CallOptions,
  ): Promise<void>;
  change(
    network: Pick<ProvisioningNetwork, 'id'>,
    change: { readonly gateway?: string; readonly nameservers?: readonly string[] },
    options?: CallOptions,
  ): Promise<void>;
  addRange(
    network: Pick<ProvisioningNetwork, 'id'>,
    range: Omit<AddressRange, 'id'>,
    options?: CallOptions,
  ): Promise<void>;
  changeRange(
    network: Pick<ProvisioningNetwork, 'id'>,
    id: string,
    change: { readonly start?: string; readonly end?: string },
    options?: CallOptions,
  ): Promise<void>;
  /** MAAS takes away the only dynamic range of a network with DHCP on without a word. */
  removeRange(
    network: Pick<ProvisioningNetwork, 'id'>,
    id: string,
    options?: CallOptions,
  ): Promise<void>;
  /** Turns DHCP on. It needs a dynamic range first. */
  serve(
    network: Pick<ProvisioningNetwork, 'segment'>,
    rack: string,
    options?: CallOptions,
  ): Promise<void>;
  stopServing(network: Pick<ProvisioningNetwork, 'segment'>, options?: CallOptions): Promise<void>;
  free(network: Pick<ProvisioningNetwork, 'id'>, options?: CallOptions): Promise<Listed<FreeRange>>;
  taken(
    network: Pick<ProvisioningNetwork, 'id'>,
    options?: CallOptions,
  ): Promise<Listed<TakenRange>>;
}

export interface MachineFilter {
  readonly ids?: readonly string[];
  readonly hostnames?: readonly string[];
  readonly macs?: readonly string[];
  /** Since 2.0; 1.x gives all and the others are dropped here. */
  readonly status?: MaasStatus;
}

/** How MAAS drives a machine's power. */
export interface PowerSettings {
  /** `virsh`, `vmware`, `ipmi`, `manual` … */
  readonly type: string;
  /** Without the prefix of the form: `power_address`, `power_id` … */
  readonly parameters: Readonly<Record<string, string>>;
  /** Values that are secret, asked for when they are sent. */
  readonly secrets?: Readonly<Record<string, () => Promise<string>>>;
}

export interface NewMachine {
  readonly hostname: string;
  readonly architecture: string;
  readonly macs: readonly string[];
  readonly power: PowerSettings;
  /** Said in every call, because MAAS commissions at once when nothing is said. */
  readonly commission: boolean;
  readonly description?: string;
}

export interface MachineChange {
  readonly hostname?: string;
  readonly description?: string;
  readonly pool?: string;
  readonly power?: PowerSettings;
}

export interface MaasMachines {
  list(filter?: MachineFilter, options?: CallOptions): Promise<Listed<MaasMachine>>;
  one(id: string, options?: CallOptions): Promise<MaasMachine>;
  create(machine: NewMachine, options?: CallOptions): Promise<MaasMachine>;
  change(id: string, change: MachineChange, options?: CallOptions): Promise<MaasMachine>;
  /**
   * Deletes a machine that has one of these MAC addresses, which is how a plan's machine is told from
   * others; any other is `maas-not-ours`. MAAS itself deletes whatever it is asked to, so one that is
   * in use is `maas-machine-in-use` unless `evenInUse`. One that is gone already is no error.
   */
  remove(
    id: string,
    ours: { readonly macs: readonly string[]; readonly evenInUse?: boolean },
    options?: CallOptions,
  ): Promise<void>;
  /** Machines that enlisted by themselves; `maas-object-missing` names those that are not there. */
  accept(ids: readonly string[], options?: CallOptions): Promise<void>;
  tags(options?: CallOptions): Promise<Listed<string>>;
  createTag(name: string, comment: string, options?: CallOptions): Promise<void>;
  tag(
    name: string,
    change: { readonly add?: readonly string[]; readonly remove?: readonly string[] },
    options?: CallOptions,
  ): Promise<void>;
  tagged(name: string, options?: CallOptions): Promise<Listed<MaasMachine>>;
  pools(options?: CallOptions): Promise<Listed<string>>;
  createPool(name: string, description: string, options?: CallOptions): Promise<void>;
}

export interface CommissionOptions {
  readonly keepSshOpen?: boolean;
  readonly skipBmcConfig?: boolean;
  readonly skipNetworking?: boolean;
  readonly skipStorage?: boolean;
  readonly scripts?: readonly string[];
  /** `none` for no tests at all; MAAS's own choice when left out. */
  readonly tests?: readonly string[];
}

export interface DeployOptions {
  /** Release such as `jammy`; MAAS's default when left out. */
  readonly series?: string;
  readonly kernel?: string;
  /** For cloud-init, as text. */
  readonly userData?: string;
}

/** Each call only starts something; the machine then changes in its own time. */
export interface MaasLifecycle {
  commission(id: string, how?: CommissionOptions, options?: CallOptions): Promise<void>;
  allocate(
    machine: { readonly id: string; readonly hostname: string },
    options?: CallOptions,
  ): Promise<MaasMachine>;
  /** A machine that is ready is allocated on the way. */
  deploy(
    machine: { readonly id: string; readonly hostname: string },
    how?: DeployOptions,
    options?: CallOptions,
  ): Promise<void>;
  release(id: string, comment: string, options?: CallOptions): Promise<void>;
  abort(id: string, comment: string, options?: CallOptions): Promise<void>;
  markBroken(id: string, comment: string, options?: CallOptions): Promise<void>;
  markFixed(id: string, comment: string, options?: CallOptions): Promise<void>;
  enterRescue(id: string, options?: CallOptions): Promise<void>;
  leaveRescue(id: string, options?: CallOptions): Promise<void>;
}

export interface PowerField {
  readonly name: string;
  readonly label: string;
  readonly required: boolean;
  readonly secret: boolean;
  readonly choices: readonly string[];
}

export interface PowerType {
  readonly name: string;
  readonly label: string;
  readonly fields: readonly PowerField[];
  /** Packages that a rack lacks to drive it. */
  readonly missingPackages: readonly string[];
}

export interface StoredPower {
  /** What is not secret. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Secret parameters that have a value; MAAS gives them in clear, and here they end. */
  readonly withheld: readonly string[];
}

export interface MaasPowerControl {
  types(options?: CallOptions): Promise<Listed<PowerType>>;
  /** Needs an administrator. */
  settings(id: string, options?: CallOptions): Promise<StoredPower>;
  /**
   * Asks the power controller itself, through MAAS: up to a minute for one that cannot be reached. A
   * failure is the state `error`, or `maas-rack-slow`.
   */
  query(id: string, options?: CallOptions): Promise<MaasPower>;
  on(id: string, options?: CallOptions): Promise<void>;
  off(id: string, how: 'hard' | 'soft', options?: CallOptions): Promise<void>;
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
