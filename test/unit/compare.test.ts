import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LabwrightError } from '../../src/contract/error.ts';
import type { Finding, FindingState } from '../../src/contract/finding.ts';
import { message } from '../../src/contract/message.ts';
import { type Claim, compare } from '../../src/main/engine/compare.ts';
import type { FactStore } from '../../src/main/engine/facts.ts';
import { instantiate, type Step, withNeeds } from '../../src/main/engine/step.ts';
import { factsOf, hostsPlan, makeStep, there } from './support/steps.ts';

const plan = hostsPlan('a', 'b');
const NOW = 1000;

function run(
  steps: readonly Step[],
  store: FactStore,
  options: { last?: Record<string, FindingState>; claims?: Record<string, Claim> } = {},
): Record<string, Finding> {
  const last = Object.fromEntries(
    Object.entries(options.last ?? {}).map(([id, state]) => [id, { id, state } as Finding]),
  );
  const findings = compare({
    plan,
    instances: instantiate([{ id: 'chapter', steps }], plan),
    view: () => store.view(),
    last,
    claims: options.claims ?? {},
    now: NOW,
  });
  return Object.fromEntries(findings.map((finding) => [finding.id, finding]));
}

const one = makeStep('one', ['a']);
const two = makeStep('two', ['a'], ['one']);
const claim = (what: Claim['what']): Claim => ({ what, who: 'ann', why: 'by hand', at: 900 });

describe('a step', () => {
  test('is done or to do by its facts, with their evidence and age', () => {
    const found = run([one], factsOf({ a: { one: true } }));
    expect(found['one@a']).toMatchObject({
      state: 'done',
      reason: message('is-there'),
      evidence: [{ target: 'a', command: 'test -e one', output: 'true', at: 500 }],
      at: 500,
    });
    expect(run([one], factsOf({ a: { one: false } }))['one@a']?.state).toBe('todo');
  });

  test('may rest on what is done elsewhere, on whatever host that is', () => {
    const other = makeStep('other', ['b'], [], { needsEverywhere: ['one'] });
    const found = run([one, other], factsOf({ a: { one: false }, b: { other: true } }));
    expect(found['other@b']).toMatchObject({ state: 'blocked', waitsFor: ['one@a'] });
    const done = run([one, other], factsOf({ a: { one: true }, b: { other: true } }));
    expect(done['other@b']?.state).toBe('done');
    // What is merely needed is looked for on the same host.
    const near = makeStep('near', ['b'], ['one']);
    expect(
      run([one, near], factsOf({ a: { one: false }, b: { near: true } }))['near@b']?.state,
    ).toBe('done');
  });

  test('is unknown when nothing was observed, and says why when that failed', () => {
    expect(run([one], factsOf({}))['one@a']?.state).toBe('unknown');
    const store = factsOf({});
    const error = new LabwrightError('host-refused', { host: 'a' }).toData();
    const { key, script } = there('one');
    store.put({ target: 'a', key, at: 1, command: script, output: '', error, stale: false });
    expect(run([one], store)['one@a']).toMatchObject({
      state: 'unknown',
      reason: { key: 'error.host-refused' },
      evidence: [{ command: 'test -e one' }],
    });
  });

  test('that was done and is not any more has drifted, and stays so until it is mended', () => {
    const store = factsOf({ a: { one: false } });
    expect(run([one], store, { last: { 'one@a': 'done' } })['one@a']?.state).toBe('drifted');
    expect(run([one], store, { last: { 'one@a': 'drifted' } })['one@a']?.state).toBe('drifted');
    expect(run([one], store, { last: { 'one@a': 'todo' } })['one@a']?.state).toBe('todo');
    const mended = run([one], factsOf({ a: { one: true } }), { last: { 'one@a': 'drifted' } });
    expect(mended['one@a']?.state).toBe('done');
  });

  test('is blocked by what is not done, names it, and is not even looked at', () => {
    const found = run([one, two], factsOf({ a: { one: false, two: true } }));
    expect(found['two@a']).toMatchObject({ state: 'blocked', waitsFor: ['one@a'], evidence: [] });
  });

  test('is blocked by what could not be observed', () => {
    expect(run([one, two], factsOf({ a: { two: true } }))['two@a']?.state).toBe('blocked');
  });

  test('waits for the needed step on its own host, and for nothing on others', () => {
    const both = makeStep('both', ['a', 'b']);
    const later = makeStep('later', ['a'], ['both']);
    const facts = factsOf({ a: { both: true, later: true }, b: { both: false } });
    expect(run([both, later], facts)['later@a']?.state).toBe('done');
    const elsewhere = makeStep('elsewhere', ['b']);
    const after = makeStep('after', ['a'], ['elsewhere']);
    const found = run([elsewhere, after], factsOf({ a: { after: true }, b: { elsewhere: false } }));
    expect(found['after@a']?.state).toBe('done');
  });

  test('that breaks for another reason than a missing fact is a bug and not hidden', () => {
    const broken = makeStep('one', ['a'], [], {
      check: () => {
        throw new TypeError('a bug');
      },
    });
    expect(() => run([broken], factsOf({}))).toThrow('a bug');
  });
});

describe('a person', () => {
  test('may skip a step: it is not looked at, and what needs it may go on', () => {
    const found = run([one, two], factsOf({ a: { one: false, two: false } }), {
      claims: { 'one@a': claim('skipped') },
    });
    expect(found['one@a']).toMatchObject({
      state: 'skipped',
      by: { who: 'ann', why: 'by hand', at: 900 },
      reason: message('finding.skipped', { who: 'ann', why: 'by hand' }),
    });
    expect(found['two@a']?.state).toBe('todo');
  });

  test('may claim a step that cannot be seen to be done, and is overruled by a measurement', () => {
    const claims = { 'one@a': claim('claimed') };
    expect(run([one], factsOf({ a: { one: false } }), { claims })['one@a']?.state).toBe('claimed');
    expect(run([one], factsOf({ a: { one: true } }), { claims })['one@a']?.state).toBe('done');
  });

  test('cannot claim away a drift', () => {
    const found = run([one], factsOf({ a: { one: false } }), {
      claims: { 'one@a': claim('claimed') },
      last: { 'one@a': 'done' },
    });
    expect(found['one@a']?.state).toBe('drifted');
  });
});

/** Steps of which each needs some of the earlier ones. */
const dag = fc
  .array(fc.array(fc.nat(9), { maxLength: 3 }), { minLength: 1, maxLength: 8 })
  .map((needs) =>
    needs.map((wanted, index) =>
      makeStep(
        `s${index}`,
        ['a'],
        [...new Set(wanted.filter((other) => other < index).map((other) => `s${other}`))],
      ),
    ),
  );

test('in any chapter a step is blocked exactly when one that it needs is not satisfied', () => {
  fc.assert(
    fc.property(dag, fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }), (steps, there) => {
      const known = Object.fromEntries(steps.map(({ id }, index) => [id, there[index] ?? false]));
      const found = run(steps, factsOf({ a: known }));
      for (const { id, needs } of steps) {
        const unmet = needs.some((need) => found[`${need}@a`]?.state !== 'done');
        expect(found[`${id}@a`]?.state).toBe(unmet ? 'blocked' : known[id] ? 'done' : 'todo');
      }
    }),
  );
});

test('what a step rests on is all of it, in the order of the guide, and nothing else', () => {
  fc.assert(
    fc.property(dag, fc.nat(7), (steps, index) => {
      const all = instantiate([{ id: 'c', steps }], plan);
      const wanted = all[index % all.length]!;
      const found = withNeeds([wanted], all);
      expect(found).toEqual(all.filter((item) => found.includes(item)));
      const ids = new Set(found.map(({ step }) => step.id));
      for (const { step } of found) for (const need of step.needs) expect(ids).toContain(need);
      const others = found.filter((item) => item !== wanted);
      for (const { step } of others) {
        expect(found.some((item) => item.step.needs.includes(step.id))).toBe(true);
      }
    }),
  );
});
