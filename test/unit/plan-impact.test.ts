import { expect, test } from 'vitest';
import { SettingsPatch } from '../../src/contract/settings.ts';
import { CHAPTERS } from '../../src/main/app/chapters.ts';
import { planImpact } from '../../src/main/app/plan-impact.ts';
import { FactStore } from '../../src/main/engine/facts.ts';
import { readPlan } from '../../src/main/plan/read-plan.ts';

const TEXT = `version: 1
name: test
hosts:
  mirror: { role: mirror, address: 10.0.0.2, user: ubuntu, auth: { agent: true } }
mirror:
  host: mirror
  line: v3
  source: https://images.example/ephemeral-v3/stable/
  directory: /var/www/html/images/ephemeral-v3/stable
  filters: { arch: =amd64 }
`;

function impactOf(text: string) {
  const store = new FactStore();
  return planImpact(readPlan(TEXT).plan, readPlan(text), CHAPTERS, () => store.view());
}

test('a comment changes nothing', () => {
  const impact = impactOf(`# hello\n${TEXT}`);
  expect(impact).toMatchObject({
    problems: [],
    added: [],
    removed: [],
    changed: [],
    differences: [],
  });
});

test('another filter touches the steps that ask about the images, and no other', () => {
  const { changed, differences } = impactOf(TEXT.replace('=amd64', '=arm64'));
  expect(differences).toEqual([{ path: 'mirror.filters.arch', old: '=amd64', new: '=arm64' }]);
  expect(changed).toContain('mirror.disk@mirror');
  expect(changed).not.toContain('mirror.packages@mirror');
  expect(changed).not.toContain('mirror.sudo@mirror');
});

test('another address touches every step of that host', () => {
  const { changed } = impactOf(TEXT.replace('10.0.0.2', '10.0.0.3'));
  expect(changed).toHaveLength(11);
});

test('a step that is switched off is removed', () => {
  expect(impactOf(`${TEXT}  refresh: 'off'\n`).removed).toEqual(['mirror.refresh@mirror']);
});

test('a broken text says so and removes nothing', () => {
  const impact = impactOf(`${TEXT}mirors: 1\n`);
  expect(impact.problems).toHaveLength(1);
  expect(impact.removed).toEqual([]);
});

test('a change of one setting says nothing about the others', () => {
  expect(SettingsPatch.parse({ theme: 'dark' })).toEqual({ theme: 'dark' });
});
