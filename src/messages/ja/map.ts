import type { map as en } from '../en/map.ts';

export const map: Record<keyof typeof en, string> = {
  'nav.map': 'マップ',
};
