import type { Mirror } from '../../contract/plan.ts';
import { quick } from '../engine/probe.ts';

/** A mirror that somebody made: where it lies and what it holds. */
export interface ExistingMirror {
  readonly directory: string;
  readonly line: Mirror['line'];
  /** Filters that take what is there; none where nothing of it could be recognized. */
  readonly filters: Mirror['filters'] | undefined;
  /** The most versions that there are of one image. */
  readonly max: number;
}

/** Serials of images: `20160120`, `20260801.1`. */
const IMAGE = /^([a-z]+)\/([a-z0-9]+)\/(\d{8}(?:\.\d+)?)(?:\/([a-z0-9-]+))?$/;

/** A filter for exactly these names. */
function filterOf(names: ReadonlySet<string>): string {
  const sorted = [...names].sort();
  return sorted.length === 1 ? `=${sorted[0]}` : `~^(${sorted.join('|')})$`;
}

/** Reads a mirror from its folders: `release/arch/serial/subarch`, as both lines lay them out. */
function mirrorFrom(directory: string, folders: readonly string[]): ExistingMirror {
  const line = directory.includes('ephemeral-v2') ? 'v2' : 'v3';
  const releases = new Set<string>();
  const arches = new Set<string>();
  const subarches = new Set<string>();
  const serials = new Map<string, Set<string>>();
  for (const folder of folders) {
    const [, release, arch, serial, subarch] = IMAGE.exec(folder) ?? [];
    if (release === undefined || arch === undefined || serial === undefined) continue;
    releases.add(release);
    arches.add(arch);
    // The streams v3 name kernels otherwise than their folders.
    if (subarch !== undefined && line === 'v2') subarches.add(subarch);
    const image = `${release}/${arch}`;
    serials.set(image, (serials.get(image) ?? new Set()).add(serial));
  }
  if (releases.size === 0) return { directory, line, filters: undefined, max: 1 };
  return {
    directory,
    line,
    filters: {
      arch: filterOf(arches),
      ...(subarches.size === 0 ? {} : { subarch: filterOf(subarches) }),
      release: filterOf(releases),
    },
    max: Math.min(10, Math.max(...[...serials.values()].map((each) => each.size))),
  };
}

/** Published streams below the usual web root, and the folders of their images. */
export const existingMirrors = quick<{ mirrors: ExistingMirror[] }>({
  key: 'existing-mirrors',
  script: `find /var/www -maxdepth 10 -path '*/streams/v1/index.sjson' 2>/dev/null | head -n 20 | while read -r i; do
  d=\${i%/streams/v1/index.sjson}; echo "mirror $d"
  ( cd "$d" && find . -mindepth 3 -maxdepth 4 -type d -path './*/*/[0-9]*' 2>/dev/null | head -n 2000 )
done`,
  parse: ({ text }) => ({
    mirrors: text
      .split(/^mirror /m)
      .slice(1)
      .map((part) => {
        const [directory = '', ...folders] = part.trimEnd().split('\n');
        return mirrorFrom(
          directory,
          folders.map((folder) => folder.replace(/^\.\//, '')),
        );
      }),
  }),
});
