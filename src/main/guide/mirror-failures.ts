import { type Message, message } from '../../contract/message.ts';
import { proxyFor, proxyOf } from '../engine/probes/proxy.ts';
import type { FailedAction, StepContext } from '../engine/step.ts';
import { clockBehind } from './clock-difference.ts';
import { MIRROR_EXIT } from './mirror-commands.ts';

/**
 * Names the cause of a failed sstream-mirror. Every failure of the tool is exit status 1 with a
 * Python traceback, so the last line decides (captures of version 0.1.0).
 */
export function explainMirror(
  context: StepContext,
  { exitCode, output }: FailedAction,
): Message | undefined {
  const { plan, host } = context;
  const keyring = plan.mirror?.keyring ?? '';
  const source = plan.mirror?.source ?? '';
  const proxy = source && proxyFor(proxyOf(plan, host), source);
  if (exitCode === MIRROR_EXIT.keyringAbsent)
    return message('mirror.fail.keyring-absent', { keyring });
  if (exitCode === MIRROR_EXIT.keyringArmored)
    return message('mirror.fail.keyring-armored', { keyring });
  if (/'gpgv'.*exit status 2/.test(output)) {
    // gpgv takes a key from the future for no key at all, and the tool does not print why.
    const seconds = clockBehind(context);
    if (seconds !== undefined) return message('mirror.fail.clock', { source, seconds });
    return message('mirror.fail.wrong-key', { keyring, source });
  }
  if (/'gpgv'.*exit status 1/.test(output)) return message('mirror.fail.tampered', { source });
  if (/No space left on device/.test(output)) return message('mirror.fail.disk-full');
  if (/had bad checksum/.test(output)) return message('mirror.fail.no-range', { source });
  const corrupt = /InvalidChecksum: Invalid \w+ Checksum at (\S+?)\.? Found/.exec(output);
  if (corrupt) return message('mirror.fail.corrupt', { url: corrupt[1] ?? '' });
  if (/Read-only file system/.test(output)) return message('mirror.fail.read-only');
  const denied = /PermissionError: .*'(.+)'/.exec(output);
  if (denied) return message('mirror.fail.denied', { path: denied[1] ?? '' });
  const nameless = /Name or service not known|Temporary failure in name resolution/.test(output);
  const silent = /Connection refused|Network is unreachable|timed out|Max retries/.test(output);
  if (proxy && (nameless || silent)) return message('mirror.fail.proxy', { source, proxy });
  if (nameless) {
    return message('mirror.fail.dns', { source });
  }
  if (silent) return message('mirror.fail.unreachable', { source });
  const absent = /OSError: Unable to open (\S+?)\.? mirrors=/.exec(output);
  if (absent) {
    const url = absent[1] ?? '';
    return proxy
      ? message('mirror.fail.proxy-refused', { url, proxy })
      : message('mirror.fail.not-found', { url });
  }
  const filter = /ValueError: Unable to parse expression (.+)/.exec(output);
  if (filter) return message('mirror.fail.filter', { filter: filter[1] ?? '' });
  if (/sstream-mirror: (command )?not found/.test(output)) return message('mirror.fail.no-tool');
  return undefined;
}
