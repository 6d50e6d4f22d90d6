import type { Machine } from '../../../contract/inventory.ts';
import { type Message, message } from '../../../contract/message.ts';
import { quote } from '../../../contract/shell-quote.ts';
import { snapshotName } from '../../../contract/snapshot-name.ts';
import type { Hypervisor } from '../../engine/hypervisor.ts';
import { asRoot, LIBVIRT_EXIT, mustBeOurs, VIRSH } from './virsh-script.ts';

/** QEMU writes the memory of a running machine into its first disk, and says nothing meanwhile. */
const SILENCE_SECONDS = 900;

/**
 * A snapshot lies inside the disk, which only qcow2 can, and holds no firmware variables: libvirt
 * refuses a machine with UEFI (qemu_snapshot.c, “internal snapshots of a VM with pflash based
 * firmware are not supported”; it was so in every version up to 9.0).
 */
export function snapshotTrouble({ name, firmware, disks }: Machine): Message | undefined {
  if (firmware === 'efi') return message('snapshot.trouble.efi', { name });
  const other = disks.find(({ format }) => format !== undefined && format !== 'qcow2');
  if (other === undefined) return undefined;
  const params = { name, path: other.path, format: other.format ?? '' };
  return message('snapshot.trouble.format', params);
}

/** `has NAME`: whether the machine has this snapshot. */
const has = (uuid: string): string =>
  `has() { v snapshot-info ${uuid} --snapshotname "$1" >/dev/null 2>&1; }\n`;

export const takeSnapshot: Hypervisor['takeSnapshot'] = (spec) => [
  {
    ...asRoot(spec, {
      id: 'take-snapshot',
      title: message('snapshot.take', { name: spec.name }),
      script: `set -e
${VIRSH}${mustBeOurs(spec)}${has(spec.uuid)}s="${snapshotName('$RUN')}"
if has "$s"; then echo "$s is there already"; exit 0; fi
v snapshot-create-as ${spec.uuid} "$s" "Before run $RUN of Labwright" --atomic
`,
    }),
    namesRun: true,
    silenceSeconds: SILENCE_SECONDS,
  },
];

/** `--force`: back to a running machine QEMU is started anew, which virsh wants to be told. */
export const revertToSnapshot: Hypervisor['revertToSnapshot'] = (spec, run) => {
  const snapshot = quote(snapshotName(run));
  return [
    {
      ...asRoot(spec, {
        id: 'revert-snapshot',
        title: message('snapshot.revert', { name: spec.name }),
        script: `set -e
${VIRSH}${mustBeOurs(spec)}${has(spec.uuid)}has ${snapshot} || { echo ${quote(`${spec.name} has no snapshot ${snapshotName(run)}`)} >&2; exit ${LIBVIRT_EXIT.noSnapshot}; }
v snapshot-revert ${spec.uuid} ${snapshot} --force
`,
      }),
      silenceSeconds: SILENCE_SECONDS,
    },
  ];
};

export const removeSnapshot: Hypervisor['removeSnapshot'] = (spec, run) => {
  const snapshot = quote(snapshotName(run));
  return [
    {
      ...asRoot(spec, {
        id: 'remove-snapshot',
        title: message('snapshot.remove', { name: spec.name }),
        script: `set -e
${VIRSH}${mustBeOurs(spec)}${has(spec.uuid)}! has ${snapshot} || v snapshot-delete ${spec.uuid} ${snapshot}
`,
      }),
      silenceSeconds: SILENCE_SECONDS,
    },
  ];
};
