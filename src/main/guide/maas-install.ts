import type { Action } from '../../contract/action.ts';
import { message } from '../../contract/message.ts';
import { quote } from '../../contract/shell-quote.ts';
import { on, secretHeld } from '../engine/probe.ts';
import { maasAnswer, maasConfig, maasServices, maasUser } from '../engine/probes/maas-server.ts';
import { proxyOf } from '../engine/probes/proxy.ts';
import { type Expected, instanceId, type Step, type StepContext } from '../engine/step.ts';
import { DATABASE_PASSWORD } from './maas-database.ts';
import {
  installedRead,
  maasHere,
  maasHereForSure,
  maasHost,
  maasOf,
  maasUrl,
  neededServices,
  plannedFrom,
  snapHost,
  versionUrl,
} from './maas-installed.ts';
import { packagesStep } from './packages-step.ts';
import { firstLine, rootScript } from './root-script.ts';
import { snapInstall } from './snap-install.ts';

/** The guide's packages for 1.7; later ones bring DHCP and DNS along. */
const packageNames = ({ plan }: Pick<StepContext, 'plan'>): readonly string[] =>
  maasOf(plan).line === '1.7' ? ['maas', 'maas-dhcp', 'maas-dns'] : ['maas'];

/** A region on a slow disk migrates its database for minutes before it answers. */
const ANSWERS_SECONDS = 15 * 60;
/** `maas init` downloads nothing, but migrates the database. */
const INIT_SECONDS = 20 * 60;

/** Waits until MAAS answers, so that what comes next finds it running. */
const untilItAnswers = ({ owner, target }: StepContext): Action => ({
  kind: 'wait',
  id: 'answers',
  title: message('maas.install.wait'),
  target,
  finding: instanceId('maas.answers', owner),
  seconds: ANSWERS_SECONDS,
});

/** What a MAAS that was just set up is like, for the preview of what comes after. */
function running(context: StepContext): Expected[] {
  const { plan, host, target } = context;
  const maas = maasOf(plan);
  const { kind, tool, line } = maasHere(context);
  const names = neededServices({ kind, line }).flatMap((each) => each.names.slice(0, 1));
  const url = maasUrl(plan, host);
  const addresses = [new URL(url).hostname];
  const services = names.map((name) => ({ name, state: 'running' }));
  const by = kind === 'snap' ? 'snap' : 'systemd';
  return [
    { read: on(target, maasConfig), value: { mode: 'region+rack', url, addresses } },
    { read: on(target, maasServices(kind)), value: { services, by, configured: true } },
    {
      read: on(target, maasAnswer(versionUrl(line))),
      value: { status: 200, version: '', detail: '' },
    },
    { read: on(target, maasUser(tool, maas.admin.user)), value: { exists: false, keys: [] } },
  ];
}

const debs = packagesStep({
  id: 'maas.install',
  targets: maasHost,
  needs: [],
  names: packageNames,
});

const isSnap = (context: StepContext): boolean => plannedFrom(maasOf(context.plan)) === 'snap';

/**
 * Installs MAAS as the plan says, unless there is one, from wherever. It is not taken away by an undo:
 * its database holds everything that anybody has ever done with it.
 */
export const install: Step = {
  id: 'maas.install',
  targets: maasHost,
  needs: ['maas.source', 'maas.restart', 'maas.time-daemon', 'maas.ports'],
  reads: (context) => [installedRead(context), ...(isSnap(context) ? [] : debs.reads(context))],
  check: (context) => {
    const { there, kind, version = '' } = maasHereForSure(context);
    // Packages that the guide asks for besides are looked at only where MAAS itself is one.
    if (there && (kind === 'snap' || isSnap(context))) {
      const key = kind === 'snap' ? 'maas.install.snap' : 'maas.install.deb';
      return { state: 'done', reason: message(key, { version }) };
    }
    if (!isSnap(context)) return debs.check(context);
    const { channel } = maasOf(context.plan);
    return { state: 'todo', reason: message('maas.install.no-snap', { channel }) };
  },
  plan: (context) => {
    const { there, kind } = maasHereForSure(context);
    if (!isSnap(context)) {
      const actions = kind === 'snap' ? [] : (debs.plan?.(context) ?? []);
      return actions.length === 0 ? [] : [...actions, untilItAnswers(context)];
    }
    if (there) return [];
    const { channel } = maasOf(context.plan);
    const title = message('maas.install.action', { channel });
    const proxy = proxyOf(context.plan, context.host);
    return [snapInstall(context.target, { id: 'install', title, name: 'maas', channel, proxy })];
  },
  expects: (context) => {
    const version = '';
    const installed = { read: installedRead(context) };
    if (isSnap(context)) {
      const { channel } = maasOf(context.plan);
      const value = { snap: { version, channel }, snapd: true, testDb: false };
      const config = { mode: 'none', url: undefined, addresses: [] };
      return [
        { ...installed, value },
        { read: on(context.target, maasConfig), value: config },
      ];
    }
    return [
      ...(debs.expects?.(context) ?? []),
      { ...installed, value: { deb: { version }, snapd: false, testDb: false } },
      ...running(context),
    ];
  },
  explain: (context, failed) => {
    if (!isSnap(context)) return debs.explain?.(context, failed);
    const said = /^error: (.*)$/m.exec(failed.output)?.[1];
    return said === undefined ? undefined : message('maas.install.snap-said', { said });
  },
};

const config = ({ target }: StepContext) => on(target, maasConfig);

/**
 * Percent-encodes every byte, so that no character of a password means anything in an address (RFC
 * 3986, section 2.1). The value is on od's standard input and in no argument list.
 */
const ENCODE = `enc() { printf %s "$1" | od -An -v -tx1 | tr -d ' \\n' | sed 's/../%&/g'; }\n`;

/** `maas init` of a snap: region and rack in one, as the guide has it. */
export const init: Step = {
  id: 'maas.init',
  targets: snapHost,
  needs: ['maas.install', 'maas.database'],
  reads: (context) => [
    installedRead(context),
    config(context),
    on(context.target, secretHeld(DATABASE_PASSWORD)),
  ],
  check: (context) => {
    if (maasHereForSure(context).kind === 'deb') {
      return { state: 'done', reason: message('maas.init.deb') };
    }
    const { mode, url = '–' } = context.facts.need(config(context));
    if (mode === 'region+rack')
      return { state: 'done', reason: message('maas.init.done', { url }) };
    return mode === undefined || mode === 'none'
      ? { state: 'todo', reason: message('maas.init.todo') }
      : { state: 'manual', reason: message('maas.init.other-mode', { mode }) };
  },
  plan: (context) => {
    const { mode } = context.facts.need(config(context));
    if (maasHereForSure(context).kind === 'deb' || (mode !== undefined && mode !== 'none')) {
      return [];
    }
    const url = maasUrl(context.plan, context.host);
    const command = `timeout ${INIT_SECONDS} /snap/bin/maas init region+rack --maas-url ${quote(url)}`;
    const test = maasOf(context.plan).database === 'test-db';
    // Left out on the command line, the address of the database is asked for on standard input
    // (maascli/snap.py); at its end the question is asked for ever, hence the limit.
    const script = test
      ? `${command} --database-uri maas-test-db:///\n`
      : `${ENCODE}printf 'postgres://maas:%s@localhost/maas\\n' "$(enc "$PW")" | ${command}\n`;
    return [
      rootScript(context.target, {
        id: 'init',
        title: message('maas.init.action', { url }),
        cancel: 'never',
        silenceSeconds: 300,
        secrets: test ? [] : [{ variable: 'PW', name: DATABASE_PASSWORD }],
        script,
      }),
      untilItAnswers(context),
    ];
  },
  expects: running,
  explain: (_context, { output, exitCode }) => {
    if (/password authentication failed/.test(output)) return message('maas.init.wrong-password');
    if (/Connection refused|could not connect|No such file or directory.*socket/.test(output)) {
      return message('maas.init.no-database');
    }
    if (exitCode === 124) return message('maas.init.timeout');
    const said = /^(?:error|CommandError): (.*)$/im.exec(output)?.[1];
    return said === undefined ? undefined : message('maas.init.said', { said: firstLine(said) });
  },
};
