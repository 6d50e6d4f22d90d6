import { message } from '../../contract/message.ts';
import { on } from '../engine/probe.ts';
import { unitState } from '../engine/probes/files.ts';
import { pendingUpdates, restartWanted } from '../engine/probes/packages.ts';
import { aptProxyOptions, aptProxyPreparation, proxyOf } from '../engine/probes/proxy.ts';
import { instanceId, type Step, type StepContext } from '../engine/step.ts';
import { explainApt } from './apt.ts';
import { hostReady } from './host-ready.ts';
import { installedRead, maasHereForSure, maasHost, maasOf } from './maas-installed.ts';
import { restartHost } from './restart-host.ts';
import { rootScript } from './root-script.ts';

export const { reachable, sudo, clock } = hostReady('maas', maasHost);

/** Names in a sentence; a fresh system has hundreds of updates. */
const NAMED = 5;

const some = (names: readonly string[]): string =>
  names.length > NAMED
    ? `${names.slice(0, NAMED).join(', ')}, … (${names.length})`
    : names.join(', ');

const pending = ({ target }: StepContext) => on(target, pendingUpdates);

/** The guide brings the system up to date before MAAS; once MAAS is there, updates are only told. */
export const upToDate: Step = {
  id: 'maas.up-to-date',
  targets: maasHost,
  needs: ['maas.source'],
  reads: (context) => [installedRead(context), pending(context)],
  check: (context) => {
    const { names, listsCurrent, apt } = context.facts.need(pending(context));
    const { there } = maasHereForSure(context);
    const waiting = message('maas.up-to-date.pending', { count: names.length, names: some(names) });
    if (there) {
      const notes = names.length === 0 ? [] : [waiting];
      return { state: 'done', reason: message('maas.up-to-date.before'), notes };
    }
    if (!apt) return { state: 'manual', reason: message('maas.up-to-date.no-apt') };
    if (!listsCurrent) return { state: 'todo', reason: message('maas.source.lists-old') };
    return names.length === 0
      ? { state: 'done', reason: message('maas.up-to-date.done') }
      : { state: 'todo', reason: waiting };
  },
  plan: (context) => {
    const { names, listsCurrent, apt } = context.facts.need(pending(context));
    if (!apt || maasHereForSure(context).there || (listsCurrent && names.length === 0)) return [];
    const proxy = proxyOf(context.plan, context.host);
    const words = ['-o DPkg::Lock::Timeout=60', aptProxyOptions(proxy)].filter(Boolean).join(' ');
    return [
      rootScript(context.target, {
        id: 'upgrade',
        title: message('maas.up-to-date.action'),
        cancel: 'never',
        silenceSeconds: 300,
        // Files that an administrator has changed stay as they are; nobody is here to be asked.
        script: `export DEBIAN_FRONTEND=noninteractive
${aptProxyPreparation(proxy)}apt-get update ${words} || exit
apt-get upgrade -y ${words} -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold
`,
      }),
    ];
  },
  explain: explainApt,
};

/** A restart that the system wants, before MAAS is put on it. */
export const restart: Step = {
  id: 'maas.restart',
  targets: maasHost,
  needs: ['maas.up-to-date'],
  risks: ['changes-power'],
  reads: (context) => [installedRead(context), on(context.target, restartWanted), pending(context)],
  check: (context) => {
    const { wanted, packages } = context.facts.need(on(context.target, restartWanted));
    const { there } = maasHereForSure(context);
    const updates = context.facts.need(pending(context));
    const reason = message('maas.restart.wanted', { packages: some(packages) || '–' });
    // Whether updates ask for a restart is known when they are there.
    if (!there && (updates.names.length > 0 || !updates.listsCurrent)) {
      return { state: 'manual', reason: message('maas.restart.after-updates') };
    }
    if (!wanted) return { state: 'done', reason: message('maas.restart.done') };
    return there
      ? { state: 'done', reason: message('maas.restart.later'), notes: [reason] }
      : { state: 'todo', reason };
  },
  plan: (context) => {
    const { wanted } = context.facts.need(on(context.target, restartWanted));
    return wanted && !maasHereForSure(context).there
      ? restartHost(context.target, instanceId('maas.restart', context.owner))
      : [];
  },
};

const timesyncd = ({ target }: StepContext) => on(target, unitState('systemd-timesyncd'));
const chrony = ({ target }: StepContext) => on(target, unitState('chrony'));

/** MAAS 2 and later bring chrony; two that set the clock hinder each other (users.md D07). */
export const timeDaemon: Step = {
  id: 'maas.time-daemon',
  targets: (plan) => (plan.maas?.line === '3.x' ? maasHost(plan) : []),
  needs: ['maas.source'],
  reads: (context) => [timesyncd(context), chrony(context)],
  check: (context) => {
    const other = context.facts.need(timesyncd(context));
    const { active } = context.facts.need(chrony(context));
    if (!other.active && !other.enabled) {
      const key = active ? 'maas.time-daemon.chrony' : 'maas.time-daemon.free';
      return { state: 'done', reason: message(key) };
    }
    return {
      state: 'todo',
      reason: message(active ? 'maas.time-daemon.both' : 'maas.time-daemon.timesyncd'),
    };
  },
  plan: (context) => {
    const other = context.facts.need(timesyncd(context));
    if (!other.active && !other.enabled) return [];
    const title = message('maas.time-daemon.action');
    const script = 'systemctl disable --now systemd-timesyncd\n';
    return [rootScript(context.target, { id: 'stop-timesyncd', title, script })];
  },
  expects: (context) => [{ read: timesyncd(context), value: { enabled: false, active: false } }],
  undo: (context) => {
    const then = context.before[unitState('systemd-timesyncd').key] as
      | { enabled: boolean; active: boolean }
      | undefined;
    if (!then?.enabled) return [];
    const title = message('maas.time-daemon.undo');
    const script = `systemctl enable ${then.active ? '--now ' : ''}systemd-timesyncd\n`;
    return [rootScript(context.target, { id: 'start-timesyncd', title, script })];
  },
};

/** Whether the plan's mirror is on the same host, so that its web server is no stranger there. */
export const sharesMirror = ({ plan }: Pick<StepContext, 'plan'>): boolean =>
  plan.mirror !== undefined && plan.mirror.host === maasOf(plan).host;
