import { type Message, message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import { quote } from '../../contract/shell-quote.ts';
import { on } from '../engine/probe.ts';
import { directory, diskRoom } from '../engine/probes/files.ts';
import { clock, sudoRoot, system } from '../engine/probes/host.ts';
import { listing, sourceSelection, sourceUrl } from '../engine/probes/mirror.ts';
import { aptCandidates, dpkg } from '../engine/probes/packages.ts';
import { aptProxyOptions, aptProxyPreparation, proxyOf } from '../engine/probes/proxy.ts';
import type { Step } from '../engine/step.ts';
import { CLOCK_LIMIT_SECONDS, clockAhead } from './clock-difference.ts';
import { explainApt } from './mirror-failures.ts';
import { selectionNotes } from './mirror-selection.ts';

/** The guide's packages; the names are the same from 14.04 to today. */
export const MIRROR_PACKAGES = ['simplestreams', 'ubuntu-cloudimage-keyring', 'apache2'] as const;
/** Kept free beside the images: package caches, logs, and the unfinished file of a nightly refresh. */
const DISK_RESERVE_BYTES = 1024 ** 3;

/** The mirror's host, when the plan has a mirror. */
export const mirrorHost = (plan: Plan): readonly string[] =>
  plan.mirror === undefined ? [] : [plan.mirror.host];

/** The mirror of the plan; steps exist only where there is one. */
export function mirrorOf(plan: Plan) {
  if (plan.mirror === undefined) throw new RangeError('the plan has no mirror');
  return plan.mirror;
}

export const reachable: Step = {
  id: 'mirror.reachable',
  targets: mirrorHost,
  needs: [],
  reads: ({ target }) => [on(target, system)],
  check: ({ target, facts, host }) => {
    const { name, user } = facts.need(on(target, system));
    return {
      state: 'done',
      reason: message('mirror.reachable.done', { name, user, address: host.address }),
    };
  },
};

export const sudo: Step = {
  id: 'mirror.sudo',
  targets: mirrorHost,
  needs: ['mirror.reachable'],
  reads: ({ target }) => [on(target, sudoRoot)],
  check: ({ target, facts }) =>
    facts.need(on(target, sudoRoot))
      ? { state: 'done', reason: message('mirror.sudo.done') }
      : { state: 'manual', reason: message('mirror.sudo.not-root') },
};

export const clockStep: Step = {
  id: 'mirror.clock',
  targets: mirrorHost,
  needs: ['mirror.reachable'],
  reads: ({ target }) => [on(target, clock), on(target, system)],
  check: ({ target, facts }) => {
    facts.need(on(target, clock));
    const ahead = clockAhead({ target, facts }) ?? 0;
    const seconds = Math.abs(ahead);
    if (seconds <= CLOCK_LIMIT_SECONDS) {
      return { state: 'done', reason: message('mirror.clock.done', { seconds }) };
    }
    const key = ahead < 0 ? 'mirror.clock.behind' : 'mirror.clock.ahead';
    return { state: 'todo', reason: message(key, { seconds }) };
  },
  // Setting the time is left to the time service: a step of a clock hurts databases and logs.
  plan: ({ target, facts }) =>
    facts.need(on(target, system)).systemd === 0
      ? []
      : [
          {
            kind: 'script',
            id: 'enable-time-sync',
            title: message('mirror.clock.action'),
            target,
            sudo: true,
            cancel: 'kill',
            silenceSeconds: 60,
            secrets: [],
            script: `timedatectl set-ntp true
i=0; while [ "$(timedatectl show -p NTPSynchronized --value)" != yes ] && [ $i -lt 60 ]; do i=$((i + 1)); sleep 1; done
timedatectl show -p NTPSynchronized --value | grep -qx yes
`,
          },
        ],
};

export const disk: Step = {
  id: 'mirror.disk',
  targets: mirrorHost,
  needs: ['mirror.sudo'],
  reads: ({ plan, host, target }) => {
    const mirror = mirrorOf(plan);
    return [
      on(target, diskRoom(mirror.directory)),
      on(target, listing(mirror)),
      on(target, sourceSelection(mirror, proxyOf(plan, host))),
    ];
  },
  check: ({ plan, host, target, facts }) => {
    const mirror = mirrorOf(plan);
    const room = facts.need(on(target, diskRoom(mirror.directory)));
    const { sizes, partialBytes } = facts.need(on(target, listing(mirror)));
    const selection = facts.need(on(target, sourceSelection(mirror, proxyOf(plan, host))));
    const notes = selectionNotes(mirror, selection);
    const missing = selection.files.filter(({ path, size }) => sizes[path] !== size);
    const wanted = missing.reduce((sum, { size }) => sum + size, 0) - partialBytes;
    const needed = Math.max(0, wanted) + (missing.length > 0 ? DISK_RESERVE_BYTES : 0);
    const params = {
      files: selection.files.length,
      total: selection.files.reduce((sum, { size }) => sum + size, 0),
      needed,
      available: room.availableBytes,
      mount: room.mount,
    };
    return room.availableBytes >= needed
      ? { state: 'done', reason: message('mirror.disk.done', params), notes }
      : { state: 'manual', reason: message('mirror.disk.short', params), notes };
  },
};

/** Packages that the step installs: the guide's three, and curl where nothing else can fetch. */
const dpkgRead = (target: string) => on(target, dpkg(...MIRROR_PACKAGES));
const aptRead = (target: string) => on(target, aptCandidates(...MIRROR_PACKAGES));

/** Finishes what an earlier installation left. apt waits for its lock, dpkg has to be made to. */
const DPKG_CONFIGURE = `n=0
while ! o=$(dpkg --configure -a 2>&1); do
  [ $n -gt 0 ] || printf '%s\\n' "$o"
  case $o in *'locked by another process'*) ;; *) exit 1 ;; esac
  n=$((n + 1)); [ $n -le 30 ] || exit 1
  sleep 2
done
`;

export const packages: Step = {
  id: 'mirror.packages',
  targets: mirrorHost,
  needs: ['mirror.sudo'],
  reads: ({ target }) => [dpkgRead(target), aptRead(target), on(target, system)],
  check: ({ target, facts }) => {
    const states = facts.need(dpkgRead(target));
    const missing = MIRROR_PACKAGES.filter((name) => !states[name]?.installed);
    if (missing.length === 0) {
      const names = MIRROR_PACKAGES.map((name) => `${name} ${states[name]?.version}`).join(', ');
      return { state: 'done', reason: message('mirror.packages.done', { names }) };
    }
    const { versions, listsCurrent, apt } = facts.need(aptRead(target));
    const { name } = facts.need(on(target, system));
    if (!apt) return { state: 'manual', reason: message('mirror.packages.no-apt', { name }) };
    const absent = missing.filter((wanted) => versions[wanted] === undefined);
    if (listsCurrent && absent.length > 0) {
      const names = absent.join(', ');
      return { state: 'manual', reason: message('mirror.packages.not-offered', { names, name }) };
    }
    const half = missing.filter((wanted) => /^i[^i]/.test(states[wanted]?.status ?? ''));
    const notes: Message[] = [];
    if (half.length > 0) notes.push(message('mirror.packages.half', { names: half.join(', ') }));
    return {
      state: 'todo',
      reason: message('mirror.packages.missing', { names: missing.join(', ') }),
      notes,
    };
  },
  plan: ({ plan, host, target, facts }) => {
    const states = facts.need(dpkgRead(target));
    const missing = MIRROR_PACKAGES.filter((name) => !states[name]?.installed);
    const { versions, listsCurrent, apt } = facts.need(aptRead(target));
    const offered = missing.every((name) => versions[name] !== undefined);
    if (missing.length === 0 || !apt || (listsCurrent && !offered)) return [];
    const proxy = proxyOf(plan, host);
    const options = ['-y', '-o DPkg::Lock::Timeout=60', aptProxyOptions(proxy)];
    const words = options.filter(Boolean).join(' ');
    return [
      {
        kind: 'script',
        id: 'install',
        title: message('mirror.packages.action', { names: missing.join(', ') }),
        target,
        sudo: true,
        // dpkg must not be interrupted: a half-configured package blocks all later installations.
        cancel: 'never',
        silenceSeconds: 180,
        secrets: [],
        script: `export DEBIAN_FRONTEND=noninteractive
${aptProxyPreparation(proxy)}apt-get update ${words} || exit
${DPKG_CONFIGURE}apt-get install ${words} ${missing.join(' ')}
`,
      },
    ];
  },
  expects: ({ target }) => [
    {
      read: dpkgRead(target),
      value: Object.fromEntries(
        MIRROR_PACKAGES.map((name) => [name, { installed: true, status: 'ii', version: '' }]),
      ),
    },
  ],
  explain: explainApt,
  undo: ({ target, before }) => {
    const states = dpkg(...MIRROR_PACKAGES);
    const then = before[states.key] as Record<string, { status: string }> | undefined;
    const ours = MIRROR_PACKAGES.filter((name) => then?.[name]?.status === '');
    if (ours.length === 0) return [];
    return [
      {
        kind: 'script',
        id: 'remove',
        title: message('mirror.packages.undo', { names: ours.join(', ') }),
        target,
        sudo: true,
        cancel: 'never',
        silenceSeconds: 180,
        secrets: [],
        script: `export DEBIAN_FRONTEND=noninteractive
apt-get remove -y -o DPkg::Lock::Timeout=60 ${ours.join(' ')}
`,
      },
    ];
  },
};

/** The guide's text and its command name two different directories; the stream's own path is right. */
function directoryNotes(plan: Plan): Message[] {
  const mirror = mirrorOf(plan);
  const path = new URL(sourceUrl(mirror)).pathname;
  if (mirror.directory.replace(/\/+$/, '').endsWith(path)) return [];
  return [message('mirror.web-root.other-path', { directory: mirror.directory, path })];
}

export const webRoot: Step = {
  id: 'mirror.web-root',
  targets: mirrorHost,
  needs: ['mirror.packages'],
  reads: ({ plan, target }) => [on(target, directory(mirrorOf(plan).directory))],
  check: ({ plan, target, facts }) => {
    const { directory: path } = mirrorOf(plan);
    const state = facts.need(on(target, directory(path)));
    const notes = directoryNotes(plan);
    if (!state.exists)
      return { state: 'todo', reason: message('mirror.web-root.absent', { path }), notes };
    if (!state.readable) {
      return { state: 'todo', reason: message('mirror.web-root.unreadable', { path }), notes };
    }
    return { state: 'done', reason: message('mirror.web-root.done', { path }), notes };
  },
  plan: ({ plan, target }) => {
    const path = mirrorOf(plan).directory;
    return [
      {
        kind: 'script',
        id: 'make-directory',
        title: message('mirror.web-root.action', { path }),
        target,
        sudo: true,
        cancel: 'after-this',
        silenceSeconds: 30,
        secrets: [],
        script: `install -d -m 755 ${quote(path)} && chmod 755 ${quote(path)}\n`,
      },
    ];
  },
  expects: ({ plan, target }) => {
    const path = mirrorOf(plan).directory;
    return [
      {
        read: on(target, directory(path)),
        value: { exists: true, firstMissing: undefined, readable: true },
      },
    ];
  },
  undo: ({ plan, target, before }) => {
    const path = mirrorOf(plan).directory;
    const then = before[directory(path).key] as { firstMissing?: string } | undefined;
    if (then?.firstMissing === undefined) return [];
    const first = then.firstMissing;
    return [
      {
        kind: 'script',
        id: 'remove-directory',
        title: message('mirror.web-root.undo', { path: first }),
        target,
        sudo: true,
        cancel: 'after-this',
        silenceSeconds: 30,
        secrets: [],
        // Only empty folders, from the deepest up to the first that we made.
        script: `d=${quote(path)}
while :; do
  [ ! -d "$d" ] || rmdir "$d" || exit 0
  [ "$d" = ${quote(first)} ] && break
  d=$(dirname "$d")
done
`,
      },
    ];
  },
};
