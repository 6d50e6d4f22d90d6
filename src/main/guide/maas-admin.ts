import { message } from '../../contract/message.ts';
import { quote } from '../../contract/shell-quote.ts';
import { on, secretHeld } from '../engine/probe.ts';
import { API_KEY, type MaasUser, maasUser } from '../engine/probes/maas-server.ts';
import type { Step, StepContext } from '../engine/step.ts';
import { installedRead, maasHere, maasHost, maasOf } from './maas-installed.ts';
import { firstLine, rootScript } from './root-script.ts';

/** Django starts slowly; a question that nobody answers is asked for ever (createadmin.py). */
const CREATE_SECONDS = 180;

const userRead = (context: StepContext) =>
  on(context.target, maasUser(maasHere(context).tool, maasOf(context.plan).admin.user));

const isThere = (context: StepContext): boolean => {
  const { deb, snap } = context.facts.maybe(installedRead(context)) ?? {};
  return deb !== undefined || snap !== undefined;
};

const passwordRead = ({ plan, target }: StepContext) =>
  on(target, secretHeld(maasOf(plan).admin.password));
const keyRead = ({ plan, target }: StepContext) => on(target, secretHeld(maasOf(plan).api_key));

/**
 * The first administrator. The password is asked for twice, on the terminal or, where there is none,
 * on standard input (Python's getpass): a job has none. Since 2.x a third question is about SSH keys
 * to import, and an empty line answers it.
 */
export const admin: Step = {
  id: 'maas.admin',
  targets: maasHost,
  needs: ['maas.answers'],
  reads: (context) => [
    installedRead(context),
    passwordRead(context),
    ...(isThere(context) ? [userRead(context)] : []),
  ],
  check: (context) => {
    const { user, password } = maasOf(context.plan).admin;
    const params = { user, secret: password };
    if (context.facts.need(userRead(context)).exists) {
      return { state: 'done', reason: message('maas.admin.done', params) };
    }
    return context.facts.need(passwordRead(context)).held
      ? { state: 'todo', reason: message('maas.admin.absent', params) }
      : { state: 'manual', reason: message('maas.admin.no-password', params) };
  },
  plan: (context) => {
    const { user, email, password } = maasOf(context.plan).admin;
    const { exists } = context.facts.need(userRead(context));
    if (exists || !context.facts.need(passwordRead(context)).held) return [];
    const words = `--username ${quote(user)} --email ${quote(email)}`;
    return [
      rootScript(context.target, {
        id: 'create-admin',
        title: message('maas.admin.action', { user, email, secret: password }),
        silenceSeconds: CREATE_SECONDS,
        secrets: [{ variable: 'PW', name: password }],
        script: `printf '%s\\n%s\\n\\n' "$PW" "$PW" | timeout ${CREATE_SECONDS} ${maasHere(context).tool} createadmin ${words}
`,
      }),
    ];
  },
  expects: (context) => {
    const made: MaasUser = { exists: true, keys: ['known when it exists'] };
    return [{ read: userRead(context), value: made }];
  },
  explain: (context, { output, exitCode }) => {
    const { user, email } = maasOf(context.plan).admin;
    if (/already exists|duplicate key/i.test(output)) {
      return message('maas.admin.taken', { user, email });
    }
    if (exitCode === 124) return message('maas.admin.timeout');
    const said = /^(?:CommandError|error): (.*)$/im.exec(output)?.[1];
    return said === undefined ? undefined : message('maas.admin.said', { said: firstLine(said) });
  },
};

/** What tells that MAAS had no key, or more than a key, to give. */
const NO_KEY = 51;

/** The API key of that administrator, straight from MAAS into the vault. */
export const apiKey: Step = {
  id: 'maas.api-key',
  targets: maasHost,
  needs: ['maas.admin'],
  reads: (context) => [
    installedRead(context),
    keyRead(context),
    ...(isThere(context) ? [userRead(context)] : []),
  ],
  check: (context) => {
    const maas = maasOf(context.plan);
    const params = { user: maas.admin.user, secret: maas.api_key };
    const { held, sha256 } = context.facts.need(keyRead(context));
    const { keys } = context.facts.need(userRead(context));
    if (!held) return { state: 'todo', reason: message('maas.api-key.absent', params) };
    return sha256 !== undefined && keys.includes(sha256)
      ? { state: 'done', reason: message('maas.api-key.done', params) }
      : { state: 'todo', reason: message('maas.api-key.other', params) };
  },
  plan: (context) => {
    const { admin: who, api_key: secret } = maasOf(context.plan);
    const { held, sha256 } = context.facts.need(keyRead(context));
    const { keys } = context.facts.need(userRead(context));
    if (held && sha256 !== undefined && keys.includes(sha256)) return [];
    const command = `${maasHere(context).tool} apikey --username ${quote(who.user)}`;
    // MAAS makes a key with each user; only where somebody has deleted them all is another made.
    return [
      rootScript(context.target, {
        id: 'take-key',
        title: message('maas.api-key.action', { user: who.user, secret }),
        silenceSeconds: 120,
        outputs: [{ name: 'key', secret }],
        script: `take() { "$@" </dev/null 2>"$OUT/said" | grep -E '${API_KEY}' | head -n 1 | tr -d '\\n' >"$OUT/key"; [ -s "$OUT/key" ]; }
take ${command} || take ${command} --generate && exit
grep -v ':.*:' "$OUT/said"
exit ${NO_KEY}
`,
      }),
    ];
  },
  explain: (context, { exitCode, output }) =>
    exitCode === NO_KEY
      ? message('maas.api-key.none', {
          user: maasOf(context.plan).admin.user,
          said: firstLine(output),
        })
      : undefined,
};
