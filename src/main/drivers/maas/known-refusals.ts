import type { ErrorCode } from '../../../contract/error.ts';

/** What MAAS said, by the kind of its body. */
export interface Said {
  readonly kind: 'form' | 'text' | 'page';
  readonly text: string;
  /** Of a form error: messages by field; `__all__` is the form as a whole. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
}

export interface Saying {
  readonly code: ErrorCode;
  readonly params: Readonly<Record<string, string | number>>;
}

interface Known {
  readonly status: number | readonly number[];
  /** Of a form error: the field that complains. Otherwise the whole text is looked at. */
  readonly field?: string;
  /** Its named groups become params. */
  readonly pattern: RegExp;
  readonly code: ErrorCode;
}

/**
 * Sentences of MAAS whose cause and way out we know, the most telling first. Those of MAAS 3.3 are
 * recorded (test/fixtures/maas), those of 1.7 are read from its source and have not been met.
 */
const KNOWN: readonly Known[] = [
  // Adding and changing machines.
  {
    status: 400,
    field: 'architecture',
    pattern: /is not a valid architecture\.\s+It should be one of: ''\.?$/,
    code: 'maas-no-images',
  },
  {
    status: 400,
    field: 'architecture',
    pattern:
      /^'(?<value>.*)' is not a valid architecture\.\s+It should be one of: (?<choices>.*?)\.?$/,
    code: 'maas-architecture-missing',
  },
  {
    status: 400,
    field: 'mac_addresses',
    pattern: /MAC address (?<mac>\S+) already in use on (?<machine>.+?)\.?$/,
    code: 'maas-mac-taken',
  },
  {
    status: 400,
    field: 'mac_addresses',
    pattern: /^'(?<mac>.*)' is not a valid MAC address/,
    code: 'maas-mac-unfit',
  },
  {
    status: 400,
    field: 'power_parameters',
    pattern: /This field is required/,
    code: 'maas-power-incomplete',
  },
  {
    status: 400,
    pattern: /^Ephemeral operating system (?<os>\S+) (?<series>\S+) is unavailable/,
    code: 'maas-no-commissioning-image',
  },
  // Images.
  {
    status: 400,
    field: 'os',
    pattern: /^OS (?<os>\S+) with release (?<series>\S+) has no available images/,
    code: 'maas-selection-not-offered',
  },
  {
    status: 400,
    pattern:
      /'(?<series>[^']*)' is not a valid \w*distro_series\.\s+It should be one of: (?<choices>.*?)\.?$/m,
    code: 'maas-series-missing',
  },
  // Networks. The sentences with "static" and "bound" are of 1.7.
  {
    status: 400,
    field: 'dhcp_on',
    pattern: /when a dynamic IP range is defined/,
    code: 'maas-dhcp-no-range',
  },
  {
    status: 400,
    field: 'primary_rack',
    pattern: /^Select a valid choice/,
    code: 'maas-value-refused',
  },
  {
    status: 400,
    field: '__all__',
    pattern: /when a primary rack controller is set/,
    code: 'maas-dhcp-no-rack',
  },
  {
    // A range gets its subnet by its addresses; outside of all it has none.
    status: 400,
    field: 'subnet',
    pattern: /^This field is required/,
    code: 'maas-range-outside',
  },
  {
    status: 400,
    field: 'start_ip',
    pattern: /conflicts with an existing IP address or range/,
    code: 'maas-range-overlap',
  },
  {
    status: 400,
    field: 'ip_range_low',
    pattern: /Static and dynamic IP ranges may not overlap/,
    code: 'maas-range-overlap',
  },
  {
    status: 400,
    field: 'end_ip',
    pattern: /must not be less than Start IP address/,
    code: 'maas-range-reversed',
  },
  {
    status: 400,
    pattern: /Lower bound .* is higher than upper bound/,
    code: 'maas-range-reversed',
  },
  { status: 400, pattern: /\S+ not in the \S+ network/, code: 'maas-range-outside' },
  {
    status: 400,
    field: 'gateway_ip',
    pattern: /must be within CIDR range/,
    code: 'maas-gateway-outside',
  },
  {
    status: 400,
    field: 'network',
    pattern: /must be configured to use a network/,
    code: 'maas-no-network-link',
  },
  // Keys and settings.
  {
    status: 400,
    field: '__all__',
    pattern: /This key has already been added/,
    code: 'maas-ssh-key-there',
  },
  { status: 400, field: 'key', pattern: /Invalid SSH public key/, code: 'maas-ssh-key-unfit' },
  {
    status: 400,
    pattern: /(?<setting>\S+) is not a valid config setting/,
    code: 'maas-setting-unknown',
  },
  // Any form.
  { status: 400, pattern: /with this .+ already exists/i, code: 'maas-name-taken' },
  { status: 400, pattern: /This field is required/, code: 'maas-field-missing' },
  // States.
  {
    status: 400,
    field: '__all__',
    pattern: /is not available because of the current state/,
    code: 'maas-wrong-state',
  },
  { status: 409, pattern: /in the '(?<state>[^']+)' state/, code: 'maas-wrong-state' },
  { status: 409, pattern: /in its current state \('(?<state>[^']+)'\)/, code: 'maas-wrong-state' },
  { status: 409, pattern: /hasn't been allocated/, code: 'maas-wrong-state' },
  { status: 409, pattern: /^No (available )?machine /, code: 'maas-none-available' },
  { status: 409, pattern: /^No matching node/, code: 'maas-none-available' },
  // Calls and objects.
  {
    status: 400,
    pattern: /^Unrecognised signature: method=\w+ op=None$/,
    code: 'maas-key-not-seen',
  },
  { status: 400, pattern: /^Unrecognised signature/, code: 'maas-call-unknown' },
  { status: 404, pattern: /^Unknown API endpoint/, code: 'maas-call-unknown' },
  {
    status: 404,
    pattern: /^No (?<kind>\w+) matches the given query/,
    code: 'maas-object-missing',
  },
  {
    status: 400,
    pattern: /^Unknown (?<kind>\w+)\(s\): (?<what>.*?)\.?$/,
    code: 'maas-object-missing',
  },
  // The rack and what it drives.
  { status: [503, 504], pattern: /TimeoutError/, code: 'maas-rack-slow' },
  { status: 503, pattern: /rack controller|cluster/i, code: 'maas-rack-away' },
  { status: 503, pattern: /already in progress/, code: 'maas-power-busy' },
  { status: 503, pattern: /exhaust|No more IPs/i, code: 'maas-no-addresses' },
];

/** What remains when no sentence is known, by status. */
function unknown(status: number, said: Said): Saying {
  const text = { said: said.text, field: fieldsOf(said) };
  switch (status) {
    case 400:
      return said.kind === 'form'
        ? { code: 'maas-value-refused', params: text }
        : { code: 'maas-request-refused', params: text };
    case 403:
      return { code: 'maas-admin-needed', params: {} };
    case 404:
      return said.kind === 'page'
        ? { code: 'maas-not-maas', params: {} }
        : { code: 'maas-object-missing', params: { kind: said.text } };
    case 405:
    case 410:
      return { code: 'maas-call-unknown', params: {} };
    case 409:
      return said.kind === 'page'
        ? { code: 'maas-conflict', params: {} }
        : { code: 'maas-request-refused', params: text };
    case 502:
      return { code: 'maas-down', params: {} };
    case 503:
    case 504:
      // MAAS's own refusals are text; a page or nothing is of the web server before it.
      return said.kind === 'text' && said.text !== ''
        ? { code: 'maas-busy', params: text }
        : { code: 'maas-down', params: {} };
    default:
      return { code: 'maas-failed', params: text };
  }
}

/** The fields that complain. */
function fieldsOf({ fields }: Said): string {
  return Object.keys(fields)
    .filter((name) => name !== '__all__')
    .join(', ');
}

export function sayingOf(status: number, said: Said): Saying {
  for (const known of KNOWN) {
    if (![known.status].flat().includes(status)) continue;
    const field = known.field;
    const texts = field === undefined ? [said.text] : (said.fields[field] ?? []);
    const match = texts.map((text) => known.pattern.exec(text)).find((found) => found !== null);
    if (match === undefined || match === null) continue;
    const named = Object.entries(match.groups ?? {}).filter(([, value]) => value !== undefined);
    return {
      code: known.code,
      params: {
        said: said.text,
        field: field !== undefined && field !== '__all__' ? field : fieldsOf(said),
        ...Object.fromEntries(named),
      },
    };
  }
  return unknown(status, said);
}
