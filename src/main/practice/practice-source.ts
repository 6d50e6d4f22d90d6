import { createHash } from 'node:crypto';
import { clearsign, PRACTICE_KEY, PRACTICE_KEYRING } from './signing.ts';

/**
 * A small simplestreams tree, as maas.ubuntu.com (v2, MAAS 1.x) and images.maas.io (v3) lay theirs out.
 * Every file has real bytes, and its declared size and sha256 are true; only the sizes are small.
 */
export interface PracticeSource {
  readonly line: 'v2' | 'v3';
  readonly baseUrl: string;
  /** Names that resolve to the source. */
  readonly hosts: ReadonlySet<string>;
  /** The binary keyring that verifies it. */
  readonly keyring: Buffer;
  /** Whether the server honours `Range:`; images behind some proxies do not. */
  ranges: boolean;
  /** Paths below the base URL. */
  paths(): string[];
  get(path: string): Uint8Array | undefined;
  /** Replaces a file, signatures and checksums left as they are: what tampering or damage looks like. */
  set(path: string, bytes: Uint8Array): void;
  delete(path: string): void;
}

interface Item {
  readonly ftype: string;
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

type Product = Record<string, unknown> & {
  versions: Record<string, { items: Record<string, Item> }>;
};

const KIB = 1024;

/** Bytes that depend only on their path: two practice labs download the same files. */
function content(path: string, size: number): Buffer {
  const seed = createHash('sha512').update(path).digest();
  return Buffer.alloc(size, seed);
}

const UPDATED = 'Wed, 20 Jan 2016 12:00:00 +0000';

export function makePracticeSource(options: {
  line: 'v2' | 'v3';
  ranges?: boolean;
}): PracticeSource {
  const tree = new Map<string, Uint8Array>();
  const item = (ftype: string, path: string, size: number): Item => {
    let bytes = tree.get(path);
    if (!bytes) {
      bytes = content(path, size);
      tree.set(path, bytes);
    }
    return {
      ftype,
      path,
      size: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    };
  };
  const streams = options.line === 'v2' ? oldLine(item) : newLine(item);
  const index: Record<string, unknown> = {};
  for (const [id, products] of Object.entries(streams)) {
    const path = `streams/v1/${id}.sjson`;
    const document = {
      content_id: id,
      datatype: 'image-ids',
      format: 'products:1.0',
      products,
      updated: UPDATED,
    };
    tree.set(path, Buffer.from(clearsign(JSON.stringify(document, undefined, 1), PRACTICE_KEY)));
    index[id] = {
      datatype: 'image-ids',
      format: 'products:1.0',
      path,
      products: Object.keys(products),
      updated: UPDATED,
    };
  }
  tree.set(
    'streams/v1/index.sjson',
    Buffer.from(
      clearsign(
        JSON.stringify({ format: 'index:1.0', index, updated: UPDATED }, undefined, 1),
        PRACTICE_KEY,
      ),
    ),
  );
  const baseUrl =
    options.line === 'v2'
      ? 'http://maas.ubuntu.com/images/ephemeral-v2/releases/'
      : 'https://images.maas.io/ephemeral-v3/stable/';
  return {
    line: options.line,
    baseUrl,
    hosts: new Set([new URL(baseUrl).hostname]),
    keyring: PRACTICE_KEYRING,
    ranges: options.ranges ?? true,
    paths: () => [...tree.keys()].sort(),
    get: (path) => tree.get(path),
    set: (path, bytes) => void tree.set(path, bytes),
    delete: (path) => void tree.delete(path),
  };
}

type MakeItem = (ftype: string, path: string, size: number) => Item;
type Streams = Record<string, Record<string, Product>>;

function oldLine(item: MakeItem): Streams {
  const products: Record<string, Product> = {};
  const releases = { precise: '12.04', trusty: '14.04', vivid: '15.04' };
  for (const [release, version] of Object.entries(releases)) {
    for (const arch of ['amd64', 'i386']) {
      for (const subarch of ['generic', 'hwe-t', 'hwe-u']) {
        const versions: Product['versions'] = {};
        for (const serial of ['20151104', '20160114', '20160120']) {
          const folder = `${release}/${arch}/${serial}`;
          versions[serial] = {
            items: {
              'boot-initrd': item('boot-initrd', `${folder}/${subarch}/boot-initrd`, 192 * KIB),
              'boot-kernel': item('boot-kernel', `${folder}/${subarch}/boot-kernel`, 64 * KIB),
              'root-image.gz': item('root-image.gz', `${folder}/root-image.gz`, 1536 * KIB),
            },
          };
        }
        products[`com.ubuntu.maas:v2:boot:${version}:${arch}:${subarch}`] = {
          arch,
          subarch,
          subarches: `generic,${subarch}`,
          kflavor: 'generic',
          krel: subarch === 'hwe-t' ? 'trusty' : release,
          label: 'release',
          os: 'ubuntu',
          release,
          version,
          versions,
        };
      }
    }
  }
  return { 'com.ubuntu.maas:v2:download': products };
}

function newLine(item: MakeItem): Streams {
  const products: Record<string, Product> = {};
  for (const [release, version] of Object.entries({ jammy: '22.04', noble: '24.04' })) {
    for (const arch of ['amd64', 'arm64']) {
      const subarch = `ga-${version}`;
      const versions: Product['versions'] = {};
      for (const serial of ['20260601', '20260701', '20260801']) {
        const folder = `${release}/${arch}/${serial}`;
        versions[serial] = {
          items: {
            'boot-initrd': item(
              'boot-initrd',
              `${folder}/${subarch}/generic/boot-initrd`,
              384 * KIB,
            ),
            'boot-kernel': item(
              'boot-kernel',
              `${folder}/${subarch}/generic/boot-kernel`,
              128 * KIB,
            ),
            manifest: item('manifest', `${folder}/squashfs.manifest`, 8 * KIB),
            squashfs: item('squashfs', `${folder}/squashfs`, 2048 * KIB),
          },
        };
      }
      products[`com.ubuntu.maas.stable:v3:boot:${version}:${arch}:${subarch}`] = {
        arch,
        subarch,
        subarches: `generic,${subarch}`,
        kflavor: 'generic',
        krel: release,
        label: 'stable',
        os: 'ubuntu',
        release,
        release_codename: release,
        version,
        versions,
      };
    }
  }
  const loaders: Record<string, Product> = {};
  for (const [os, type, file] of [
    ['grub-efi-signed', 'uefi', 'grub2-signed.tar.xz'],
    ['pxelinux', 'pxe', 'pxelinux.tar.xz'],
  ] as const) {
    const versions: Product['versions'] = {};
    for (const serial of ['20260501.0', '20260715.0']) {
      versions[serial] = {
        items: {
          [file.replace('.tar.xz', '')]: item(
            'archive.tar.xz',
            `bootloaders/${type}/amd64/${serial}/${file}`,
            96 * KIB,
          ),
        },
      };
    }
    loaders[`com.ubuntu.maas.stable:1:${os}:${type}:amd64`] = {
      arch: 'amd64',
      arches: 'amd64',
      'bootloader-type': type,
      label: 'stable',
      os,
      versions,
    };
  }
  return {
    'com.ubuntu.maas:stable:v3:download': products,
    'com.ubuntu.maas:stable:1:bootloader-download': loaders,
  };
}
