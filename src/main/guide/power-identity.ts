import { message } from '../../contract/message.ts';
import { quote } from '../../contract/shell-quote.ts';
import { on } from '../engine/probe.ts';
import { system } from '../engine/probes/host.ts';
import type { MaasKind } from '../engine/probes/maas-server.ts';
import {
  authorizedKey,
  hostKeys,
  IDENTITY_SHELL,
  knownHostLine,
  knownKeys,
  type PowerIdentity,
  powerIdentity,
} from '../engine/probes/power-identity.ts';
import type { Owner, Step, StepContext } from '../engine/step.ts';
import { installedRead, maasHere, maasHereForSure, maasHost, maasOf } from './maas-installed.ts';
import { packagesStep } from './packages-step.ts';
import { nodeHosts } from './power-address.ts';
import { rootScript } from './root-script.ts';

/** ed25519 keys exist since OpenSSH 6.5 (its release notes); what is older gets an RSA key. */
const ED25519_SINCE = 6.5;

/** The MAAS server, where the plan has KVM hosts for it to ask. */
const asker = (plan: Parameters<typeof nodeHosts>[0]): readonly string[] =>
  nodeHosts(plan).length === 0 ? [] : maasHost(plan);

/** One instance for each KVM host, done on the MAAS server. */
export const eachFromMaas = (plan: Parameters<typeof nodeHosts>[0]): Owner[] =>
  nodeHosts(plan).map((owner) => ({ owner, target: maasOf(plan).host }));

export const kvmOf = ({ plan, owner }: Pick<StepContext, 'plan' | 'owner'>) => {
  const host = plan.hosts[owner];
  if (host === undefined) throw new RangeError(`no host ${owner} in the plan`);
  return host;
};

/** The identity of MAAS; asked for on its host, from wherever it is needed. */
function identityRead(context: StepContext) {
  const target = maasOf(context.plan).host;
  const { kind } = maasHere({ ...context, target });
  return on(target, powerIdentity(kind));
}

const kindOf = (context: StepContext): MaasKind =>
  maasHere({ ...context, target: maasOf(context.plan).host }).kind;

const clientPackages = ({ facts, target }: StepContext): readonly string[] => {
  const found = facts.maybe(on(target, system));
  const old = found?.id === 'ubuntu' && Number.parseFloat(found.version) < 18;
  return [old ? 'libvirt-bin' : 'libvirt-clients'];
};

const debs = packagesStep({
  id: 'power.client',
  targets: asker,
  needs: ['maas.install'],
  names: clientPackages,
});

/** `virsh` for a MAAS from packages; the snap brings its own. */
export const client: Step = {
  ...debs,
  reads: (context) => [installedRead(context), ...debs.reads(context)],
  check: (context) =>
    maasHereForSure(context).kind === 'snap'
      ? { state: 'done', reason: message('power.client.snap') }
      : debs.check(context),
  plan: (context) => (maasHereForSure(context).kind === 'snap' ? [] : (debs.plan?.(context) ?? [])),
};

const canLogIn = (shell: string): boolean => !/\/(nologin|false)$/.test(shell);

/** The account's home, and on 1.7 the login shell that the guide gives it. */
export const account: Step = {
  id: 'power.account',
  targets: asker,
  needs: ['maas.install'],
  // A system account may then be logged in to.
  risks: ['weakens-security'],
  reads: (context) => [installedRead(context), identityRead(context)],
  check: (context) => {
    const { kind, line } = maasHereForSure(context);
    const { home, homeExists, shell } = context.facts.need(identityRead(context));
    if (home === undefined) return { state: 'manual', reason: message('power.account.none') };
    const params = { home, shell };
    if (!homeExists) return { state: 'todo', reason: message('power.account.no-home', params) };
    if (kind === 'snap') return { state: 'done', reason: message('power.account.snap', params) };
    if (line === '1.7' && !canLogIn(shell)) {
      const notes = [message('power.account.shell-only-guide')];
      return { state: 'todo', reason: message('power.account.no-shell', params), notes };
    }
    return { state: 'done', reason: message('power.account.done', params) };
  },
  plan: (context) => {
    const { kind, line } = maasHereForSure(context);
    const { home, homeExists, shell } = context.facts.need(identityRead(context));
    if (home === undefined) return [];
    const { target } = context;
    const owner = kind === 'snap' ? 'root' : 'maas';
    const makeHome = rootScript(target, {
      id: 'make-home',
      title: message('power.account.make-home', { home }),
      script: `install -d -m 755 -o ${owner} -g ${owner} ${quote(home)}\n`,
    });
    const giveShell = rootScript(target, {
      id: 'give-shell',
      title: message('power.account.give-shell'),
      script: 'usermod -s /bin/bash maas\n',
    });
    return [
      ...(homeExists ? [] : [makeHome]),
      ...(line === '1.7' && kind === 'deb' && !canLogIn(shell) ? [giveShell] : []),
    ];
  },
  expects: (context) => {
    const known = context.facts.maybe(identityRead(context));
    if (known === undefined) return [];
    const shell = canLogIn(known.shell) ? known.shell : '/bin/bash';
    return [{ read: identityRead(context), value: { ...known, homeExists: true, shell } }];
  },
  undo: (context) => {
    const then = context.before[identityRead(context).probe.key] as PowerIdentity | undefined;
    if (then === undefined || !context.made.some(({ id }) => id === 'give-shell')) return [];
    const title = message('power.account.undo', { shell: then.shell });
    const script = `usermod -s ${quote(then.shell)} maas\n`;
    return [rootScript(context.target, { id: 'take-shell', title, script })];
  },
};

/** ed25519, unless one of those who have to understand it is too old. */
function keyType(context: StepContext): 'ed25519' | 'rsa' {
  const versions = [
    context.facts.maybe(identityRead(context))?.openssh,
    ...nodeHosts(context.plan).map((name) => context.facts.maybe(on(name, hostKeys))?.openssh),
  ];
  return versions.some((version) => version !== undefined && version < ED25519_SINCE)
    ? 'rsa'
    : 'ed25519';
}

/** The account's own key pair, without a passphrase: nobody is there to type one. */
export const key: Step = {
  id: 'power.key',
  targets: asker,
  needs: ['power.account'],
  reads: (context) => [
    installedRead(context),
    identityRead(context),
    ...nodeHosts(context.plan).map((name) => on(name, hostKeys)),
  ],
  check: (context) => {
    const found = context.facts.need(identityRead(context)).key;
    if (found === undefined) {
      return { state: 'todo', reason: message('power.key.absent') };
    }
    const params = { path: found.path };
    return found.locked
      ? { state: 'manual', reason: message('power.key.locked', params) }
      : { state: 'done', reason: message('power.key.done', params) };
  },
  plan: (context) => {
    const { home, key: found } = context.facts.need(identityRead(context));
    if (found !== undefined || home === undefined) return [];
    const type = keyType(context);
    const words = type === 'rsa' ? '-t rsa -b 4096' : '-t ed25519';
    const comment = quote(`maas@${context.target}`);
    return [
      rootScript(context.target, {
        id: 'make-key',
        title: message('power.key.action', { type, home }),
        silenceSeconds: 120,
        script: `${IDENTITY_SHELL[kindOf(context)]}as install -d -m 700 "$h/.ssh" || exit
as ssh-keygen -q ${words} -N '' -C ${comment} -f "$h/.ssh/id_${type}" </dev/null
`,
      }),
    ];
  },
  undo: (context) => {
    const then = context.before[identityRead(context).probe.key] as PowerIdentity | undefined;
    const now = context.facts.maybe(identityRead(context))?.key;
    if (then === undefined || then.key !== undefined || now === undefined) return [];
    const path = quote(now.path);
    const title = message('power.key.undo', { path: now.path });
    return [
      rootScript(context.target, {
        id: 'remove-key',
        title,
        script: `rm -f ${path} ${path}.pub\n`,
      }),
    ];
  },
};

const wantedKeys = ({ owner }: StepContext) => on(owner, hostKeys);
const knownRead = (context: StepContext) =>
  on(context.target, knownKeys(kindOf(context), kvmOf(context)));

/** Takes lines out of a file of the account, and nothing else. */
const WITHOUT = `without() { t=$(mktemp) && grep -vxF -e "$1" "$f" >"$t"; as tee "$f" <"$t" >/dev/null; rm -f "$t"; }\n`;

/** MAAS's account knows the KVM host by the keys that it shows over our own connection. */
export const knownHost: Step = {
  id: 'power.known-host',
  targets: eachFromMaas,
  needs: ['power.account', 'kvm.sudo'],
  reads: (context) => [installedRead(context), wantedKeys(context), knownRead(context)],
  check: (context) => {
    const { keys } = context.facts.need(wantedKeys(context));
    const known = context.facts.need(knownRead(context));
    const params = { host: context.owner, count: keys.length };
    const notes = maasHere(context).line === '1.7' ? [] : [message('power.known-host.unverified')];
    if (known.some((each) => !keys.includes(each))) {
      return { state: 'todo', reason: message('power.known-host.other', params), notes };
    }
    return keys.every((each) => known.includes(each))
      ? { state: 'done', reason: message('power.known-host.done', params), notes }
      : { state: 'todo', reason: message('power.known-host.unknown', params), notes };
  },
  plan: (context) => {
    const { keys } = context.facts.need(wantedKeys(context));
    const known = context.facts.need(knownRead(context));
    const wrong = known.some((each) => !keys.includes(each));
    const missing = wrong ? keys : keys.filter((each) => !known.includes(each));
    if (missing.length === 0) return [];
    const where = kvmOf(context);
    const token = knownHostLine(where, '').trim();
    const lines = missing.map((each) => quote(knownHostLine(where, each)));
    // What ssh-keygen leaves out of the file it keeps beside it, in known_hosts.old.
    const forget = wrong ? `as ssh-keygen -q -R ${quote(token)} -f "$f" || exit\n` : '';
    return [
      rootScript(context.target, {
        id: 'know-host',
        title: message(wrong ? 'power.known-host.replace' : 'power.known-host.action', {
          host: context.owner,
        }),
        script: `${IDENTITY_SHELL[kindOf(context)]}as install -d -m 700 "$h/.ssh" || exit
f=$h/.ssh/known_hosts
${forget}[ ! -s "$f" ] || [ -z "$(tail -c 1 "$f")" ] || echo | as tee -a "$f" >/dev/null
printf '%s\\n' ${lines.join(' ')} | as tee -a "$f" >/dev/null
`,
      }),
    ];
  },
  expects: (context) => {
    const found = context.facts.maybe(wantedKeys(context));
    return found === undefined ? [] : [{ read: knownRead(context), value: found.keys }];
  },
  undo: (context) => {
    const then = context.before[knownRead(context).probe.key] as readonly string[] | undefined;
    const now = context.facts.maybe(wantedKeys(context))?.keys ?? [];
    const ours = now.filter((each) => then !== undefined && !then.includes(each));
    if (ours.length === 0) return [];
    const where = kvmOf(context);
    const forget = ours.map((each) => `without ${quote(knownHostLine(where, each))}\n`);
    return [
      rootScript(context.target, {
        id: 'forget-host',
        title: message('power.known-host.undo', { host: context.owner }),
        script: `${IDENTITY_SHELL[kindOf(context)]}f=$h/.ssh/known_hosts; [ -e "$f" ] || exit 0
${WITHOUT}${forget.join('')}`,
      }),
    ];
  },
};

/** The line of authorized_keys: whose it is can be read in it. */
const keyLine = ({ plan }: StepContext, publicKey: string): string =>
  `${publicKey} maas@${maasOf(plan).host}`;

const publicKeyOf = (context: StepContext): string | undefined => {
  const found = context.facts.maybe(identityRead(context))?.key;
  return found === undefined || found.publicKey === '' ? undefined : found.publicKey;
};

/** The KVM host lets that key in: what `ssh-copy-id` does, by our own login there. */
export const authorized: Step = {
  id: 'power.authorized',
  targets: nodeHosts,
  needs: ['kvm.reachable'],
  needsEverywhere: ['power.key'],
  // Whoever is root on the MAAS server can then log in here as this user.
  risks: ['weakens-security'],
  reads: (context) => {
    const found = publicKeyOf(context);
    const first = [
      on<unknown>(maasOf(context.plan).host, installedRead(context).probe),
      identityRead(context),
    ];
    return found === undefined ? first : [...first, on(context.target, authorizedKey(found))];
  },
  check: (context) => {
    context.facts.need(identityRead(context));
    const found = publicKeyOf(context);
    const params = { user: context.host.user, maas: maasOf(context.plan).host };
    if (found === undefined) return { state: 'manual', reason: message('power.authorized.no-key') };
    return context.facts.need(on(context.target, authorizedKey(found)))
      ? { state: 'done', reason: message('power.authorized.done', params) }
      : { state: 'todo', reason: message('power.authorized.absent', params) };
  },
  plan: (context) => {
    const found = publicKeyOf(context);
    if (found === undefined || context.facts.need(on(context.target, authorizedKey(found)))) {
      return [];
    }
    const { user } = context.host;
    return [
      rootScript(context.target, {
        id: 'authorize-key',
        title: message('power.authorized.action', { user, maas: maasOf(context.plan).host }),
        sudo: false,
        script: `umask 077
mkdir -p "$HOME/.ssh" || exit
f=$HOME/.ssh/authorized_keys
[ ! -s "$f" ] || [ -z "$(tail -c 1 "$f")" ] || echo >>"$f"
echo ${quote(keyLine(context, found))} >>"$f"
`,
      }),
    ];
  },
  expects: (context) => {
    const found = publicKeyOf(context);
    return found === undefined
      ? []
      : [{ read: on(context.target, authorizedKey(found)), value: true }];
  },
  undo: (context) => {
    const found = publicKeyOf(context);
    if (found === undefined) return [];
    if (context.before[authorizedKey(found).key] !== false) return [];
    const line = quote(keyLine(context, found));
    const title = message('power.authorized.undo', { user: context.host.user });
    const script = `f=$HOME/.ssh/authorized_keys; [ -e "$f" ] || exit 0
umask 077
t=$(mktemp) && grep -vxF -e ${line} "$f" >"$t"; cat "$t" >"$f"; rm -f "$t"
`;
    return [rootScript(context.target, { id: 'withdraw-key', title, script, sudo: false })];
  },
};
