import { z } from 'zod';

const choices = {
  language: z.enum(['system', 'en', 'ja']),
  theme: z.enum(['system', 'light', 'dark']),
  terminalFontSize: z.int().min(8).max(32),
  screenReader: z.boolean(),
  notifications: z.boolean(),
};

export const Settings = z.object({
  language: choices.language.default('system'),
  theme: choices.theme.default('system'),
  terminalFontSize: choices.terminalFontSize.default(14),
  screenReader: choices.screenReader.default(false),
  /** Left out until the person decides: on where the shell has a desktop, off in a browser. */
  notifications: choices.notifications.optional(),
  /** Paths of labs opened before, youngest first. */
  recent: z.array(z.string()).default([]),
});
export type Settings = z.infer<typeof Settings>;

/**
 * Settings that a person changes; `recent` is kept by the app. Made without defaults: zod fills them
 * in under `partial` too, and a change of the theme would then reset the language.
 */
export const SettingsPatch = z.object(choices).partial();
export type SettingsPatch = z.infer<typeof SettingsPatch>;
