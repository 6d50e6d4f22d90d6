import { type Message, message } from '../../contract/message.ts';
import { quote } from '../../contract/shell-quote.ts';
import { on } from '../engine/probe.ts';
import {
  type MaasService,
  maasAnswer,
  maasConfig,
  maasServices,
} from '../engine/probes/maas-server.ts';
import { type Postgres, postgres } from '../engine/probes/postgres.ts';
import type { Step, StepContext } from '../engine/step.ts';
import {
  installedRead,
  lineOf,
  type MaasHere,
  maasHere,
  maasHereForSure,
  maasHost,
  maasOf,
  maasUrl,
  neededServices,
  plainVersion,
  postgresFor,
  versionUrl,
} from './maas-installed.ts';
import { firstLine, rootScript } from './root-script.ts';

/** A region needs 20 to 50 connections (MAAS, installation requirements); the rest is a warning. */
const CONNECTIONS_WARNING = 0.9;

const running = ({ state }: MaasService): boolean => state === 'running';

/** Services that must run and do not, by the name to start them with. */
function dead(here: MaasHere, services: readonly MaasService[]): string[] {
  const missed = neededServices(here).flatMap(({ names, optional }) => {
    const known = services.filter(({ name }) => names.includes(name));
    if (known.length === 0) return optional ? [] : names.slice(0, 1);
    return known.some(running) ? [] : [known[0]?.name ?? ''];
  });
  const failed = services.filter(({ state }) => state === 'failed').map(({ name }) => name);
  return [...new Set([...missed, ...failed])];
}

const servicesOf = (context: StepContext) =>
  on(context.target, maasServices(maasHere(context).kind));
const database = ({ target }: StepContext) => on(target, postgres);

/** What is worth knowing of the database behind it (users.md D10, D11). */
function databaseNotes(found: Postgres | undefined, maas: string | undefined): Message[] {
  if (found?.version === undefined) return [];
  const { version, used, most } = found;
  const notes: Message[] = [];
  const wanted = maas === undefined ? undefined : postgresFor(maas);
  if (wanted !== undefined && !wanted.includes(Number.parseInt(version, 10))) {
    const params = { version, maas: maas ?? '', wanted: wanted.join(', ') };
    notes.push(message('maas.database.unfit', params));
  }
  if (most > 0 && used > most * CONNECTIONS_WARNING) {
    notes.push(message('maas.services.connections', { used, most }));
  }
  return notes;
}

export const services: Step = {
  id: 'maas.services',
  targets: maasHost,
  needs: ['maas.install', 'maas.init'],
  reads: (context) => {
    const known = context.facts.maybe(installedRead(context));
    if (known?.deb === undefined && known?.snap === undefined) return [installedRead(context)];
    return [installedRead(context), servicesOf(context), database(context)];
  },
  check: (context) => {
    const here = maasHereForSure(context);
    const found = context.facts.need(servicesOf(context));
    const notes = databaseNotes(context.facts.maybe(database(context)), here.version);
    // A snap that the plan did not ask for, and that nobody has set up.
    if (!found.configured) return { state: 'manual', reason: message('maas.init.todo') };
    const names = dead(here, found.services);
    if (names.length > 0) {
      const reason = message('maas.services.dead', { names: names.join(', ') });
      return { state: 'todo', reason, notes };
    }
    const alive = found.services.filter(running).map(({ name }) => name);
    const idle = found.services.filter((each) => !running(each)).map(({ name }) => name);
    if (idle.length > 0) {
      notes.push(message('maas.services.idle', { names: idle.join(', ') }));
    }
    const reason = message('maas.services.done', { names: alive.join(', ') });
    return { state: 'done', reason, notes };
  },
  plan: (context) => {
    const { services: found, by, configured } = context.facts.need(servicesOf(context));
    const names = dead(maasHereForSure(context), found);
    if (names.length === 0 || !configured) return [];
    const words = names.map(quote).join(' ');
    const script = {
      snap: 'snap restart maas\n',
      systemd: `systemctl reset-failed ${words} 2>/dev/null; systemctl restart ${words}\n`,
      upstart: names.map((name) => `service ${quote(name)} restart\n`).join(''),
    }[by];
    const title = message('maas.services.action', { names: names.join(', ') });
    return [rootScript(context.target, { id: 'restart-services', title, script })];
  },
};

const answerOf = (context: StepContext) =>
  on(context.target, maasAnswer(versionUrl(maasHere(context).line)));

/** That it is there, and which: by the address that everybody may ask. */
export const answers: Step = {
  id: 'maas.answers',
  targets: maasHost,
  needs: ['maas.services'],
  reads: (context) => [installedRead(context), answerOf(context)],
  check: (context) => {
    const { status, version, detail } = context.facts.need(answerOf(context));
    const url = versionUrl(maasHere(context).line);
    if (status === 0) {
      const params = { url, said: firstLine(detail) };
      return { state: 'todo', reason: message('maas.answers.silent', params) };
    }
    if (status !== 200) {
      return { state: 'todo', reason: message('maas.answers.status', { url, status }) };
    }
    const { line } = maasOf(context.plan);
    if (version !== undefined && version !== '' && lineOf(version) !== line) {
      const reason = message('maas.source.other-line', { version, line });
      return { state: 'manual', reason };
    }
    const shown = version === undefined ? '1.7' : plainVersion(version);
    return { state: 'done', reason: message('maas.answers.done', { version: shown, url }) };
  },
};

const config = ({ target }: StepContext) => on(target, maasConfig);

const hostPart = (url: string): string => URL.parse(url)?.hostname ?? '';

/** Any address of the host does, unless the plan names one. */
function isRight(context: StepContext, url: string, addresses: readonly string[]): boolean {
  const host = hostPart(url);
  const planned = maasOf(context.plan).url;
  if (planned !== undefined) return host === hostPart(planned);
  return addresses.includes(host) || host === hostPart(maasUrl(context.plan, context.host));
}

/** That machines are told an address under which MAAS is found (users.md D12). */
export const address: Step = {
  id: 'maas.address',
  targets: maasHost,
  needs: ['maas.answers'],
  reads: (context) => [installedRead(context), config(context)],
  check: (context) => {
    const { url, addresses } = context.facts.need(config(context));
    if (url === undefined) return { state: 'manual', reason: message('maas.address.unknown') };
    const wanted = maasUrl(context.plan, context.host);
    const params = { url, wanted, addresses: addresses.join(', ') };
    if (isRight(context, url, addresses)) {
      return { state: 'done', reason: message('maas.address.done', params) };
    }
    const { kind, line } = maasHereForSure(context);
    if (kind === 'snap') {
      return { state: 'todo', reason: message('maas.address.other', params) };
    }
    const key = line === '1.7' ? 'maas.address.other-1.7' : 'maas.address.other-deb';
    return { state: 'manual', reason: message(key, params) };
  },
  plan: (context) => {
    const { url, addresses } = context.facts.need(config(context));
    if (url === undefined || isRight(context, url, addresses)) return [];
    return maasHereForSure(context).kind === 'snap'
      ? [setAddress(context.target, maasUrl(context.plan, context.host))]
      : [];
  },
  undo: ({ target, before }) => {
    const then = before[maasConfig.key] as { url?: string } | undefined;
    return then?.url === undefined ? [] : [setAddress(target, then.url)];
  },
};

/** Its services are started anew by it (maascli/snap.py, `maas config`). */
function setAddress(target: string, url: string) {
  return rootScript(target, {
    id: 'set-address',
    title: message('maas.address.action', { url }),
    silenceSeconds: 180,
    script: `/snap/bin/maas config --maas-url=${quote(url)}\n`,
  });
}
