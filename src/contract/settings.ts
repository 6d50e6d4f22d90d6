import { z } from 'zod';

export const Settings = z.object({
  language: z.enum(['system', 'en', 'ja']).default('system'),
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  terminalFontSize: z.int().min(8).max(32).default(14),
  screenReader: z.boolean().default(false),
  /** Paths of labs opened before, youngest first. */
  recent: z.array(z.string()).default([]),
});
export type Settings = z.infer<typeof Settings>;

/** Settings that a person changes; `recent` is kept by the app. */
export const SettingsPatch = Settings.omit({ recent: true }).partial();
export type SettingsPatch = z.infer<typeof SettingsPatch>;
