import type { SiteAction } from '../../contract/action.ts';
import type { Inventory, SiteHost } from '../../contract/inventory.ts';
import { type Message, message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import type { SiteCall } from '../../contract/site-call.ts';
import { on, type Probe, type Read } from '../engine/probe.ts';
import { hardwareUuid } from '../engine/probes/esxi.ts';
import type { Step, StepContext } from '../engine/step.ts';
import { patchLevel, patchNotes, patchSentence } from './patch-level.ts';
import { silence } from './silence.ts';
import { madeOn, onlyReads, siteDriver } from './site-driver.ts';
import { storageStep } from './storage-step.ts';

export const sites = (plan: Plan): string[] => Object.keys(plan.sites);
const withShell = (plan: Plan): string[] =>
  sites(plan).filter((name) => plan.sites[name]?.shell !== undefined);

/** From here on an evaluation that runs out is worth a word: a rack is rarely looked at twice a week. */
const EVALUATION_NOTE_HOURS = 14 * 24;

/** What the chapter needs of the driver: its inventory, and how a change at a site is written down. */
export interface SiteApi {
  readonly inventory: Probe<Inventory>;
  readonly action: (target: string, id: string, title: Message, call: SiteCall) => SiteAction;
}

/** A site's inventory, asked about the host that the plan names. */
export function inventoryRead({ inventory }: SiteApi, { plan, target }: StepContext) {
  const host = plan.sites[target]?.host;
  const ask = { what: 'inventory' as const, ...(host === undefined ? {} : { host }) };
  return on(target, { ...inventory, ask });
}

/** The host on which machines and networks are made. */
export function placeOf(found: Inventory): SiteHost | undefined {
  return found.site?.hosts.find(({ name }) => name === found.site?.place);
}

/** `{ host }` for a call, where it is one of several. */
export function placed(
  { inventory }: SiteApi,
  context: Parameters<typeof madeOn>[0],
): { host?: string } {
  const host = madeOn(context, inventory);
  return host === undefined ? {} : { host };
}

/** The chapter on hypervisors that are reached by their API, up to which driver is used. */
export function siteSteps(api: SiteApi): readonly Step[] {
  const read = (context: StepContext): Read<Inventory> => inventoryRead(api, context);

  const installed: Step = {
    id: 'site.installed',
    targets: sites,
    needs: [],
    reads: (context) => [read(context)],
    check: (context) => {
      const { address } = context.host;
      const how = silence(context.facts, read(context));
      if (how === undefined) {
        return { state: 'done', reason: message('site.installed.done', { address }) };
      }
      const reason = message('site.installed.silent', { address });
      return { state: 'manual', reason, notes: [how] };
    },
  };

  const reachable: Step = {
    id: 'site.reachable',
    targets: sites,
    needs: ['site.installed'],
    reads: (context) => [read(context)],
    check: (context) => {
      const { product, site } = context.facts.need(read(context));
      const { address, user } = context.host;
      const params = { product, address, user };
      if (site?.kind !== 'vcenter') {
        return { state: 'done', reason: message('site.reachable.done', params) };
      }
      const hosts = site.hosts.map(({ name, version }) => `${name} (${version})`).join(', ');
      const said = { ...params, n: site.hosts.length, hosts: hosts || '–' };
      return { state: 'done', reason: message('site.reachable.vcenter', said) };
    },
  };

  const place: Step = {
    id: 'site.place',
    targets: sites,
    needs: ['site.reachable'],
    reads: (context) => [read(context)],
    check: (context) => {
      const { site } = context.facts.need(read(context));
      const named = context.plan.sites[context.target]?.host;
      const hosts = site?.hosts ?? [];
      const known = hosts.map(({ name }) => name).join(', ') || '–';
      if (site?.place === undefined) {
        const params = { name: named ?? '–', known };
        return { state: 'manual', reason: message('site.place.unknown', params) };
      }
      const params = { host: site.place, datacenter: site.datacenter ?? '' };
      if (site.kind === 'esxi') {
        return { state: 'done', reason: message('site.place.esxi', { host: site.place }) };
      }
      const first = named === undefined && hosts.length > 1;
      const notes = first ? [message('site.place.first', { known })] : [];
      return { state: 'done', reason: message('site.place.vcenter', params), notes };
    },
  };

  /** Of a vCenter the hosts are looked at; its own builds are counted otherwise and have no table. */
  const version: Step = {
    id: 'site.version',
    targets: sites,
    needs: ['site.reachable'],
    reads: (context) => [read(context)],
    check: (context) => {
      const { site } = context.facts.need(read(context));
      const found = (site?.hosts ?? []).map((host) => {
        const level = patchLevel(host.version, host.build);
        const sentence = patchSentence(host.name, host, level);
        return { level, sentence, notes: patchNotes(level) };
      });
      // The one that lags behind is what is told; of several, the others are notes.
      const sorted = found.toSorted(
        (a, b) => +(b.level.is === 'older') - +(a.level.is === 'older'),
      );
      const [first, ...rest] = sorted;
      if (first === undefined) return { state: 'done', reason: message('site.version.none') };
      const notes = [...first.notes, ...rest.map(({ sentence }) => sentence)];
      if (first.level.is !== 'older') return { state: 'done', reason: first.sentence, notes };
      const shell = context.plan.sites[context.target]?.shell ?? '';
      if (context.plan.hosts[shell]?.esxi?.depot !== undefined) {
        const guided = message('esxi.version.guided', { host: shell });
        return { state: 'done', reason: first.sentence, notes: [guided, ...notes] };
      }
      const how = site?.kind === 'vcenter' ? 'site.version.how-vcenter' : 'site.version.how';
      return { state: 'manual', reason: first.sentence, notes: [message(how), ...notes] };
    },
  };

  const licence: Step = {
    id: 'site.licence',
    targets: sites,
    needs: ['site.place'],
    reads: (context) => [read(context)],
    check: (context) => {
      const { licence: found } = context.facts.need(read(context));
      const driver = siteDriver(context, api.inventory);
      const why = onlyReads(context, api.inventory);
      const name = found?.name ?? '–';
      // Reads go on, every write is refused: better said here than at the first machine (D05).
      if (why !== undefined) {
        if (driver.by === 'shell') {
          const params = { name, host: driver.host };
          return { state: 'done', reason: message('site.licence.by-shell', params) };
        }
        const key = why === 'licence' ? 'site.licence.read-only' : 'site.licence.refused';
        return { state: 'manual', reason: message(key, { name }) };
      }
      if (found === undefined) return { state: 'done', reason: message('site.licence.unknown') };
      const { edition = '', hoursLeft } = found;
      const evaluation = edition === '' || /^(esx\.)?eval/.test(edition);
      if (evaluation && hoursLeft === 0) {
        return { state: 'manual', reason: message('esxi.licence.expired') };
      }
      const days = Math.floor((hoursLeft ?? 0) / 24);
      const ending = evaluation && hoursLeft !== undefined && hoursLeft < EVALUATION_NOTE_HOURS;
      const notes = ending ? [message('site.licence.ends', { days })] : [];
      return { state: 'done', reason: message('site.licence.done', { name }), notes };
    },
  };

  /** SSH of the host, where the plan reaches the same machine by its shell too (users.md D04). */
  const ssh: Step = {
    id: 'site.ssh',
    targets: withShell,
    needs: ['site.licence'],
    risks: ['weakens-security'],
    reads: (context) => [read(context)],
    check: (context) => {
      const found = placeOf(context.facts.need(read(context)));
      const params = { host: found?.name ?? '–' };
      if (found?.ssh === undefined) {
        return { state: 'done', reason: message('site.ssh.unknown', params) };
      }
      if (found.ssh.running) return { state: 'done', reason: message('site.ssh.done', params) };
      return onlyReads(context, api.inventory) === undefined
        ? { state: 'todo', reason: message('site.ssh.off', params) }
        : { state: 'manual', reason: message('site.ssh.by-hand', params) };
    },
    plan: (context) => {
      const found = placeOf(context.facts.need(read(context)));
      if (found?.ssh?.running !== false) return [];
      if (onlyReads(context, api.inventory) !== undefined) return [];
      const title = message('site.ssh.start', { host: found.name });
      const call = { kind: 'service', service: 'TSM-SSH', running: true } as const;
      return [api.action(context.target, 'start-ssh', title, { ...call, ...placed(api, context) })];
    },
    undo: (context) => {
      const then = context.before[api.inventory.key] as Inventory | undefined;
      const found = then && placeOf(then);
      if (found?.ssh?.running !== false) return [];
      const title = message('site.ssh.stop', { host: found.name });
      const call = { kind: 'service', service: 'TSM-SSH', running: false } as const;
      return [api.action(context.target, 'stop-ssh', title, { ...call, ...placed(api, context) })];
    },
  };

  /** Which driver changes this site, and whether the shell that the plan names is of the same machine. */
  const shell: Step = {
    id: 'site.shell',
    targets: withShell,
    needs: ['site.ssh'],
    reads: (context) => {
      const host = context.plan.sites[context.target]?.shell;
      return host === undefined ? [read(context)] : [read(context), on(host, hardwareUuid)];
    },
    check: (context) => {
      const { plan, target, facts } = context;
      const found = facts.need(read(context));
      const host = plan.sites[target]?.shell ?? '';
      const params = { site: target, host };
      if (found.site?.kind === 'vcenter') {
        return { state: 'manual', reason: message('site.shell.vcenter', params) };
      }
      const theirs = placeOf(found)?.uuid.toLowerCase() ?? '';
      const driver = siteDriver(context, api.inventory);
      if (driver.by === 'api') {
        const ours = facts.maybe(on(host, hardwareUuid));
        const other = ours !== undefined && ours !== theirs;
        const notes = other ? [message('site.shell.other', { ...params, theirs, ours })] : [];
        return { state: 'done', reason: message('site.shell.api', params), notes };
      }
      const ours = facts.need(on(host, hardwareUuid));
      if (theirs === '' || ours !== theirs) {
        const reason = message('site.shell.other', { ...params, theirs: theirs || '–', ours });
        return { state: 'manual', reason };
      }
      const efi = Object.entries(plan.machines)
        .filter(([, { on: at, firmware }]) => at === target && firmware === 'efi')
        .map(([name]) => name);
      if (efi.length > 0) {
        const reason = message('site.shell.efi', { names: efi.join(', ') });
        return { state: 'manual', reason };
      }
      const power = message('esxi.licence.free-power');
      return { state: 'done', reason: message(`site.shell.${driver.why}`, params), notes: [power] };
    },
  };

  const storage = storageStep({ id: 'site.storage', targets: sites, needs: ['site.place'] }, read);
  return [installed, reachable, place, version, licence, ssh, shell, storage];
}
