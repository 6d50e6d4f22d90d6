import type { Action } from '../../contract/action.ts';
import { message } from '../../contract/message.ts';
import { quote } from '../../contract/shell-quote.ts';
import { on, type Read } from '../engine/probe.ts';
import { fileText, unitState } from '../engine/probes/files.ts';
import { clock, system } from '../engine/probes/host.ts';
import {
  type Listing,
  listing,
  mirrorPasses,
  notedFiles,
  served,
  signatures,
  verifiedFiles,
} from '../engine/probes/mirror.ts';
import type { Step, StepContext } from '../engine/step.ts';
import { mirrorScript, mirrorUrl, refreshScript } from './mirror-commands.ts';
import { explainMirror } from './mirror-failures.ts';
import {
  listingRead,
  mirrorHost,
  mirrorOf,
  missingFrom,
  publishedRead,
  sourceRead,
  stampRead,
} from './mirror-reads.ts';
import { offered, selectionNotes } from './mirror-selection.ts';

/** Whether the tool believes to have what is lost; known once there is something published and lost. */
function notedRead(context: StepContext): Read<{ noted: string[] }> | undefined {
  const published = publishedRead(context);
  const selection = published && context.facts.maybe(published);
  const files = context.facts.maybe(listingRead(context));
  if (selection === undefined || files === undefined) return undefined;
  const lost = missingFrom(selection.files, files).map(({ path }) => path);
  if (lost.length === 0) return undefined;
  return on(context.target, notedFiles(mirrorOf(context.plan), lost));
}

/**
 * The passes of the mirror run. When a published mirror has lost files, the tool must first forget
 * that it had them: it trusts its notes in `.data` and would report no change (measured).
 */
function mirrorActions(
  context: StepContext,
  damaged: readonly string[],
  totalBytes: number,
): Action[] {
  const { plan, host, target, facts } = context;
  const mirror = mirrorOf(plan);
  const directory = quote(mirror.directory);
  const actions: Action[] = [];
  const noted = notedRead(context);
  const forgetful = noted !== undefined && (facts.maybe(noted)?.noted.length ?? 0) > 0;
  if (damaged.length > 0 || forgetful) {
    actions.push({
      kind: 'script',
      id: 'forget',
      title:
        damaged.length > 0
          ? message('mirror.images.forget', { count: damaged.length })
          : message('mirror.images.forget-missing'),
      target,
      sudo: true,
      cancel: 'after-this',
      silenceSeconds: 60,
      secrets: [],
      script: `cd ${directory} || exit\nrm -rf .data\n${damaged
        .map((path) => `rm -f -- ${quote(path)}\n`)
        .join('')}`,
    });
  }
  mirrorPasses(mirror).forEach((filters, pass) => {
    actions.push({
      kind: 'script',
      id: pass === 0 ? 'mirror-images' : 'mirror-bootloaders',
      title: message(pass === 0 ? 'mirror.images.action' : 'mirror.images.action-bootloaders'),
      target,
      sudo: true,
      cancel: 'kill',
      // A slow source sends dots at least this often; the tool itself never gives up.
      silenceSeconds: 300,
      secrets: [],
      script: mirrorScript(plan, host, mirror, filters),
      ...(pass === 0 ? { progress: { parser: 'sstream-mirror' as const, totalBytes } } : {}),
    });
  });
  return actions;
}

export const images: Step = {
  id: 'mirror.images',
  targets: mirrorHost,
  needs: ['mirror.disk', 'mirror.web-root'],
  reads: (context) => {
    const published = publishedRead(context);
    const reads: Read[] = [stampRead(context), listingRead(context), sourceRead(context)];
    // Not for the check: a refused signature can only be explained with the clock of that moment.
    reads.push(on(context.target, clock));
    if (published) reads.push(published);
    const noted = notedRead(context);
    return noted ? [...reads, noted] : reads;
  },
  check: (context) => {
    const { plan, facts } = context;
    const mirror = mirrorOf(plan);
    const { unsigned } = facts.need(stampRead(context));
    const files = facts.need(listingRead(context));
    const published = publishedRead(context);
    const source = facts.maybe(sourceRead(context));
    if (published === undefined) {
      const wanted = facts.need(sourceRead(context));
      const notes = selectionNotes(mirror, wanted);
      if (wanted.counts[0] === 0) {
        const releases = offered(wanted, 'release');
        return {
          state: 'manual',
          reason: message('mirror.images.filter-none', { releases }),
          notes,
        };
      }
      const missing = missingFrom(wanted.files, files);
      const params = {
        have: wanted.files.length - missing.length,
        count: wanted.files.length,
        bytes: missing.reduce((sum, { size }) => sum + size, 0),
      };
      if (unsigned) notes.push(message('mirror.signature.unsigned'));
      const key = params.have > 0 ? 'mirror.images.unfinished' : 'mirror.images.absent';
      return { state: 'todo', reason: message(key, params), notes };
    }
    const selection = facts.need(published);
    const notes = selectionNotes(mirror, selection);
    if (selection.counts[0] === 0) {
      const releases = offered(selection, 'release');
      return { state: 'manual', reason: message('mirror.images.filter-none', { releases }), notes };
    }
    const missing = missingFrom(selection.files, files);
    const count = selection.files.length;
    if (missing.length > 0) {
      const first = missing[0]?.path ?? '';
      const params = { have: count - missing.length, count, first };
      return { state: 'todo', reason: message('mirror.images.missing', params), notes };
    }
    const newer = source ? missingFrom(source.files, files).length : 0;
    if (newer > 0) notes.push(message('mirror.images.newer', { count: newer }));
    return { state: 'done', reason: message('mirror.images.done', { count }), notes };
  },
  plan: (context) => {
    const { facts } = context;
    const files = facts.need(listingRead(context));
    const published = publishedRead(context);
    const selection = published ? facts.need(published) : facts.need(sourceRead(context));
    if (selection.counts[0] === 0) return [];
    const missing = missingFrom(selection.files, files);
    const bytes = missing.reduce((sum, { size }) => sum + size, 0) - files.partialBytes;
    const damaged = missing.filter(({ path }) => files.sizes[path] !== undefined);
    return mirrorActions(
      context,
      damaged.map(({ path }) => path),
      Math.max(0, bytes),
    );
  },
  risks: [],
  explain: explainMirror,
  undo: (context) => {
    const { plan, target, before, facts } = context;
    if (context.keepData) return [];
    const mirror = mirrorOf(plan);
    const then = before[listing(mirror).key] as Listing | undefined;
    const now = facts.maybe(listingRead(context));
    if (then === undefined || now === undefined) return [];
    const ours = Object.keys(now.sizes).filter((path) => then.sizes[path] === undefined);
    if (ours.length === 0) return [];
    const fresh = Object.keys(then.sizes).length === 0;
    return [
      {
        kind: 'script',
        id: 'remove-images',
        title: message('mirror.images.undo', { count: ours.length }),
        target,
        sudo: true,
        cancel: 'after-this',
        silenceSeconds: 120,
        secrets: [],
        script: `cd ${quote(mirror.directory)} || exit
while IFS= read -r p; do rm -f -- "$p"; done <<'LABWRIGHT_FILES'
${ours.join('\n')}
LABWRIGHT_FILES
${fresh ? 'rm -rf .data\nfind . -name "*.part" -type f -exec rm -f {} +\n' : ''}find . -mindepth 1 -depth -type d -exec rmdir {} + 2>/dev/null
exit 0
`,
      },
    ];
  },
};

export const signature: Step = {
  id: 'mirror.signature',
  targets: mirrorHost,
  needs: ['mirror.images'],
  reads: (context) => [on(context.target, signatures(mirrorOf(context.plan))), stampRead(context)],
  check: (context) => {
    const { plan, target, facts } = context;
    const mirror = mirrorOf(plan);
    const { keyring } = mirror;
    if (facts.need(stampRead(context)).unsigned) {
      return { state: 'manual', reason: message('mirror.signature.unsigned') };
    }
    const found = facts.need(on(target, signatures(mirror)));
    if (found.good) return { state: 'done', reason: message('mirror.signature.done', { keyring }) };
    if (found.keyring === 'absent') {
      return { state: 'manual', reason: message('mirror.fail.keyring-absent', { keyring }) };
    }
    if (found.keyring === 'armored') {
      return { state: 'manual', reason: message('mirror.fail.keyring-armored', { keyring }) };
    }
    const { file } = found;
    if (found.fromFuture) {
      return { state: 'manual', reason: message('mirror.signature.clock', { file }) };
    }
    if (found.exitCode === 2) {
      return { state: 'manual', reason: message('mirror.signature.wrong-key', { keyring, file }) };
    }
    return { state: 'todo', reason: message('mirror.signature.bad', { file }) };
  },
  // A bad signature means that the file changed after it was mirrored: it is fetched anew.
  plan: (context) => {
    const found = context.facts.need(on(context.target, signatures(mirrorOf(context.plan))));
    if (found.good || found.fromFuture || found.exitCode !== 1 || found.keyring !== 'binary')
      return [];
    return mirrorActions(context, [found.file], 0);
  },
  explain: explainMirror,
};

/** Hashes of all selected files, once the index says which. */
function verifiedRead(context: StepContext) {
  const published = publishedRead(context);
  const selection = published && context.facts.maybe(published);
  const stamp = context.facts.maybe(listingRead(context))?.stamp;
  if (selection === undefined || stamp === undefined) return undefined;
  return on(context.target, verifiedFiles(mirrorOf(context.plan), selection.files, stamp));
}

export const files: Step = {
  id: 'mirror.files',
  targets: mirrorHost,
  needs: ['mirror.signature'],
  reads: (context) => {
    const reads: Read[] = [stampRead(context), listingRead(context)];
    const published = publishedRead(context);
    if (published) reads.push(published);
    const verified = verifiedRead(context);
    return verified ? [...reads, verified] : reads;
  },
  check: (context) => {
    const { facts } = context;
    facts.need(stampRead(context));
    const verified = verifiedRead(context);
    if (verified === undefined) return { state: 'todo', reason: message('mirror.files.no-index') };
    const { checked, trouble } = facts.need(verified);
    const first = trouble[0];
    if (first === undefined) {
      return { state: 'done', reason: message('mirror.files.done', { count: checked }) };
    }
    return {
      state: 'todo',
      reason: message(`mirror.files.${first.what}`, { count: trouble.length, first: first.path }),
    };
  },
  plan: (context) => {
    const verified = verifiedRead(context);
    if (verified === undefined) return [];
    const { trouble } = context.facts.need(verified);
    const published = publishedRead(context);
    const all = published ? context.facts.need(published).files : [];
    const bad = trouble.map(({ path }) => path);
    const bytes = all.reduce((sum, { path, size }) => sum + (bad.includes(path) ? size : 0), 0);
    return trouble.length === 0 ? [] : mirrorActions(context, bad, bytes);
  },
  explain: explainMirror,
};

/** Who looks at the mirror over HTTP: another host of the plan when one is named, else itself. */
function servedRead(context: StepContext) {
  const { plan, host, target, facts } = context;
  const published = publishedRead(context);
  const selection = published && facts.maybe(published);
  if (selection === undefined) return undefined;
  const mirror = mirrorOf(plan);
  const from = mirror.seen_from ?? target;
  return on(from, served(mirrorUrl(host, mirror), selection.files, from));
}

export const servedStep: Step = {
  id: 'mirror.served',
  targets: mirrorHost,
  needs: ['mirror.files'],
  reads: (context) => {
    const reads: Read[] = [stampRead(context), on(context.target, unitState('apache2'))];
    const published = publishedRead(context);
    if (published) reads.push(published);
    const look = servedRead(context);
    return look ? [...reads, look] : reads;
  },
  check: (context) => {
    const { plan, host, facts, target } = context;
    const url = mirrorUrl(host, mirrorOf(plan));
    const { indexSha256 } = facts.need(stampRead(context));
    const look = servedRead(context);
    if (look === undefined) return { state: 'todo', reason: message('mirror.files.no-index') };
    const found = facts.need(look);
    const from = look.target;
    if (found.status === 0) {
      const { active } = facts.need(on(target, unitState('apache2')));
      const key = active ? 'mirror.served.unreachable' : 'mirror.served.stopped';
      return {
        state: active ? 'manual' : 'todo',
        reason: message(key, { url, from, detail: found.detail }),
      };
    }
    if (found.status !== 200) {
      return {
        state: 'manual',
        reason: message('mirror.served.status', { url, from, status: found.status }),
      };
    }
    if (found.indexSha256 !== indexSha256) {
      return { state: 'manual', reason: message('mirror.served.other', { url, from }) };
    }
    const first = found.trouble[0];
    if (first !== undefined) {
      const params = { count: found.trouble.length, first };
      return { state: 'manual', reason: message('mirror.served.files', params) };
    }
    return { state: 'done', reason: message('mirror.served.done', { url, from }) };
  },
  plan: ({ target, facts }) =>
    facts.need(on(target, unitState('apache2'))).active
      ? []
      : [
          {
            kind: 'script',
            id: 'start-web-server',
            title: message('mirror.served.action'),
            target,
            sudo: true,
            cancel: 'after-this',
            silenceSeconds: 60,
            secrets: [],
            script:
              'if [ -d /run/systemd/system ]; then systemctl enable --now apache2; else service apache2 start; fi\n',
          },
        ],
};

const REFRESH = '/usr/local/sbin/labwright-mirror-refresh';
const SERVICE = '/etc/systemd/system/labwright-mirror.service';
const TIMER = '/etc/systemd/system/labwright-mirror.timer';
const CRON = '/etc/cron.d/labwright-mirror';

const SERVICE_TEXT = `# Made by Labwright.
[Unit]
Description=Renew the image mirror
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart=${REFRESH}
`;

const TIMER_TEXT = `# Made by Labwright.
[Unit]
Description=Renew the image mirror every night

[Timer]
OnCalendar=*-*-* 02:30:00
RandomizedDelaySec=1h
Persistent=true

[Install]
WantedBy=timers.target
`;

const CRON_TEXT = `# Made by Labwright.
30 2 * * * root ${REFRESH}
`;

function refreshFiles(context: StepContext): { path: string; content: string; mode: string }[] {
  const { plan, host, facts, target } = context;
  const script = { path: REFRESH, content: refreshScript(plan, host, mirrorOf(plan)), mode: '755' };
  const { systemd } = facts.need(on(target, system));
  if (systemd === 0) return [script, { path: CRON, content: CRON_TEXT, mode: '644' }];
  return [
    script,
    { path: SERVICE, content: SERVICE_TEXT, mode: '644' },
    { path: TIMER, content: TIMER_TEXT, mode: '644' },
  ];
}

export const refresh: Step = {
  id: 'mirror.refresh',
  targets: (plan) => (plan.mirror?.refresh === 'nightly' ? mirrorHost(plan) : []),
  needs: ['mirror.images'],
  reads: ({ target }) => [
    on(target, system),
    ...[REFRESH, SERVICE, TIMER, CRON].map((path) => on(target, fileText(path))),
    on(target, unitState('labwright-mirror.timer')),
  ],
  check: (context) => {
    const { facts, target } = context;
    for (const { path, content } of refreshFiles(context)) {
      const { text } = facts.need(on(target, fileText(path)));
      if (text === undefined)
        return { state: 'todo', reason: message('mirror.refresh.absent', { path }) };
      if (text !== content)
        return { state: 'todo', reason: message('mirror.refresh.differs', { path }) };
    }
    const { systemd } = facts.need(on(target, system));
    if (systemd > 0 && !facts.need(on(target, unitState('labwright-mirror.timer'))).active) {
      return { state: 'todo', reason: message('mirror.refresh.inactive') };
    }
    return { state: 'done', reason: message('mirror.refresh.done') };
  },
  plan: (context) => {
    const { facts, target } = context;
    const { systemd } = facts.need(on(target, system));
    // Numbered before any is left out: what remains of a plan must still be a part of it.
    const uploads = refreshFiles(context)
      .map(({ path, content, mode }, index) => ({
        kind: 'upload' as const,
        id: `write-${index + 1}`,
        title: message('mirror.refresh.write', { path }),
        target,
        path,
        content,
        mode,
      }))
      .filter(({ path, content }) => facts.need(on(target, fileText(path))).text !== content);
    if (systemd === 0) return uploads;
    return [
      ...uploads,
      {
        kind: 'script',
        id: 'enable-timer',
        title: message('mirror.refresh.enable'),
        target,
        sudo: true,
        cancel: 'after-this',
        silenceSeconds: 60,
        secrets: [],
        script: 'systemctl daemon-reload && systemctl enable --now labwright-mirror.timer\n',
      },
    ];
  },
  undo: ({ target, before }) => {
    const made = [REFRESH, SERVICE, TIMER, CRON].filter((path) => {
      const then = before[fileText(path).key] as { text?: string } | undefined;
      return then !== undefined && then.text === undefined;
    });
    if (made.length === 0) return [];
    return [
      {
        kind: 'script',
        id: 'remove-refresh',
        title: message('mirror.refresh.undo'),
        target,
        sudo: true,
        cancel: 'after-this',
        silenceSeconds: 60,
        secrets: [],
        script: `[ ! -d /run/systemd/system ] || systemctl disable --now labwright-mirror.timer 2>/dev/null
rm -f ${made.join(' ')}
[ ! -d /run/systemd/system ] || systemctl daemon-reload
`,
      },
    ];
  },
};
