import type { Resource, Selection, Source } from './images.ts';
import { isoDate } from './region-time.ts';

export function sourceJson(source: Source) {
  return {
    created: isoDate(source.created),
    updated: isoDate(source.updated),
    url: source.url,
    keyring_filename: source.keyring,
    id: source.id,
    keyring_data: '',
    resource_uri: `/MAAS/api/2.0/boot-sources/${source.id}/`,
  };
}

export function selectionJson(
  source: Source,
  { id, os, release, arches, subarches, labels }: Selection,
) {
  return {
    os,
    release,
    arches,
    subarches,
    labels,
    id,
    boot_source_id: source.id,
    resource_uri: `/MAAS/api/2.0/boot-sources/${source.id}/selections/${id}/`,
  };
}

export function resourceJson({ id, type, name, architecture, extra }: Resource) {
  const resource_uri = `/MAAS/api/2.0/boot-resources/${id}/`;
  return { id, type, name, architecture, resource_uri, ...extra };
}

export function setsJson({ version, label, files, complete }: Resource) {
  const shown = Object.entries(files).map(([name, { size, sha256 }]) => [
    name,
    { filename: name, filetype: name, sha256, size, complete },
  ]);
  const size = Object.values(files).reduce((sum, file) => sum + file.size, 0);
  const progress = complete ? {} : { progress: 0 };
  return {
    [version]: { version, label, size, complete, ...progress, files: Object.fromEntries(shown) },
  };
}
