import type { ScriptAction } from '../../../contract/action.ts';
import { quote } from '../../../contract/shell-quote.ts';
import type { MachineSpec } from '../../engine/machine-specs.ts';
import { MARK_NAMESPACE } from './domain-xml.ts';

/** Exit codes of our scripts, told apart by the steps' explanations. */
export const LIBVIRT_EXIT = {
  nameTaken: 31,
  notOurs: 32,
  diskTaken: 33,
  running: 34,
  noSnapshot: 35,
  marked: 36,
} as const;

/** `v COMMAND`: virsh on the system’s libvirt. */
export const VIRSH = `v() { virsh -q -c qemu:///system "$@"; }\n`;

/** Ends the script unless the machine bears our mark (virsh(1), metadata). */
export function mustBeOurs({ uuid, name, mark }: MachineSpec): string {
  return `case $(v metadata ${uuid} ${quote(MARK_NAMESPACE)} 2>/dev/null | tr "'" '"') in
*'lab="${mark.lab}"'*) ;;
*) echo ${quote(`${name} does not bear the mark of this lab; it is left alone`)} >&2; exit ${LIBVIRT_EXIT.notOurs} ;;
esac
`;
}

export const mustBeOff = ({ uuid, name }: MachineSpec): string =>
  `case $(v domstate ${uuid}) in
'shut off'|crashed) ;;
*) echo ${quote(`${name} is running; it must be switched off first`)} >&2; exit ${LIBVIRT_EXIT.running} ;;
esac
`;

type Part = Pick<ScriptAction, 'id' | 'title' | 'script'>;

export const base = {
  kind: 'script' as const,
  sudo: true,
  cancel: 'after-this' as const,
  silenceSeconds: 120,
  secrets: [],
};

export function asRoot(spec: MachineSpec, part: Part): ScriptAction {
  return { ...base, target: spec.on, ...part };
}
