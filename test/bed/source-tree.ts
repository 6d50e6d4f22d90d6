// The simplestreams documents of the two sources Labwright knows: the old "v2" one with root
// images and the present "v3" one with squashfs images and boot loaders in a second product file.

import { imageDigest } from './source-content.ts';

export interface SourceFile {
  /** As in a request: "/images/ephemeral-v2/releases/trusty/…". */
  path: string;
  size: number;
  sha256: string;
}

export interface SourceTree {
  files: SourceFile[];
  /** Unsigned text of each document by the path of its ".json" twin. */
  documents: Map<string, string>;
}

export interface TreeOptions {
  imageBytes: number;
  smallBytes: number;
  lookalikeRelease: boolean;
}

export const v2Base = '/images/ephemeral-v2/releases/';
export const v3Base = '/ephemeral-v3/stable/';
export const v2Serials = ['20160107', '20160114', '20160120'];
export const v3Serials = ['20240821', '20240911', '20241004'];

type Fields = Record<string, unknown>;
type Item = (ftype: string, path: string, size: number, more?: Fields) => Fields;

const updated = 'Wed, 20 Jan 2016 00:00:00 +0000';

function productsDocument(contentId: string, products: Fields): Fields {
  return {
    content_id: contentId,
    datatype: 'image-ids',
    format: 'products:1.0',
    products,
    updated,
  };
}

function versionsOf(serials: string[], itemsOf: (serial: string) => Fields): Fields {
  return Object.fromEntries(serials.map((serial) => [serial, { items: itemsOf(serial) }]));
}

const v2Releases = [
  { release: 'precise', version: '12.04', title: '12.04 LTS', subarches: ['generic', 'hwe-t'] },
  {
    release: 'trusty',
    version: '14.04',
    title: '14.04 LTS',
    subarches: ['generic', 'hwe-t', 'hwe-u'],
  },
  { release: 'xenial', version: '16.04', title: '16.04 LTS', subarches: ['generic'] },
];

// Caught by an unanchored "trusty", which is how the real program searches.
const lookalike = {
  release: 'trusty-proposed',
  version: '14.04.proposed',
  title: '14.04 proposed',
  subarches: ['generic'],
};

function v2Products(options: TreeOptions, item: Item): Fields {
  const products: Fields = {};
  const releases = options.lookalikeRelease ? [...v2Releases, lookalike] : v2Releases;
  for (const { release, version, title, subarches } of releases) {
    const arches = release === 'precise' ? ['amd64', 'i386'] : ['amd64', 'i386', 'arm64'];
    for (const arch of arches) {
      for (const subarch of subarches) {
        products[`com.ubuntu.maas:v2:boot:${version}:${arch}:${subarch}`] = {
          arch,
          kflavor: 'generic',
          krel: subarch === 'generic' ? release : subarch.replace('hwe-t', 'trusty'),
          label: 'release',
          os: 'ubuntu',
          release,
          release_title: title,
          subarch,
          subarches: subarch === 'generic' ? 'generic,hwe-p,hwe-q,hwe-r,hwe-s' : subarch,
          support_eol: '2019-04-17',
          version,
          versions: versionsOf(v2Serials, (serial) => {
            const base = `${release}/${arch}/${serial}`;
            const small = options.smallBytes;
            return {
              'boot-initrd': item('boot-initrd', `${base}/${subarch}/boot-initrd`, small),
              'boot-kernel': item('boot-kernel', `${base}/${subarch}/boot-kernel`, small),
              'root-image.gz': item('root-image.gz', `${base}/root-image.gz`, options.imageBytes),
            };
          }),
        };
      }
    }
  }
  return products;
}

const v3Releases = [
  { release: 'jammy', version: '22.04', codename: 'Jammy Jellyfish', eol: '2032-04-21' },
  { release: 'noble', version: '24.04', codename: 'Noble Numbat', eol: '2034-04-25' },
];

function v3Products(options: TreeOptions, item: Item): Fields {
  const products: Fields = {};
  for (const { release, version, codename, eol } of v3Releases) {
    for (const arch of ['amd64', 'arm64']) {
      for (const subarch of [`ga-${version}`, `hwe-${version}`]) {
        products[`com.ubuntu.maas.stable:v3:boot:${version}:${arch}:${subarch}`] = {
          arch,
          kflavor: 'generic',
          krel: release,
          label: 'stable',
          os: 'ubuntu',
          release,
          release_codename: codename,
          release_title: `${version} LTS`,
          subarch,
          subarches: `generic,${subarch}`,
          support_eol: eol,
          version,
          versions: versionsOf(v3Serials, (serial) => {
            const base = `${release}/${arch}/${serial}`;
            const kernel = `${base}/${subarch}/generic`;
            const small = options.smallBytes;
            const more = { kpackage: 'linux-generic' };
            return {
              'boot-initrd': item('boot-initrd', `${kernel}/boot-initrd`, small, more),
              'boot-kernel': item('boot-kernel', `${kernel}/boot-kernel`, small, more),
              manifest: item('manifest', `${base}/squashfs.manifest`, 4000),
              squashfs: item('squashfs', `${base}/squashfs`, options.imageBytes),
            };
          }),
        };
      }
    }
  }
  return products;
}

const bootloaders = [
  { os: 'grub-efi-signed', type: 'uefi', arch: 'amd64', packages: ['grub2-signed', 'shim-signed'] },
  { os: 'grub-efi', type: 'uefi', arch: 'arm64', packages: ['grub2'] },
  { os: 'grub-ieee1275', type: 'open-firmware', arch: 'ppc64el', packages: ['grub2'] },
  { os: 'pxelinux', type: 'pxe', arch: 'amd64', packages: ['syslinux'] },
  { os: 'pxelinux', type: 'pxe', arch: 'i386', packages: ['syslinux'] },
];

function bootloaderProducts(options: TreeOptions, item: Item): Fields {
  const products: Fields = {};
  for (const { os, type, arch, packages } of bootloaders) {
    products[`com.ubuntu.maas.stable:1:${os}:${type}:${arch}`] = {
      arch,
      arches: arch,
      'bootloader-type': type,
      label: 'stable',
      os,
      versions: versionsOf(['20240506.0', '20241004.0'], (serial) =>
        Object.fromEntries(
          packages.map((name) => [
            name,
            item(
              'archive.tar.xz',
              `bootloaders/${type}/${arch}/${serial}/${name}.tar.xz`,
              options.smallBytes,
              { src_package: name, src_release: 'jammy', src_version: '1.0-0bed1' },
            ),
          ]),
        ),
      ),
    };
  }
  return products;
}

export function buildTree(options: TreeOptions): SourceTree {
  const files = new Map<string, SourceFile>();
  const documents = new Map<string, string>();
  const text = (value: unknown) => `${JSON.stringify(value, null, 1)}\n`;

  const publish = (base: string, lists: Record<string, (item: Item) => Fields>) => {
    const item: Item = (ftype, path, size, more = {}) => {
      const whole = `${base}${path}`;
      const sha256 = imageDigest(whole, size);
      files.set(whole, { path: whole, size, sha256 });
      return { ...more, ftype, path, sha256, size };
    };
    const index: Fields = {};
    for (const [contentId, make] of Object.entries(lists)) {
      const products = make(item);
      const path = `streams/v1/${contentId}.json`;
      documents.set(`${base}${path}`, text(productsDocument(contentId, products)));
      index[contentId] = {
        datatype: 'image-ids',
        format: 'products:1.0',
        path,
        products: Object.keys(products),
        updated,
      };
    }
    documents.set(`${base}streams/v1/index.json`, text({ format: 'index:1.0', index, updated }));
  };

  publish(v2Base, { 'com.ubuntu.maas:v2:download': (item) => v2Products(options, item) });
  publish(v3Base, {
    'com.ubuntu.maas:stable:1:bootloader-download': (item) => bootloaderProducts(options, item),
    'com.ubuntu.maas:stable:v3:download': (item) => v3Products(options, item),
  });
  return { files: [...files.values()], documents };
}
