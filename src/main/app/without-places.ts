import { isIPv6 } from 'node:net';
import type { JournalRow } from '../../contract/journal.ts';
import type { LabState } from '../../contract/lab-state.ts';
import type { Plan, ProxySettings } from '../../contract/plan.ts';

/** The computer that writes the text, and who sits at it. */
export interface ThisComputer {
  readonly user: string;
  readonly hostname: string;
}

/** Names that say what a host is for and nothing about whose it is: the text stays readable. */
const SAYS_NOTHING = /^(mirror|maas|kvm|esxi|vcenter|host|site|node|server|other)[-_.]?\d*$/i;
/** Names of labs that tell as little, and are words of many outputs. */
const ANY_LAB = /^((the|my|practice|test|home)[-_. ])?(lab|rack|test|maas|cluster)s?[-_. ]?\d*$/i;
/** Logins that come with a system or a product: they tell of nobody, and are words of its outputs. */
const NOBODY = /^(root|ubuntu|debian|admin|administrator|maas|vagrant|user)$/i;
/** Places that everybody fetches from. */
const PUBLIC = /(^|\.)(ubuntu\.com|canonical\.com|maas\.io|debian\.org|launchpad\.net)$/i;
/** Fields of ours whose words come from our own source, outside the data of others. */
const OUR_WORDS: ReadonlySet<string> = new Set([
  ...['kind', 'key', 'code', 'step', 'state', 'what', 'connection', 'how', 'risks', 'sha256'],
  ...['digest', 'run', 'of', 'job', 'labwright', 'node', 'platform'],
]);
/** Below these everything was written by others, names of fields too. */
const OF_OTHERS: ReadonlySet<string> = new Set([
  'before',
  'params',
  'outputs',
  'output',
  'command',
]);

const HOME = /[/\\](?:home|Users)[/\\]+([^/\\"'`\s:;,()<>|&]+)/g;
const LOGIN = /\b(?:LOGIN|LOGNAME|USER|SUDO_USER)=["']?([\p{L}_][\p{L}\p{N}_.-]*)/gu;
const PLAIN_NAME = /^[\p{L}_][\p{L}\p{N}_.-]*$/u;

/** Hosts that a text names as such: in addresses, and in the words of ssh(1), curl(1) and resolvers. */
const HOSTS = [
  /\b[a-z][a-z0-9+.-]*:\/\/(?:[^\s/@'"]*@)?([a-z0-9][a-z0-9.-]*[a-z0-9])/gi,
  /(?:resolve (?:host|proxy): |Failed to connect to |connect to host |getaddrinfo \w+ )([a-z0-9][a-z0-9.-]*[a-z0-9])/gi,
  /\b[a-z_][a-z0-9_.-]*@([a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)+)/gi,
];
/** Fingerprints of keys (ssh-keygen(1)) and certificates, and public keys themselves. */
const KEY =
  'SHA256:[A-Za-z0-9+/]{43}=?|(?<![0-9A-Fa-f:])(?:[0-9A-Fa-f]{2}:){19,31}[0-9A-Fa-f]{2}(?![0-9A-Fa-f:])|AAAA[A-Za-z0-9+/]{40,}={0,2}';

const UUID = '[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}';
const MACHINE_ID = `(?<![0-9a-zA-Z])(?:[0-9a-fA-F]{32}|${UUID})(?![0-9a-zA-Z])`;
const MAC = '(?<![0-9a-zA-Z:])(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}(?![0-9a-zA-Z:])';
/** Anything that could hold an IPv6 address; whether it does is asked of Node. */
const COLONS = '[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*';
const COLONS_ONLY = new RegExp(`^${COLONS}$`);
const OCTET = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const IPV4 = `(?<![0-9])${OCTET}(?:\\.${OCTET}){3}(?![0-9])`;

/**
 * A name in a regular expression, whole: `ann` is not in `joanna`, but it is in `ann-laptop` and,
 * since only ASCII letters go on with a name, in `annさん`.
 */
function whole(name: string, eitherCase = false): string {
  const escaped = name.replace(/[.*+?^${}()|[\]\\/]|[a-z]/gi, (sign) => {
    if (!/[a-z]/i.test(sign)) return `\\${sign}`;
    return eitherCase ? `[${sign.toLowerCase()}${sign.toUpperCase()}]` : sign;
  });
  return `(?<![A-Za-z0-9_])${escaped}(?![A-Za-z0-9_])`;
}

/** The stand-ins of one bundle: the same name has the same one wherever it stands. */
class StandIns {
  readonly #of = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  give(kind: string, ...names: readonly string[]): void {
    const fresh = names.filter((name) => name !== '' && !this.#of.has(name));
    if (fresh.length === 0) return;
    const known = names.map((name) => this.#of.get(name)).find((each) => each !== undefined);
    const standIn = known ?? this.#next(kind);
    for (const name of fresh) this.#of.set(name, standIn);
  }

  of(kind: string, name: string): string {
    this.give(kind, name);
    return this.#of.get(name) as string;
  }

  get(name: string): string | undefined {
    return this.#of.get(name);
  }

  #next(kind: string): string {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    return `${kind}-${count}`;
  }
}

function nameInUrl(url: string | undefined): string[] {
  if (url === undefined || !URL.canParse(url)) return [];
  return [new URL(url).hostname.replace(/^\[|\]$/g, '').toLowerCase()];
}

/** Strings of a value, with those of its field names that are data. */
function* stringsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (Array.isArray(value)) for (const each of value) yield* stringsIn(each);
  else if (value !== null && typeof value === 'object') {
    for (const [key, each] of Object.entries(value)) {
      yield key;
      yield* stringsIn(each);
    }
  }
}

function* peopleIn(value: unknown): Generator<string> {
  if (Array.isArray(value)) for (const each of value) yield* peopleIn(each);
  else if (value !== null && typeof value === 'object') {
    for (const [key, each] of Object.entries(value)) {
      if (key === 'who' && typeof each === 'string') yield each;
      else yield* peopleIn(each);
    }
  }
}

interface Known {
  readonly hosts: Set<string>;
  readonly users: Set<string>;
  readonly standIns: StandIns;
}

function learnHost({ hosts, standIns }: Known, kind: string, ...names: readonly string[]): void {
  const telling = names
    .map((name) => name.toLowerCase())
    .filter((name) => name !== '' && !PUBLIC.test(name));
  standIns.give(kind, ...telling);
  for (const name of telling) hosts.add(name);
}

function learnPlan(plan: Plan, known: Known): void {
  const { users } = known;
  const host = (kind: string, ...names: readonly string[]) => learnHost(known, kind, ...names);
  for (const [name, { address, user }] of [
    ...Object.entries(plan.hosts),
    ...Object.entries(plan.sites),
  ]) {
    host('host', address, ...(SAYS_NOTHING.test(name) ? [] : [name]));
    // A site's user can have its domain with it.
    for (const part of new Set([user, ...user.split(/[@\\]/)])) users.add(part);
  }
  const proxies: (ProxySettings | undefined)[] = [
    plan.proxy,
    ...Object.values(plan.hosts).map(({ proxy }) => proxy),
  ];
  for (const proxy of proxies) {
    for (const url of [proxy?.http, proxy?.https, proxy?.apt]) host('proxy', ...nameInUrl(url));
    for (const direct of proxy?.no_proxy ?? []) {
      const name = direct.replace(/^[*.]+/, '');
      if (/^[A-Za-z][A-Za-z0-9.-]*$/.test(name)) host('host', name);
    }
  }
  host('source', ...nameInUrl(plan.mirror?.source));
  for (const name of Object.keys(plan.machines))
    if (!SAYS_NOTHING.test(name)) host('machine', name);
  // What the lab is called often tells whose it is; it marks what we made, too.
  for (const name of [plan.name, plan.id ?? '']) if (!ANY_LAB.test(name)) host('lab', name);
}

/** The IPv6 address in a run of hexadecimal digits, colons and dots, and where it stands. */
function ipv6In(run: string, before: string, after: string): [number, number] | undefined {
  let start = 0;
  let end = run.length;
  // What is part of a word (`Acquire::ftp`) is not part of an address.
  if (/[\p{L}\p{N}_]/u.test(before)) {
    start = run.indexOf(':') + 1;
    if (run[start] === ':') return undefined;
  }
  if (/[\p{L}\p{N}_]/u.test(after)) end = run.lastIndexOf(':');
  while (end > start) {
    const part = run.slice(start, end);
    if (part !== '::' && isIPv6(part)) return [start, end];
    // A port or the end of a sentence may follow, a word may stand before: `src:fe80::1.`
    const cut = Math.max(part.lastIndexOf('.'), part.endsWith(':') ? part.length - 1 : -1);
    if (cut > 0) end = start + cut;
    else if (part.startsWith(':') && !part.startsWith('::')) start += 1;
    else return undefined;
  }
  return undefined;
}

/**
 * Takes what tells people and places out of a bundle: login names, addresses, machine-ids, fingerprints
 * of keys, and the names of the lab, its hosts, sites, machines, proxies and sources. Each has one stand-in throughout, so that it can still
 * be seen that two lines are about the same host.
 */
export function withoutPlaces<Body>(
  body: Body,
  state: Pick<LabState, 'plan' | 'hosts'>,
  rows: readonly JournalRow[],
  here: ThisComputer,
): Body {
  const known: Known = { hosts: new Set(), users: new Set(), standIns: new StandIns() };
  const { hosts, users, standIns } = known;
  if (state.plan.plan !== null) learnPlan(state.plan.plan, known);
  const own = here.hostname.toLowerCase();
  if (!SAYS_NOTHING.test(own) && own !== 'localhost') {
    for (const name of new Set([own, own.split('.')[0] ?? own])) {
      standIns.give('host', name);
      hosts.add(name);
    }
  }
  users.add(here.user);
  for (const who of peopleIn(body)) users.add(who);
  for (const text of stringsIn(body)) {
    for (const pattern of [HOME, LOGIN]) {
      for (const [, found = ''] of text.matchAll(pattern)) {
        const name = found.replace(/[.-]+$/, '');
        if (PLAIN_NAME.test(name)) users.add(name);
      }
    }
  }
  for (const text of stringsIn(body)) {
    for (const pattern of HOSTS) {
      for (const [, name = ''] of text.matchAll(pattern)) {
        const host = name.toLowerCase();
        const telling = /[a-z]/.test(host) && host !== 'localhost' && !SAYS_NOTHING.test(host);
        if (telling && standIns.get(host) === undefined) learnHost(known, 'host', host);
      }
    }
  }
  for (const user of users) if (user === '' || NOBODY.test(user)) users.delete(user);
  for (const user of users) standIns.give('user', user);
  const machines = new Set<string>();
  for (const { machineId } of Object.values(state.hosts)) machines.add(machineId ?? '');
  for (const { entry } of rows) {
    if (entry.kind === 'trust' && entry.what === 'machine-id-recorded') {
      machines.add(entry.value).add(entry.old ?? '');
    }
  }
  machines.delete('');

  // The longest first: of a name that holds another one no rest may stay.
  const longest = (names: Iterable<string>) => [...names].sort((a, b) => b.length - a.length);
  const names = [
    ...longest(machines).map((name) => whole(name)),
    // Host names are the same in either case; login names are not.
    ...longest([...hosts, ...users]).map((name) => whole(name, hosts.has(name))),
  ];
  const ids = [KEY, MACHINE_ID, MAC];
  const all = new RegExp([...names, ...ids, COLONS, IPV4].join('|'), 'gu');
  const notIPv6 = new RegExp([...names, ...ids, IPV4].join('|'), 'gu');
  const isMachineId = new RegExp(`^${MACHINE_ID}$`, 'u');
  const isMac = new RegExp(`^${MAC}$`, 'u');
  const isKey = new RegExp(`^(?:${KEY})$`, 'u');
  const standIn = (found: string): string => {
    const lower = found.toLowerCase();
    const name = standIns.get(found) ?? standIns.get(lower);
    if (name !== undefined) return name;
    if (machines.has(found) || isMachineId.test(found)) return standIns.of('machine-id', lower);
    if (isKey.test(found)) return standIns.of('key', found);
    return standIns.of(isMac.test(found) ? 'mac' : 'address', lower);
  };
  const clean = (text: string): string =>
    text.replace(all, (found: string, offset: number): string => {
      const run = COLONS_ONLY.test(found) && standIns.get(found.toLowerCase()) === undefined;
      if (!run || isMac.test(found) || isKey.test(found)) return standIn(found);
      const place = ipv6In(found, text[offset - 1] ?? '', text[offset + found.length] ?? '');
      if (place === undefined) return found.replace(notIPv6, standIn);
      const [start, end] = place;
      const rest = [found.slice(0, start), found.slice(end)].map((part) =>
        part.replace(notIPv6, standIn),
      );
      return rest.join(standIn(found.slice(start, end)));
    });

  const walk = (value: unknown, ofOthers: boolean): unknown => {
    if (typeof value === 'string') return clean(value);
    if (Array.isArray(value)) return value.map((each) => walk(each, ofOthers));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => {
        const ours = !ofOthers && OUR_WORDS.has(key) && typeof each === 'string';
        if (ours) return [key, each];
        if (!ofOthers && key === 'id' && typeof each === 'string') return [key, cleanId(each)];
        return [ofOthers ? clean(key) : key, walk(each, ofOthers || OF_OTHERS.has(key))];
      }),
    );
  };
  /** `mirror.packages@rack-7`: the step is our word, its target is theirs. */
  const cleanId = (id: string): string => {
    const at = id.indexOf('@');
    return at < 0 ? id : `${id.slice(0, at)}@${clean(id.slice(at + 1))}`;
  };
  return walk(body, false) as Body;
}
