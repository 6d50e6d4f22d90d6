/**
 * API versions of which the table knows the differences, oldest first. A site that is newer is
 * spoken to in the newest of them: vSphere answers older clients in their version.
 */
const SPOKEN = ['5.5', '6.0', '6.5', '6.7', '7.0'] as const;
export type ApiVersion = (typeof SPOKEN)[number];

/** For the calls that ask which version the site has. */
export const OLDEST_API: ApiVersion = '5.5';

/** Negative when `left` is older than `right`; missing parts count as 0. */
export function compareVersions(left: string, right: string): number {
  const parts = [left, right].map((text) =>
    text.split('.').map((part) => Number.parseInt(part, 10)),
  );
  const [a = [], b = []] = parts;
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] || 0) - (b[index] || 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The version to speak with a site of this `about.apiVersion`; undefined when it is too old. */
export function spokenVersion(apiVersion: string): ApiVersion | undefined {
  return SPOKEN.findLast((version) => compareVersions(version, apiVersion) <= 0);
}
