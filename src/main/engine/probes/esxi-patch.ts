import { z } from 'zod';
import { quote } from '../../../contract/shell-quote.ts';
import { costly, ProbeAnswerError, quick } from '../probe.ts';
import { readCsv } from './esxi-answers.ts';

/** A bundle is some 400 MB that Python unpacks and holds against what is installed. */
const BUNDLE_SECONDS = 600;
const HOUR = 3600;

/** A bundle to patch from, and what of it. */
export interface Patch {
  readonly depot: string;
  readonly profile: string;
}

/** Says, beside the bundle, that it was we who put the host into maintenance mode. Outlasts a restart. */
export const markerOf = ({ depot }: Patch): string => `${depot}.labwright`;

export const DepotFact = z.object({
  present: z.boolean(),
  /** Names of the image profiles in it. */
  profiles: z.array(z.string()),
});
export type DepotFact = z.infer<typeof DepotFact>;

/** `esxcli software sources profile list`: a head, a line of dashes, then rows whose names hold no blanks. */
export function readProfiles(text: string): string[] {
  const lines = text.split(/\r?\n/);
  const dashes = lines.findIndex((line) => /^-{3,}(\s+-{3,})+\s*$/.test(line));
  if (dashes < 1 || !/^Name\s/.test(lines[dashes - 1] ?? '')) {
    throw new ProbeAnswerError('a list of image profiles');
  }
  return lines.slice(dashes + 1).flatMap((line) => /^(\S+)\s/.exec(line)?.[1] ?? []);
}

/** What an offline bundle on a datastore holds. */
export function depotProfiles({ depot }: Patch) {
  const path = quote(depot);
  return costly<DepotFact>({
    key: `esxi-depot ${depot}`,
    sudo: false,
    seconds: BUNDLE_SECONDS,
    maxAgeSeconds: HOUR,
    script: `[ -e ${path} ] || { echo '@absent'; exit 0; }
esxcli software sources profile list -d ${path} 2>&1`,
    shown: `esxcli software sources profile list -d ${path}`,
    parse: ({ text }) =>
      text.startsWith('@absent')
        ? { present: false, profiles: [] }
        : { present: true, profiles: readProfiles(text) },
  });
}

export const UpdateFact = z.object({
  message: z.string(),
  installed: z.array(z.string()),
  removed: z.array(z.string()),
  skipped: z.array(z.string()),
  rebootRequired: z.boolean(),
});
export type UpdateFact = z.infer<typeof UpdateFact>;

const FIELD = /^ +([A-Z][\w ]*?):(?: (.*))?$/;

/**
 * `Installation Result` (before 8.0 U3 or so; then `Update Result`) with its fields in an order that
 * differs by version; a long value may go on over lines.
 */
export function readUpdate(text: string): UpdateFact {
  const fields = new Map<string, string>();
  let last: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    const [, name, value = ''] = FIELD.exec(line) ?? [];
    if (name !== undefined) {
      fields.set(name, value.trim());
      last = name;
    } else if (last !== undefined && /^\s+\S/.test(line)) {
      fields.set(last, `${fields.get(last) ?? ''} ${line.trim()}`.trim());
    }
  }
  const said = fields.get('Message');
  const reboot = fields.get('Reboot Required');
  if (said === undefined || reboot === undefined || !fields.has('VIBs Installed')) {
    throw new ProbeAnswerError('the result of an update of ESXi');
  }
  const list = (name: string) =>
    (fields.get(name) ?? '').split(/,\s*/).filter((word) => word !== '');
  return {
    message: said,
    installed: list('VIBs Installed'),
    removed: list('VIBs Removed'),
    skipped: list('VIBs Skipped'),
    rebootRequired: reboot === 'true',
  };
}

/** The words of the update itself; `update` and never `install`, which removes what is not in the profile. */
export const updateCommand = ({ depot, profile }: Patch): string =>
  `esxcli software profile update -d ${quote(depot)} -p ${quote(profile)}`;

/** What an update would do; nothing is changed. */
export function dryRun(patch: Patch) {
  const command = `${updateCommand(patch)} --dry-run`;
  return costly<UpdateFact>({
    key: `esxi-dry-run ${patch.depot} ${patch.profile}`,
    sudo: false,
    seconds: BUNDLE_SECONDS,
    maxAgeSeconds: HOUR,
    script: `${command} 2>&1`,
    shown: command,
    parse: ({ text }) => readUpdate(text),
  });
}

export const PatchState = z.object({
  maintenance: z.boolean(),
  /** Whether it was we who entered maintenance mode. */
  ours: z.boolean(),
  /** Image profile that the next start brings, while one is waiting. */
  pending: z.string().optional(),
  /** Names of the machines that run. */
  running: z.array(z.string()),
  /** Whether SSH starts with the host; absent when it does not say. */
  sshStarts: z.boolean().optional(),
});
export type PatchState = z.infer<typeof PatchState>;

const NONE_PENDING = /^No pending image/i;

/** Where a host is on the way of a patch. */
export function patchState(patch: Patch) {
  return quick<PatchState>({
    key: `esxi-patch ${patch.depot}`,
    // Four calls of esxcli, each of which starts Python.
    seconds: 120,
    script: `echo "@maintenance $(esxcli system maintenanceMode get 2>&1)"
echo '@pending'; esxcli software profile get --rebooting-image 2>&1 | sed -n 's/^ *Name: /name /p'
echo '@running'; esxcli --formatter=csv vm process list
echo "@ssh $(chkconfig --list SSH 2>/dev/null)"
[ ! -e ${quote(markerOf(patch))} ] || echo '@ours'`,
    shown:
      'esxcli system maintenanceMode get; software profile get --rebooting-image; vm process list; chkconfig --list SSH',
    parse: ({ text }) => {
      const [, mode] = /^@maintenance (Enabled|Disabled)\s*$/m.exec(text) ?? [];
      if (mode === undefined) throw new ProbeAnswerError('whether the host is in maintenance mode');
      const [, rest = ''] = text.split('@running\n');
      const [table = '', tail = ''] = rest.split(/^@ssh/m);
      const [, name = ''] = /^name (.*)$/m.exec(text) ?? [];
      const starts = /^[^\n]*\b(on|off)\b/.exec(tail)?.[1];
      return PatchState.parse({
        maintenance: mode === 'Enabled',
        ours: /^@ours$/m.test(tail),
        ...(name === '' || NONE_PENDING.test(name) ? {} : { pending: name.trim() }),
        running: readCsv(table).map((row) => row.get('displayname') ?? '?'),
        ...(starts === undefined ? {} : { sshStarts: starts === 'on' }),
      });
    },
  });
}
