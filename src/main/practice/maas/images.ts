import { createHash } from 'node:crypto';
import { badForm, badFormBare, noSuch, required } from './answer.ts';
import { resourceJson, selectionJson, setsJson, sourceJson } from './image-json.ts';
import type { RegionTime } from './region-time.ts';
import type { Fields } from './request-form.ts';

/** An image that a stream offers. */
export interface StreamImage {
  readonly os: string;
  readonly release: string;
  readonly arch: string;
  /** `ga-22.04` */
  readonly kernel: string;
  /** Kernels that it also stands for. */
  readonly subarches: string;
  readonly version: string;
  readonly label: string;
  readonly files: Readonly<Record<string, { readonly size: number; readonly sha256: string }>>;
}

/** What MAAS finds at the address of a source; undefined when nobody answers there. */
export type Streams = (url: string) => readonly StreamImage[] | undefined;

export interface Source {
  readonly id: number;
  readonly created: number;
  updated: number;
  url: string;
  keyring: string;
  /** What is known to be there; undefined until the index was read. */
  index: readonly StreamImage[] | undefined;
  readonly selections: Selection[];
  nextSelection: number;
}

export interface Selection {
  readonly id: number;
  readonly os: string;
  readonly release: string;
  readonly arches: readonly string[];
  readonly subarches: readonly string[];
  readonly labels: readonly string[];
}

export interface Resource {
  readonly id: number;
  readonly type: 'Synced' | 'Uploaded';
  readonly name: string;
  readonly architecture: string;
  readonly extra: Readonly<Record<string, string>>;
  readonly version: string;
  readonly label: string;
  readonly files: StreamImage['files'];
  complete: boolean;
}

/** Reading an index, and then fetching what was selected; `is_importing` lags a little (recorded). */
const INDEX_MS = 1500;
const LAG_MS = 1000;
const FETCH_MS = 4000;

/** MAAS fetches these whatever is selected (recorded). */
const BOOTLOADERS = [
  { name: 'pxelinux/pxe', architecture: 'i386/generic' },
  { name: 'grub-efi-signed/uefi', architecture: 'amd64/generic' },
];

export class Images {
  readonly #time: RegionTime;
  readonly #streams: Streams;
  readonly #sources: Source[] = [];
  #nextSource = 1;
  readonly #resources: Resource[] = [];
  #nextResource = 1;
  #importing = false;
  #seen = false;

  constructor(time: RegionTime, streams: Streams) {
    this.#time = time;
    this.#streams = streams;
  }

  get importing(): boolean {
    return this.#importing && this.#seen;
  }

  /** Of which a machine can be commissioned or deployed. */
  get releases(): readonly string[] {
    const names = this.#usable().map(({ name }) => name.split('/')[1] ?? '');
    return [...new Set(names)];
  }

  get architectures(): readonly string[] {
    const arches = this.#usable().map(({ architecture }) => architecture.split('/')[0] ?? '');
    return [...new Set(arches)].map((arch) => `${arch}/generic`);
  }

  kernelOf(release: string): string | null {
    const found = this.#usable().find(({ name }) => name === `ubuntu/${release}`);
    return found?.architecture.split('/')[1] ?? null;
  }

  #usable(): readonly Resource[] {
    return this.#resources.filter(({ name, complete }) => complete && name.startsWith('ubuntu/'));
  }

  sources(): readonly unknown[] {
    return this.#sources.map(sourceJson);
  }

  addSource(form: Fields): unknown {
    const url = this.#checkedSource(form, form.get('keyring_filename') ?? form.get('keyring_data'));
    const now = this.#time.now();
    const source: Source = {
      id: this.#nextSource,
      created: now,
      updated: now,
      url,
      keyring: form.get('keyring_filename') ?? '',
      index: undefined,
      selections: [],
      nextSelection: 1,
    };
    this.#nextSource += 1;
    this.#sources.push(source);
    // Of the first source ever nothing is read before an import is asked for (recorded).
    if (source.id > 1) this.#time.after(INDEX_MS, () => this.#read(source));
    return sourceJson(source);
  }

  changeSource(id: string, form: Fields): unknown {
    const source = this.#source(id);
    source.url = form.get('url') ?? source.url;
    source.keyring = form.get('keyring_filename') ?? source.keyring;
    source.updated = this.#time.now();
    this.#time.after(INDEX_MS, () => this.#read(source));
    return sourceJson(source);
  }

  source(id: string): unknown {
    return sourceJson(this.#source(id));
  }

  selections(id: string): readonly unknown[] {
    const source = this.#source(id);
    return source.selections.map((selection) => selectionJson(source, selection));
  }

  select(id: string, form: Fields): unknown {
    const source = this.#source(id);
    const [os = '', release = ''] = [form.get('os'), form.get('release')];
    const offered = source.index?.some((image) => image.os === os && image.release === release);
    if (offered !== true) {
      const said = `OS ${os} with release ${release} has no available images for download`;
      throw badForm({ os: [said] });
    }
    if (source.selections.some((known) => known.os === os && known.release === release)) {
      const said = 'Boot source selection with this Boot source, Os and Release already exists.';
      throw badFormBare({ __all__: [said] });
    }
    const selection: Selection = {
      id: source.nextSelection,
      os,
      release,
      arches: form.all('arches'),
      subarches: form.all('subarches'),
      labels: form.all('labels'),
    };
    source.nextSelection += 1;
    source.selections.push(selection);
    return selectionJson(source, selection);
  }

  removeSelection(id: string, selection: string): void {
    const { selections } = this.#source(id);
    const at = selections.findIndex((known) => String(known.id) === selection);
    if (at < 0) throw noSuch('BootSourceSelection');
    selections.splice(at, 1);
  }

  /** Begins, or lets the one that runs go on. */
  startImport(): void {
    if (this.#importing) return;
    this.#importing = true;
    this.#time.after(LAG_MS, () => {
      this.#seen = true;
    });
    this.#time.after(INDEX_MS, () => {
      for (const source of this.#sources) this.#read(source);
      const begun = this.#begin();
      this.#time.after(begun ? FETCH_MS : 0, () => {
        for (const resource of this.#resources) resource.complete = true;
        this.#importing = false;
        this.#seen = false;
      });
    });
  }

  resources(): readonly unknown[] {
    return this.#resources
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map((resource) => resourceJson(resource));
  }

  resource(id: string): unknown {
    const found = this.#resources.find((resource) => String(resource.id) === id);
    if (found === undefined) throw noSuch('BootResource');
    return { ...resourceJson(found), sets: setsJson(found) };
  }

  upload(form: Fields): unknown {
    const content = form.files.get('content');
    const missing = ['architecture', ...(content === undefined ? ['sha256', 'size'] : [])].filter(
      (field) => !form.has(field),
    );
    if (missing.length > 0)
      throw badForm(Object.fromEntries(missing.map((field) => [field, [required]])));
    const bytes = content ?? new Uint8Array();
    const resource: Resource = {
      id: this.#nextResource,
      type: 'Uploaded',
      name: (form.get('name') ?? '').replace(/^custom\//, ''),
      architecture: form.get('architecture') ?? '',
      extra: { subarches: 'generic', title: form.get('title') ?? '' },
      version: new Date(this.#time.now()).toISOString().slice(0, 10).replaceAll('-', ''),
      label: 'uploaded',
      files: {
        [`root-${form.get('filetype') ?? 'tgz'}`]: {
          size: bytes.length,
          sha256: createHash('sha256').update(bytes).digest('hex'),
        },
      },
      complete: content !== undefined,
    };
    this.#nextResource += 1;
    this.#resources.push(resource);
    return { ...resourceJson(resource), sets: setsJson(resource) };
  }

  /** As a rack that has fetched everything says it. */
  onRack(): unknown {
    const shown = this.#resources
      .filter(({ complete, type }) => complete && type === 'Synced')
      .map(({ name, architecture, extra }) => {
        const [arch = '', kernel = ''] = architecture.split('/');
        const loader = extra.subarches === undefined;
        return {
          name: loader ? `bootloader/${name.split('/')[1]}` : name,
          architecture: arch,
          subarches: loader ? ['generic'] : [kernel, 'generic'],
        };
      });
    const images = shown.toReversed();
    return { images, connected: true, status: this.#importing ? 'syncing' : 'synced' };
  }

  #checkedSource(form: Fields, keyring: string | undefined): string {
    const url = form.get('url') ?? '';
    if (!/^https?:\/\/\S+$/.test(url)) throw badForm({ url: ['Enter a valid URL.'] });
    if (this.#sources.some((known) => known.url === url))
      throw badForm({ url: ['Boot source with this Url already exists.'] });
    if (keyring === undefined || keyring === '')
      throw badForm({ __all__: ['One of keyring_data or keyring_filename must be specified.'] });
    return url;
  }

  #source(id: string): Source {
    const found = this.#sources.find((source) => String(source.id) === id);
    if (found === undefined) throw noSuch('BootSource');
    return found;
  }

  #read(source: Source): void {
    source.index = this.#streams(source.url) ?? source.index;
  }

  /** Whether there is something to fetch. */
  #begin(): boolean {
    const before = this.#resources.length;
    const wanted = this.#sources.flatMap(({ index = [], selections }) =>
      index.filter((image) => selections.some((selection) => covers(selection, image))),
    );
    if (wanted.length > 0 && before === 0)
      for (const loader of BOOTLOADERS) this.#addLoader(loader);
    for (const image of wanted) {
      const name = `${image.os}/${image.release}`;
      const architecture = `${image.arch}/${image.kernel}`;
      const known = this.#resources.some(
        (resource) =>
          resource.name === name &&
          resource.architecture === architecture &&
          resource.version === image.version,
      );
      if (!known)
        this.#add({ ...image, name, architecture, extra: { subarches: image.subarches } });
    }
    return this.#resources.length > before;
  }

  #addLoader(loader: (typeof BOOTLOADERS)[number]): void {
    this.#add({ ...loader, extra: {}, version: '20240501.0', label: 'stable', files: {} });
  }

  #add(resource: Omit<Resource, 'id' | 'type' | 'complete'>): void {
    const { name, architecture, extra, version, label, files } = resource;
    const own = { name, architecture, extra, version, label, files };
    this.#resources.push({ id: this.#nextResource, type: 'Synced', complete: false, ...own });
    this.#nextResource += 1;
  }
}

function covers(
  { os, release, arches, subarches, labels }: Selection,
  image: StreamImage,
): boolean {
  const among = (allowed: readonly string[], value: string) =>
    allowed.length === 0 || allowed.includes('*') || allowed.includes(value);
  return (
    os === image.os &&
    release === image.release &&
    among(arches, image.arch) &&
    (among(subarches, image.kernel) || subarches.includes('generic')) &&
    among(labels, image.label)
  );
}
