import { message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import type { Hypervisor } from '../engine/hypervisor.ts';
import { machineSpecs } from '../engine/machine-specs.ts';
import { on } from '../engine/probe.ts';
import { esxiLicence, esxiVersion } from '../engine/probes/esxi.ts';
import { clock as clockProbe, system } from '../engine/probes/host.ts';
import type { Step } from '../engine/step.ts';
import { CLOCK_LIMIT_SECONDS, clockAhead } from './clock-difference.ts';
import { machineStorage } from './machine-storage.ts';

export const esxiHosts = (plan: Plan): string[] =>
  Object.keys(plan.hosts).filter((name) => plan.hosts[name]?.role === 'esxi');

/** An evaluation that ends sooner than this is said aloud. */
const EVALUATION_WARNING_DAYS = 14;

const reachable: Step = {
  id: 'esxi.reachable',
  targets: esxiHosts,
  needs: [],
  reads: ({ target }) => [on(target, system), on(target, esxiVersion)],
  check: ({ target, facts, host }) => {
    facts.need(on(target, system));
    const { product, version, build, update } = facts.need(on(target, esxiVersion));
    const of = update === '' || update === '0' ? '' : `U${update}`;
    const params = { product, version, build, update: of, address: host.address };
    return { state: 'done', reason: message('esxi.reachable.done', params) };
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

/** Whose time server it is, a person must say; and the command is there only since 7.0. */
const clock: Step = {
  id: 'esxi.clock',
  targets: esxiHosts,
  needs: ['esxi.reachable'],
  reads: ({ target }) => [on(target, clockProbe)],
  check: ({ target, facts }) => {
    facts.need(on(target, clockProbe));
    const seconds = Math.abs(clockAhead({ target, facts }) ?? 0);
    return seconds <= CLOCK_LIMIT_SECONDS
      ? { state: 'done', reason: message('host.clock.done', { seconds }) }
      : { state: 'manual', reason: message('esxi.clock.off', { seconds }) };
  },
};

/** The guide's chapter on an ESXi host that is reached by its shell. */
export function esxiSteps({ inventory }: Hypervisor): readonly Step[] {
  const storage: Step = {
    id: 'esxi.storage',
    targets: esxiHosts,
    needs: ['esxi.reachable'],
    reads: ({ target }) => [on(target, inventory)],
    check: ({ plan, target, facts }) => {
      const { storages } = facts.need(on(target, inventory));
      const specs = machineSpecs(plan).filter((spec) => spec.on === target);
      const names = new Set(specs.map(({ datastore }) => datastore));
      if (names.size === 0) names.add(undefined);
      const found = [...names].map((name) => ({
        name: name ?? '–',
        storage: machineStorage(plan, target, storages, name),
      }));
      const absent = found.find((each) => each.storage === undefined);
      if (absent !== undefined) {
        const known = storages.map(({ name }) => name).join(', ') || '–';
        const params = { name: absent.name, known };
        return { state: 'manual', reason: message('esxi.storage.absent', params) };
      }
      const all = found.flatMap((each) => each.storage ?? []);
      const inactive = all.find(({ active }) => !active);
      if (inactive !== undefined) {
        const { name } = inactive;
        return { state: 'manual', reason: message('esxi.storage.inactive', { name }) };
      }
      const [first, ...rest] = all.map(({ name, path, availableBytes, capacityBytes }) => {
        const params = { name, path, available: availableBytes, capacity: capacityBytes };
        return message('esxi.storage.done', params);
      });
      return { state: 'done', reason: first ?? message('esxi.storage.absent'), notes: rest };
    },
  };
  return [reachable, licence, clock, storage];
}
