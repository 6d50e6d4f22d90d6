import { LabwrightError } from '../../contract/error.ts';
import type { LabEvent, LabState } from '../../contract/lab-state.ts';
import type { Plan } from '../../contract/plan.ts';
import type { SiteCall } from '../../contract/site-call.ts';
import { contextOf, readsOf } from '../engine/compare.ts';
import type { ExecutorPort } from '../engine/execute.ts';
import type { FactStore } from '../engine/facts.ts';
import type { Journal } from '../engine/journal.ts';
import { planStep } from '../engine/preview.ts';
import { on } from '../engine/probe.ts';
import { writesRefused } from '../engine/probes/site.ts';
import {
  type Chapter,
  everyInstance,
  neededBy,
  type StepInstance,
  withNeeds,
} from '../engine/step.ts';
import { machineOf } from '../guide/site-driver.ts';
import type { Vault } from '../vault/vault.ts';
import type { LabFindings } from './lab-findings.ts';
import type { LabHosts } from './lab-hosts.ts';
import type { LabIdentities } from './lab-identities.ts';
import type { LabMaas } from './lab-maas.ts';
import type { LabSites } from './lab-sites.ts';
import { pastPlans } from './past-runs.ts';
import type { ThisComputer } from './this-computer.ts';

export interface RunPortOptions {
  readonly chapters: readonly Chapter[];
  readonly plan: () => Plan;
  readonly state: () => LabState;
  readonly emit: (event: LabEvent) => void;
  readonly journal: Journal;
  readonly facts: FactStore;
  readonly findings: LabFindings;
  readonly identities: LabIdentities;
  readonly hosts: LabHosts;
  readonly sites: LabSites;
  readonly maas: LabMaas;
  readonly here: ThisComputer;
  readonly vault: Vault;
  readonly redact: (text: string) => string;
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
}

interface Known {
  readonly instance: StepInstance;
  readonly plan: Plan;
  readonly all: readonly StepInstance[];
}

/** What the executor of one run needs from the lab. */
export function runPort(options: RunPortOptions): ExecutorPort {
  const { journal, facts, findings, identities, hosts, maas, here, vault } = options;
  const find = finder(options);
  const needs = new Map<string, readonly string[]>();
  return {
    journal,
    link: (target) => hosts.link(target),
    machineId: (target) => identities.of(target),
    call: ({ target, ...action }, how) =>
      action.kind === 'site'
        ? callSite(options, target, action.call, how)
        : maas.perform(target, action.call, how.signal),
    fetchImage: (action, how) => here.fetchImage(action, how),
    openImage: (image) => here.openImage(image),
    secret: (name) => vault.get(name),
    keepSecret: (name, value) => vault.set(name, value),
    redact: (text) => options.redact(text),
    now: options.now,
    elapsed: () => performance.now(),
    wait: options.wait,
    observe: async (id) => {
      const shown = findings.instances();
      const wanted = shown.find((item) => item.id === id);
      if (wanted === undefined) {
        const { instance, plan } = find(id);
        return findings.look(instance, plan);
      }
      await findings.observe(withNeeds([wanted], shown), false);
      const all = new Map(findings.compareAll(true).map((finding) => [finding.id, finding]));
      const found = all.get(id);
      if (found === undefined) throw new LabwrightError('step-unknown', { step: id });
      // "Waits for earlier steps" is no cause: the run tells what those steps wait for.
      let cause = found;
      while (cause.state === 'blocked') {
        const next = all.get(cause.waitsFor[0] ?? '');
        if (next === undefined) break;
        cause = next;
      }
      return { ...found, reason: cause.reason, evidence: cause.evidence };
    },
    planNow: (id) => {
      const { instance, plan } = find(id);
      return planStep(instance, plan, facts.view(), options.state().findings[id], false);
    },
    before: (id) => {
      const { instance, plan } = find(id);
      const view = facts.view();
      return Object.fromEntries(
        readsOf(instance, plan, view)
          .filter(({ probe }) => !probe.costly)
          .map((read) => [read.probe.key, view.maybe(read)]),
      );
    },
    explain: (id, failed) => {
      const { instance, plan } = find(id);
      return instance.step.explain?.(contextOf(instance, plan, facts.view()), failed);
    },
    needs: (id) => {
      const known = needs.get(id);
      if (known !== undefined) return known;
      const { instance, all } = find(id);
      const found = neededBy(instance, all).map((need) => need.id);
      needs.set(id, found);
      return found;
    },
    machineOf: (target) => machineOf(options.plan(), target),
    written: (target) => markWritten(options, target),
    changed: (run) => options.emit({ type: 'run', run }),
  };
}

/** What is known of a machine is uncertain once it was written to, by whichever of its names. */
export function markWritten(
  { plan, facts }: Pick<RunPortOptions, 'plan' | 'facts'>,
  target: string,
): void {
  const present = plan();
  const machine = machineOf(present, target);
  for (const name of Object.keys({ ...present.hosts, ...present.sites })) {
    if (machineOf(present, name) === machine) facts.markStale(name);
  }
}

/**
 * One change at a site. That the API refused it for want of a licence is noted as a fact, so that
 * the next plan goes another way (guide/site-driver.ts); that it let one through takes the note away.
 */
async function callSite(
  { facts, identities, sites, state, now }: RunPortOptions,
  target: string,
  call: SiteCall,
  how: Parameters<ExecutorPort['call']>[1],
): Promise<void> {
  const note = (value?: { licence: string }) =>
    facts.put({
      target,
      key: writesRefused.key,
      at: now(),
      command: call.kind,
      output: value === undefined ? '' : 'RestrictedVersion',
      stale: false,
      ...(value === undefined ? {} : { value }),
    });
  try {
    await sites.perform(target, call, identities.of(target), how);
    if (facts.view().maybe(on(target, writesRefused)) !== undefined) note();
  } catch (error) {
    if (error instanceof LabwrightError && error.code === 'site-licence-read-only') {
      note({ licence: state().inventories[target]?.inventory.licence?.name ?? '' });
    }
    throw error;
  }
}

/** An instance of the present plan, or of the youngest that had it: what left the plan can be undone. */
function finder({ chapters, plan: present, journal }: RunPortOptions): (id: string) => Known {
  const cache = new Map<Plan, readonly StepInstance[]>();
  let past: readonly Plan[] | undefined;
  const look = (id: string, plan: Plan): Known | undefined => {
    const all = cache.get(plan) ?? everyInstance(chapters, plan);
    cache.set(plan, all);
    const instance = all.find((each) => each.id === id);
    return instance && { instance, plan, all };
  };
  return (id) => {
    const found = look(id, present());
    if (found !== undefined) return found;
    past ??= pastPlans(journal);
    for (const plan of past) {
      const known = look(id, plan);
      if (known !== undefined) return known;
    }
    throw new LabwrightError('step-unknown', { step: id });
  };
}
