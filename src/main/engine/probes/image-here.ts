import { z } from 'zod';
import type { ProxySettings } from '../../../contract/plan.ts';
import { askHere, type Probe } from '../probe.ts';
import { type Offer, type StoredImage, splitUrl, type WantedImage } from './cloud-image.ts';
import { addressShown } from './proxy.ts';

/*
 * An ESXi host can neither fetch an image nor make a disk of it: this computer does, and keeps what it
 * fetched. The questions are those that a KVM host is asked (cloud-image.ts, new-machine.ts).
 */

const HOUR = 3600;

export interface ImagesHere {
  /** Where they are kept. */
  readonly folder: string;
  readonly images: readonly StoredImage[];
  readonly availableBytes: number;
}

const Images = z.object({
  folder: z.string(),
  images: z.array(
    z.object({
      url: z.string(),
      sha256: z.string(),
      size: z.number(),
      path: z.string(),
      diskBytes: z.number(),
    }),
  ),
  availableBytes: z.number(),
});

/** Images of this computer that were proved when they came and are the same files since then. */
export const imagesHere: Probe<ImagesHere> = askHere({
  key: 'images-here',
  here: { what: 'stored-images' },
  shown: 'this computer: images in its cache',
  parse: (value) => Images.parse(value),
});

/** What the publisher says about an image, as it is seen from this computer. */
export function offerHere(image: WantedImage, proxy: ProxySettings | undefined): Probe<Offer> {
  const { url, sha256, keyring } = image;
  const { folder } = splitUrl(url);
  const asked = sha256 === undefined ? `GET ${folder}/SHA256SUMS, SHA256SUMS.gpg; ` : '';
  return askHere({
    key: `offer-here ${addressShown(proxy ?? {}, url)} ${sha256 ?? keyring}`,
    here: { what: 'offered-image', image, proxy },
    shown: `this computer: ${asked}HEAD ${url}`,
    maxAgeSeconds: HOUR,
    // Its own answer, and no stranger's.
    parse: (value) => value as Offer,
  });
}

/** The host key that an SSH server at an address shows this computer; none when nothing answers. */
export function sshAnswerHere(address: string, port: number): Probe<{ fingerprints: string[] }> {
  return askHere({
    key: `ssh-answer-here ${address}:${port}`,
    here: { what: 'ssh-answer', address, port },
    shown: `this computer: ssh-keyscan -p ${port} ${address}`,
    parse: (value) => z.object({ fingerprints: z.array(z.string()) }).parse(value),
  });
}
