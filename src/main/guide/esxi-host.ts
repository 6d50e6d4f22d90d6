import { message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import type { Hypervisor } from '../engine/hypervisor.ts';
import { on } from '../engine/probe.ts';
import { esxiLicence, esxiVersion } from '../engine/probes/esxi.ts';
import { system } from '../engine/probes/host.ts';
import type { Step } from '../engine/step.ts';
import { patchLevel, patchNotes, patchSentence } from './patch-level.ts';
import { silence } from './silence.ts';
import { storageStep } from './storage-step.ts';

export const esxiHosts = (plan: Plan): string[] =>
  Object.keys(plan.hosts).filter((name) => plan.hosts[name]?.role === 'esxi');

/** An evaluation that ends sooner than this is said aloud. */
const EVALUATION_WARNING_DAYS = 14;

/** Somebody answers, and it is ESXi; installing it is for hands. */
const installed: Step = {
  id: 'esxi.installed',
  targets: esxiHosts,
  needs: [],
  reads: ({ target }) => [on(target, system)],
  check: ({ target, facts, host }) => {
    const { address } = host;
    const how = silence(facts, on(target, system));
    if (how !== undefined) {
      const reason = message('esxi.installed.silent', { address });
      return { state: 'manual', reason, notes: [how] };
    }
    const found = facts.maybe(on(target, system));
    return found === undefined || found.id === 'esxi'
      ? { state: 'done', reason: message('esxi.installed.done', { address }) }
      : {
          state: 'manual',
          reason: message('esxi.installed.other', { address, system: found.name }),
        };
  },
};

const reachable: Step = {
  id: 'esxi.reachable',
  targets: esxiHosts,
  needs: ['esxi.installed'],
  reads: ({ target }) => [on(target, system), on(target, esxiVersion)],
  check: ({ target, facts, host }) => {
    facts.need(on(target, system));
    const { product, version, build, update } = facts.need(on(target, esxiVersion));
    const of = update === '' || update === '0' ? '' : `U${update}`;
    const params = { product, version, build, update: of, address: host.address };
    return { state: 'done', reason: message('esxi.reachable.done', params) };
  },
};

/** Held against the newest build that is known; a card that may be skipped, and nothing waits for it. */
const version: Step = {
  id: 'esxi.version',
  targets: esxiHosts,
  needs: ['esxi.reachable'],
  reads: ({ target }) => [on(target, esxiVersion)],
  check: ({ plan, target, facts }) => {
    const found = facts.need(on(target, esxiVersion));
    const level = patchLevel(found.version, found.build);
    const reason = patchSentence(target, found, level);
    const notes = patchNotes(level);
    if (level.is !== 'older') return { state: 'done', reason, notes };
    return plan.hosts[target]?.esxi?.depot === undefined
      ? {
          state: 'manual',
          reason,
          notes: [message('esxi.version.how', { host: target }), ...notes],
        }
      : {
          state: 'done',
          reason,
          notes: [message('esxi.version.guided', { host: target }), ...notes],
        };
  },
};

/** What the licence forbids. Nothing here needs the API, so only an ended evaluation is in the way. */
const licence: Step = {
  id: 'esxi.licence',
  targets: esxiHosts,
  needs: ['esxi.reachable'],
  reads: ({ target }) => [on(target, esxiLicence)],
  check: ({ target, facts }) => {
    const { name, kind, hoursLeft } = facts.need(on(target, esxiLicence));
    switch (kind) {
      case 'free': {
        const notes = [message('esxi.licence.free-power')];
        return { state: 'done', reason: message('esxi.licence.free', { name }), notes };
      }
      case 'evaluation': {
        const days = Math.floor((hoursLeft ?? 0) / 24);
        const notes = days < EVALUATION_WARNING_DAYS ? [message('esxi.licence.ends')] : [];
        return { state: 'done', reason: message('esxi.licence.evaluation', { days }), notes };
      }
      case 'expired':
        return { state: 'manual', reason: message('esxi.licence.expired') };
      case 'licensed':
        return { state: 'done', reason: message('esxi.licence.full', { name }) };
    }
  },
};

/** The guide's chapter on an ESXi host that is reached by its shell; time and patching are beside it. */
export function esxiSteps({ inventory }: Hypervisor): {
  readonly first: readonly Step[];
  readonly storage: Step;
} {
  const storage = storageStep(
    { id: 'esxi.storage', targets: esxiHosts, needs: ['esxi.reachable'] },
    ({ target }) => on(target, inventory),
  );
  return { first: [installed, reachable, version, licence], storage };
}
