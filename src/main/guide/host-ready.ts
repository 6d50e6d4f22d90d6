import { message } from '../../contract/message.ts';
import { on } from '../engine/probe.ts';
import { clock, sudoRoot, system } from '../engine/probes/host.ts';
import type { Step } from '../engine/step.ts';
import { CLOCK_LIMIT_SECONDS, clockAhead } from './clock-difference.ts';

/** The first steps of a chapter on servers: each is reachable, lets us be root, and knows the time. */
export function hostReady(
  chapter: string,
  targets: Step['targets'],
): { readonly reachable: Step; readonly sudo: Step; readonly clock: Step } {
  const id = (step: string) => `${chapter}.${step}`;
  const reachable: Step = {
    id: id('reachable'),
    targets,
    needs: [],
    reads: ({ target }) => [on(target, system)],
    check: ({ target, facts, host }) => {
      const { name, user } = facts.need(on(target, system));
      return {
        state: 'done',
        reason: message('host.reachable.done', { name, user, address: host.address }),
      };
    },
  };

  const sudo: Step = {
    id: id('sudo'),
    targets,
    needs: [id('reachable')],
    reads: ({ target }) => [on(target, sudoRoot)],
    check: ({ target, facts }) =>
      facts.need(on(target, sudoRoot))
        ? { state: 'done', reason: message('host.sudo.done') }
        : { state: 'manual', reason: message('host.sudo.not-root') },
  };

  const time: Step = {
    id: id('clock'),
    targets,
    needs: [id('reachable')],
    reads: ({ target }) => [on(target, clock), on(target, system)],
    check: ({ target, facts }) => {
      facts.need(on(target, clock));
      const ahead = clockAhead({ target, facts }) ?? 0;
      const seconds = Math.abs(ahead);
      if (seconds <= CLOCK_LIMIT_SECONDS) {
        return { state: 'done', reason: message('host.clock.done', { seconds }) };
      }
      const key = ahead < 0 ? 'host.clock.behind' : 'host.clock.ahead';
      return { state: 'todo', reason: message(key, { seconds }) };
    },
    // Setting the time is left to the time service: a step of a clock hurts databases and logs.
    plan: ({ target, facts }) =>
      facts.need(on(target, system)).systemd === 0
        ? []
        : [
            {
              kind: 'script',
              id: 'enable-time-sync',
              title: message('host.clock.action'),
              target,
              sudo: true,
              cancel: 'kill',
              silenceSeconds: 60,
              secrets: [],
              script: `timedatectl set-ntp true
i=0; while [ "$(timedatectl show -p NTPSynchronized --value)" != yes ] && [ $i -lt 60 ]; do i=$((i + 1)); sleep 1; done
timedatectl show -p NTPSynchronized --value | grep -qx yes
`,
            },
          ],
  };

  return { reachable, sudo, clock: time };
}
