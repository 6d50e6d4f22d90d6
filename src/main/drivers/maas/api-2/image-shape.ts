import { z } from 'zod';
import type { BootImageDetails } from '../../../engine/maas.ts';
import { text } from '../optional-text.ts';

/** The same in both families of the API. */
export const BootSourceShape = z
  .object({ id: z.int(), url: z.string(), keyring_filename: text })
  .transform(({ id, url, keyring_filename }) => ({ id, url, keyring: keyring_filename }));

export const SelectionShape = z.object({
  id: z.int(),
  os: z.string().default('ubuntu'),
  release: z.string(),
  arches: z.array(z.string()),
  subarches: z.array(z.string()),
  labels: z.array(z.string()),
});

export const BootImageShape = z.object({
  id: z.int(),
  name: z.string(),
  architecture: text,
  type: text,
});

const ImageSet = z.object({
  version: z.string(),
  size: z.number().default(0),
  complete: z.boolean(),
  /**
   * In percent, while it is not complete. Files have one too, which is a fraction turned upside down
   * before 3.5 and a percentage since (bootresourcefile.py and largefile.py of both), so not those.
   */
  progress: z.number().min(0).max(100).optional().catch(undefined),
});

/** One image with its versions, of which the newest counts: names of versions sort by date. */
export const BootImageDetailsShape = BootImageShape.extend({
  sets: z.record(z.string(), ImageSet).default({}),
}).transform(({ sets, ...image }): BootImageDetails => {
  const versions = Object.values(sets).sort((a, b) => (a.version < b.version ? -1 : 1));
  const newest = versions.at(-1);
  const percent = newest?.complete === true ? 100 : (newest?.progress ?? 0);
  return {
    ...image,
    complete: newest?.complete ?? false,
    usable: versions.some(({ complete }) => complete),
    version: newest?.version,
    sizeBytes: newest?.size ?? 0,
    receivedBytes: Math.round(((newest?.size ?? 0) * percent) / 100),
  };
});

export const RackImagesShape = z.object({
  images: z.array(z.object({ name: z.string(), architecture: text })),
  status: text,
});
