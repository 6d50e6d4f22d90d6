import { message } from '../../../contract/message.ts';
import { quote } from '../../../contract/shell-quote.ts';
import type { Hypervisor } from '../../engine/hypervisor.ts';
import { ProbeAnswerError, quick } from '../../engine/probe.ts';
import { MARK_NAMESPACE } from './domain-xml.ts';
import { asRoot, LIBVIRT_EXIT, mustBeOurs, VIRSH } from './virsh-script.ts';

const GIBIBYTE = 1024 ** 3;

/** A line for each disk; 0 where libvirt cannot tell. */
export const diskSizes: Hypervisor['diskSizes'] = (uuid) =>
  quick({
    key: `disk sizes ${uuid}`,
    sudo: true,
    script: `${VIRSH}v domblklist ${uuid} --details | while read -r _ device target _; do
  [ "$device" = disk ] || continue
  c=$(v domblkinfo ${uuid} "$target" | sed -n 's/^Capacity: *//p'); echo "\${c:-0}"
done`,
    shown: `virsh domblkinfo ${uuid}`,
    parse: ({ text }) =>
      text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => {
          if (!/^\d+$/.test(line)) throw new ProbeAnswerError('sizes of disks');
          return Math.max(1, Math.ceil(Number(line) / GIBIBYTE));
        }),
  });

/** What runs has a description of its own, which must bear the mark too (virsh(1), metadata). */
const livePart = (uuid: string): string =>
  `case $(v domstate ${uuid}) in 'shut off'|crashed) live= ;; *) live=--live ;; esac\n`;

export const mark: Hypervisor['mark'] = (spec) => {
  const { uuid, name } = spec;
  const element = `<machine lab="${spec.mark.lab}" name="${spec.mark.machine}"/>`;
  return [
    asRoot(spec, {
      id: 'mark-machine',
      title: message('adopt.mark', { name }),
      script: `set -e
${VIRSH}case $(v metadata ${uuid} ${quote(MARK_NAMESPACE)} 2>/dev/null | tr "'" '"') in
*'lab="${spec.mark.lab}"'*) echo 'marked already'; exit 0 ;;
*lab=*) echo ${quote(`${name} bears the mark of another lab; it is left alone`)} >&2; exit ${LIBVIRT_EXIT.marked} ;;
esac
${livePart(uuid)}v metadata ${uuid} ${quote(MARK_NAMESPACE)} --config $live --key labwright --set ${quote(element)}
`,
    }),
  ];
};

export const unmark: Hypervisor['unmark'] = (spec) => [
  asRoot(spec, {
    id: 'unmark-machine',
    title: message('adopt.unmark', { name: spec.name }),
    script: `set -e
${VIRSH}${mustBeOurs(spec)}${livePart(spec.uuid)}v metadata ${spec.uuid} ${quote(MARK_NAMESPACE)} --config $live --remove
`,
  }),
];
