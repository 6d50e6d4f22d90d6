import { expect, test } from 'vitest';
import { newPlan } from '../../src/main/app/new-lab.ts';

const host = {
  name: 'mirror',
  address: '10.0.0.9',
  port: 22,
  user: 'ubuntu',
  auth: 'agent',
} as const;
const filtersOf = (line: 'v2' | 'v3') =>
  newPlan({ name: 'Lab', directory: '~/lab', host, line }).mirror?.filters;

test('a new lab takes exactly the releases that it names, as our own note recommends', () => {
  const release = filtersOf('v3')?.release ?? '';
  expect(release).toBe('~^(jammy|noble)$');
  const pattern = new RegExp(release.slice(1));
  expect(['jammy', 'noble', 'noble-next', 'unjammy'].filter((each) => pattern.test(each))).toEqual([
    'jammy',
    'noble',
  ]);
});

test('the old line keeps the command of the guide as it is', () => {
  expect(filtersOf('v2')).toEqual({
    arch: '=amd64',
    subarch: '~(generic|hwe-t)',
    release: '~(trusty|precise)',
  });
});
