import type { ScriptAction } from '../../../contract/action.ts';
import { quote } from '../../../contract/shell-quote.ts';
import type { StorageFact } from '../../engine/hypervisor.ts';
import type { MachineSpec } from '../../engine/machine-specs.ts';
import { ROWS } from './machine-shell.ts';
import { markText, vmxUuid } from './vmx-machine.ts';

/** Exit codes of our scripts, told apart by the steps' explanations. */
export const ESXI_EXIT = {
  nameTaken: 31,
  notOurs: 32,
  folderTaken: 33,
  running: 34,
  noPower: 35,
  noRoom: 36,
  foreignDisk: 37,
  notNow: 38,
  ambiguous: 39,
  mediaGone: 40,
  diskSmall: 41,
  noRoomLeft: 42,
  noSnapshot: 43,
  marked: 44,
} as const;

/** How often the state is read after an order, two seconds apart: exit 0 alone means nothing. */
const POWER_READS = 30;

/** What all scripts of this driver have in common. */
export const base = {
  kind: 'script' as const,
  // The only account that logs in to ESXi's shell is root or as good as root; there is no sudo.
  sudo: false,
  cancel: 'after-this' as const,
  silenceSeconds: 120,
  secrets: [],
};

type Part = Pick<ScriptAction, 'id' | 'title' | 'script'>;

export function onHost(spec: MachineSpec, part: Part): ScriptAction {
  return { ...base, target: spec.on, ...part };
}

export const fail = (code: number, text: string): string =>
  `{ echo ${quote(text)} >&2; exit ${code}; }`;

/** Lines of a .vmx that hold a machine's UUID, for `grep -i`. */
export const uuidLines = (uuid: string): string =>
  `^(vc\\.uuid|uuid\\.bios) *= *"${vmxUuid(uuid)}"`;

/** `mine FILE`: whether it is the .vmx of this machine, by our mark and by its UUID. */
const mine = ({ uuid, mark }: MachineSpec): string =>
  `mine() { grep -Eq ${quote(`${markText(mark)}($|[|" ])`)} "$1" 2>/dev/null && grep -Eiq ${quote(uuidLines(uuid))} "$1"; }
`;

/** `ours`: sets id and vmx to the registered machine that bears mark and UUID; empty without one. */
const OURS = `ours() {
  all=$(rows) || exit ${ESXI_EXIT.notNow}
  id=; vmx=
  found=$(printf '%s\\n' "$all" | while read -r i p; do if mine "$p"; then echo "$i $p"; fi; done)
  [ -n "$found" ] || return 0
  if [ "$(printf '%s\\n' "$found" | wc -l)" -ne 1 ]; then
    echo "several registered machines bear the mark; none is touched:" >&2; echo "$found" >&2
    exit ${ESXI_EXIT.ambiguous}
  fi
  id=\${found%% *}; vmx=\${found#* }
}
`;

/** `state_is ID WORDS`, and `wait_for ID WORDS`, which asks until it is so or the time is up. */
const POWER = `state_is() { vc vmsvc/power.getstate "$1" | grep -q "$2" || return 1; }
wait_for() {
  n=0
  while ! state_is "$1" "$2"; do
    n=$((n + 1)); [ $n -lt ${POWER_READS} ] || return 1
    sleep 2
  done
}
`;

export const prelude = (spec: MachineSpec): string => `set -e\n${ROWS}${mine(spec)}${OURS}${POWER}`;

export const mustBeOurs = ({ name }: MachineSpec): string => `ours
[ -n "$id" ] || ${fail(ESXI_EXIT.notOurs, `${name} is not registered with the mark of this lab; it is left alone`)}
`;

export const mustBeOff = ({ name }: MachineSpec): string =>
  `state_is "$id" 'Powered off' || ${fail(ESXI_EXIT.running, `${name} is running; it must be switched off first`)}
`;

/** Writes the text beside its place and then renames it: no half of a .vmx is ever in force. */
export const writing = (text: string): string => `cat > "$vmx.labwright" <<'LABWRIGHT_VMX'
${text.trimEnd()}
LABWRIGHT_VMX
mv "$vmx.labwright" "$vmx"
`;

export const folderOf = (spec: MachineSpec, storage: StorageFact): string =>
  quote(`${storage.path}/${spec.name}`);

/**
 * Ends the script when the machine is there, or its name or folder belongs to others; else the folder is
 * there and the .vmx in it, with which it is ours.
 */
export function claim(
  spec: MachineSpec,
  text: string,
  storage: StorageFact,
  anew: boolean,
): string {
  const { name } = spec;
  return `ours
[ -z "$id" ] || { echo "already registered: $vmx"; exit 0; }
if vc vmsvc/getallvms | grep -q '^[0-9][0-9]*  *${name}  *\\['; then
  ${fail(ESXI_EXIT.nameTaken, `a machine called ${name} exists and is not of this lab`)}
fi
vmx="$d/${name}.vmx"
if [ -e "$d" ]; then rm -f "$vmx.labwright"; rmdir "$d" 2>/dev/null || :; fi
if [ -e "$d" ] && ! mine "$vmx"; then
  ${fail(ESXI_EXIT.folderTaken, `${storage.name} already has a folder ${name}, which is not of this machine`)}
fi
mkdir -p "$d"
${anew ? writing(text) : `if [ ! -e "$vmx" ]; then\n${writing(text)}fi\n`}`;
}
