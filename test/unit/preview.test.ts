import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Action } from '../../src/contract/action.ts';
import { message } from '../../src/contract/message.ts';
import { compare } from '../../src/main/engine/compare.ts';
import type { FactStore } from '../../src/main/engine/facts.ts';
import { digestOf, isCovered, preview } from '../../src/main/engine/preview.ts';
import { on } from '../../src/main/engine/probe.ts';
import { instantiate, type Step } from '../../src/main/engine/step.ts';
import { factsOf, hostsPlan, makeStep, script, there } from './support/steps.ts';

const plan = hostsPlan('a', 'b');

function show(steps: readonly Step[], store: FactStore, only?: readonly string[], checked = true) {
  const instances = instantiate([{ id: 'c', steps }], plan);
  const findings = compare({
    plan,
    instances,
    view: () => store.view(),
    last: {},
    claims: {},
    now: 1,
  });
  const wanted = instances.filter(({ id }) => only === undefined || only.includes(id));
  const known = Object.fromEntries(findings.map((finding) => [finding.id, finding]));
  return preview({ plan, instances, wanted, store, findings: checked ? known : {}, now: 1 });
}

const one = makeStep('one', ['a']);
const two = makeStep('two', ['a'], ['one']);
const three = makeStep('three', ['a'], ['two']);

describe('a preview', () => {
  test('holds what is to do and leaves out what is done', () => {
    const shown = show([one, two], factsOf({ a: { one: true, two: false } }));
    expect(shown.steps).toMatchObject([
      { id: 'two@a', predicted: false, actions: [{ script: 'make two' }] },
    ]);
    expect(shown.left).toEqual([]);
  });

  test('plans a blocked step from what the steps before it are expected to bring', () => {
    const twoReadsOne = makeStep('two', ['a'], ['one'], {
      plan: ({ target, facts }) => [
        script('make', target, `make two, one is ${facts.need(on(target, there('one')))}`),
      ],
    });
    const shown = show(
      [one, twoReadsOne, three],
      factsOf({ a: { one: false, two: false, three: false } }),
    );
    expect(shown.steps.map(({ id, predicted }) => `${id} ${predicted}`)).toEqual([
      'one@a false',
      'two@a true',
      'three@a true',
    ]);
    expect(shown.steps[1]?.actions[0]).toMatchObject({ script: 'make two, one is true' });
  });

  test('leaves out a blocked step that needs nothing itself', () => {
    const shown = show([one, two], factsOf({ a: { one: false, two: true } }));
    expect(shown.steps.map(({ id }) => id)).toEqual(['one@a']);
    expect(shown.left).toEqual([]);
  });

  test('plans on past a blocked step that only measures, when the steps before it satisfy it', () => {
    const { plan: _, ...measure } = makeStep('measure', ['a'], ['one']);
    const last = makeStep('last', ['a'], ['measure']);
    const facts = { one: false, measure: true, last: false };
    const shown = show([one, measure, last], factsOf({ a: facts }));
    expect(shown.steps.map(({ id }) => id)).toEqual(['one@a', 'last@a']);
    const unmet = show([one, measure, last], factsOf({ a: { ...facts, measure: false } }));
    expect(unmet.left.map(({ id }) => id)).toEqual(['last@a']);
  });

  test('does not plan what waits for a step that was not asked for, and says so', () => {
    const shown = show([one, two], factsOf({ a: { one: false, two: false } }), ['two@a']);
    expect(shown.steps).toEqual([]);
    expect(shown.left).toEqual([
      { id: 'two@a', reason: message('preview.waits', { steps: 'one@a' }) },
    ]);
  });

  test('says so when facts are missing, and that nothing was checked', () => {
    const shown = show([one, two], factsOf({ a: { one: false } }));
    expect(shown.left).toEqual([
      { id: 'two@a', reason: message('preview.needs-facts', { step: 'two@a' }) },
    ]);
    const unchecked = show([one], factsOf({ a: { one: false } }), undefined, false);
    expect(unchecked.left).toEqual([{ id: 'one@a', reason: message('preview.not-checked') }]);
  });

  test('of a step that offers no action gives its reason', () => {
    const manual = makeStep('one', ['a'], [], { plan: () => [] });
    expect(show([manual], factsOf({ a: { one: false } })).left).toEqual([
      { id: 'one@a', reason: message('is-not-there') },
    ]);
  });

  test('of any chapter never holds a step before one that it needs', () => {
    const needs = fc.array(fc.array(fc.nat(7), { maxLength: 3 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(
        needs,
        fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
        (wanted, known) => {
          const steps = wanted.map((list, index) =>
            makeStep(
              `s${index}`,
              ['a'],
              list.filter((n) => n < index).map((n) => `s${n}`),
            ),
          );
          const facts = Object.fromEntries(steps.map(({ id }, i) => [id, known[i] ?? false]));
          const { steps: shown, left } = show(steps, factsOf({ a: facts }));
          expect(left).toEqual([]);
          expect(shown.map(({ step }) => step)).toEqual(
            steps.filter(({ id }) => !facts[id]).map(({ id }) => id),
          );
        },
      ),
    );
  });
});

describe('the digest', () => {
  const base = [script('make', 'a')];

  test('is the same for the same actions, in whatever order their keys are', () => {
    const reversed = base.map(
      (action) => Object.fromEntries(Object.entries(action).reverse()) as Action,
    );
    expect(digestOf(reversed)).toBe(digestOf(base));
    expect(digestOf(JSON.parse(JSON.stringify(base)))).toBe(digestOf(base));
  });

  test.each<[string, Partial<Action>]>([
    ['the script', { script: 'make make ' }],
    ['the target', { target: 'b' }],
    ['sudo', { sudo: false }],
    ['a secret', { secrets: [{ variable: 'A', name: 'a' }] }],
    ['how it can be cancelled', { cancel: 'never' }],
    ['its title', { title: message('other') }],
  ])('changes with %s', (_what, change) => {
    expect(digestOf([{ ...base[0]!, ...change } as Action])).not.toBe(digestOf(base));
  });

  test('does not change with the forecast of an amount', () => {
    const progress = { parser: 'sstream-mirror' as const, totalBytes: 5 };
    expect(digestOf([{ ...script('make', 'a'), progress }])).toBe(digestOf(base));
  });

  test('of a preview changes when any of its steps does', () => {
    const facts = { a: { one: false, two: false } };
    const all = show([one, two], factsOf(facts));
    expect(show([one, two], factsOf(facts)).digest).toBe(all.digest);
    expect(show([one, two], factsOf(facts), ['one@a']).digest).not.toBe(all.digest);
  });

  test('differs for action lists that differ, and only then', () => {
    const action = fc
      .record({ id: fc.constantFrom('a', 'b'), text: fc.constantFrom('x', 'y', 'x","script":"y') })
      .map(({ id, text }) => script(id, 'a', text));
    const list = fc.array(action, { maxLength: 3 });
    fc.assert(
      fc.property(list, list, (first, second) => {
        const same = JSON.stringify(first) === JSON.stringify(second);
        expect(digestOf(first) === digestOf(second)).toBe(same);
      }),
    );
  });
});

test('actions are covered by what was shown when each of them was shown', () => {
  const [a, b] = [script('a', 'x'), script('b', 'x')];
  expect(isCovered([], [a])).toBe(true);
  expect(isCovered([b], [a, b])).toBe(true);
  expect(isCovered([a, b], [a])).toBe(false);
  expect(isCovered([{ ...a, script: 'rm' }], [a, b])).toBe(false);
  expect(isCovered([{ ...a, target: 'y' }], [a, b])).toBe(false);
});
