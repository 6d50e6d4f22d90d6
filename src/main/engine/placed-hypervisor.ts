import type { Action } from '../../contract/action.ts';
import type { Hypervisor } from './hypervisor.ts';
import type { Probe } from './probe.ts';

/** What becomes of everything that a hypervisor gives out. */
export interface Change {
  readonly action: (action: Action) => Action;
  readonly probe: (probe: Probe<unknown>) => Probe<unknown>;
}

const isProbe = (value: object): value is Probe<unknown> => 'parse' in value && 'key' in value;

/**
 * The same hypervisor with all of its questions and actions changed. It goes by what comes out and
 * not by names, so that whatever the port is given later is changed too.
 */
export function changed<T extends object>(part: T, change: Change): T {
  const given = (value: unknown): unknown => {
    if (Array.isArray(value)) return (value as Action[]).map(change.action);
    if (typeof value !== 'object' || value === null) return value;
    if (isProbe(value)) return change.probe(value);
    // An answer in several parts, such as where a seed lies and how that is looked at.
    return Object.fromEntries(
      Object.entries(value).map(([name, part]) => {
        const probe = typeof part === 'object' && part !== null && isProbe(part);
        return [name, probe ? change.probe(part) : part];
      }),
    );
  };
  const members = Object.entries(part).map(([name, value]): [string, unknown] => {
    if (typeof value === 'function') return [name, (...args: unknown[]) => given(value(...args))];
    const group = typeof value === 'object' && value !== null && !isProbe(value);
    return [name, group ? changed(value, change) : given(value)];
  });
  return Object.fromEntries(members) as T;
}

/** A hypervisor that is asked, and does everything, at another target than that of its machines. */
export function through(hypervisor: Hypervisor, at: string): Hypervisor {
  return changed(hypervisor, {
    action: (action) => ({ ...action, target: at }),
    probe: (probe) => ({ ...probe, at }),
  });
}
