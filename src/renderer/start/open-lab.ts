import { goTo } from '../core/route.ts';

/** Shows a lab that the core has opened. */
export function openLab(lab: string): void {
  goTo({ lab, screen: 'guide', item: undefined });
}
