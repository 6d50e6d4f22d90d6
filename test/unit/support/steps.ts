import type { ScriptAction } from '../../../src/contract/action.ts';
import { message } from '../../../src/contract/message.ts';
import { FactStore } from '../../../src/main/engine/facts.ts';
import { on, type Probe, quick } from '../../../src/main/engine/probe.ts';
import type { Step } from '../../../src/main/engine/step.ts';
import { planOf } from './plans.ts';

/** A plan of bare hosts. */
export function hostsPlan(...names: string[]) {
  const host = (name: string) =>
    `  ${name}: { role: other, address: ${name}, user: me, auth: { agent: true } }\n`;
  return planOf(`version: 1\nname: test\nhosts:\n${names.map(host).join('')}`);
}

/** A probe whose answer is whether something is there. */
export const there = (what: string): Probe<boolean> =>
  quick({ key: `there ${what}`, script: `test -e ${what}`, parse: () => true });

export function script(id: string, target: string, text = `make ${id}`): ScriptAction {
  return {
    kind: 'script',
    id,
    title: message('title', { id }),
    target,
    script: text,
    sudo: true,
    cancel: 'kill',
    silenceSeconds: 60,
    secrets: [],
  };
}

/** A step that is done when its thing is there and whose action makes the thing. */
export function makeStep(
  id: string,
  targets: readonly string[],
  needs: readonly string[] = [],
  more: Partial<Step> = {},
): Step {
  return {
    id,
    targets: () => targets,
    needs,
    reads: ({ target }) => [on(target, there(id))],
    check: ({ target, facts }) =>
      facts.need(on(target, there(id)))
        ? { state: 'done', reason: message('is-there') }
        : { state: 'todo', reason: message('is-not-there') },
    plan: ({ target, facts }) =>
      facts.need(on(target, there(id))) ? [] : [script('make', target, `make ${id}`)],
    expects: ({ target }) => [{ read: on(target, there(id)), value: true }],
    ...more,
  };
}

/** A store with answers for `there` probes: target → thing → there or not. */
export function factsOf(known: Record<string, Record<string, boolean>>, at = 500): FactStore {
  const store = new FactStore();
  for (const [target, things] of Object.entries(known)) {
    for (const [what, value] of Object.entries(things)) {
      const { key, script: command } = there(what);
      store.put({ target, key, at, command, output: String(value), value, stale: false });
    }
  }
  return store;
}
