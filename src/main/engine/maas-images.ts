import type { CallOptions, Listed } from './maas-call.ts';

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
