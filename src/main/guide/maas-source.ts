import type { ScriptAction } from '../../contract/action.ts';
import { type Message, message } from '../../contract/message.ts';
import { quote } from '../../contract/shell-quote.ts';
import { on } from '../engine/probe.ts';
import { system } from '../engine/probes/host.ts';
import { type SnapOffer, snapOffer } from '../engine/probes/maas-server.ts';
import { aptCandidates } from '../engine/probes/packages.ts';
import {
  aptProxyOptions,
  aptProxyPreparation,
  proxyExports,
  proxyOf,
} from '../engine/probes/proxy.ts';
import type { Step, StepContext, Verdict } from '../engine/step.ts';
import { aptInstall, explainApt } from './apt.ts';
import {
  installedRead,
  lineOf,
  maasHereForSure,
  maasHost,
  maasOf,
  plainVersion,
  plannedFrom,
  plannedTrack,
  ubuntuFor,
} from './maas-installed.ts';
import { firstLine, rootScript } from './root-script.ts';

const candidates = ({ target }: StepContext) => on(target, aptCandidates('maas'));
const offer = ({ plan, target }: StepContext) =>
  on(target, snapOffer('maas', maasOf(plan).channel));

/** PPAs bear the version (launchpad.net/~maas): `ppa:maas/3.7`. */
const ppaOf = (context: StepContext): string => `maas/${plannedTrack(maasOf(context.plan))}`;

const fromPpa = (origins: readonly string[], ppa: string): boolean =>
  origins.some((origin) => /ppa\.launchpad/.test(origin) && origin.includes(`/${ppa}/`));

/** A MAAS that is there already is kept: another line stops everything, another source is only told. */
function adopted(context: StepContext): Verdict | undefined {
  const maas = maasOf(context.plan);
  const { there, kind, line, version = '' } = maasHereForSure(context);
  if (!there) return undefined;
  if (line !== maas.line) {
    const params = { version, line: maas.line };
    return { state: 'manual', reason: message('maas.source.other-line', params) };
  }
  const from = plannedFrom(maas);
  const planned = from === 'snap' ? 'snap' : 'deb';
  const notes: Message[] = [];
  if (kind !== planned) {
    const key = kind === 'snap' ? 'maas.source.is-snap' : 'maas.source.is-deb';
    notes.push(message(key));
  } else if (from !== 'archive' && !version.startsWith(plannedTrack(maas))) {
    notes.push(message('maas.source.other-version', { version, track: plannedTrack(maas) }));
  }
  const key = kind === 'snap' ? 'maas.source.installed-snap' : 'maas.source.installed-deb';
  return { state: 'done', reason: message(key, { version }), notes };
}

function fromApt(context: StepContext): Verdict {
  const { facts, plan, target } = context;
  const maas = maasOf(plan);
  const { name, id, version: os } = facts.need(on(target, system));
  const { versions, origins, listsCurrent, apt } = facts.need(candidates(context));
  if (!apt) return { state: 'manual', reason: message('packages.no-apt', { name }) };
  const found = origins.maas ?? [];
  const ppa = plannedFrom(maas) === 'ppa' ? ppaOf(context) : undefined;
  if (ppa !== undefined && !fromPpa(found, ppa)) {
    return { state: 'todo', reason: message('maas.source.no-ppa', { ppa: `ppa:${ppa}` }) };
  }
  if (!listsCurrent) return { state: 'todo', reason: message('maas.source.lists-old') };
  const candidate = versions.maas;
  if (candidate === undefined) {
    return { state: 'manual', reason: message('maas.source.not-offered', { name }) };
  }
  // Since 20.04 (packages.ubuntu.com/focal/maas): it would install a snap of its own choice.
  if (/^(\d+:)?0\./.test(candidate)) {
    return { state: 'manual', reason: message('maas.source.transitional', { name }) };
  }
  const params = { version: plainVersion(candidate), origin: found.join(', ') || '–', name };
  if (lineOf(candidate) !== maas.line) {
    const reason = message('maas.source.offers-other-line', { ...params, line: maas.line });
    return { state: 'manual', reason };
  }
  const bases = ubuntuFor(candidate);
  const fits = id === 'ubuntu' && bases.includes(os);
  const notes = fits
    ? []
    : [message('maas.source.other-ubuntu', { ...params, bases: bases.join(', ') })];
  return { state: 'done', reason: message('maas.source.candidate', params), notes };
}

function fromSnap(context: StepContext): Verdict {
  const { facts, plan } = context;
  const { channel } = maasOf(plan);
  if (!facts.need(installedRead(context)).snapd) {
    return { state: 'todo', reason: message('maas.source.no-snapd') };
  }
  const { version, said }: SnapOffer = facts.need(offer(context));
  if (version === undefined) {
    const params = { channel, said: firstLine(said) };
    return { state: 'manual', reason: message('maas.source.no-channel', params) };
  }
  return { state: 'done', reason: message('maas.source.channel', { version, channel }) };
}

function addPpa(context: StepContext): ScriptAction {
  const proxy = proxyOf(context.plan, context.host);
  const words = ['-y', '-o DPkg::Lock::Timeout=60', aptProxyOptions(proxy)];
  const options = words.filter(Boolean).join(' ');
  const ppa = `ppa:${ppaOf(context)}`;
  return rootScript(context.target, {
    id: 'add-ppa',
    title: message('maas.source.add-ppa', { ppa }),
    cancel: 'never',
    silenceSeconds: 180,
    script: `export DEBIAN_FRONTEND=noninteractive
${proxyExports(proxy)}${aptProxyPreparation(proxy)}if ! command -v add-apt-repository >/dev/null; then
  apt-get update ${options} && apt-get install ${options} software-properties-common || exit
fi
add-apt-repository -y ${quote(ppa)} || exit
apt-get update ${options}
`,
  });
}

function update(context: StepContext): ScriptAction {
  const proxy = proxyOf(context.plan, context.host);
  const options = ['-o DPkg::Lock::Timeout=60', aptProxyOptions(proxy)].filter(Boolean).join(' ');
  return rootScript(context.target, {
    id: 'update-lists',
    title: message('maas.source.update'),
    cancel: 'kill',
    silenceSeconds: 180,
    script: `${aptProxyPreparation(proxy)}apt-get update ${options}\n`,
  });
}

/** Which MAAS is there, or would come, and from where: the guide's `apt-cache policy maas`. */
export const source: Step = {
  id: 'maas.source',
  targets: maasHost,
  needs: ['maas.sudo'],
  reads: (context) => {
    const { facts, plan, target } = context;
    const first = [on(target, system), installedRead(context)];
    const found = facts.maybe(installedRead(context));
    if (found === undefined || found.deb !== undefined || found.snap !== undefined) return first;
    if (plannedFrom(maasOf(plan)) !== 'snap') return [...first, candidates(context)];
    return found.snapd ? [...first, offer(context)] : first;
  },
  check: (context) => {
    const found = adopted(context);
    if (found !== undefined) return found;
    return plannedFrom(maasOf(context.plan)) === 'snap' ? fromSnap(context) : fromApt(context);
  },
  plan: (context) => {
    const { facts, plan, host, target } = context;
    if (adopted(context) !== undefined) return [];
    const from = plannedFrom(maasOf(plan));
    if (from === 'snap') {
      const { snapd } = facts.need(installedRead(context));
      return snapd ? [] : [aptInstall(target, ['snapd'], proxyOf(plan, host))];
    }
    const { origins, listsCurrent, apt } = facts.need(candidates(context));
    if (!apt) return [];
    if (from === 'ppa' && !fromPpa(origins.maas ?? [], ppaOf(context))) return [addPpa(context)];
    return listsCurrent ? [] : [update(context)];
  },
  expects: (context) => {
    const { plan } = context;
    const maas = maasOf(plan);
    // Which version it is will be known when the lists are there; that it is one of this line is meant.
    const version = maas.line === '1.7' ? '1.7' : plannedTrack(maas);
    const origin = `https://ppa.launchpadcontent.net/${ppaOf(context)}/ubuntu`;
    const value = {
      versions: { maas: version },
      origins: { maas: [origin] },
      listsCurrent: true,
      apt: true,
    };
    return plannedFrom(maas) === 'snap' ? [] : [{ read: candidates(context), value }];
  },
  explain: (context, failed) =>
    /Cannot add PPA|does not exist/.test(failed.output)
      ? message('maas.source.no-such-ppa', { ppa: `ppa:${ppaOf(context)}` })
      : explainApt(context, failed),
  undo: (context) => {
    const then = context.before[aptCandidates('maas').key] as
      | { origins: Record<string, string[]> }
      | undefined;
    const added = context.made.some(({ id }) => id === 'add-ppa');
    const ppa = ppaOf(context);
    if (!added || then === undefined || fromPpa(then.origins.maas ?? [], ppa)) return [];
    const title = message('maas.source.remove-ppa', { ppa: `ppa:${ppa}` });
    const script = `add-apt-repository -y --remove ${quote(`ppa:${ppa}`)}\n`;
    return [rootScript(context.target, { id: 'remove-ppa', title, script })];
  },
};
