import type { Action } from '../../contract/action.ts';
import { message } from '../../contract/message.ts';
import { labId } from '../engine/machine-specs.ts';
import { on, secretHeld } from '../engine/probe.ts';
import { installedMaas, maasConfig } from '../engine/probes/maas-server.ts';
import { aptCandidates, dpkg } from '../engine/probes/packages.ts';
import { type Postgres, postgres } from '../engine/probes/postgres.ts';
import { proxyOf } from '../engine/probes/proxy.ts';
import type { Step, StepContext, Verdict } from '../engine/step.ts';
import { aptInstall, explainApt } from './apt.ts';
import {
  installedRead,
  maasHere,
  maasHereForSure,
  maasOf,
  plannedTrack,
  postgresFor,
  snapHost,
} from './maas-installed.ts';
import { rootScript } from './root-script.ts';
import { snapInstall } from './snap-install.ts';

/** Secret with the password of MAAS's role in PostgreSQL; made up on the host where there is none. */
export const DATABASE_PASSWORD = 'maas-database-password';

const PACKAGE = 'postgresql';
const server = ({ target }: StepContext) => on(target, postgres);
const config = ({ target }: StepContext) => on(target, maasConfig);
const packageState = ({ target }: StepContext) => on(target, dpkg(PACKAGE));
const packageOffer = ({ target }: StepContext) => on(target, aptCandidates(PACKAGE));
const password = ({ target }: StepContext) => on(target, secretHeld(DATABASE_PASSWORD));

/** The comment of a role that this lab has made: the owner mark (PostgreSQL, COMMENT ON ROLE). */
const markOf = ({ plan }: Pick<StepContext, 'plan'>): string => `labwright ${labId(plan)}`;

const wantsTestDb = ({ plan }: StepContext): boolean => maasOf(plan).database === 'test-db';

/** `maas init` has been there: the database is in use, whatever it is. */
const initialised = (context: StepContext): boolean => {
  const { mode } = context.facts.maybe(config(context)) ?? {};
  return mode !== undefined && mode !== 'none';
};

/** Majors that fit the MAAS of the plan's channel. */
function suits(context: StepContext): readonly number[] | undefined {
  return postgresFor(maasHere(context).version ?? plannedTrack(maasOf(context.plan)));
}

function unfit(context: StepContext, version: string): Verdict | undefined {
  const majors = suits(context);
  // Since 10 the first number is the major version (PostgreSQL, versioning policy).
  const major = Number.parseInt(version, 10);
  if (majors === undefined || majors.includes(major)) return undefined;
  const maas = maasHere(context).version ?? plannedTrack(maasOf(context.plan));
  const params = { version, maas, wanted: majors.join(', ') };
  return { state: 'manual', reason: message('maas.database.unfit', params) };
}

function ofSystem(context: StepContext): Verdict {
  const { facts } = context;
  const found: Postgres = facts.need(server(context));
  if (found.version === undefined) {
    if (facts.need(packageState(context))[PACKAGE]?.installed) {
      return { state: 'todo', reason: message('maas.database.silent') };
    }
    const offered = facts.need(packageOffer(context)).versions[PACKAGE];
    return (
      (offered === undefined ? undefined : unfit(context, offered)) ?? {
        state: 'todo',
        reason: message('maas.database.no-server'),
      }
    );
  }
  const wrong = unfit(context, found.version);
  if (wrong !== undefined) return wrong;
  const { held } = facts.need(password(context));
  const params = { version: found.version, secret: DATABASE_PASSWORD };
  if (found.role === undefined) {
    return { state: 'todo', reason: message('maas.database.no-role', params) };
  }
  if (!held && found.role !== markOf(context)) {
    return { state: 'manual', reason: message('maas.database.foreign', params) };
  }
  if (!held) return { state: 'todo', reason: message('maas.database.password-lost', params) };
  return found.database
    ? { state: 'done', reason: message('maas.database.done', params) }
    : { state: 'todo', reason: message('maas.database.no-database', params) };
}

/**
 * The role and its database. The password is read by psql itself, which sends only what the server
 * keeps of it (psql(1), \password): it stands in no argument list and in no log of the server.
 */
function makeDatabase(context: StepContext, ours: boolean): string {
  const mark = markOf(context);
  const setPassword = `printf '%s\\n%s\\n' "$PW" "$PW" | as psql -Xq -v ON_ERROR_STOP=1 -c '\\password maas' >/dev/null
`;
  return `set -e
cd /
as() { sudo -n -u postgres "$@"; }
q() { as psql -XqtA -v ON_ERROR_STOP=1 -c "$1"; }
if [ -d /run/systemd/system ]; then systemctl start postgresql; else service postgresql start; fi
i=0; until q 'SELECT 1' >/dev/null 2>&1 || [ $i -ge 30 ]; do i=$((i + 1)); sleep 1; done
if [ "$(q "SELECT 1 FROM pg_roles WHERE rolname = 'maas'")" != 1 ]; then
  q "CREATE ROLE maas LOGIN; COMMENT ON ROLE maas IS '${mark}'"
${setPassword}${ours ? `else\n${setPassword}` : ''}fi
[ "$(q "SELECT 1 FROM pg_database WHERE datname = 'maas'")" = 1 ] || as createdb -O maas maas
`;
}

/** 32 characters that need no quoting anywhere: 190 bits. */
const MAKE_PASSWORD = `LC_ALL=C tr -dc A-Za-z0-9 </dev/urandom | head -c 32 >"$OUT/password"
[ "$(wc -c <"$OUT/password")" -eq 32 ]
`;

/** A place for MAAS's data, for a MAAS from a snap; packages bring and set up their own. */
export const database: Step = {
  id: 'maas.database',
  targets: snapHost,
  needs: ['maas.restart'],
  reads: (context) => {
    const first = [installedRead(context), config(context)];
    if (wantsTestDb(context)) return first;
    return [
      ...first,
      server(context),
      packageState(context),
      packageOffer(context),
      password(context),
    ];
  },
  check: (context) => {
    if (maasHereForSure(context).kind === 'deb') {
      return { state: 'done', reason: message('maas.database.deb') };
    }
    if (initialised(context)) return { state: 'done', reason: message('maas.database.in-use') };
    if (!wantsTestDb(context)) return ofSystem(context);
    return context.facts.need(installedRead(context)).testDb
      ? { state: 'done', reason: message('maas.database.test-db') }
      : { state: 'todo', reason: message('maas.database.no-test-db') };
  },
  plan: (context) => {
    const { facts, plan, host, target } = context;
    if (maasHereForSure(context).kind === 'deb' || initialised(context)) return [];
    const proxy = proxyOf(plan, host);
    if (wantsTestDb(context)) {
      if (facts.need(installedRead(context)).testDb) return [];
      const title = message('maas.database.install-test-db');
      return [snapInstall(target, { id: 'test-db', title, name: 'maas-test-db', proxy })];
    }
    if (ofSystem(context).state !== 'todo') return [];
    const found = facts.need(server(context));
    const { held } = facts.need(password(context));
    const there = facts.need(packageState(context))[PACKAGE]?.installed === true;
    const actions: Action[] = there ? [] : [aptInstall(target, [PACKAGE], proxy)];
    const output = { name: 'password', secret: DATABASE_PASSWORD };
    if (!held) {
      actions.push(
        rootScript(target, {
          id: 'make-password',
          title: message('maas.database.make-password', { secret: DATABASE_PASSWORD }),
          script: MAKE_PASSWORD,
          outputs: [output],
        }),
      );
    }
    const fromVault = held ? [{ variable: 'PW', name: DATABASE_PASSWORD }] : [];
    const fromBefore = held
      ? {}
      : { refs: [{ variable: 'PW', action: 'make-password', output: 'password' }] };
    actions.push(
      rootScript(target, {
        id: 'make-database',
        title: message('maas.database.action'),
        script: makeDatabase(context, !held && found.role === markOf(context)),
        secrets: fromVault,
        ...fromBefore,
      }),
    );
    return actions;
  },
  expects: (context) => {
    if (wantsTestDb(context)) {
      const known = context.facts.maybe(on(context.target, installedMaas));
      return known === undefined
        ? []
        : [{ read: installedRead(context), value: { ...known, testDb: true } }];
    }
    const version = String(suits(context)?.at(-1) ?? '');
    const made = { version, used: 0, most: 0, role: markOf(context), database: true };
    return [
      { read: server(context), value: made },
      { read: password(context), value: { held: true } },
    ];
  },
  explain: explainApt,
};
