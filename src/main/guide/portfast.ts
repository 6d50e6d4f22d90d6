import { type Message, message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import { networkName } from '../engine/machine-specs.ts';
import { on } from '../engine/probe.ts';
import { type PortDelay, portDelay } from '../engine/probes/port-delay.ts';
import type { Owner, Step, StepContext, Verdict } from '../engine/step.ts';

/** Firmware has given up after this many seconds without an answer (users.md D22). */
const PATIENCE_SECONDS = 15;
/** A port that is open passes a request on at once; this much is the measuring host's own. */
const AT_ONCE_SECONDS = 1;

/**
 * Cisco IOS and IOS XE. On newer ones the word is `portfast edge`, on a trunk `portfast trunk`. Out
 * of the vendor's documentation; no switch was at hand.
 */
const KEYSTROKES = `enable
configure terminal
 interface GigabitEthernet0/1
  spanning-tree portfast
 end
show spanning-tree interface GigabitEthernet0/1 portfast
copy running-config startup-config
`;

/** Networks that nodes boot from, with something outside behind them: elsewhere there is no switch. */
const switched = (plan: Plan): Owner[] =>
  Object.entries(plan.networks)
    .filter(([, { provisioning, uplink, switch: named }]) => provisioning && (uplink ?? named))
    .map(([owner, { on: target }]) => ({ owner, target }));

/** Only Linux can watch its own bridge. */
const read = ({ plan, owner, target }: StepContext) =>
  plan.networks[owner]?.bridge === undefined
    ? undefined
    : on(target, portDelay(networkName(plan, owner)));

const seconds = (value: number): number => Math.round(value * 10) / 10;

function judge(
  bridge: string,
  { mac, sinceLink, sinceAsked, through, requests }: PortDelay,
): Verdict {
  const byHand = (reason: Message): Verdict => ({
    state: 'manual',
    reason,
    keystrokes: KEYSTROKES,
  });
  const params = { bridge, mac, requests, seconds: seconds(sinceLink ?? sinceAsked) };
  // Its link came up somewhere else, where nobody could look.
  if (sinceLink === undefined) return byHand(message('network.portfast.outside', params));
  if (!through) return byHand(message('network.portfast.never-through', params));
  if (sinceLink > PATIENCE_SECONDS && sinceAsked > AT_ONCE_SECONDS) {
    return byHand(message('network.portfast.late', params));
  }
  const slow = sinceLink > PATIENCE_SECONDS;
  const notes = slow ? [message('network.portfast.slow-machine', params)] : [];
  return { state: 'done', reason: message('network.portfast.done', params), notes };
}

/** What no check can see from here: whether a switch lets a port speak at once when it comes up. */
export const portfast: Step = {
  id: 'network.portfast',
  targets: switched,
  needs: ['kvm.sudo'],
  measures: true,
  reads: (context) => {
    const delay = read(context);
    return delay === undefined ? [] : [delay];
  },
  check: (context) => {
    const { plan, owner, facts } = context;
    const bridge = networkName(plan, owner);
    const delay = read(context);
    if (delay === undefined) {
      const reason = message('network.portfast.portgroup', { portgroup: bridge });
      return { state: 'manual', reason, keystrokes: KEYSTROKES };
    }
    const measured = facts.maybe(delay);
    if (measured !== undefined) return judge(bridge, measured);
    const error = facts.fact(delay)?.error;
    const reason = message('network.portfast.never', { bridge });
    const notes = error === undefined ? [] : [error.reason];
    return { state: 'manual', reason, notes, keystrokes: KEYSTROKES };
  },
};
