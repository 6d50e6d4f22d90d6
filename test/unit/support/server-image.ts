import { createHash } from 'node:crypto';
import { openRawDisk } from '../../../src/main/images/raw-disk.ts';
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

/** SHA-256 of the disk that an image file stands for, hex. */
export async function diskHash(path: string): Promise<string> {
  const disk = await openRawDisk(path, 'image');
  const hash = createHash('sha256');
  for await (const piece of disk.pieces()) hash.update(piece);
  await disk.close();
  return hash.digest('hex');
}
