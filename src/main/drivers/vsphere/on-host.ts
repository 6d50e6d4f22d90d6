import type { SiteCall } from '../../../contract/site-call.ts';
import type { Hypervisor } from '../../engine/hypervisor.ts';
import { changed } from '../../engine/placed-hypervisor.ts';
import { siteAction, vsphere } from './vsphere.ts';

/**
 * A site's driver that makes machines and networks on one host of a vCenter, so that it stands in what
 * is previewed. It is asked about that host too when the plan names it; else about the first by name,
 * which it goes on being found by when hosts come and go.
 */
export function onHost(host: string, named: boolean): Hypervisor {
  return changed(vsphere, {
    action: (action) => {
      if (action.kind !== 'site' || !isPlaced(action.call)) return action;
      const { target, id, title, call } = action;
      return siteAction(target, id, title, { ...call, host });
    },
    probe: (probe) => {
      if (!named || probe.ask === undefined) return probe;
      if (probe.ask.what === 'machine' || probe.ask.what === 'disks') return probe;
      return { ...probe, ask: { ...probe.ask, host } };
    },
  });
}

/** Calls that are about a host, and not about a machine wherever it is. */
const PLACED = [
  'create-machine',
  'add-network',
  'remove-network',
  'portgroup-security',
  'service',
  'firewall',
  'time-servers',
] as const;
type Placed = Extract<SiteCall, { kind: (typeof PLACED)[number] }>;
const isPlaced = (call: SiteCall): call is Placed => PLACED.some((kind) => kind === call.kind);
