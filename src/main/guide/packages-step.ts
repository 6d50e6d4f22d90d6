import { type Message, message } from '../../contract/message.ts';
import { on } from '../engine/probe.ts';
import { system } from '../engine/probes/host.ts';
import { aptCandidates, dpkg } from '../engine/probes/packages.ts';
import { proxyOf } from '../engine/probes/proxy.ts';
import type { Step, StepContext } from '../engine/step.ts';
import { aptInstall, aptRemove, explainApt } from './apt.ts';

export interface PackagesStep {
  readonly id: string;
  readonly targets: Step['targets'];
  readonly needs: readonly string[];
  /** Packages for this system; they may differ between releases. */
  readonly names: (context: StepContext) => readonly string[];
  readonly carries?: Step['carries'];
}

/** A step that installs packages with apt, and takes back those that it brought. */
export function packagesStep({ id, targets, needs, names, carries }: PackagesStep): Step {
  const states = (context: StepContext) => on(context.target, dpkg(...names(context)));
  const offers = (context: StepContext) => on(context.target, aptCandidates(...names(context)));
  const missingOf = (context: StepContext) => {
    const found = context.facts.need(states(context));
    return names(context).filter((name) => !found[name]?.installed);
  };
  return {
    id,
    targets,
    needs,
    reads: (context) => {
      const read = on(context.target, system);
      // Which packages it is can depend on the system, so that is asked first.
      return context.facts.maybe(read) === undefined
        ? [read]
        : [read, states(context), offers(context)];
    },
    check: (context) => {
      const { facts, target } = context;
      const { name } = facts.need(on(target, system));
      const found = facts.need(states(context));
      const missing = missingOf(context);
      if (missing.length === 0) {
        const list = names(context).map((each) => `${each} ${found[each]?.version}`);
        return { state: 'done', reason: message('packages.done', { names: list.join(', ') }) };
      }
      const { versions, listsCurrent, apt } = facts.need(offers(context));
      if (!apt) return { state: 'manual', reason: message('packages.no-apt', { name }) };
      const absent = missing.filter((wanted) => versions[wanted] === undefined);
      if (listsCurrent && absent.length > 0) {
        const params = { names: absent.join(', '), name };
        return { state: 'manual', reason: message('packages.not-offered', params) };
      }
      const half = missing.filter((wanted) => /^i[^i]/.test(found[wanted]?.status ?? ''));
      const notes: Message[] = [];
      if (half.length > 0) notes.push(message('packages.half', { names: half.join(', ') }));
      const reason = message('packages.missing', { names: missing.join(', ') });
      return { state: 'todo', reason, notes };
    },
    plan: (context) => {
      const missing = missingOf(context);
      const { versions, listsCurrent, apt } = context.facts.need(offers(context));
      const offered = missing.every((name) => versions[name] !== undefined);
      if (missing.length === 0 || !apt || (listsCurrent && !offered)) return [];
      return [aptInstall(context.target, missing, proxyOf(context.plan, context.host))];
    },
    expects: (context) => [
      {
        read: states(context),
        value: Object.fromEntries(
          names(context).map((name) => [name, { installed: true, status: 'ii', version: '' }]),
        ),
      },
    ],
    explain: explainApt,
    ...(carries === undefined ? {} : { carries }),
    undo: (context) => {
      const then = context.before[states(context).probe.key] as
        | Record<string, { status: string }>
        | undefined;
      const ours = names(context).filter((name) => then?.[name]?.status === '');
      return ours.length === 0 ? [] : [aptRemove(context.target, ours)];
    },
  };
}
