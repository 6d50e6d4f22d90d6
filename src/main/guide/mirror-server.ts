import { type Message, message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import { quote } from '../../contract/shell-quote.ts';
import type { Selection } from '../drivers/simplestreams/streams.ts';
import { on, type Read } from '../engine/probe.ts';
import { directory, diskRoom } from '../engine/probes/files.ts';
import { sourceUrl } from '../engine/probes/mirror.ts';
import type { Step, StepContext } from '../engine/step.ts';
import { hostReady } from './host-ready.ts';
import {
  listingRead,
  mirrorHost,
  mirrorOf,
  missingFrom,
  publishedRead,
  sourceRead,
  stampRead,
} from './mirror-reads.ts';
import { selectionNotes } from './mirror-selection.ts';
import { packagesStep } from './packages-step.ts';

/** The guide's packages; the names are the same from 14.04 to today. */
export const MIRROR_PACKAGES = ['simplestreams', 'ubuntu-cloudimage-keyring', 'apache2'] as const;
/** Kept free beside the images: package caches, logs, and the unfinished file of a nightly refresh. */
const DISK_RESERVE_BYTES = 1024 ** 3;

export const { reachable, sudo, clock: clockStep } = hostReady('mirror', mirrorHost);

/** The published files, when there are some and none of them is missing. */
function wholeMirror(context: StepContext): Selection | undefined {
  const published = publishedRead(context);
  const selection = published && context.facts.maybe(published);
  const files = context.facts.maybe(listingRead(context));
  if (selection === undefined || files === undefined || selection.files.length === 0) {
    return undefined;
  }
  return missingFrom(selection.files, files).length === 0 ? selection : undefined;
}

export const disk: Step = {
  id: 'mirror.disk',
  targets: mirrorHost,
  needs: ['mirror.sudo'],
  reads: (context) => {
    const room = on(context.target, diskRoom(mirrorOf(context.plan).directory));
    const reads: Read[] = [room, listingRead(context), sourceRead(context), stampRead(context)];
    const published = publishedRead(context);
    return published ? [...reads, published] : reads;
  },
  check: (context) => {
    const { plan, facts, target } = context;
    const mirror = mirrorOf(plan);
    const room = facts.need(on(target, diskRoom(mirror.directory)));
    const listed = facts.need(listingRead(context));
    const source = sourceRead(context);
    const whole = facts.maybe(source) === undefined ? wholeMirror(context) : undefined;
    if (whole !== undefined) {
      // What is here is here, whether or not there is a way out today.
      const cause = facts.fact(source)?.error?.reason;
      const reason = message('mirror.disk.complete', { files: whole.files.length });
      return { state: 'done', reason, notes: cause === undefined ? [] : [cause] };
    }
    const selection = facts.need(source);
    const notes = selectionNotes(mirror, selection);
    const missing = missingFrom(selection.files, listed);
    const bytes = missing.reduce((sum, { size }) => sum + size, 0);
    const fetch = Math.max(0, bytes - listed.partialBytes);
    const needed = missing.length > 0 ? fetch + DISK_RESERVE_BYTES : 0;
    const params = {
      files: selection.files.length,
      total: selection.files.reduce((sum, { size }) => sum + size, 0),
      needed,
      fetch,
      reserve: DISK_RESERVE_BYTES,
      available: room.availableBytes,
      mount: room.mount,
    };
    if (room.availableBytes < needed) {
      return { state: 'manual', reason: message('mirror.disk.short', params), notes };
    }
    const key = missing.length > 0 ? 'mirror.disk.done' : 'mirror.disk.nothing-to-fetch';
    return { state: 'done', reason: message(key, params), notes };
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
