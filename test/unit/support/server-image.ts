import { qcow2Image } from './qcow2-image.ts';

/** A cloud image that is small: a disk of two mebibytes, packed where there is something in it. */
export function smallCloudImage(seed = 1): { image: Buffer; disk: Buffer } {
  return qcow2Image({
    clusterBits: 16,
    version: 3,
    tail: 65_536,
    clusters: Array.from({ length: 32 }, (_, at) => ({
      kind: at % 5 === 4 ? 'packed' : at % 3 === 0 ? 'plain' : 'hole',
      fill: (at + seed) % 256,
    })),
  });
}
