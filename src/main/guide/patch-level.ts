import { type Message, message } from '../../contract/message.ts';
import { ESXI_RELEASES, type EsxiRelease, RELEASES_KNOWN_ON } from './esxi-releases.ts';

export type PatchLevel =
  /** The line is not in the table. */
  | { readonly is: 'unknown' }
  | { readonly is: 'newest' | 'newer' | 'older'; readonly newest: EsxiRelease };

const parts = (version: string) => version.split('.').map(Number);

/** Negative when `left` is the older one; missing parts count as 0. */
function compareVersions(left: string, right: string): number {
  const [a, b] = [parts(left), parts(right)];
  for (let at = 0; at < 3; at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * Holds a host against the table. Update releases of one line are patched side by side, so a late
 * patch of 8.0.2 has a higher build than an early one of 8.0.3: the version decides first, and
 * builds only inside the same one.
 */
export function patchLevel(
  version: string,
  build: string,
  table: readonly EsxiRelease[] = ESXI_RELEASES,
): PatchLevel {
  const [major, minor] = version.split('.');
  const newest = table.find(({ line }) => line === `${major}.${minor}`);
  if (newest === undefined || !/^\d{1,12}$/.test(build)) return { is: 'unknown' };
  const difference = compareVersions(version, newest.version) || Number(build) - newest.build;
  return { is: difference === 0 ? 'newest' : difference > 0 ? 'newer' : 'older', newest };
}

/** What a person is told of a patch level; `name` is the host. */
export function patchSentence(
  name: string,
  host: { readonly version: string; readonly build: string },
  level: PatchLevel,
): Message {
  const { version, build } = host;
  const params = { name, version, build, known: RELEASES_KNOWN_ON };
  if (level.is === 'unknown') return message('esxi.version.unknown', params);
  const { name: release, build: newest, released } = level.newest;
  return message(`esxi.version.${level.is}`, { ...params, release, newest, released });
}

/** Said where the table itself is not sure. */
export function patchNotes(level: PatchLevel): Message[] {
  return level.is === 'unknown' || level.newest.confirmed
    ? []
    : [message('esxi.version.unconfirmed', { release: level.newest.name })];
}
