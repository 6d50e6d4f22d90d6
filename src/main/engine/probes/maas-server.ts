import { quote } from '../../../contract/shell-quote.ts';
import { type Probe, ProbeAnswerError, quick } from '../probe.ts';

/** How a MAAS is installed: it decides where its tools, its files and its services are. */
export type MaasKind = 'deb' | 'snap';

export interface InstalledMaas {
  /** The region's packages, by dpkg. */
  readonly deb?: { readonly version: string };
  readonly snap?: { readonly version: string; readonly channel: string };
  /** snapd is there, so that snaps can be had. */
  readonly snapd: boolean;
  /** The snap with a database for labs. */
  readonly testDb: boolean;
}

/** What holds a region controller: 1.x, 2.x and later (debian/control of MAAS's packaging). */
const REGION_PACKAGES =
  'maas-region-controller maas-region-controller-min maas-region-api maas-region maas';

/** Which MAAS is on the host (dpkg-query(1), snap(8) list), the region above all. */
export const installedMaas: Probe<InstalledMaas> = quick({
  key: 'installed-maas',
  script: `dpkg-query -W -f='\${db:Status-Abbrev} \${Package} \${Version}\\n' ${REGION_PACKAGES} 2>/dev/null | sed -n 's/^ii */deb /p'
command -v snap >/dev/null 2>&1 || exit 0
echo snapd
for s in maas maas-test-db; do snap list $s 2>/dev/null | sed -n "s/^$s  */snap $s /p"; done
exit 0`,
  shown: `dpkg-query -W ${REGION_PACKAGES}; snap list maas`,
  parse: ({ text }) => {
    // Below 1 it is the archive's transitional package, which only brings the snap.
    const debs = [...text.matchAll(/^deb (\S+) (?!(?:\d+:)?0\.)(\S+)$/gm)];
    const [, , version] = debs.find(([, name]) => name?.startsWith('maas-region')) ?? debs[0] ?? [];
    // Name, version, revision, channel that is tracked.
    const snap = /^snap maas (\S+) +\S+ +(\S+)/m.exec(text);
    return {
      ...(version === undefined ? {} : { deb: { version } }),
      ...(snap?.[1] ? { snap: { version: snap[1], channel: snap[2] ?? '' } } : {}),
      snapd: /^snapd$/m.test(text),
      testDb: /^snap maas-test-db /m.test(text),
    };
  },
});

export interface SnapOffer {
  /** Version in the channel; undefined when the store has none there, or could not be asked. */
  readonly version: string | undefined;
  /** What snap said, when it knew nothing. */
  readonly said: string;
}

/** What the store has in a channel (snap(8) info): a version, an arrow to a lower risk, or a dash. */
export function snapOffer(name: string, channel: string): Probe<SnapOffer> {
  const full = channel.includes('/') ? channel : `${channel}/stable`;
  return quick({
    key: `snap-offer ${name} ${full}`,
    script: `snap info ${quote(name)} 2>&1`,
    seconds: 30,
    parse: ({ text }) => {
      const line = text.split('\n').find((each) => each.trim().startsWith(`${full}:`));
      const version = line
        ?.trim()
        .slice(full.length + 1)
        .trim()
        .split(/\s+/)[0];
      const known = version !== undefined && /^\d/.test(version);
      return { version: known ? version : undefined, said: text.trim().split('\n')[0] ?? '' };
    },
  });
}

export interface MaasConfig {
  /** The snap's mode; `none` before `maas init`. A MAAS from packages needs none. */
  readonly mode: string | undefined;
  /** Address under which MAAS believes to be reached. */
  readonly url: string | undefined;
  /** The host's own addresses. */
  readonly addresses: readonly string[];
}

/**
 * Where MAAS keeps its address: YAML in regiond.conf (maascli/configfile.py), a Python file in 1.7
 * (its docs, troubleshooting). Passwords stand beside it, so only these lines are read.
 */
export const maasConfig: Probe<MaasConfig> = quick({
  key: 'maas-config',
  sudo: true,
  script: `[ ! -d /var/snap/maas/common ] || echo "mode $(cat /var/snap/maas/common/snap_mode 2>/dev/null || echo none)"
for f in /var/snap/maas/current/regiond.conf /etc/maas/regiond.conf; do
  [ ! -e $f ] || sed -n "s/^maas_url: *['\\"]*\\([^'\\"]*\\).*/url \\1/p" $f
done
f=/etc/maas/maas_local_settings.py
[ ! -e $f ] || sed -n "s/^DEFAULT_MAAS_URL *= *['\\"]\\([^'\\"]*\\).*/url \\1/p" $f
echo "addresses $(hostname -I)"`,
  parse: ({ text }) => {
    const addresses = /^addresses (.*)$/m.exec(text)?.[1];
    if (addresses === undefined) throw new ProbeAnswerError('the addresses of the host');
    return {
      mode: /^mode (\S+)$/m.exec(text)?.[1],
      url: /^url (\S+)$/m.exec(text)?.[1],
      addresses: addresses.split(/\s+/).filter((each) => each !== ''),
    };
  },
});

export interface MaasService {
  readonly name: string;
  readonly state: 'running' | 'stopped' | 'failed';
}

export interface MaasServices {
  readonly services: readonly MaasService[];
  /** What starts and stops them. */
  readonly by: 'systemd' | 'upstart' | 'snap';
  /** False for a snap that was never initialised. */
  readonly configured: boolean;
}

const SYSTEMD: Record<string, MaasService['state']> = { active: 'running', failed: 'failed' };
/** pebble's words (`pebble services`), and supervisor's before MAAS 3.5 (supervisorctl status). */
const SNAP: Record<string, MaasService['state']> = {
  active: 'running',
  error: 'failed',
  backoff: 'failed',
  RUNNING: 'running',
  BACKOFF: 'failed',
  FATAL: 'failed',
  EXITED: 'failed',
};

function debService(line: string): MaasService | undefined {
  // UNIT LOAD ACTIVE SUB DESCRIPTION (systemctl(1), list-units)
  const unit = /^unit (\S+)\.service +loaded +(\S+)/.exec(line);
  if (unit?.[1]) return { name: unit[1], state: SYSTEMD[unit[2] ?? ''] ?? 'stopped' };
  // JOB (INSTANCE) GOAL/STATE (initctl(8))
  const job = /^job (\S+)(?: \(\S+\))? (\w+)\//.exec(line);
  if (job?.[1]) return { name: job[1], state: job[2] === 'start' ? 'running' : 'stopped' };
  const service = /^service (\S+) (running|stopped)$/.exec(line);
  if (service?.[1]) return { name: service[1], state: service[2] as 'running' | 'stopped' };
  return undefined;
}

/** The services of a MAAS from packages and what they rest on, by whatever init there is. */
const debServices: Probe<MaasServices> = quick({
  key: 'maas-services deb',
  seconds: 20,
  shown: "systemctl list-units --all 'maas-*' apache2 bind9 named postgresql",
  script: `if [ -d /run/systemd/system ]; then
  echo systemd
  systemctl list-units --all --plain --no-legend --type=service 'maas-*' apache2.service bind9.service named.service 'postgresql*.service' 2>/dev/null | sed 's/^[^A-Za-z0-9]*/unit /'
else
  echo upstart
  initctl list 2>/dev/null | sed -n 's/^maas-/job maas-/p'
  for s in apache2 bind9 postgresql; do
    if service $s status >/dev/null 2>&1; then echo "service $s running"; else echo "service $s stopped"; fi
  done
fi
exit 0`,
  parse: ({ text }) => {
    const by = /^(systemd|upstart)$/m.exec(text)?.[1];
    if (by === undefined) throw new ProbeAnswerError('the services of the host');
    const services = text.split('\n').flatMap((line) => debService(line) ?? []);
    return { services, by: by as 'systemd' | 'upstart', configured: true };
  },
});

const snapServices: Probe<MaasServices> = quick({
  key: 'maas-services snap',
  sudo: true,
  seconds: 30,
  script: '/snap/bin/maas status 2>&1',
  parse: ({ text }) => {
    if (/MAAS is not configured/.test(text)) {
      return { services: [], by: 'snap', configured: false };
    }
    const services: MaasService[] = [];
    for (const line of text.split('\n')) {
      const pebble = /^(\S+) +(?:enabled|disabled) +(\S+)/.exec(line);
      const supervisor = /^(\S+) +([A-Z]{5,})\b/.exec(line);
      const [, name, word = ''] = pebble ?? supervisor ?? [];
      if (name) services.push({ name, state: SNAP[word] ?? 'stopped' });
    }
    if (services.length === 0) throw new ProbeAnswerError('maas status');
    return { services, by: 'snap', configured: true };
  },
});

export const maasServices = (kind: MaasKind): Probe<MaasServices> =>
  kind === 'snap' ? snapServices : debServices;

export interface MaasAnswer {
  /** HTTP status; 0 when nothing answered. */
  readonly status: number;
  /** 1.7.0 to 1.7.2 tell their capabilities only. */
  readonly version: string | undefined;
  readonly detail: string;
}

/**
 * Asks MAAS for its version as everybody may (maasserver/api/version.py), from the host itself. Its
 * certificate is not looked at: nothing is sent, and who may be trusted is decided elsewhere.
 */
export function maasAnswer(url: string): Probe<MaasAnswer> {
  return quick({
    key: `maas-answer ${url}`,
    seconds: 15,
    shown: `curl ${url}`,
    script: `curl -kLsS --noproxy '*' --max-time 10 -w '\\nstatus %{http_code}\\n' ${quote(url)} 2>&1
exit 0`,
    parse: ({ text }) => {
      const status = Number(/^status (\d+)$/m.exec(text)?.[1] ?? 0);
      return {
        status,
        version: /"version": *"([^"]+)"/.exec(text)?.[1],
        detail: /^curl: .*$/m.exec(text)?.[0] ?? '',
      };
    },
  });
}

export interface MaasUser {
  readonly exists: boolean;
  /** SHA-256 of each API key: the keys themselves stay on the host. */
  readonly keys: readonly string[];
}

/** What MAAS makes of random letters: consumer, token and secret (apiclient/creds.py). */
export const API_KEY = '^[A-Za-z0-9]+:[A-Za-z0-9]+:[A-Za-z0-9]+$';

/**
 * A user of MAAS and its API keys (management/commands/apikey.py). A line that could hold a key is
 * neither printed nor in an argument list: `printf` and `read` are the shell's own.
 */
export function maasUser(tool: string, user: string): Probe<MaasUser> {
  return quick({
    key: `maas-user ${tool} ${user}`,
    sudo: true,
    seconds: 60,
    shown: `${tool} apikey --username ${user} | sha256sum`,
    script: `o=$(${tool} apikey --username ${quote(user)} 2>&1 </dev/null); echo "exit $?"
printf '%s\\n' "$o" | while IFS= read -r k; do
  if printf '%s\\n' "$k" | grep -qE '${API_KEY}'; then echo "key $(printf %s "$k" | sha256sum | cut -c1-64)"
  else printf 'said %s\\n' "$k" | grep -v ':.*:'; fi
done
exit 0`,
    parse: ({ text }) => {
      const keys = [...text.matchAll(/^key ([0-9a-f]{64})$/gm)].map(([, hash = '']) => hash);
      if (/^said .*User does not exist/m.test(text)) return { exists: false, keys };
      if (!/^exit 0$/m.test(text)) throw new ProbeAnswerError(`${tool} apikey`);
      return { exists: true, keys };
    },
  });
}
