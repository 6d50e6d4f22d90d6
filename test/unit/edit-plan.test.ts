import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editPlan } from '../../src/main/plan/edit-plan.ts';
import { readPlan } from '../../src/main/plan/read-plan.ts';
import { planOf, planText } from './support/plans.ts';

const GOOD = planText();

test('a changed value leaves comments, order and every other line as they were', () => {
  const edited = editPlan(GOOD, [{ path: ['hosts', 'mirror', 'address'], value: '10.0.0.10' }]);
  const lines = edited.split('\n');
  const before = GOOD.split('\n');
  const changed = lines.flatMap((line, index) => (line === before[index] ? [] : [line]));
  expect(changed).toEqual(['    address: 10.0.0.10']);
  expect(lines).toHaveLength(before.length);
});

test('no change is no change, byte for byte', () => {
  expect(editPlan(GOOD, [])).toBe(GOOD);
});

test('a value keeps the comment beside it', () => {
  const edited = editPlan(GOOD, [{ path: ['name'], value: 'Other' }]);
  expect(edited).toContain('name: Other # shown in the title\n');
});

test('null takes a key away, also one that is not there', () => {
  const edited = editPlan(GOOD, [
    { path: ['mirror', 'filters', 'subarch'], value: null },
    { path: ['mirror', 'seen_from'], value: null },
  ]);
  expect(planOf(edited).mirror?.filters).toEqual({ arch: '=amd64' });
});

test('a new value makes the sections that it lies in', () => {
  const edited = editPlan(GOOD, [
    { path: ['proxy', 'http'], value: 'http://proxy:3128' },
    { path: ['hosts', 'mirror', 'port'], value: 2222 },
    { path: ['mirror', 'bootloaders'], value: true },
  ]);
  const plan = planOf(edited);
  expect(plan.proxy).toEqual({ http: 'http://proxy:3128' });
  expect(plan.hosts.mirror?.port).toBe(2222);
  expect(plan.mirror?.bootloaders).toBe(true);
  expect(edited).toContain('# The guide’s mirror.\n');
});

test('a section that stands empty in the file is filled', () => {
  const edited = editPlan('version: 1\nname: x\nproxy:\n', [
    { path: ['proxy', 'http'], value: 'http://proxy:3128' },
  ]);
  expect(planOf(edited).proxy).toEqual({ http: 'http://proxy:3128' });
});

test('a text that is no YAML is refused and not half changed', () => {
  expect(() => editPlan('a: [', [{ path: ['a'], value: 1 }])).toThrow(
    expect.objectContaining({ code: 'plan-invalid' }),
  );
});

test('any text put in as a name is read back as that text', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
        fc.constantFrom('yes', 'null', '~', '1', '1e3', '- a', 'a: b', '#x', "'", '"', '&a', '!t'),
      ),
      (name) => {
        const { plan, problems } = readPlan(editPlan(GOOD, [{ path: ['name'], value: name }]));
        expect({ name: plan?.name, problems }).toEqual({ name, problems: [] });
        expect(plan?.mirror).toEqual(planOf(GOOD).mirror);
      },
    ),
  );
});
