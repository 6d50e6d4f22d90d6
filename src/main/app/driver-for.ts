import type { Plan } from '../../contract/plan.ts';
import { esxiShell } from '../drivers/esxi-shell/esxi-shell.ts';
import { libvirt } from '../drivers/libvirt/libvirt.ts';
import { vsphere } from '../drivers/vsphere/vsphere.ts';
import type { Hypervisor } from '../engine/hypervisor.ts';

/** The driver behind a hypervisor: by its API at a site, by the shell of an ESXi host, by virsh on a KVM host. */
export function driverFor(plan: Plan, target: string): Hypervisor {
  if (plan.sites[target] !== undefined) return vsphere;
  return plan.hosts[target]?.role === 'esxi' ? esxiShell : libvirt;
}
