import type { Inventory } from '../../contract/inventory.ts';
import type { Plan } from '../../contract/plan.ts';
import { on, type Probe } from '../engine/probe.ts';
import { writesRefused } from '../engine/probes/site.ts';
import type { StepContext, UndoContext } from '../engine/step.ts';

/** By what a site is changed, and what decides it. */
export type SiteDriver =
  | { readonly by: 'api'; readonly why: 'allowed' | 'no-shell' }
  | { readonly by: 'shell'; readonly host: string; readonly why: 'licence' | 'refused' };

/**
 * Why the API of a site only reads, if it does: its licence says so, or it refused the last write
 * under the licence that it still has.
 */
export function onlyReads(
  { target, facts }: Pick<StepContext, 'target' | 'facts'>,
  inventory: Probe<Inventory>,
): 'licence' | 'refused' | undefined {
  const licence = facts.maybe(on(target, inventory))?.licence;
  if (licence?.writes === false) return 'licence';
  const refused = facts.maybe(on(target, writesRefused));
  return refused !== undefined && refused.licence === (licence?.name ?? '') ? 'refused' : undefined;
}

/**
 * The driver of a site, from plan and facts alone: the API wherever it may write, else the shell of
 * the same machine, where the plan names one. An evaluation that has ended is no reason: then hostd
 * itself starts no machine, whoever asks.
 */
export function siteDriver(
  context: Pick<StepContext, 'plan' | 'target' | 'facts'>,
  inventory: Probe<Inventory>,
): SiteDriver {
  const why = onlyReads(context, inventory);
  const host = context.plan.sites[context.target]?.shell;
  if (why === undefined) return { by: 'api', why: 'allowed' };
  const vcenter = context.facts.maybe(on(context.target, inventory))?.site?.kind === 'vcenter';
  return host === undefined || vcenter
    ? { by: 'api', why: 'no-shell' }
    : { by: 'shell', host, why };
}

/**
 * The host of a vCenter on which something is made, changed or, in an undo, taken back where it was
 * made; nothing for a single ESXi. Actions name it, so that a run never does on another host what was
 * shown for this one.
 */
export function madeOn(
  context: Pick<StepContext, 'plan' | 'target' | 'facts'> & Partial<Pick<UndoContext, 'made'>>,
  inventory: Probe<Inventory>,
): string | undefined {
  const { plan, target, facts, made = [] } = context;
  const earlier = made.find(({ kind }) => kind === 'site');
  if (earlier?.kind === 'site') return 'host' in earlier.call ? earlier.call.host : undefined;
  const named = plan.sites[target]?.host;
  if (named !== undefined) return named;
  const site = facts.maybe(on(target, inventory))?.site;
  return site?.kind === 'vcenter' ? site.place : undefined;
}

/** The site whose shell a host is. */
export function siteOfShell(plan: Plan, host: string): string | undefined {
  return Object.keys(plan.sites).find((name) => plan.sites[name]?.shell === host);
}

/** Names the machine behind a target: a site and the host that is its shell are one. */
export function machineOf(plan: Plan, target: string): string {
  return siteOfShell(plan, target) ?? target;
}
