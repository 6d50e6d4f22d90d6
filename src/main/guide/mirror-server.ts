import { type Message, message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import { quote } from '../../contract/shell-quote.ts';
import { on } from '../engine/probe.ts';
import { directory, diskRoom } from '../engine/probes/files.ts';
import { listing, sourceSelection, sourceUrl } from '../engine/probes/mirror.ts';
import { proxyOf } from '../engine/probes/proxy.ts';
import type { Step } from '../engine/step.ts';
import { hostReady } from './host-ready.ts';
import { selectionNotes } from './mirror-selection.ts';
import { packagesStep } from './packages-step.ts';

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

export const { reachable, sudo, clock: clockStep } = hostReady('mirror', mirrorHost);

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

export const packages = packagesStep({
  id: 'mirror.packages',
  targets: mirrorHost,
  needs: ['mirror.sudo'],
  names: () => MIRROR_PACKAGES,
});

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
