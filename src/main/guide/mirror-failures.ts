import { type Message, message } from '../../contract/message.ts';
import type { FailedAction, StepContext } from '../engine/step.ts';
import { MIRROR_EXIT } from './mirror-commands.ts';

/**
 * Names the cause of a failed sstream-mirror. Every failure of the tool is exit status 1 with a
 * Python traceback, so the last line decides (captures of version 0.1.0).
 */
export function explainMirror(
  { plan }: StepContext,
  { exitCode, output }: FailedAction,
): Message | undefined {
  const keyring = plan.mirror?.keyring ?? '';
  const source = plan.mirror?.source ?? '';
  if (exitCode === MIRROR_EXIT.keyringAbsent)
    return message('mirror.fail.keyring-absent', { keyring });
  if (exitCode === MIRROR_EXIT.keyringArmored)
    return message('mirror.fail.keyring-armored', { keyring });
  if (/'gpgv'.*exit status 2/.test(output))
    return message('mirror.fail.wrong-key', { keyring, source });
  if (/'gpgv'.*exit status 1/.test(output)) return message('mirror.fail.tampered', { source });
  if (/No space left on device/.test(output)) return message('mirror.fail.disk-full');
  if (/had bad checksum/.test(output)) return message('mirror.fail.no-range', { source });
  const corrupt = /InvalidChecksum: Invalid \w+ Checksum at (\S+?)\.? Found/.exec(output);
  if (corrupt) return message('mirror.fail.corrupt', { url: corrupt[1] ?? '' });
  if (/Read-only file system/.test(output)) return message('mirror.fail.read-only');
  const denied = /PermissionError: .*'(.+)'/.exec(output);
  if (denied) return message('mirror.fail.denied', { path: denied[1] ?? '' });
  if (/Name or service not known|Temporary failure in name resolution/.test(output)) {
    return message('mirror.fail.dns', { source });
  }
  if (/Connection refused|Network is unreachable|timed out|Max retries/.test(output)) {
    return message('mirror.fail.unreachable', { source });
  }
  const absent = /OSError: Unable to open (\S+?)\.? mirrors=/.exec(output);
  if (absent) return message('mirror.fail.not-found', { url: absent[1] ?? '' });
  const filter = /ValueError: Unable to parse expression (.+)/.exec(output);
  if (filter) return message('mirror.fail.filter', { filter: filter[1] ?? '' });
  if (/sstream-mirror: (command )?not found/.test(output)) return message('mirror.fail.no-tool');
  return undefined;
}
