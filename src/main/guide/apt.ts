import type { ScriptAction } from '../../contract/action.ts';
import { type Message, message } from '../../contract/message.ts';
import type { ProxySettings } from '../../contract/plan.ts';
import { aptProxy, aptProxyOptions, aptProxyPreparation, proxyOf } from '../engine/probes/proxy.ts';
import type { FailedAction, StepContext } from '../engine/step.ts';

/** Finishes what an earlier installation left. apt waits for its lock, dpkg has to be made to. */
const DPKG_CONFIGURE = `n=0
while ! o=$(dpkg --configure -a 2>&1); do
  [ $n -gt 0 ] || printf '%s\\n' "$o"
  case $o in *'locked by another process'*) ;; *) exit 1 ;; esac
  n=$((n + 1)); [ $n -le 30 ] || exit 1
  sleep 2
done
`;

// dpkg must not be interrupted: a half-configured package blocks all later installations.
const APT = { kind: 'script', sudo: true, cancel: 'never', silenceSeconds: 180 } as const;

/** Brings the package lists up to date and installs packages, without a question. */
export function aptInstall(
  target: string,
  names: readonly string[],
  proxy: ProxySettings,
): ScriptAction {
  const options = ['-y', '-o DPkg::Lock::Timeout=60', aptProxyOptions(proxy)];
  const words = options.filter(Boolean).join(' ');
  return {
    ...APT,
    id: 'install',
    title: message('apt.install', { names: names.join(', ') }),
    target,
    secrets: [],
    script: `export DEBIAN_FRONTEND=noninteractive
${aptProxyPreparation(proxy)}apt-get update ${words} || exit
${DPKG_CONFIGURE}apt-get install ${words} ${names.join(' ')}
`,
  };
}

/** Removes packages that we installed; what depends on them and is not ours goes with them. */
export function aptRemove(target: string, names: readonly string[]): ScriptAction {
  return {
    ...APT,
    id: 'remove',
    title: message('apt.remove', { names: names.join(', ') }),
    target,
    secrets: [],
    script: `export DEBIAN_FRONTEND=noninteractive
apt-get remove -y -o DPkg::Lock::Timeout=60 ${names.join(' ')}
`,
  };
}

/** Names the cause of a failed apt-get from its own words (apt 1.0–2.6). */
export function explainApt(
  { plan, host }: StepContext,
  { output }: FailedAction,
): Message | undefined {
  if (
    /Could not get lock|Unable to acquire the dpkg frontend lock|is another process using it|locked by another process/.test(
      output,
    )
  ) {
    return message('apt.locked');
  }
  if (/is not valid yet \(invalid for/.test(output)) return message('apt.clock-behind');
  if (/is expired \(invalid since/.test(output)) return message('apt.expired');
  const away = aptAway(aptProxy(proxyOf(plan, host)), output);
  const absent =
    /Unable to locate package (\S+)|Package '?(\S+?)'? has no installation candidate/.exec(output);
  // apt-get update only warns of a source that it cannot reach; what it would offer is then missing.
  if (absent) return away ?? message('apt.no-package', { name: absent[1] ?? absent[2] ?? '' });
  if (/No space left on device|have enough free space/.test(output))
    return message('apt.disk-full');
  if (/Read-only file system/.test(output)) return message('apt.read-only');
  if (/NO_PUBKEY|signatures couldn't be verified/.test(output)) return message('apt.unsigned');
  if (/is not signed/.test(output)) return away ?? message('apt.unsigned');
  const script = /dpkg: error processing (?:package|archive) (\S+)/.exec(output);
  if (script) return message('apt.script-failed', { name: script[1] ?? '' });
  if (/unmet dependencies|held broken packages/.test(output)) return message('apt.unmet');
  return away;
}

/** Says that apt could not get at its sources; of a proxy's refusal only where there is a proxy. */
function aptAway(proxy: string | undefined, output: string): Message | undefined {
  if (
    /Temporary failure resolving|Could not resolve|Could not connect|Unable to connect/.test(output)
  ) {
    return proxy === undefined ? message('apt.unreachable') : message('apt.proxy', { proxy });
  }
  const status = /^ *(40[37]|50\d) {2}\S|^[EW]: Failed to fetch .* (40[37]|50\d) {2}/m.exec(output);
  if (status === null || proxy === undefined) return undefined;
  return message('apt.proxy-refused', { proxy, status: Number(status[1] ?? status[2]) });
}
