import { LabwrightError } from '../../../../contract/error.ts';
import type { CallOptions, ImageSelection, MaasImages } from '../../../engine/maas.ts';
import type { MaasLink } from '../link.ts';
import { selectPatiently } from '../select-patiently.ts';
import { isBefore } from '../version.ts';

/** Recorded: about a second after the import was asked for MAAS still says that there is none. */
const IMPORT_LAG_MS = 3000;

export function images(link: MaasLink, version: string | undefined): MaasImages {
  let startedAt = Number.NEGATIVE_INFINITY;
  const own: MaasImages = {
    ...sources(link),
    selectPatiently: (source, selection, { signal } = {}) =>
      selectPatiently(own, link.clock, source, selection, signal),
    startImport: async ({ signal } = {}) => {
      await link.send('POST', { path: 'boot-resources/', op: 'import', signal });
      startedAt = link.clock.now();
    },
    importing: async (options = {}) => {
      if (link.clock.now() - startedAt < IMPORT_LAG_MS) return true;
      try {
        return await link.one('true or false', {
          path: 'boot-resources/',
          op: 'is_importing',
          signal: options.signal,
        });
      } catch (error) {
        // 2.0 cannot be asked; what is not complete is still coming.
        if (!(error instanceof LabwrightError) || error.code !== 'maas-call-unknown') throw error;
        return incomplete(own, options);
      }
    },
    onRack: async (rack, { signal } = {}) => {
      const path = `rackcontrollers/${rack}/`;
      const found = await link.one('rack images', { path, op: 'list_boot_images', signal });
      const names = [...new Set(found.images.map(({ name }) => name))];
      const tells = version !== undefined && isBefore(version, [3, 5]);
      return { names, synced: tells ? found.status === 'synced' : undefined };
    },
  };
  return own;
}

/** Sources, selections and images are asked for in the same way by both families. */
export function sources(
  link: MaasLink,
): Omit<MaasImages, 'selectPatiently' | 'startImport' | 'importing' | 'onRack'> {
  const selections = (source: number) => `boot-sources/${source}/selections/`;
  return {
    sources: ({ signal } = {}) => link.list('boot sources', { path: 'boot-sources/', signal }),
    addSource: ({ url, keyring }, { signal } = {}) =>
      link.write('boot source', 'POST', {
        path: 'boot-sources/',
        form: { url, keyring_filename: keyring },
        signal,
      }),
    changeSource: (id, { url, keyring }, { signal } = {}) =>
      link.write('boot source', 'PUT', {
        path: `boot-sources/${id}/`,
        form: { url, keyring_filename: keyring },
        signal,
      }),
    selections: (source, { signal } = {}) =>
      link.list('selections', { path: selections(source), signal }),
    select: (source, { os, release, arches, subarches, labels }: ImageSelection, { signal } = {}) =>
      link.write('selection', 'POST', {
        path: selections(source),
        form: { os, release, arches, subarches, labels },
        signal,
      }),
    removeSelection: (source, id, { signal } = {}) =>
      link.send('DELETE', { path: `${selections(source)}${id}/`, signal }),
    list: ({ signal } = {}) => link.list('boot images', { path: 'boot-resources/', signal }),
    one: (id, { signal } = {}) => link.one('boot image', { path: `boot-resources/${id}/`, signal }),
  };
}

/** Whether an image that comes from a source is not whole yet. */
export async function incomplete(
  images: Pick<MaasImages, 'list' | 'one'>,
  options: CallOptions,
): Promise<boolean> {
  const { items } = await images.list(options);
  for (const { id } of items.filter(({ type }) => type === 'Synced')) {
    const { complete } = await images.one(id, options);
    if (!complete) return true;
  }
  return false;
}
