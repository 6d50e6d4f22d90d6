import { errors as enErrors } from './en/errors.ts';
import { machines as enMachines } from './en/machines.ts';
import { menu as enMenu } from './en/menu.ts';
import { screens as enScreens } from './en/screens.ts';
import { servers as enServers } from './en/servers.ts';
import { steps as enSteps } from './en/steps.ts';
import { errors as jaErrors } from './ja/errors.ts';
import { machines as jaMachines } from './ja/machines.ts';
import { menu as jaMenu } from './ja/menu.ts';
import { screens as jaScreens } from './ja/screens.ts';
import { servers as jaServers } from './ja/servers.ts';
import { steps as jaSteps } from './ja/steps.ts';

/** Every sentence by its flat key. `{{name}}` is filled in. English decides which keys exist. */
export const en = { ...enErrors, ...enSteps, ...enMachines, ...enScreens, ...enMenu, ...enServers };
export type MessageKey = keyof typeof en;
export const ja: Record<MessageKey, string> = {
  ...jaErrors,
  ...jaSteps,
  ...jaMachines,
  ...jaScreens,
  ...jaMenu,
  ...jaServers,
};

export const catalogues = { en, ja };
export type Language = keyof typeof catalogues;

/** The language to speak, from a setting and what the computer says. */
export function chooseLanguage(setting: 'system' | Language, system: string): Language {
  if (setting !== 'system') return setting;
  return system.toLowerCase().startsWith('ja') ? 'ja' : 'en';
}
