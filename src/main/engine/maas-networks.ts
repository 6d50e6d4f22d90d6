import type { CallOptions, Listed } from './maas-call.ts';

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
