import type { screens as en } from '../en/screens.ts';

export const screens: Record<keyof typeof en, string> = {};
