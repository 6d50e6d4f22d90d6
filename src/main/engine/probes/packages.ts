import { quote } from '../../../contract/shell-quote.ts';
import { type Probe, quick } from '../probe.ts';

export interface PackageState {
  readonly installed: boolean;
  /** dpkg's three-letter status, for example `ii ` or `iF ` (half configured). */
  readonly status: string;
  readonly version: string;
}

/** State of packages by name (dpkg-query(1), db:Status-Abbrev). */
export function dpkg(...names: readonly string[]): Probe<Record<string, PackageState>> {
  const words = names.map(quote).join(' ');
  return quick({
    key: `dpkg ${names.join(' ')}`,
    script: `dpkg-query -W -f='\${Package}\\t\${db:Status-Abbrev}\\t\${Version}\\n' ${words} 2>/dev/null || :`,
    parse: ({ text }) => {
      const states: Record<string, PackageState> = {};
      for (const name of names) states[name] = { installed: false, status: '', version: '' };
      for (const line of text.split('\n')) {
        const [name, status = '', version = ''] = line.split('\t');
        const bare = name?.split(':')[0];
        if (bare && bare in states) {
          states[bare] = { installed: status.startsWith('ii'), status: status.trim(), version };
        }
      }
      return states;
    },
  });
}

export interface Candidates {
  /** Candidate version of each package that the package lists offer. */
  readonly versions: Readonly<Record<string, string>>;
  /** Where the candidate of each package comes from: address and suite, without the architecture. */
  readonly origins: Readonly<Record<string, readonly string[]>>;
  /** False when lists were never fetched, in whole or for one source, or the sources were changed. */
  readonly listsCurrent: boolean;
  readonly apt: boolean;
}

/**
 * Prints the sources whose list is not there: apt-get update leaves out what it cannot reach and
 * calls that a success. `--print-uris` says what it would fetch, and fetches nothing.
 */
const MISSING_LISTS = `apt-get update --print-uris 2>/dev/null | sed -n "s/^'[^']*' \\([^ ]*_\\)InRelease .*/\\1/p" | while read -r f; do [ -e "/var/lib/apt/lists/\${f}InRelease" ] || [ -e "/var/lib/apt/lists/\${f}Release" ] || echo "$f"; done`;

/** Whether apt's lists can be believed: there, of every source, and younger than the list of sources. */
const LISTS = `if ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1 && [ -z "$(find /etc/apt/sources.list /etc/apt/sources.list.d -newer /var/lib/apt/lists 2>/dev/null)" ] && [ -z "$(${MISSING_LISTS})" ]; then echo "lists current"; else echo "lists old"; fi`;

/** What apt would install (apt-cache(8) policy) and whether its lists can be believed. */
export function aptCandidates(...names: readonly string[]): Probe<Candidates> {
  const words = names.map(quote).join(' ');
  return quick({
    key: `apt-candidates ${names.join(' ')}`,
    script: `command -v apt-get >/dev/null || { echo "no apt"; exit 0; }
${LISTS}
apt-cache policy ${words} 2>/dev/null`,
    seconds: 20,
    parse: ({ text }) => {
      const apt = !text.startsWith('no apt');
      return { ...readPolicy(text), listsCurrent: text.includes('lists current'), apt };
    },
  });
}

/** Reads apt-cache(8) policy: the candidate of each package, and the sources that have it. */
function readPolicy(text: string): Pick<Candidates, 'versions' | 'origins'> {
  const versions: Record<string, string> = {};
  const origins: Record<string, string[]> = {};
  let name = '';
  let shown = '';
  for (const line of text.split('\n')) {
    const heading = /^([a-z0-9][a-z0-9.+-]+):$/.exec(line)?.[1];
    if (heading) name = heading;
    const candidate = /^ {2}Candidate: (.+)$/.exec(line)?.[1];
    if (candidate && candidate !== '(none)') versions[name] = candidate;
    // Versions are indented by five, of which the first three mark the installed one.
    const version = /^ (?:\*{3}| {3}) (\S+)(?: \d+)?$/.exec(line)?.[1];
    if (version) shown = version;
    const origin = /^ {6,} -?\d+ (\S+:\/\S+ \S+)/.exec(line)?.[1];
    if (origin && shown === versions[name]) origins[name] = [...(origins[name] ?? []), origin];
  }
  return { versions, origins };
}

export interface PendingUpdates {
  /** Packages that `apt-get upgrade` would renew; those that it keeps back are left out. */
  readonly names: readonly string[];
  readonly listsCurrent: boolean;
  readonly apt: boolean;
}

/** What `apt-get upgrade` would do, by its own simulation (apt-get(8), -s): no root is needed. */
export const pendingUpdates: Probe<PendingUpdates> = quick({
  key: 'pending-updates',
  shown: 'apt-get -s upgrade',
  seconds: 30,
  script: `command -v apt-get >/dev/null || { echo "no apt"; exit 0; }
${LISTS}
apt-get -s upgrade 2>/dev/null | grep '^Inst '
exit 0`,
  parse: ({ text }) => ({
    names: [...text.matchAll(/^Inst (\S+) /gm)].map(([, name = '']) => name),
    listsCurrent: text.includes('lists current'),
    apt: !text.startsWith('no apt'),
  }),
});

export interface RestartWanted {
  readonly wanted: boolean;
  /** Packages that want it, where the system says so. */
  readonly packages: readonly string[];
}

/** Whether Ubuntu asks for a restart (update-notifier-common, notify-reboot-required). */
export const restartWanted: Probe<RestartWanted> = quick({
  key: 'restart-wanted',
  script: `[ ! -e /var/run/reboot-required ] || { echo wanted; cat /var/run/reboot-required.pkgs 2>/dev/null; }
exit 0`,
  parse: ({ text }) => {
    const [first, ...packages] = text.split('\n').filter((line) => line !== '');
    return { wanted: first === 'wanted', packages: [...new Set(packages)] };
  },
});
