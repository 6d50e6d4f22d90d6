import { type ChangeFeed, NOTHING_TO_FOLLOW } from '../../ssh/follow-changes.ts';
import { TIMEOUT } from '../../ssh/host-dialect.ts';

/** A line comes to the host this often; each lets it try again what has ended. */
const BEAT_SECONDS = 5;
/**
 * Without a line for so long nobody listens any more: the link was cut, or the app was killed. sshd
 * itself notices a silent peer only after many minutes.
 */
const LEASE_SECONDS = 20;

/**
 * `virsh event` (virsh(1), since 1.2.2) for as long as someone listens. Of its events the life cycle
 * is enough: it tells of machines that are made, changed, removed, started and stopped. `--timestamp`
 * is younger (1.3.2) and not needed.
 *
 * virsh ends when its daemon does. It is started again once the daemon runs, and not before: to
 * connect would wake, by its socket, one that a person has stopped. What fails is tried less and less
 * often. Each start is told, as nothing was heard in between.
 */
const SCRIPT = `export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
${TIMEOUT}
p=; n=0; i=0
runs() {
  if [ -d /run/systemd/system ]; then systemctl -q is-active libvirtd virtqemud
  else pidof libvirtd >/dev/null; fi
}
alive() { [ -n "$p" ] && kill -0 "$p" 2>/dev/null; }
listen() {
  command -v virsh >/dev/null 2>&1 || return 0
  if [ -z "$p" ]; then virsh help event >/dev/null 2>&1 || exit ${NOTHING_TO_FOLLOW}
  else runs || return 0; fi
  virsh -q -c qemu:///system event --event lifecycle --loop 2>&1 &
  p=$!; i=0; n=$((n + 1))
  echo @listening
}
trap 'exit 1' HUP INT TERM
trap '[ -z "$p" ] || kill "$p" 2>/dev/null' EXIT
listen
while timeout ${LEASE_SECONDS} sh -c 'IFS= read -r l'; do
  if alive; then n=0
  else i=$((i + 1)); [ $i -lt $n ] || listen; fi
done
`;

/** How a KVM host tells of changes to its machines by itself. */
export const domainEvents: ChangeFeed = {
  script: SCRIPT,
  beatMs: BEAT_SECONDS * 1000,
  // `event 'lifecycle' for domain 'node-1': Started Booted`; before 6.0 without the quotes.
  tells: (line) => line === '@listening' || line.startsWith("event 'lifecycle' "),
};
