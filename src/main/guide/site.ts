import { message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import type { Hypervisor } from '../engine/hypervisor.ts';
import { on } from '../engine/probe.ts';
import type { Step } from '../engine/step.ts';

const sites = (plan: Plan): string[] => Object.keys(plan.sites);

/** From here on an evaluation that runs out is worth a word: a rack is rarely looked at twice a week. */
const EVALUATION_NOTE_HOURS = 14 * 24;

/** The chapter on hypervisors that are reached by their API. */
export function siteSteps({ inventory }: Hypervisor): {
  readonly reachable: Step;
  readonly licence: Step;
} {
  const reachable: Step = {
    id: 'site.reachable',
    targets: sites,
    needs: [],
    reads: ({ target }) => [on(target, inventory)],
    check: ({ target, facts, host }) => {
      const { product } = facts.need(on(target, inventory));
      const { address, user } = host;
      return { state: 'done', reason: message('site.reachable.done', { product, address, user }) };
    },
  };
  const licence: Step = {
    id: 'site.licence',
    targets: sites,
    needs: ['site.reachable'],
    reads: ({ target }) => [on(target, inventory)],
    check: ({ target, facts }) => {
      const found = facts.need(on(target, inventory)).licence;
      if (found === undefined) return { state: 'done', reason: message('site.licence.unknown') };
      const { name, writes, hoursLeft } = found;
      // Reads go on, every write is refused: better said here than at the first machine (D05).
      if (!writes) return { state: 'manual', reason: message('site.licence.read-only', { name }) };
      const days = Math.floor((hoursLeft ?? 0) / 24);
      const ending = hoursLeft !== undefined && hoursLeft < EVALUATION_NOTE_HOURS;
      const notes = ending ? [message('site.licence.ends', { days })] : [];
      return { state: 'done', reason: message('site.licence.done', { name }), notes };
    },
  };
  return { reachable, licence };
}
