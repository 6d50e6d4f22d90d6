import type { Action } from '../../contract/action.ts';
import { message } from '../../contract/message.ts';
import type { Network, Plan } from '../../contract/plan.ts';
import { on } from '../engine/probe.ts';
import { type BridgeFact, bridgeLayout } from '../engine/probes/kvm.ts';
import type { Owner, Step, StepContext } from '../engine/step.ts';
import { type BridgeWish, ifupdownWithBridge, netplanWithBridge } from './bridge-config.ts';
import { explainGuard, type GuardedChange, guarded } from './network-guard.ts';
import { onNetwork } from './on-network.ts';

/** Networks whose bridge takes an interface of the host in. */
const uplinkNetworks = (plan: Plan): Owner[] =>
  Object.entries(plan.networks)
    .filter(([, { uplink }]) => uplink !== undefined)
    .map(([owner, { on: target }]) => ({ owner, target }));

type Uplinked = Network & { readonly bridge: string; readonly uplink: string };

function networkOf({ plan, owner }: StepContext): Uplinked {
  const network = plan.networks[owner];
  if (network?.uplink === undefined || network.bridge === undefined) {
    throw new RangeError(`no network ${owner} with an uplink`);
  }
  return { ...network, bridge: network.bridge, uplink: network.uplink };
}

const layout = (context: StepContext) => {
  const { bridge, uplink } = networkOf(context);
  return on(context.target, bridgeLayout(bridge, uplink));
};

function newConfig(fact: BridgeFact, network: Uplinked): string | undefined {
  const { bridge, uplink, address, gateway } = network;
  const wish: BridgeWish = { bridge, uplink, address, gateway, mac: fact.uplink.mac };
  if (fact.file === undefined || fact.alsoIn.length > 0) return undefined;
  return fact.configuredBy === 'netplan'
    ? netplanWithBridge(fact.file.text, wish)
    : ifupdownWithBridge(fact.file.text, wish);
}

/** Netplan files can hold the keys of wireless networks, which belong in no journal. */
const holdsSecrets = (text: string): boolean =>
  /^\s*(password|psk|client-key-password)\s*:/m.test(text);

/** How the new configuration comes into force, and the old one again. */
function commands(
  fact: BridgeFact,
  bridge: string,
  uplink: string,
): Pick<GuardedChange, 'apply' | 'back' | 'atBoot'> {
  if (fact.configuredBy === 'netplan') {
    return {
      apply: 'put new && netplan apply',
      // netplan leaves a bridge that is no longer in its files.
      back: `put old && ip link delete ${bridge} type bridge; netplan apply`,
      // Its generator has run by then, with the file of before the restart.
      atBoot: 'put old && netplan generate',
    };
  }
  return {
    apply: `ifdown --force ${uplink}; ip addr flush dev ${uplink}; put new && ifup --force ${uplink} ${bridge}`,
    back: `ifdown --force ${bridge}; ip link set ${bridge} down; ip link delete ${bridge} type bridge; put old && ifdown --force ${uplink}; ip addr flush dev ${uplink}; ifup --force ${uplink}`,
    atBoot: 'put old',
  };
}

/** Switches spanning tree off on a bridge that is there already, now; not at the next start. */
function withoutStp(context: StepContext): Action {
  const { bridge } = networkOf(context);
  return {
    kind: 'script',
    id: 'stp-off',
    title: message('bridge.stp-off', { bridge }),
    target: context.target,
    sudo: true,
    cancel: 'after-this',
    silenceSeconds: 30,
    secrets: [],
    // In this order: with spanning tree on, the kernel refuses a delay of 0.
    script: `set -e
ip link set dev ${bridge} type bridge stp_state 0 || echo 0 > /sys/class/net/${bridge}/bridge/stp_state
ip link set dev ${bridge} type bridge forward_delay 0 || echo 0 > /sys/class/net/${bridge}/bridge/forward_delay
`,
  };
}

export const bridge: Step = {
  id: 'network.bridge',
  targets: uplinkNetworks,
  needs: ['kvm.packages'],
  risks: ['touches-network-path'],
  reads: (context) => [layout(context)],
  check: (context) => {
    const network = networkOf(context);
    const fact = context.facts.need(layout(context));
    const params = { bridge: network.bridge, uplink: network.uplink };
    if (fact.bridge?.ports.includes(network.uplink)) {
      if (fact.bridge.stp) return { state: 'todo', reason: message('bridge.stp', params) };
      const addresses = fact.bridge.addresses.join(', ') || '–';
      const { address } = network;
      if (address !== undefined && !fact.bridge.addresses.includes(address)) {
        const reason = message('bridge.other-address', { ...params, addresses, wanted: address });
        return { state: 'manual', reason };
      }
      return { state: 'done', reason: message('bridge.done', { ...params, addresses }) };
    }
    if (!fact.uplink.exists)
      return { state: 'manual', reason: message('bridge.no-uplink', params) };
    if (fact.bridge !== undefined) {
      return { state: 'manual', reason: message('bridge.without-uplink', params) };
    }
    if (fact.alsoIn.length > 0) {
      const files = [fact.file?.path ?? '', ...fact.alsoIn].join(', ');
      return { state: 'manual', reason: message('bridge.several-files', { ...params, files }) };
    }
    if (fact.file !== undefined && holdsSecrets(fact.file.text)) {
      const path = fact.file.path;
      return { state: 'manual', reason: message('bridge.holds-secrets', { ...params, path }) };
    }
    if (newConfig(fact, network) === undefined) {
      return { state: 'manual', reason: message('bridge.unknown-config', params) };
    }
    return { state: 'todo', reason: message('bridge.absent', params) };
  },
  plan: (context) => {
    const network = networkOf(context);
    const { bridge: name, uplink } = network;
    const fact = context.facts.need(layout(context));
    if (fact.bridge?.ports.includes(uplink)) return fact.bridge.stp ? [withoutStp(context)] : [];
    if (fact.bridge !== undefined || !fact.uplink.exists || fact.file === undefined) return [];
    const text = newConfig(fact, network);
    if (text === undefined || holdsSecrets(fact.file.text)) return [];
    const { path, mode } = fact.file;
    return guarded(context.target, name, { path, mode, text, ...commands(fact, name, uplink) });
  },
  explain: (context, { exitCode }) => explainGuard(networkOf(context).bridge, exitCode),
  carries: onNetwork,
  undo: (context) => {
    const { bridge: name, uplink } = networkOf(context);
    const then = context.before[bridgeLayout(name, uplink).key] as BridgeFact | undefined;
    if (then?.file === undefined || then.bridge !== undefined) return [];
    const { apply, back, atBoot } = commands(then, name, uplink);
    const { path, mode, text } = then.file;
    // The same way back: under guard, with the roles of the two files exchanged.
    const swapped = {
      apply: back.replace('put old', 'put new'),
      back: apply.replace('put new', 'put old'),
      atBoot,
    };
    return guarded(context.target, name, { path, mode, text, ...swapped });
  },
};
