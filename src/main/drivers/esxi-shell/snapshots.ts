import { message } from '../../../contract/message.ts';
import { quote } from '../../../contract/shell-quote.ts';
import { snapshotName } from '../../../contract/snapshot-name.ts';
import type { Hypervisor } from '../../engine/hypervisor.ts';
import type { MachineSpec } from '../../engine/machine-specs.ts';
import { ESXI_EXIT, fail, mustBeOurs, onHost, prelude } from './machine-script.ts';

/** A look every two seconds: merging a large disk back takes its time. */
const LOOKS = 1800;
const SILENCE_SECONDS = 3600;

/**
 * `number_of NAME`: prints the number of the machine's snapshot of that name, as snapshot.get lists it
 * (`--Snapshot Name        : NAME`, then `--Snapshot Id        : 3`). `until_number NAME TEST`: waits
 * until `[ TEST "$number" ]` holds, as the task may go on after vim-cmd has ended.
 */
const SNAPSHOTS = `number_of() {
  vc vmsvc/snapshot.get "$id" | awk -v wanted="$1" '
    /Snapshot Name *:/ { name = $0; sub(/^-*Snapshot Name *: */, "", name); sub(/[ \\r]*$/, "", name) }
    /Snapshot Id *:/ { if (name == wanted) print $NF }'
}
until_number() {
  n=0
  while number=$(number_of "$1"); ! [ "$2" "$number" ]; do
    n=$((n + 1)); [ $n -lt ${LOOKS} ] || return 1
    sleep 2
  done
}
`;

const begin = (spec: MachineSpec): string => `${prelude(spec)}${SNAPSHOTS}${mustBeOurs(spec)}`;

/** Usage: snapshot.create vmid [snapshotName] [snapshotDescription] [includeMemory] [quiesced]. */
export const takeSnapshot: Hypervisor['takeSnapshot'] = (spec) => [
  {
    ...onHost(spec, {
      id: 'take-snapshot',
      title: message('snapshot.take', { name: spec.name }),
      script: `${begin(spec)}s="${snapshotName('$RUN')}"
[ -z "$(number_of "$s")" ] || { echo "$s is there already"; exit 0; }
vc vmsvc/snapshot.create "$id" "$s" "Before run $RUN of Labwright" 0 0
until_number "$s" -n || ${fail(ESXI_EXIT.noSnapshot, `${spec.name} has got no snapshot`)}
`,
    }),
    namesRun: true,
    silenceSeconds: SILENCE_SECONDS,
  },
];

/** Usage: snapshot.revert vmid snapshotId suppressPowerOn. */
export const revertToSnapshot: Hypervisor['revertToSnapshot'] = (spec, run) => [
  {
    ...onHost(spec, {
      id: 'revert-snapshot',
      title: message('snapshot.revert', { name: spec.name }),
      script: `${begin(spec)}number=$(number_of ${quote(snapshotName(run))})
[ -n "$number" ] || ${fail(ESXI_EXIT.noSnapshot, `${spec.name} has no snapshot ${snapshotName(run)}`)}
vc vmsvc/snapshot.revert "$id" "$number" 0
`,
    }),
    silenceSeconds: SILENCE_SECONDS,
  },
];

/** Usage: snapshot.remove vmid snapshotId. */
export const removeSnapshot: Hypervisor['removeSnapshot'] = (spec, run) => [
  {
    ...onHost(spec, {
      id: 'remove-snapshot',
      title: message('snapshot.remove', { name: spec.name }),
      script: `${begin(spec)}s=${quote(snapshotName(run))}; number=$(number_of "$s")
[ -n "$number" ] || exit 0
vc vmsvc/snapshot.remove "$id" "$number"
until_number "$s" -z
`,
    }),
    silenceSeconds: SILENCE_SECONDS,
  },
];
