import type { MaasImages } from '../../../engine/maas.ts';
import { incomplete, sources } from '../api-2/images.ts';
import type { MaasLink } from '../link.ts';
import { selectPatiently } from '../select-patiently.ts';

/** Until the region has read the index there is nothing incomplete to be seen. */
const IMPORT_LAG_MS = 5000;

export function images(link: MaasLink): MaasImages {
  let startedAt = Number.NEGATIVE_INFINITY;
  const own: MaasImages = {
    ...sources(link),
    selectPatiently: (source, selection, { signal } = {}) =>
      selectPatiently(own, link.clock, source, selection, signal),
    startImport: async ({ signal } = {}) => {
      await link.send('POST', { path: 'boot-resources/', op: 'import', signal });
      // The clusters fetch from the region, each when it is told to.
      await link.send('POST', { path: 'nodegroups/', op: 'import_boot_images', signal });
      startedAt = link.clock.now();
    },
    importing: async (options = {}) =>
      link.clock.now() - startedAt < IMPORT_LAG_MS || incomplete(own, options),
    onRack: async (rack, { signal } = {}) => {
      const path = `nodegroups/${rack}/boot-images/`;
      const { items } = await link.list('cluster images', { path, signal });
      const names = items.map(({ osystem, release }) => `${osystem}/${release}`);
      return { names: [...new Set(names)], synced: undefined };
    },
  };
  return own;
}
