import type { ScriptAction } from '../../contract/action.ts';
import { type Message, message } from '../../contract/message.ts';
import type { Plan } from '../../contract/plan.ts';
import { quote } from '../../contract/shell-quote.ts';
import { on } from '../engine/probe.ts';
import {
  depotProfiles,
  dryRun,
  markerOf,
  type Patch,
  type PatchState,
  patchState,
  type UpdateFact,
  updateCommand,
} from '../engine/probes/esxi-patch.ts';
import type { FailedAction, Step, StepContext, Verdict } from '../engine/step.ts';
import { esxiHosts } from './esxi-host.ts';

/** Our scripts' own exit codes. */
export const PATCH_EXIT = { running: 41, notEntered: 42, notLeft: 43, noMaintenance: 44 } as const;

/** A host takes minutes to come back: firmware, memory test, storage. */
const RESTART_SECONDS = 45 * 60;
/** Seconds until the host goes down: enough to hear how the order itself ended. */
const RESTART_DELAY = 30;

function patchOf(plan: Plan, host: string): Patch | undefined {
  const { depot, profile } = plan.hosts[host]?.esxi ?? {};
  return depot === undefined || profile === undefined ? undefined : { depot, profile };
}

const patched = (plan: Plan): string[] =>
  esxiHosts(plan).filter((host) => patchOf(plan, host) !== undefined);

function patchIn({ plan, target }: Pick<StepContext, 'plan' | 'target'>): Patch {
  const patch = patchOf(plan, target);
  if (patch === undefined) throw new RangeError(`nothing to patch ${target} with`);
  return patch;
}

const stateRead = (context: StepContext) => on(context.target, patchState(patchIn(context)));
const dryRead = (context: StepContext) => on(context.target, dryRun(patchIn(context)));

/** A VIB without its version: `VMware_bootbank_esx-base_6.7.0-1.39` is `VMware_bootbank_esx-base`. */
const vibName = (vib: string): string => vib.replace(/_[^_]*$/, '');

const changesNothing = ({ installed, removed }: UpdateFact): boolean =>
  installed.length === 0 && removed.length === 0;

function script(
  context: StepContext,
  part: { id: string; title: Message; script: string } & Partial<ScriptAction>,
): ScriptAction {
  return {
    kind: 'script',
    target: context.target,
    sudo: false,
    cancel: 'after-this',
    silenceSeconds: 180,
    secrets: [],
    ...part,
    script: `set -e\n${part.script}`,
  };
}

/**
 * Stops the script while a machine runs: none may be lost by what follows. In two steps, because of a
 * pipe only the last end tells whether it failed, and no answer must not pass for no machines.
 */
const NONE_RUNS = `p=$(esxcli vm process list)
r=$(printf '%s\\n' "$p" | sed -n 's/^ *Display Name: //p')
[ -z "$r" ] || { echo "running: $r" >&2; exit ${PATCH_EXIT.running}; }
`;
const mode = '"$(esxcli system maintenanceMode get)"';
const IN_MAINTENANCE = `[ ${mode} = Enabled ] || { echo 'the host is not in maintenance mode' >&2; exit ${PATCH_EXIT.noMaintenance}; }
`;

function leave(context: StepContext): ScriptAction {
  const marker = quote(markerOf(patchIn(context)));
  return script(context, {
    id: 'leave-maintenance',
    title: message('esxi.maintenance.leave', { host: context.target }),
    script: `esxcli system maintenanceMode set --enable false
[ ${mode} = Disabled ] || { echo 'the host is still in maintenance mode' >&2; exit ${PATCH_EXIT.notLeft}; }
rm -f ${marker}
`,
  });
}

function explain({ target }: StepContext, { exitCode }: FailedAction): Message | undefined {
  const found = Object.entries(PATCH_EXIT).find(([, code]) => code === exitCode)?.[0];
  return found === undefined ? undefined : message(`esxi.patch.${found}`, { host: target });
}

const runningVerdict = ({ target }: StepContext, { running }: PatchState): Verdict => ({
  state: 'manual',
  reason: message('esxi.update.running', {
    host: target,
    n: running.length,
    names: running.join(', '),
  }),
});

const depot: Step = {
  id: 'esxi.depot',
  targets: patched,
  needs: ['esxi.reachable'],
  reads: (context) => [on(context.target, depotProfiles(patchIn(context)))],
  check: (context) => {
    const { depot: path, profile } = patchIn(context);
    const { present, profiles } = context.facts.need(
      on(context.target, depotProfiles(patchIn(context))),
    );
    if (!present) return { state: 'manual', reason: message('esxi.depot.absent', { path }) };
    if (!profiles.includes(profile)) {
      const params = { path, profile, known: profiles.join(', ') || '–' };
      return { state: 'manual', reason: message('esxi.depot.no-profile', params) };
    }
    return { state: 'done', reason: message('esxi.depot.done', { path, profile }) };
  },
};

/** A host whose SSH was started by hand would come back without it, and we could not go on. */
const sshStart: Step = {
  id: 'esxi.ssh-start',
  targets: patched,
  needs: ['esxi.depot'],
  risks: ['weakens-security'],
  reads: (context) => [stateRead(context)],
  check: (context) => {
    const { sshStarts } = context.facts.need(stateRead(context));
    if (sshStarts === undefined) {
      return { state: 'done', reason: message('esxi.ssh-start.unknown') };
    }
    return sshStarts
      ? { state: 'done', reason: message('esxi.ssh-start.done') }
      : { state: 'todo', reason: message('esxi.ssh-start.off') };
  },
  plan: (context) => {
    if (context.facts.need(stateRead(context)).sshStarts !== false) return [];
    const title = message('esxi.ssh-start.set', { host: context.target });
    // vim-cmd's enable_ssh does the same on some versions only (seen on 9.1 not to last).
    return [script(context, { id: 'start-ssh', title, script: 'chkconfig SSH on\n' })];
  },
  expects: (context) => {
    const read = stateRead(context);
    const now = context.facts.maybe(read);
    return now === undefined ? [] : [{ read, value: { ...now, sshStarts: true } }];
  },
  undo: (context) => {
    const title = message('esxi.ssh-start.undo', { host: context.target });
    return [script(context, { id: 'no-ssh-at-start', title, script: 'chkconfig SSH off\n' })];
  },
};

/** The update itself, first as a dry run, which is the evidence of its finding. */
const update: Step = {
  id: 'esxi.update',
  targets: patched,
  needs: ['esxi.depot'],
  risks: ['changes-power'],
  reads: (context) => [stateRead(context), dryRead(context)],
  check: (context) => {
    const { profile } = patchIn(context);
    const now = context.facts.need(stateRead(context));
    const would = context.facts.need(dryRead(context));
    if (now.pending !== undefined) {
      return { state: 'done', reason: message('esxi.update.staged', { profile: now.pending }) };
    }
    if (changesNothing(would)) {
      return { state: 'done', reason: message('esxi.update.done', { profile }) };
    }
    const kept = new Set(would.installed.map(vibName));
    const lost = would.removed.filter((vib) => !kept.has(vibName(vib)));
    const notes = [
      ...(lost.length > 0 ? [message('esxi.update.lost', { vibs: lost.join(', ') })] : []),
      message(would.rebootRequired ? 'esxi.update.reboot' : 'esxi.update.no-reboot'),
      message('esxi.update.no-way-back'),
    ];
    if (now.running.length > 0) return { ...runningVerdict(context, now), notes };
    const params = {
      profile,
      installed: would.installed.length,
      removed: would.removed.length,
      skipped: would.skipped.length,
    };
    return { state: 'todo', reason: message('esxi.update.todo', params), notes };
  },
  plan: (context) => {
    const patch = patchIn(context);
    const now = context.facts.need(stateRead(context));
    const would = context.facts.need(dryRead(context));
    if (now.pending !== undefined || changesNothing(would) || now.running.length > 0) return [];
    const { target: host } = context;
    const marker = quote(markerOf(patch));
    const enter = script(context, {
      id: 'enter-maintenance',
      title: message('esxi.maintenance.enter', { host }),
      // Entering waits for machines to go; ours are off, so the time limit is for surprises.
      script: `${NONE_RUNS}[ ${mode} != Enabled ] || exit 0
echo ${quote(patch.profile)} > ${marker}
esxcli system maintenanceMode set --enable true --timeout 120 || :
[ ${mode} = Enabled ] || { rm -f ${marker}; echo 'the host did not enter maintenance mode' >&2; exit ${PATCH_EXIT.notEntered}; }
`,
    });
    return [
      ...(now.maintenance ? [] : [enter]),
      script(context, {
        id: 'update',
        title: message('esxi.update.run', { host, profile: patch.profile }),
        // Neither Ctrl-C nor a lost connection ends it on the host (VMware's manual of esxcli).
        cancel: 'never',
        silenceSeconds: 1800,
        script: `${NONE_RUNS}${IN_MAINTENANCE}${updateCommand(patch)}\n`,
      }),
    ];
  },
  expects: (context) => {
    const now = context.facts.maybe(stateRead(context));
    const would = context.facts.maybe(dryRead(context));
    if (now === undefined || would === undefined) return [];
    const waits = would.rebootRequired ? { pending: patchIn(context).profile } : {};
    const then = { ...now, maintenance: true, ours: now.ours || !now.maintenance, ...waits };
    const nothing = { ...would, installed: [], removed: [] };
    return [
      { read: stateRead(context), value: then },
      { read: dryRead(context), value: nothing },
    ];
  },
  /** Only the maintenance mode: an image that is installed stays (its finding says so beforehand). */
  undo: (context) => {
    const then = context.before[stateRead(context).probe.key] as PatchState | undefined;
    const now = context.facts.maybe(stateRead(context));
    return then?.maintenance === false && now?.maintenance && now.ours ? [leave(context)] : [];
  },
  explain,
};

const restart: Step = {
  id: 'esxi.restart',
  targets: patched,
  needs: ['esxi.update', 'esxi.ssh-start'],
  risks: ['changes-power'],
  reads: (context) => [stateRead(context)],
  check: (context) => {
    const now = context.facts.need(stateRead(context));
    const { target: host } = context;
    if (now.pending === undefined) {
      return { state: 'done', reason: message('esxi.restart.done', { host }) };
    }
    if (now.running.length > 0) return runningVerdict(context, now);
    const params = { host, profile: now.pending };
    return { state: 'todo', reason: message('esxi.restart.waits', params) };
  },
  plan: (context) => {
    const { target: host } = context;
    const now = context.facts.need(stateRead(context));
    if (now.pending === undefined || now.running.length > 0) return [];
    const why = quote(`Labwright: ${patchIn(context).profile}`);
    return [
      script(context, {
        id: 'restart',
        title: message('esxi.restart.run', { host, seconds: RESTART_DELAY }),
        script: `${NONE_RUNS}${IN_MAINTENANCE}esxcli system shutdown reboot -d ${RESTART_DELAY} -r ${why}\n`,
      }),
      {
        kind: 'wait',
        id: 'wait-for-host',
        title: message('esxi.restart.wait', { host }),
        target: host,
        // Its own finding: the host answers, is the one that we know, and no image waits any more.
        finding: `esxi.restart@${host}`,
        seconds: RESTART_SECONDS,
      },
    ];
  },
  expects: (context) => {
    const read = stateRead(context);
    const now = context.facts.maybe(read);
    if (now === undefined) return [];
    const { pending: _, ...rest } = now;
    return [{ read, value: rest }];
  },
  explain,
};

const maintenance: Step = {
  id: 'esxi.maintenance',
  targets: patched,
  needs: ['esxi.restart'],
  reads: (context) => [stateRead(context)],
  check: (context) => {
    const { maintenance: is, ours } = context.facts.need(stateRead(context));
    const { target: host } = context;
    if (!is) return { state: 'done', reason: message('esxi.maintenance.done', { host }) };
    return ours
      ? { state: 'todo', reason: message('esxi.maintenance.ours', { host }) }
      : { state: 'manual', reason: message('esxi.maintenance.others', { host }) };
  },
  plan: (context) => {
    const { maintenance: is, ours } = context.facts.need(stateRead(context));
    return is && ours ? [leave(context)] : [];
  },
  explain,
};

/** Patching an ESXi host from a bundle on its datastore, step by step. */
export const patchSteps: readonly Step[] = [depot, sshStart, update, restart, maintenance];
