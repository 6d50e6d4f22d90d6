import type { MaasMachine, MaasPower, MaasStatus } from '../../contract/maas.ts';
import type { CallOptions, Listed } from './maas-call.ts';

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
