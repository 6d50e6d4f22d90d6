import type { Host, Plan } from '../../contract/plan.ts';
import { machineSpecs } from '../engine/machine-specs.ts';

/**
 * How MAAS reaches libvirt on a KVM host. MAAS 3 refuses anything behind the path (drivers/power/virsh.py),
 * so a port stands where it always does.
 */
export function virshAddress({ user, address, port }: Pick<Host, 'user' | 'address' | 'port'>) {
  const host = address.includes(':') ? `[${address}]` : address;
  return `qemu+ssh://${user}@${host}${port === 22 ? '' : `:${port}`}/system`;
}

/** KVM hosts whose machines MAAS switches on and off. */
export function nodeHosts(plan: Plan): string[] {
  if (plan.maas === undefined) return [];
  const running = machineSpecs(plan).filter(({ role }) => role === 'node');
  const hosts = new Set(running.map(({ on }) => on));
  return [...hosts].filter((name) => plan.hosts[name]?.role === 'kvm');
}
