import type { Action, ScriptAction } from '../../contract/action.ts';
import type { Inventory } from '../../contract/inventory.ts';
import { type Message, message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import { on } from '../engine/probe.ts';
import { type EsxiTime, esxiTime, timeCommands } from '../engine/probes/esxi-time.ts';
import { clock } from '../engine/probes/host.ts';
import { type SiteTime, siteTime } from '../engine/probes/site.ts';
import type { Step, StepContext, UndoContext, Verdict } from '../engine/step.ts';
import { CLOCK_LIMIT_SECONDS, clockAhead } from './clock-difference.ts';
import { esxiHosts } from './esxi-host.ts';
import { inventoryRead, placed, placeOf, type SiteApi, sites } from './site.ts';
import { siteDriver } from './site-driver.ts';

const same = (found: readonly string[], wanted: readonly string[]): boolean =>
  JSON.stringify([...found].sort()) === JSON.stringify([...wanted].sort());

/** The time service of a host by its shell: what is so, what makes it so, and what takes it back. */
const byShell = {
  check(host: string, wanted: readonly string[], found: EsxiTime): Verdict {
    const params = { host, servers: wanted.join(', '), found: found.servers.join(', ') || '–' };
    if (!found.supported) return { state: 'manual', reason: message('time.too-old', params) };
    if (!same(found.servers, wanted)) {
      return { state: 'todo', reason: message('time.other-servers', params) };
    }
    if (!found.enabled) return { state: 'todo', reason: message('time.stopped', params) };
    return found.portOpen
      ? { state: 'done', reason: message('time.done', params) }
      : { state: 'todo', reason: message('time.closed', params) };
  },
  set(target: string, title: Message, time: Omit<EsxiTime, 'supported'>): ScriptAction {
    return {
      kind: 'script',
      id: 'set-time-servers',
      title,
      target,
      sudo: false,
      cancel: 'after-this',
      silenceSeconds: 120,
      secrets: [],
      script: `set -e\n${timeCommands(time)}`,
    };
  },
  plan(target: string, wanted: readonly string[], found: EsxiTime): readonly Action[] {
    if (!found.supported) return [];
    const title = message('time.set', { host: target, servers: wanted.join(', ') });
    return [byShell.set(target, title, { enabled: true, portOpen: true, servers: [...wanted] })];
  },
  undo(target: string, { before }: UndoContext): readonly Action[] {
    const then = before[esxiTime.key] as EsxiTime | undefined;
    return then?.supported
      ? [byShell.set(target, message('time.undo', { host: target }), then)]
      : [];
  },
};

const serversOf = (plan: Plan, host: string) => plan.hosts[host]?.esxi?.ntp ?? [];

/** The time of an ESXi host that is reached by its shell. */
export const esxiTimeSteps: readonly Step[] = [
  {
    id: 'esxi.ntp',
    targets: (plan) => esxiHosts(plan).filter((host) => serversOf(plan, host).length > 0),
    needs: ['esxi.reachable'],
    reads: ({ target }) => [on(target, esxiTime)],
    check: ({ plan, target, facts }) =>
      byShell.check(target, serversOf(plan, target), facts.need(on(target, esxiTime))),
    plan: ({ plan, target, facts }) =>
      byShell.plan(target, serversOf(plan, target), facts.need(on(target, esxiTime))),
    undo: (context) => byShell.undo(context.target, context),
  },
  {
    id: 'esxi.clock',
    targets: esxiHosts,
    needs: ['esxi.reachable', 'esxi.ntp'],
    reads: ({ target }) => [on(target, clock)],
    check: (context) => {
      const { plan, target, facts } = context;
      facts.need(on(target, clock));
      const seconds = Math.abs(clockAhead(context) ?? 0);
      if (seconds <= CLOCK_LIMIT_SECONDS) {
        return { state: 'done', reason: message('host.clock.done', { seconds }) };
      }
      const key = serversOf(plan, target).length > 0 ? 'esxi.clock.slow' : 'esxi.clock.off';
      return { state: 'manual', reason: message(key, { seconds, host: target }) };
    },
  },
];

/** The time of the host behind a site: by its API, or by its shell where the API may only read. */
export function siteTimeSteps(api: SiteApi): readonly Step[] {
  const inventory = (context: StepContext) => inventoryRead(api, context);
  const time = ({ plan, target }: Pick<StepContext, 'plan' | 'target'>) =>
    on(target, siteTime(plan.sites[target]?.host));
  const wanted = ({ plan, target }: StepContext) => plan.sites[target]?.ntp ?? [];

  const ntp: Step = {
    id: 'site.ntp',
    targets: (plan) => sites(plan).filter((name) => plan.sites[name]?.ntp !== undefined),
    needs: ['site.licence', 'site.shell'],
    reads: (context) => {
      const driver = siteDriver(context, api.inventory);
      const shell = driver.by === 'shell' ? [on(driver.host, esxiTime)] : [];
      return [inventory(context), time(context), ...shell];
    },
    check: (context) => {
      const driver = siteDriver(context, api.inventory);
      if (driver.by === 'shell') {
        const found = context.facts.need(on(driver.host, esxiTime));
        return byShell.check(driver.host, wanted(context), found);
      }
      const host = placeOf(context.facts.need(inventory(context)));
      const { portOpen } = context.facts.need(time(context));
      const params = {
        host: host?.name ?? '–',
        servers: wanted(context).join(', '),
        found: host?.ntpServers.join(', ') || '–',
      };
      if (host?.ntp === undefined) {
        return { state: 'manual', reason: message('time.no-service', params) };
      }
      if (!same(host.ntpServers, wanted(context))) {
        return { state: 'todo', reason: message('time.other-servers', params) };
      }
      if (!host.ntp.running || host.ntp.policy === 'off') {
        return { state: 'todo', reason: message('time.stopped', params) };
      }
      return portOpen === false
        ? { state: 'todo', reason: message('time.closed', params) }
        : { state: 'done', reason: message('time.done', params) };
    },
    plan: (context) => {
      const { target, facts } = context;
      const driver = siteDriver(context, api.inventory);
      if (driver.by === 'shell') {
        const found = facts.need(on(driver.host, esxiTime));
        return byShell.plan(driver.host, wanted(context), found);
      }
      const host = placeOf(facts.need(inventory(context)));
      if (host?.ntp === undefined) return [];
      const here = placed(api, context);
      const servers = [...wanted(context)];
      const title = message('time.set', { host: host.name, servers: servers.join(', ') });
      const open = message('time.open', { host: host.name });
      const start = message('time.start', { host: host.name });
      const closed = facts.need(time(context)).portOpen === false;
      return [
        ...(same(host.ntpServers, servers)
          ? []
          : [api.action(target, 'set-servers', title, { kind: 'time-servers', ...here, servers })]),
        ...(closed
          ? [
              api.action(target, 'open-firewall', open, {
                kind: 'firewall',
                ...here,
                ruleset: 'ntpClient',
                open: true,
              }),
            ]
          : []),
        ...(host.ntp.running && host.ntp.policy !== 'off'
          ? []
          : [
              api.action(target, 'start-service', start, {
                kind: 'service',
                ...here,
                service: 'ntpd',
                running: true,
                policy: 'on',
              }),
            ]),
      ];
    },
    undo: (context) => {
      const { target, before, made } = context;
      const shell = made.find(({ kind }) => kind === 'script');
      if (shell !== undefined) return byShell.undo(shell.target, context);
      const then = before[api.inventory.key] as Inventory | undefined;
      const host = then && placeOf(then);
      if (host?.ntp === undefined) return [];
      const here = placed(api, context);
      const title = message('time.undo', { host: host.name });
      const did = (id: string) => made.some((action) => action.id === id);
      const { running, policy } = host.ntp;
      const servers = [...host.ntpServers];
      const portOpen = (before[time(context).probe.key] as SiteTime | undefined)?.portOpen;
      return [
        ...(did('start-service')
          ? [
              api.action(target, 'put-service-back', title, {
                kind: 'service',
                ...here,
                service: 'ntpd',
                running,
                policy,
              }),
            ]
          : []),
        ...(did('open-firewall') && portOpen !== undefined
          ? [
              api.action(target, 'close-firewall', title, {
                kind: 'firewall',
                ...here,
                ruleset: 'ntpClient',
                open: portOpen,
              }),
            ]
          : []),
        ...(did('set-servers')
          ? [
              api.action(target, 'put-servers-back', title, {
                kind: 'time-servers',
                ...here,
                servers,
              }),
            ]
          : []),
      ];
    },
  };

  const clockStep: Step = {
    id: 'site.clock',
    targets: sites,
    needs: ['site.place', 'site.ntp'],
    reads: (context) => [time(context)],
    check: (context) => {
      const { plan, target, facts } = context;
      const { seconds: theirs } = facts.need(time(context));
      const asked = facts.fact(time(context))?.at ?? 0;
      if (theirs === undefined) return { state: 'done', reason: message('site.clock.unknown') };
      const seconds = Math.abs(theirs - Math.round(asked / 1000));
      if (seconds <= CLOCK_LIMIT_SECONDS) {
        return { state: 'done', reason: message('host.clock.done', { seconds }) };
      }
      const key = plan.sites[target]?.ntp === undefined ? 'site.clock.off' : 'esxi.clock.slow';
      return { state: 'manual', reason: message(key, { seconds, host: target }) };
    },
  };
  return [ntp, clockStep];
}
