import type { MaasAction } from '../../contract/action.ts';
import type { MaasCall } from '../../contract/maas-call.ts';
import type { MaasConfiguration } from '../../contract/maas-facts.ts';
import type { Maas } from '../../contract/maas-plan.ts';
import type { Message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import { maasLines } from '../engine/maas-cli.ts';
import { on } from '../engine/probe.ts';
import { maasConfiguration } from '../engine/probes/maas.ts';
import type { Expected, StepContext } from '../engine/step.ts';

/** The host of the MAAS server, when the plan has one. */
export const maasHosts = (plan: Plan): readonly string[] =>
  plan.maas === undefined ? [] : [plan.maas.host];

/** The MAAS of the plan; steps exist only where there is one. */
export function maasOf(plan: Plan): Maas {
  if (plan.maas === undefined) throw new RangeError('the plan has no MAAS');
  return plan.maas;
}

export const configurationRead = ({ target }: Pick<StepContext, 'target'>) =>
  on(target, maasConfiguration);

/** The change as an action; `id` is unique in its step. */
export function maasAction(target: string, id: string, title: Message, call: MaasCall): MaasAction {
  return { kind: 'maas', id, title, target, call, equivalent: maasLines(call) };
}

/** The configuration as it will be, for the preview of what comes after. */
export function expectConfiguration(
  context: StepContext,
  change: (now: MaasConfiguration) => Partial<MaasConfiguration>,
): readonly Expected[] {
  const read = configurationRead(context);
  const now = context.facts.maybe(read);
  return now === undefined ? [] : [{ read, value: { ...now, ...change(now) } }];
}
