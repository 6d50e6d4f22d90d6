import { esxiShell } from '../drivers/esxi-shell/esxi-shell.ts';
import { libvirt } from '../drivers/libvirt/libvirt.ts';
import { onHost } from '../drivers/vsphere/on-host.ts';
import { vsphere } from '../drivers/vsphere/vsphere.ts';
import type { Hypervisor } from '../engine/hypervisor.ts';
import { through } from '../engine/placed-hypervisor.ts';
import type { StepContext, UndoContext } from '../engine/step.ts';
import { madeOn, siteDriver } from '../guide/site-driver.ts';

type Where = Pick<StepContext, 'plan' | 'target' | 'facts'> & Partial<Pick<UndoContext, 'made'>>;

/**
 * The driver behind a hypervisor: virsh on a KVM host, the shell of an ESXi host, a site's API. For a
 * site whose API may only read it is the shell of the same machine: what it is asked and does is then
 * bound to that host, while the step stays the site's. What is taken back is taken back by the driver
 * that made it, from what that one had recorded.
 */
export function driverFor(where: Where): Hypervisor {
  const { plan, target, made = [] } = where;
  const site = plan.sites[target];
  if (site === undefined) return plan.hosts[target]?.role === 'esxi' ? esxiShell : libvirt;
  const place = madeOn(where, vsphere.inventory);
  const api = place === undefined ? vsphere : onHost(place, site.host === place);
  const [first] = made;
  if (first !== undefined) {
    return first.kind === 'site' ? api : through(esxiShell, first.target);
  }
  const chosen = siteDriver(where, vsphere.inventory);
  return chosen.by === 'shell' ? through(esxiShell, chosen.host) : api;
}
