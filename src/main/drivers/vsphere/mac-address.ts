import { LabwrightError } from '../../../contract/error.ts';

/**
 * ESXi powers no machine on whose fixed address lies outside 00:50:56:00:00:00–3f:ff:ff (vSphere
 * Networking, "Static MAC Addresses"); above begins what vCenter gives out itself.
 */
const STATIC = /^00:50:56:[0-3][0-9a-f]:[0-9a-f]{2}:[0-9a-f]{2}$/;

/** In lower case. Throws `site-mac-unfit`. */
export function staticMac(mac: string): string {
  const lower = mac.toLowerCase();
  if (!STATIC.test(lower)) throw new LabwrightError('site-mac-unfit', { mac });
  return lower;
}
