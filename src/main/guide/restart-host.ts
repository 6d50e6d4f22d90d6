import type { Action } from '../../contract/action.ts';
import { message } from '../../contract/message.ts';
import { rootScript } from './root-script.ts';

/** Firmware of a server tests its memory first; some take ten minutes. */
const BACK_SECONDS = 20 * 60;

/**
 * Restarts a host and waits until `finding`, which only a restart can bring about, is satisfied. Its
 * host key and machine-id are asserted again by the look that finds this out.
 */
export function restartHost(target: string, finding: string): Action[] {
  const restart = rootScript(target, {
    id: 'restart',
    title: message('restart.action', { host: target }),
    cancel: 'never',
    // The restart is no part of this job: that one has to end well, and to say so, before.
    script: `if [ -d /run/systemd/system ]; then systemd-run --quiet sh -c 'sleep 3; systemctl reboot'
else setsid sh -c 'sleep 3; shutdown -r now' </dev/null >/dev/null 2>&1 & fi
`,
  });
  const title = message('restart.wait', { host: target });
  return [restart, { kind: 'wait', id: 'back', title, target, finding, seconds: BACK_SECONDS }];
}
