import type { Action, ScriptAction } from '../../contract/action.ts';
import { type Message, message } from '../../contract/message.ts';
import type { Network, Plan } from '../../contract/plan.ts';
import { quote } from '../../contract/shell-quote.ts';
import { networkName } from '../engine/machine-specs.ts';
import { on } from '../engine/probe.ts';
import { type BridgeFact, bridgeLayout, dhcpAnswers } from '../engine/probes/kvm.ts';
import type { FailedAction, Owner, Step, StepContext } from '../engine/step.ts';
import { type BridgeWish, ifupdownWithBridge, netplanWithBridge } from './bridge-config.ts';
import { onNetwork } from './on-network.ts';

/** We must be able to log in again within this after the network was changed, or it is put back. */
const CONFIRM_SECONDS = 60;
/** How the second action ends when the old configuration is back, because of silence or an error. */
const EXIT_PUT_BACK = 41;
const EXIT_REFUSED = 42;

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
): { apply: string; back: string } {
  if (fact.configuredBy === 'netplan') {
    return {
      apply: 'put new && netplan apply',
      // netplan leaves a bridge that is no longer in its files.
      back: `put old && ip link delete ${bridge} type bridge; netplan apply`,
    };
  }
  return {
    apply: `ifdown --force ${uplink}; ip addr flush dev ${uplink}; put new && ifup --force ${uplink} ${bridge}`,
    back: `ifdown --force ${bridge}; ip link set ${bridge} down; ip link delete ${bridge} type bridge; put old && ifdown --force ${uplink}; ip addr flush dev ${uplink}; ifup --force ${uplink}`,
  };
}

/**
 * Changes the network under the guard of a process that is on its own: unless it is told within a
 * minute that we are still there, it puts the old files back and brings them into force.
 */
function guarded(
  context: StepContext,
  what: {
    readonly path: string;
    readonly mode: string;
    readonly text: string;
    readonly apply: string;
    readonly back: string;
  },
): ScriptAction[] {
  const { bridge } = networkOf(context);
  const { target } = context;
  const folder = `/var/lib/labwright/bridge-${bridge}`;
  // Gone with a restart, as the guard itself is: it must not stand in the way for ever.
  const marker = `/run/labwright-bridge-${bridge}`;
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
cp -p ${quote(what.path)} $d/old
cat > $d/new <<'LABWRIGHT_CONFIG'
${what.text.trimEnd()}
LABWRIGHT_CONFIG
chmod ${what.mode} $d/new
cat > $d/guard <<'LABWRIGHT_GUARD'
exec >$d/log 2>&1
put() { cp -p $d/$1 ${quote(what.path)}; }
if { ${what.apply}; }; then i=0; else i=${CONFIRM_SECONDS}; touch $d/refused; fi
touch $d/applied
while [ $i -lt ${CONFIRM_SECONDS} ]; do
  if [ -e $d/confirmed ]; then rm $r; touch $d/kept; exit 0; fi
  i=$((i + 1)); sleep 1
done
${what.back}
rm $r; touch $d/put-back
LABWRIGHT_GUARD
sed -i "1i d=$d r=$r" $d/guard
touch $r
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

function explain(context: StepContext, { exitCode }: FailedAction): Message | undefined {
  const { bridge } = networkOf(context);
  if (exitCode === EXIT_REFUSED) return message('bridge.refused', { bridge });
  return exitCode === EXIT_PUT_BACK
    ? message('bridge.put-back', { bridge, seconds: CONFIRM_SECONDS })
    : undefined;
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
    return guarded(context, { path, mode, text, ...commands(fact, name, uplink) });
  },
  explain,
  carries: onNetwork,
  undo: (context) => {
    const { bridge: name, uplink } = networkOf(context);
    const then = context.before[bridgeLayout(name, uplink).key] as BridgeFact | undefined;
    if (then?.file === undefined || then.bridge !== undefined) return [];
    const { apply, back } = commands(then, name, uplink);
    const { path, mode, text } = then.file;
    // The same way back: under guard, with the roles of the two files exchanged.
    const swapped = {
      apply: back.replace('put old', 'put new'),
      back: apply.replace('put new', 'put old'),
    };
    return guarded(context, { path, mode, text, ...swapped });
  },
};

/** Nodes boot from the first network that has this in the plan; the gate of users.md D19. */
export const quiet: Step = {
  id: 'network.quiet',
  targets: (plan) =>
    Object.entries(plan.networks)
      // ESXi has no tool that could ask on a portgroup.
      .filter(([, { provisioning, bridge: name }]) => provisioning && name !== undefined)
      .map(([owner, { on: target }]) => ({ owner, target })),
  needs: ['kvm.sudo', 'network.bridge', 'network.isolated'],
  reads: ({ plan, owner, target }) => [on(target, dhcpAnswers(networkName(plan, owner)))],
  check: ({ plan, owner, target, facts }) => {
    const bridge = networkName(plan, owner);
    const answers = facts.need(on(target, dhcpAnswers(bridge)));
    const maas = Object.values(plan.hosts).filter(({ role }) => role === 'maas');
    const servers = answers.servers.filter(
      (server) => !maas.some((host) => host.address === server),
    );
    return servers.length === 0
      ? { state: 'done', reason: message('network.quiet', { bridge }) }
      : {
          state: 'manual',
          reason: message('network.other-dhcp', { bridge, servers: servers.join(', ') }),
        };
  },
};
