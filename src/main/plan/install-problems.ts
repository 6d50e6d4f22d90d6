import { type Message, message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import { inSubnet } from '../../contract/subnets.ts';

export interface InstallProblem {
  readonly path: readonly (string | number)[];
  readonly reason: Message;
}

/** What a schema cannot see about the installation of a machine. Paths begin at the machine. */
export function installProblems(plan: Plan, machine: string): InstallProblem[] {
  const group = plan.machines[machine];
  const install = group?.install;
  if (group === undefined || install === undefined) return [];
  const problems: InstallProblem[] = [];
  const add = (path: (string | number)[], reason: Message) =>
    problems.push({ path: ['install', ...path], reason });
  if (group.role === 'node') add([], message('plan.install-node'));
  const keyring = install.image?.keyring;
  if (plan.hosts[group.on]?.role === 'kvm' && keyring !== undefined && !keyring.startsWith('/')) {
    add(['image', 'keyring'], message('plan.install-keyring'));
  }
  if (group.count !== undefined) add([], message('plan.install-count'));
  for (const name of Object.keys(install.addresses)) {
    if (group.networks.includes(name)) continue;
    const known = group.networks.join(', ');
    add(['addresses', name], message('plan.install-other-network', { name, known }));
  }
  // MAAS alone answers DHCP there, and it is not there yet when its own machine starts.
  group.networks.forEach((name) => {
    if (plan.networks[name]?.provisioning !== true || install.addresses[name] !== undefined) return;
    add(['addresses'], message('plan.install-needs-address', { name }));
  });
  const { gateway } = install;
  const reachable = Object.values(install.addresses);
  if (
    gateway !== undefined &&
    reachable.length > 0 &&
    !reachable.some((each) => inSubnet(gateway, each))
  ) {
    add(['gateway'], message('plan.install-gateway-outside', { gateway }));
  }
  return problems;
}
