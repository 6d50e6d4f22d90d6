import { z } from 'zod';
import { quote } from '../../../contract/shell-quote.ts';
import { ProbeAnswerError, quick } from '../probe.ts';
import { readCsv } from './esxi-answers.ts';

/** Each call of esxcli starts Python: seconds on an old host. */
const SECONDS = 60;

export const EsxiTime = z.object({
  /** `esxcli system ntp` came with 7.0 (users.md D08). */
  supported: z.boolean(),
  enabled: z.boolean(),
  servers: z.array(z.string()),
  /** Whether the host's own firewall lets it ask time servers. */
  portOpen: z.boolean(),
});
export type EsxiTime = z.infer<typeof EsxiTime>;

/**
 * `esxcli system ntp get`: `Enabled: true`, and the servers after `Servers:` (or `Server:`), with
 * commas or one a line behind a dash; both forms are in public transcripts.
 */
export function readNtp(text: string): Pick<EsxiTime, 'enabled' | 'servers'> {
  const enabled = /^\s*Enabled:\s*(true|false)/im.exec(text)?.[1]?.toLowerCase();
  if (enabled === undefined) throw new ProbeAnswerError('the time service of the host');
  const [, said = ''] = /^\s*Servers?:((?:.*)(?:\n\s+- .*)*)/im.exec(text) ?? [];
  const servers = said
    .split(/[\s,]+/)
    .map((word) => word.trim())
    .filter((word) => word !== '' && word !== '-');
  return { enabled: enabled === 'true', servers };
}

export const esxiTime = quick<EsxiTime>({
  key: 'esxi-time',
  seconds: SECONDS,
  script: `n=$(esxcli system ntp get 2>&1) && echo '@ntp' && printf '%s\\n' "$n"
echo '@firewall'; esxcli --formatter=csv network firewall ruleset list --ruleset-id ntpClient 2>/dev/null
:`,
  shown: 'esxcli system ntp get; esxcli network firewall ruleset list --ruleset-id ntpClient',
  parse: ({ text }) => {
    const [before = '', after = ''] = text.split('@firewall\n');
    const ntp = before.split('@ntp\n')[1];
    const row = after.trim() === '' ? undefined : readCsv(after, 'name', 'enabled')[0];
    const portOpen = row?.get('enabled')?.toLowerCase() === 'true';
    if (ntp === undefined) return { supported: false, enabled: false, servers: [], portOpen };
    return { supported: true, portOpen, ...readNtp(ntp) };
  },
});

/** The commands that make a host ask these servers; with none, it stops asking. */
export function timeCommands({ enabled, servers, portOpen }: Omit<EsxiTime, 'supported'>): string {
  // `--reset` is documented for “system default values”, of which no server is one (unverified).
  const asks = servers.map((server) => ` --server ${quote(server)}`).join('') || ' --reset';
  return `esxcli system ntp set${asks}
esxcli system ntp set --enabled ${enabled}
esxcli network firewall ruleset set --ruleset-id ntpClient --enabled ${portOpen}
`;
}
