import { z } from 'zod';
import { ProbeAnswerError } from '../probe.ts';

/** hostd is starting anew and answers `<unset>` to everything: asked a little later, it will answer. */
export class NotNowError extends ProbeAnswerError {
  readonly retryable = true;

  constructor() {
    super('an answer of hostd, which is restarting (<unset>); ask again in a minute');
  }
}

/** Throws NotNowError when an answer is hostd's word for “restarting” (josenk/terraform-provider-esxi). */
export function answered(text: string): string {
  if (text.trim() === '<unset>') throw new NotNowError();
  return text;
}

/**
 * Shell text: `vc ARGS…` is vim-cmd, asked again while hostd restarts; `e` prints a table of esxcli
 * as CSV. After six tries the answer stays `<unset>`, with the exit status 38.
 */
export const VIM_CMD = `vc() {
  vc_n=0
  while :; do
    vc_o=$(vim-cmd "$@" 2>&1); vc_e=$?
    [ "$vc_o" = "<unset>" ] || break
    vc_n=$((vc_n + 1))
    if [ $vc_n -ge 6 ]; then vc_e=38; break; fi
    [ $vc_n -eq 1 ] || sleep 4
  done
  printf '%s\\n' "$vc_o"
  return $vc_e
}
e() { esxcli --formatter=csv "$@" 2>&1; }
`;

/** One row of esxcli's CSV: names of columns in lower case without blanks, as versions differ there. */
export type CsvRow = ReadonlyMap<string, string>;

function cells(line: string): string[] {
  const found: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const char = line[at];
    if (quoted && char === '"' && line[at + 1] === '"') {
      cell += '"';
      at += 1;
    } else if (char === '"') quoted = !quoted;
    else if (char === ',' && !quoted) {
      found.push(cell);
      cell = '';
    } else cell += char;
  }
  return [...found, cell];
}

/**
 * `esxcli --formatter=csv …`: a line of names, then the rows; every line ends with a comma, as in
 * `ActiveClients,Name,VLANID,VirtualSwitch,`. An answer without the wanted columns is none.
 */
export function readCsv(text: string, ...wanted: readonly string[]): CsvRow[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const names = cells(lines[0] ?? '').map((name) => name.replaceAll(/\s/g, '').toLowerCase());
  if (lines.length > 0 && wanted.some((name) => !names.includes(name))) {
    throw new ProbeAnswerError(`a table of esxcli with ${wanted.join(', ')}`);
  }
  return lines.slice(1).map((line) => {
    const row = cells(line);
    return new Map(names.map((name, index) => [name, row[index]?.trim() ?? ''] as const));
  });
}

export const EsxiLicence = z.object({
  name: z.string(),
  kind: z.enum(['free', 'evaluation', 'expired', 'licensed']),
  /** Of an evaluation. */
  hoursLeft: z.number().optional(),
});
export type EsxiLicence = z.infer<typeof EsxiLicence>;

/**
 * `vim-cmd vimsvc/license --show`: `vmodl key: esxBasic` (4.x, 5.x) and `esx.hypervisor.…` (7.x) are
 * the free licence, `eval` and `esx.eval.…` the evaluation (outputs of apache/vcl and others).
 */
export function readLicence(text: string): EsxiLicence {
  const field = (name: string) =>
    new RegExp(`^\\s*${name}:[ \\t]*(.*)$`, 'm').exec(answered(text))?.[1]?.trim();
  const key = field('vmodl key');
  const name = field('name');
  if (key === undefined || name === undefined) throw new ProbeAnswerError('a licence');
  const hours = /\[expirationHours\]\s*=\s*(\d+)/.exec(text)?.[1];
  if (/^(esx\.)?eval/.test(key)) {
    const hoursLeft = hours === undefined ? {} : { hoursLeft: Number(hours) };
    return { name, kind: hours === '0' ? 'expired' : 'evaluation', ...hoursLeft };
  }
  const free = key === 'esxBasic' || key.startsWith('esx.hypervisor') || /Hypervisor$/.test(name);
  return { name, kind: free ? 'free' : 'licensed' };
}

export const SecurityPolicy = z.object({
  promiscuous: z.boolean(),
  forgedTransmits: z.boolean(),
  macChanges: z.boolean(),
  /** Whether it is the portgroup's own and not that of its switch. */
  own: z.boolean(),
});
export type SecurityPolicy = z.infer<typeof SecurityPolicy>;

/** `esxcli --formatter=csv network vswitch standard portgroup policy security get -p NAME`. */
export function readPolicy(text: string): SecurityPolicy {
  const [row] = readCsv(text, 'allowpromiscuous', 'allowforgedtransmits', 'allowmacaddresschange');
  if (row === undefined) throw new ProbeAnswerError('the security policy of a portgroup');
  const is = (name: string) => row.get(name)?.toLowerCase() === 'true';
  return {
    promiscuous: is('allowpromiscuous'),
    forgedTransmits: is('allowforgedtransmits'),
    macChanges: is('allowmacaddresschange'),
    own: [...row].some(([name, value]) => name.startsWith('override') && value === 'true'),
  };
}

/** `vim-cmd vmsvc/power.getstate N`: a line of introduction, then the state. */
export function readPower(text: string): 'on' | 'off' | 'paused' | 'unknown' {
  const state = /^(Powered on|Powered off|Suspended)\s*$/m.exec(answered(text))?.[1];
  if (state === undefined) return 'unknown';
  return state === 'Powered on' ? 'on' : state === 'Powered off' ? 'off' : 'paused';
}

export interface EsxiVersion {
  readonly product: string;
  readonly version: string;
  readonly build: string;
}

/** `vmware -v`: `VMware ESXi 5.5.0 build-7967571`. */
export function readVersion(text: string): EsxiVersion {
  const found = /^(VMware \S+) (\d\S*) build-(\S+)/m.exec(text);
  if (found === null) throw new ProbeAnswerError('the version of ESXi');
  const [, product = '', version = '', build = ''] = found;
  return { product, version, build };
}

/** `esxcli system version get`: fields, one a line. */
export function readVersionFields(text: string): EsxiVersion & { readonly update: string } {
  const field = (name: string) =>
    new RegExp(`^\\s*${name}:[ \\t]*(.*)$`, 'm').exec(text)?.[1]?.trim() ?? '';
  const version = field('Version');
  if (version === '') throw new ProbeAnswerError('the version of ESXi');
  const build = field('Build').replace(/^Releasebuild-/, '');
  return { product: field('Product'), version, build, update: field('Update') };
}
