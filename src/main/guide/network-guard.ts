import type { ScriptAction } from '../../contract/action.ts';
import { type Message, message } from '../../contract/message.ts';
import { quote } from '../../contract/shell-quote.ts';

/** We must be able to log in again within this after the network was changed, or it is put back. */
const CONFIRM_SECONDS = 60;
/** How the second action ends when the old configuration is back, because of silence or an error. */
const EXIT_PUT_BACK = 41;
const EXIT_REFUSED = 42;

/** Shell text may say `put new` and `put old`: the file as it shall be and as it was. */
export interface GuardedChange {
  readonly path: string;
  readonly mode: string;
  readonly text: string;
  /** Brings the new file into force. */
  readonly apply: string;
  /** Brings the old file back, and into force. */
  readonly back: string;
  /** Brings the old file back before the network starts. */
  readonly atBoot: string;
}

/**
 * Changes the network under the guard of a process that is on its own: unless it is told within a
 * minute that we are still there, it puts the old files back and brings them into force. A restart
 * ends the guard, so a start of the host puts back what was not confirmed, before its network starts.
 * Where there is no systemd, cron does so when the network is up already (unverified on 14.04).
 */
export function guarded(target: string, bridge: string, change: GuardedChange): ScriptAction[] {
  const folder = `/var/lib/labwright/bridge-${bridge}`;
  // Gone with a restart, as the guard itself is: it must not stand in the way for ever.
  const marker = `/run/labwright-bridge-${bridge}`;
  const unit = `labwright-bridge-${bridge}.service`;
  const unitFile = `/etc/systemd/system/${unit}`;
  const wants = '/etc/systemd/system/sysinit.target.wants';
  // cron(8) reads no file in cron.d whose name has a dot.
  const cron = `/etc/cron.d/labwright-bridge-${bridge.replaceAll('.', '-')}`;
  const common = `d=${folder}; r=${marker}
exec >>$d/log 2>&1
put() { cp -p $d/$1 ${quote(change.path)}; }
back() { ${change.back}; }
over() {
  rm -f $r ${wants}/${unit} ${unitFile} ${cron}
  rmdir ${wants} 2>/dev/null
  touch $d/$1
}
`;
  const base = { kind: 'script' as const, target, sudo: true, secrets: [] };
  return [
    {
      ...base,
      id: 'change-network',
      title: message('bridge.change', { bridge, seconds: CONFIRM_SECONDS }),
      // Cut off in the middle, only the guard can bring the network back: it must not be stopped.
      cancel: 'never',
      silenceSeconds: CONFIRM_SECONDS + 60,
      script: `set -e
umask 077
d=${folder}; r=${marker}
[ ! -e $r ] || { echo "an earlier change of this network is still under guard" >&2; exit 1; }
rm -rf $d && mkdir -p $d
cp -p ${quote(change.path)} $d/old
cat > $d/new <<'LABWRIGHT_CONFIG'
${change.text.trimEnd()}
LABWRIGHT_CONFIG
chmod ${change.mode} $d/new
cat > $d/guard <<'LABWRIGHT_GUARD'
${common}if { ${change.apply}; }; then i=0; else i=${CONFIRM_SECONDS}; touch $d/refused; fi
touch $d/applied
while [ $i -lt ${CONFIRM_SECONDS} ]; do
  if [ -e $d/confirmed ]; then over kept; exit 0; fi
  i=$((i + 1)); sleep 1
done
back
over put-back
LABWRIGHT_GUARD
cat > $d/boot <<'LABWRIGHT_BOOT'
${common}if [ -e $d/confirmed ]; then over kept; exit 0; fi
if [ "$1" = late ]; then back; else ${change.atBoot}; fi
over put-back
LABWRIGHT_BOOT
if [ -d /run/systemd/system ]; then
  mkdir -p ${wants}
  cat > ${unitFile} <<'LABWRIGHT_UNIT'
[Unit]
Description=Put back the network that Labwright was changing when this host went down
DefaultDependencies=no
After=local-fs.target systemd-remount-fs.service
Wants=network-pre.target
Before=network-pre.target networking.service systemd-networkd.service NetworkManager.service
[Service]
Type=oneshot
ExecStart=/bin/sh ${folder}/boot
LABWRIGHT_UNIT
  chmod 644 ${unitFile}
  ln -sf ../${unit} ${wants}/${unit}
elif [ -d /etc/cron.d ]; then
  echo '@reboot root sh ${folder}/boot late' > ${cron}
fi
touch $r
sync
if [ -d /run/systemd/system ]; then systemd-run -q --collect --unit=labwright-bridge-$$ sh $d/guard
else setsid sh $d/guard </dev/null >/dev/null 2>&1 & fi
i=0
while [ ! -e $d/applied ] && [ $i -lt 60 ]; do i=$((i + 1)); sleep 1; done
cat $d/log
`,
    },
    {
      ...base,
      id: 'confirm-network',
      title: message('bridge.confirm', { bridge }),
      cancel: 'after-this',
      silenceSeconds: 60,
      // That this runs at all is the proof: it came in over the new configuration.
      script: `d=${folder}
[ -e $d/put-back ] || touch $d/confirmed
i=0
while [ ! -e $d/kept ] && [ ! -e $d/put-back ] && [ $i -lt 20 ]; do i=$((i + 1)); sleep 1; done
cat $d/log
[ -e $d/kept ] && exit 0
[ -e $d/refused ] && exit ${EXIT_REFUSED}
exit ${EXIT_PUT_BACK}
`,
    },
  ];
}

export function explainGuard(bridge: string, exitCode: number | undefined): Message | undefined {
  if (exitCode === EXIT_REFUSED) return message('bridge.refused', { bridge });
  return exitCode === EXIT_PUT_BACK
    ? message('bridge.put-back', { bridge, seconds: CONFIRM_SECONDS })
    : undefined;
}
