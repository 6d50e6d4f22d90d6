import { message } from '../../../contract/message.ts';
import { quote } from '../../../contract/shell-quote.ts';
import type { Hypervisor } from '../../engine/hypervisor.ts';
import type { MachineSpec } from '../../engine/machine-specs.ts';
import { ProbeAnswerError, quick } from '../../engine/probe.ts';
import {
  ESXI_EXIT,
  fail,
  mustBeOff,
  mustBeOurs,
  onHost,
  prelude,
  uuidLines,
} from './machine-script.ts';
import { ROWS } from './machine-shell.ts';
import { markText, readMachine } from './vmx-machine.ts';

const SECTORS_PER_GIBIBYTE = 1024 ** 3 / 512;

/** The size of a disk is in its descriptor, one line for each of its extents: `RW 83886080 VMFS "x-flat.vmdk"`. */
export const diskSizes: Hypervisor['diskSizes'] = (uuid) =>
  quick({
    key: `disk sizes ${uuid}`,
    seconds: 30,
    script: `${ROWS}rows | while read -r i p; do
  grep -Eiq ${quote(uuidLines(uuid))} "$p" 2>/dev/null || continue
  echo "@vmx"; sed 's/^/ /' "$p"
  sed -n 's/^.*[fF]ile[nN]ame *= *"\\(.*\\.vmdk\\)".*$/\\1/p' "$p" | while IFS= read -r f; do
    echo "@disk $f"
    case $f in /*) ;; *) f=\${p%/*}/$f ;; esac
    sed -n 's/^RW \\([0-9]*\\) .*$/ \\1/p' "$f" 2>/dev/null
  done
  break
done`,
    shown: `grep RW of the disks of the .vmx with uuid.bios ${uuid}`,
    parse: ({ text }) => {
      const [, vmx, rest = ''] = /^@vmx\n((?: .*\n?)*)([\s\S]*)$/.exec(text) ?? [];
      if (vmx === undefined) throw new ProbeAnswerError('a .vmx file and its disks');
      const sectors = new Map(
        rest.split(/^@disk /m).map((part) => {
          const [file = '', ...extents] = part.split('\n');
          return [file, extents.reduce((sum, extent) => sum + (Number(extent) || 0), 0)];
        }),
      );
      return readMachine(vmx.replaceAll(/^ /gm, ''), '', 'unknown').disks.map(({ path }) =>
        Math.max(1, Math.ceil((sectors.get(path) ?? 0) / SECTORS_PER_GIBIBYTE)),
      );
    },
  });

/** Sets id and vmx to the only registered machine with this UUID, whoever's it is. */
const byUuid = ({ uuid, name }: MachineSpec): string => `all=$(rows) || exit ${ESXI_EXIT.notNow}
found=$(printf '%s\\n' "$all" | while read -r i p; do if grep -Eiq ${quote(uuidLines(uuid))} "$p" 2>/dev/null; then echo "$i $p"; fi; done)
[ -n "$found" ] || ${fail(ESXI_EXIT.notOurs, `${name} is not registered on this host`)}
[ "$(printf '%s\\n' "$found" | wc -l)" -eq 1 ] || ${fail(ESXI_EXIT.ambiguous, `several registered machines are ${uuid}; none is touched`)}
id=\${found%% *}; vmx=\${found#* }
`;

/**
 * The mark goes where a machine of ours has it: below what people wrote in its annotation, and as a
 * comment. In a .vmx `|0A` is a new line.
 */
export const mark: Hypervisor['mark'] = (spec) => {
  const text = markText(spec.mark);
  const below = `s/^\\([aA]nnotation *= *\\)"\\(..*\\)"/\\1"\\2|0A${text}"/`;
  const alone = `s/^\\([aA]nnotation *= *\\)""/\\1"${text}"/`;
  return [
    onHost(spec, {
      id: 'mark-machine',
      title: message('adopt.mark', { name: spec.name }),
      script: `${prelude(spec)}${byUuid(spec)}if mine "$vmx"; then echo 'marked already'; exit 0; fi
! grep -q 'labwright lab=' "$vmx" || ${fail(ESXI_EXIT.marked, `${spec.name} bears the mark of another lab; it is left alone`)}
${mustBeOff(spec)}{
  sed -e ${quote(below)} -e ${quote(alone)} "$vmx"
  grep -Eiq '^annotation *=' "$vmx" || echo 'annotation = "${text}"'
  echo '# ${text}'
} > "$vmx.labwright"
mv "$vmx.labwright" "$vmx"
vc vmsvc/reload "$id"
`,
    }),
  ];
};

export const unmark: Hypervisor['unmark'] = (spec) => {
  const text = markText(spec.mark);
  return [
    onHost(spec, {
      id: 'unmark-machine',
      title: message('adopt.unmark', { name: spec.name }),
      script: `${prelude(spec)}${mustBeOurs(spec)}${mustBeOff(spec)}sed -e ${quote(`/^# ${text}$/d`)} -e ${quote(`s/|0A${text}"/"/`)} -e ${quote(`/^[aA]nnotation *= *"${text}"$/d`)} "$vmx" > "$vmx.labwright"
mv "$vmx.labwright" "$vmx"
vc vmsvc/reload "$id"
`,
    }),
  ];
};
