import { message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import { machineSpecs, networkName } from '../engine/machine-specs.ts';
import { on, type Read } from '../engine/probe.ts';
import { type DhcpAnswers, dhcpAnswers, dhcpAnswersByMac } from '../engine/probes/kvm.ts';
import type { Owner, Step, StepContext } from '../engine/step.ts';

/** Debian's nmap has the script; it sends one DHCPDISCOVER and lists who offers (users.md D19). */
const BY_HAND = 'sudo nmap --script broadcast-dhcp-discover -e eth0\n';

/**
 * Who can ask on a portgroup: ESXi has no tool that could. A machine of the plan that has an interface
 * there and that we log in to can.
 */
function asker(
  plan: Plan,
  network: string,
): { readonly host: string; readonly mac: string } | undefined {
  for (const { name, nics } of machineSpecs(plan)) {
    const nic = nics.find((each) => each.network === network);
    if (nic !== undefined && plan.hosts[name] !== undefined) return { host: name, mac: nic.mac };
  }
  return undefined;
}

/** A portgroup whose switch is its own has no uplink: who is on it is in the plan. */
const gated = (plan: Plan): Owner[] =>
  Object.entries(plan.networks).flatMap(([owner, network]) => {
    if (!network.provisioning) return [];
    if (network.bridge !== undefined) return [{ owner, target: network.on }];
    const host = asker(plan, owner)?.host;
    if (host !== undefined) return [{ owner, target: host }];
    return network.switch === undefined ? [] : [{ owner, target: network.on }];
  });

function read({ plan, owner, target }: StepContext): Read<DhcpAnswers> | undefined {
  if (plan.networks[owner]?.bridge !== undefined)
    return on(target, dhcpAnswers(networkName(plan, owner)));
  const found = asker(plan, owner);
  return found && on(found.host, dhcpAnswersByMac(found.mac));
}

/** Where MAAS may answer from: where we reach it, and what its machine gets on its networks. */
function addressesOfMaas(plan: Plan): Set<string> {
  const hosts = Object.values(plan.hosts).filter(({ role }) => role === 'maas');
  const given = Object.values(plan.machines)
    .filter(({ role }) => role === 'maas')
    .flatMap(({ install }) => Object.values(install?.addresses ?? {}));
  return new Set([
    ...hosts.map(({ address }) => address),
    ...given.map((address) => address.replace(/\/.*/, '')),
  ]);
}

/** The gate of users.md D19: nodes boot from whoever answers first. */
export const quiet: Step = {
  id: 'network.quiet',
  targets: gated,
  needs: ['kvm.sudo', 'network.bridge', 'network.isolated', 'network.portgroup'],
  reads: (context) => {
    const answers = read(context);
    return answers === undefined ? [] : [answers];
  },
  check: (context) => {
    const { plan, owner, facts } = context;
    const bridge = networkName(plan, owner);
    const answers = read(context);
    if (answers === undefined) {
      const reason = message('network.quiet.by-hand', { portgroup: bridge });
      return { state: 'manual', reason, keystrokes: BY_HAND };
    }
    const maas = addressesOfMaas(plan);
    const servers = facts.need(answers).servers.filter((server) => !maas.has(server));
    return servers.length === 0
      ? { state: 'done', reason: message('network.quiet', { bridge }) }
      : {
          state: 'manual',
          reason: message('network.other-dhcp', { bridge, servers: servers.join(', ') }),
        };
  },
};
