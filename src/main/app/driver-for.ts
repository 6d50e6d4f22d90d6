import type { Plan } from '../../contract/plan.ts';
import { libvirt } from '../drivers/libvirt/libvirt.ts';
import { vsphere } from '../drivers/vsphere/vsphere.ts';
import type { Hypervisor } from '../engine/hypervisor.ts';

/** The driver behind a hypervisor: by its API at a site, by virsh on a KVM host. */
export function driverFor(plan: Plan, target: string): Hypervisor {
  return plan.sites[target] === undefined ? libvirt : vsphere;
}
