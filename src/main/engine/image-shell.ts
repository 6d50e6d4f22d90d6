import type { ImageRef } from '../../contract/image-ref.ts';
import type { ProxySettings } from '../../contract/plan.ts';
import { quote } from '../../contract/shell-quote.ts';
import { splitUrl } from './probes/cloud-image.ts';
import { proxyFor } from './probes/proxy.ts';

/*
 * What this computer does with an image, in lines of shell for people; nothing of it is run. They read
 * and write in the folder that they are run in.
 */

/** Fetches an image and proves it. */
export function fetchLines({ url, sha256 }: ImageRef, proxy: ProxySettings | undefined): string[] {
  const file = quote(splitUrl(url).file);
  const through = proxy && proxyFor(proxy, url);
  const option = through === undefined ? '' : `--proxy ${quote(through)} `;
  return [
    `curl -fL ${option}-C - -o ${file} ${quote(url)}`,
    `echo ${quote(`${sha256}  ${splitUrl(url).file}`)} | sha256sum -c -`,
  ];
}

/** Makes a flat disk of an image, with a descriptor as a datastore has it. */
export function flatDiskLines({ url }: ImageRef, disk: string): string[] {
  return [
    `qemu-img convert -O vmdk -o subformat=monolithicFlat,adapter_type=lsilogic ${quote(splitUrl(url).file)} ${quote(disk)}`,
    `sed -i 's/monolithicFlat/vmfs/; s/ FLAT \\(".*"\\) 0$/ VMFS \\1/' ${quote(disk)}`,
  ];
}

/** Name of the disk that an image becomes: the hash is in it, so that two builds never meet. */
export function imageDisk(machine: string, { sha256 }: Pick<ImageRef, 'sha256'>): string {
  return `${machine}-${sha256.slice(0, 8)}.vmdk`;
}
