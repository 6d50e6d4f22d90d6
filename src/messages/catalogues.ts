import { changes as enChanges } from './en/changes.ts';
import { cli as enCli } from './en/cli.ts';
import { errors as enErrors } from './en/errors.ts';
import { esxi as enEsxi } from './en/esxi.ts';
import { hypervisor as enHypervisor } from './en/hypervisor.ts';
import { maas as enMaas } from './en/maas.ts';
import { maasGuide as enMaasGuide } from './en/maas-guide.ts';
import { maasKeys as enMaasKeys } from './en/maas-keys.ts';
import { maasNodes as enMaasNodes } from './en/maas-nodes.ts';
import { maasSteps as enMaasSteps } from './en/maas-steps.ts';
import { machines as enMachines } from './en/machines.ts';
import { map as enMap } from './en/map.ts';
import { measured as enMeasured } from './en/measured.ts';
import { menu as enMenu } from './en/menu.ts';
import { nodes as enNodes } from './en/nodes.ts';
import { planKeys as enPlanKeys } from './en/plan-keys.ts';
import { planWants as enPlanWants } from './en/plan-wants.ts';
import { screens as enScreens } from './en/screens.ts';
import { servers as enServers } from './en/servers.ts';
import { steps as enSteps } from './en/steps.ts';
import { changes as jaChanges } from './ja/changes.ts';
import { cli as jaCli } from './ja/cli.ts';
import { errors as jaErrors } from './ja/errors.ts';
import { esxi as jaEsxi } from './ja/esxi.ts';
import { hypervisor as jaHypervisor } from './ja/hypervisor.ts';
import { maas as jaMaas } from './ja/maas.ts';
import { maasGuide as jaMaasGuide } from './ja/maas-guide.ts';
import { maasKeys as jaMaasKeys } from './ja/maas-keys.ts';
import { maasNodes as jaMaasNodes } from './ja/maas-nodes.ts';
import { maasSteps as jaMaasSteps } from './ja/maas-steps.ts';
import { machines as jaMachines } from './ja/machines.ts';
import { map as jaMap } from './ja/map.ts';
import { measured as jaMeasured } from './ja/measured.ts';
import { menu as jaMenu } from './ja/menu.ts';
import { nodes as jaNodes } from './ja/nodes.ts';
import { planKeys as jaPlanKeys } from './ja/plan-keys.ts';
import { planWants as jaPlanWants } from './ja/plan-wants.ts';
import { screens as jaScreens } from './ja/screens.ts';
import { servers as jaServers } from './ja/servers.ts';
import { steps as jaSteps } from './ja/steps.ts';

/** Every sentence by its flat key. `{{name}}` is filled in. English decides which keys exist. */
export const en = {
  ...enChanges,
  ...enCli,
  ...enErrors,
  ...enSteps,
  ...enMachines,
  ...enMaas,
  ...enEsxi,
  ...enHypervisor,
  ...enScreens,
  ...enNodes,
  ...enMap,
  ...enMeasured,
  ...enMenu,
  ...enPlanKeys,
  ...enPlanWants,
  ...enMaasKeys,
  ...enMaasGuide,
  ...enMaasNodes,
  ...enMaasSteps,
  ...enServers,
};
export type MessageKey = keyof typeof en;
export const ja: Record<MessageKey, string> = {
  ...jaChanges,
  ...jaCli,
  ...jaErrors,
  ...jaSteps,
  ...jaMachines,
  ...jaMaas,
  ...jaEsxi,
  ...jaHypervisor,
  ...jaScreens,
  ...jaNodes,
  ...jaMap,
  ...jaMeasured,
  ...jaMenu,
  ...jaPlanKeys,
  ...jaPlanWants,
  ...jaMaasKeys,
  ...jaMaasGuide,
  ...jaMaasNodes,
  ...jaMaasSteps,
  ...jaServers,
};

export const catalogues = { en, ja };
export type Language = keyof typeof catalogues;

/** The language to speak, from a setting and what the computer says. */
export function chooseLanguage(setting: 'system' | Language, system: string): Language {
  if (setting !== 'system') return setting;
  return system.toLowerCase().startsWith('ja') ? 'ja' : 'en';
}
