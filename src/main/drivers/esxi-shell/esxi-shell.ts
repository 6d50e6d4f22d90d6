import type { PowerChange } from '../../../contract/machines.ts';
import { message } from '../../../contract/message.ts';
import { quote } from '../../../contract/shell-quote.ts';
import type { Hypervisor, StorageFact } from '../../engine/hypervisor.ts';
import type { MachineSpec } from '../../engine/machine-specs.ts';
import { ProbeAnswerError, quick } from '../../engine/probe.ts';
import { inheritPolicyCommand, policyCommand, portgroupState } from '../../engine/probes/esxi.ts';
import { VIM_CMD } from '../../engine/probes/esxi-answers.ts';
import { OPEN } from '../../engine/probes/portgroup.ts';
import { diskSizes, mark, unmark } from './adoption.ts';
import { installActions, removeMedia, seedActions, seedPlace } from './install-machine.ts';
import { esxiInventory } from './inventory-probe.ts';
import {
  base,
  claim,
  ESXI_EXIT,
  fail,
  folderOf,
  mustBeOff,
  mustBeOurs,
  onHost,
  prelude,
  uuidLines,
  writing,
} from './machine-script.ts';
import { ROWS } from './machine-shell.ts';
import { removeSnapshot, revertToSnapshot, takeSnapshot } from './snapshots.ts';
import { changedLines, diskFile, machineVmx } from './vmx-machine.ts';

export { ESXI_EXIT };

/**
 * The lines that a change is about, in place of those that were there. All else stays as it is on
 * the host at that moment: a snapshot taken just before has given the disks other files.
 */
const changing = (spec: MachineSpec): string => {
  const { keys, text } = changedLines(spec);
  return `grep -Eiv ${quote(`^[[:space:]]*(${keys.join('|')})[[:space:]]*=`)} "$vmx" > "$vmx.labwright" || :
cat >> "$vmx.labwright" <<'LABWRIGHT_VMX'
${text}
LABWRIGHT_VMX
mv "$vmx.labwright" "$vmx"
`;
};

/** The whole text as it was, but for the files of its disks: those are where snapshots have put them. */
const restoring = (text: string): string => `cp "$vmx" "$vmx.now"
${writing(text)}awk '
  FNR == 1 { file++ }
  { split($0, word, /[ =]/); key = tolower(word[1]) }
  key ~ /^[a-z]+[0-9]+:[0-9]+.filename$/ && tolower($0) ~ /.vmdk"/ {
    if (file == 1) now[key] = $0
    else if (key in now) $0 = now[key]
  }
  file == 2 { print }
' "$vmx.now" "$vmx" > "$vmx.labwright"
mv "$vmx.labwright" "$vmx"
rm "$vmx.now"
`;

function createScript(spec: MachineSpec, text: string, storage: StorageFact): string {
  const { name } = spec;
  const disks = spec.disksGib.map((gib, index) => ({ gib, file: diskFile(name, index) }));
  const takeBack = disks
    .map(({ file }) => `  [ ! -e "$d/${file}" ] || vmkfstools -U "$d/${file}" || :\n`)
    .join('');
  const made = disks
    .map(
      ({ gib, file }) =>
        `[ -e "$d/${file}" ] || vmkfstools -c ${gib}G -d thin "$d/${file}" || take_back\n`,
    )
    .join('');
  return `${prelude(spec)}d=${folderOf(spec, storage)}
take_back() {
${takeBack}  rm -f "$vmx"; rmdir "$d" || :
  ${fail(ESXI_EXIT.noRoom, `the disks of ${name} could not be made on ${storage.name}; nothing of it is left`)}
}
${claim(spec, text, storage, false)}${made}vc solo/registervm "$vmx" ${name}
ours
[ -n "$id" ]
`;
}

/** Only a machine of ours; one without our mark is refused. */
function powerScript(spec: MachineSpec, to: PowerChange): string {
  const { name } = spec;
  const words = { on: 'Powered on', off: 'Powered off', reset: 'Powered on' }[to];
  const skip = to === 'reset' ? '' : `! state_is "$id" '${words}' || exit 0\n`;
  return `${prelude(spec)}ours
[ -n "$id" ] || ${fail(ESXI_EXIT.notOurs, `${name} does not bear the mark of this lab; it is left alone`)}
${skip}vc vmsvc/power.${to} "$id" || :
if ! wait_for "$id" '${words}'; then
  vc vmsvc/message "$id" || :
  tail -n 15 "\${vmx%/*}/vmware.log" 2>/dev/null || :
  ${fail(ESXI_EXIT.noPower, `${name} did not get there: it is not “${words}”`)}
fi
`;
}

/** `vswitch_of NAME`: the switch of a portgroup, by the names of the columns and not their places. */
const VIM_CMD_AND_SWITCH = `${VIM_CMD}s='network vswitch standard'
vswitch_of() {
  e $s portgroup list | awk -F, -v n="$1" 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next } $c["Name"] == n { print $c["VirtualSwitch"] }'
}
has_switch() { esxcli $s list | sed 's/^ *//' | grep -qxF "Name: $1" || return 1; }
`;

/** VMs by `vim-cmd`, `esxcli`, `vmkfstools` and our own .vmx: what no licence of ESXi forbids. */
export const esxiShell: Hypervisor = {
  inventory: esxiInventory,
  description: (uuid) =>
    quick({
      key: `vmx ${uuid}`,
      seconds: 30,
      script: `${ROWS}rows | while read -r i p; do
  if grep -Eiq ${quote(uuidLines(uuid))} "$p" 2>/dev/null; then cat "$p"; break; fi
done`,
      shown: `cat the .vmx with uuid.bios ${uuid}`,
      parse: ({ text }) => {
        if (!/^\s*config\.version\s*=/im.test(text)) throw new ProbeAnswerError('a .vmx file');
        // Put back, a file in another encoding would not be what it was.
        if (text.includes('\ufffd')) throw new ProbeAnswerError('a .vmx file in UTF-8');
        return text;
      },
    }),
  create: (spec, { hardwareVersion }, storage, media) =>
    media === undefined
      ? [
          onHost(spec, {
            id: 'create-machine',
            title: message('machine.create', { name: spec.name }),
            script: createScript(spec, machineVmx(spec, hardwareVersion), storage),
          }),
        ]
      : installActions(spec, hardwareVersion, storage, media),
  seedPlace,
  putSeed: seedActions,
  mend: (spec) => [
    onHost(spec, {
      id: 'change-machine',
      title: message('machine.change', { name: spec.name }),
      // hostd holds what it read; without a reload it would write the old values back.
      script: `${prelude(spec)}${mustBeOurs(spec)}${mustBeOff(spec)}${changing(spec)}vc vmsvc/reload "$id"\n`,
    }),
  ],
  restore: (spec, description) => [
    onHost(spec, {
      id: 'restore-machine',
      title: message('machine.restore', { name: spec.name }),
      script: `${prelude(spec)}${mustBeOurs(spec)}${mustBeOff(spec)}${restoring(description)}vc vmsvc/reload "$id"\n`,
    }),
  ],
  remove: (spec, storage) => {
    const { name } = spec;
    const files = spec.disksGib.map((_, index) => diskFile(name, index));
    const parts = files
      .map((file) => `  [ ! -e "$d/${file}" ] || vmkfstools -U "$d/${file}"\n`)
      .join('');
    return [
      onHost(spec, {
        id: 'remove-machine',
        title: message('machine.remove', { name }),
        // The .vmx bears the mark, so it goes last: what is left half-way is still known as ours.
        script: `${prelude(spec)}d=${folderOf(spec, storage)}
ours
if [ -n "$id" ]; then
  if grep -Ei '\\.fileName *= *"[^"]*/[^"]*\\.vmdk"' "$vmx"; then
    ${fail(ESXI_EXIT.foreignDisk, `${name} has a disk outside its folder, which would be deleted with it; take it off first`)}
  fi
  if ! state_is "$id" 'Powered off'; then
    vc vmsvc/power.off "$id" || :
    wait_for "$id" 'Powered off' || exit ${ESXI_EXIT.noPower}
  fi
  vc vmsvc/destroy "$id"
  ours
  [ -z "$id" ]
elif mine "$d/${name}.vmx"; then
${parts}  rm -f "$d/${name}.nvram" "$d/${name}.vmx"
fi
${removeMedia(spec)}[ ! -e "$d" ] || rmdir "$d" || ls -l "$d"
`,
      }),
    ];
  },
  createNetwork: (target, portgroup, _lab, details) => {
    const {
      switch: vswitch,
      vlan,
      ownSwitch,
    } = details ?? {
      switch: portgroup,
      vlan: 0,
      ownSwitch: true,
    };
    const [p, v] = [quote(portgroup), quote(vswitch)];
    return [
      {
        ...base,
        id: 'create-network',
        title: message('network.create', { bridge: portgroup }),
        target,
        script: `set -e
${VIM_CMD_AND_SWITCH}${
  ownSwitch
    ? `has_switch ${v} || esxcli $s add -v ${v} -P 128\n`
    : `has_switch ${v} || ${fail(ESXI_EXIT.notOurs, `there is no switch ${vswitch}`)}\n`
}[ -n "$(vswitch_of ${p})" ] || esxcli $s portgroup add -v ${v} -p ${p}
[ "$(vswitch_of ${p})" = ${v} ]
esxcli $s portgroup set -p ${p} --vlan-id ${vlan}
${policyCommand(portgroup, { promiscuous: false, forgedTransmits: false, macChanges: false })}
`,
      },
    ];
  },
  removeNetwork: (target, portgroup, details) => {
    const vswitch = details?.switch ?? portgroup;
    const [p, v] = [quote(portgroup), quote(vswitch)];
    const own = `if has_switch ${v}; then
  # With uplinks or other portgroups it has become more than ours.
  t=$(esxcli $s list -v ${v})
  if printf '%s\\n' "$t" | grep -Eq '^ *Uplinks: *[^ ]' || printf '%s\\n' "$t" | grep -Eq '^ *Portgroups: *[^ ]'; then
    echo ${quote(`${vswitch} carries something else by now; it stays`)}
  else esxcli $s remove -v ${v}; fi
fi
`;
    return [
      {
        ...base,
        id: 'remove-network',
        title: message('network.remove', { bridge: portgroup }),
        target,
        // esxcli refuses a portgroup that a running machine uses, which is right.
        script: `set -e
${VIM_CMD_AND_SWITCH}[ "$(vswitch_of ${p})" != ${v} ] || esxcli $s portgroup remove -v ${v} -p ${p}
${details?.ownSwitch === false ? '' : own}`,
      },
    ];
  },
  portgroups: {
    state: portgroupState,
    open: (target, portgroup) => [
      {
        ...base,
        target,
        id: 'open-portgroup',
        title: message('portgroup.policy', { portgroup }),
        script: `${policyCommand(portgroup, OPEN)}\n`,
      },
    ],
    restore: (target, portgroup, { portgroup: then }) => {
      if (then === undefined) return [];
      const values = policyCommand(portgroup, then.policy);
      // What came from the switch shall come from it again (--use-vswitch: unverified on 5.5).
      const script = then.policy.own ? values : `${inheritPolicyCommand(portgroup)} || ${values}`;
      const title = message('portgroup.policy-undo', { portgroup });
      return [{ ...base, target, id: 'close-portgroup', title, script: `${script}\n` }];
    },
  },
  explain: (exitCode, name) => {
    const found = Object.entries(ESXI_EXIT).find(([, code]) => code === exitCode);
    return found && message(`esxi.failed.${found[0]}`, { name });
  },
  power: (spec, to) => [
    onHost(spec, {
      id: `power-${to}`,
      title: message(`machine.power-${to}`, { name: spec.name }),
      script: powerScript(spec, to),
    }),
  ],
  snapshotTrouble: () => undefined,
  takeSnapshot,
  revertToSnapshot,
  removeSnapshot,
  diskSizes,
  mark,
  unmark,
};
