import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ErrorCode } from '../../src/contract/error.ts';
import { FindingState } from '../../src/contract/finding.ts';
import { catalogues, chooseLanguage, en, ja } from '../../src/messages/catalogues.ts';
import { formatBytes } from '../../src/messages/formats.ts';
import { sentence } from '../../src/messages/sentence.ts';

const SOURCES = join(import.meta.dirname, '../../src');
const keys = Object.keys(en) as (keyof typeof en)[];

function sources(folder: string): { path: string; text: string }[] {
  return readdirSync(join(SOURCES, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => {
      const path = join(SOURCES, folder, name);
      return { path, text: readFileSync(path, 'utf8') };
    });
}

const placeholders = (text: string) =>
  [...text.matchAll(/\{\{(.+?)\}\}/g)].map(([, inside = '']) => inside.replace(/\s/g, '')).sort();

test('both languages have the same keys, each with a text', () => {
  expect(Object.keys(ja).sort()).toEqual([...keys].sort());
  for (const catalogue of Object.values(catalogues)) {
    for (const [key, text] of Object.entries(catalogue)) expect(text.trim(), key).not.toBe('');
  }
});

test('both languages fill in the same values, in the same formats', () => {
  const differing = keys.filter(
    (key) =>
      JSON.stringify([...new Set(placeholders(en[key]))]) !==
      JSON.stringify([...new Set(placeholders(ja[key]))]),
  );
  expect(differing).toEqual([]);
});

test('no key is written twice in one file, where the later would hide the earlier', () => {
  for (const { path, text } of sources('messages')) {
    const written = [...text.matchAll(/^ {2}'([a-z][\w.-]*)':/gim)].map(([, key]) => key);
    const twice = written.filter((key, index) => written.indexOf(key) !== index);
    expect(twice, path).toEqual([]);
  }
});

test('no two files of a language define the same key', () => {
  const files = sources('messages').filter(({ path }) => /\/en\//.test(path));
  const all = files.flatMap(({ text }) => [
    ...new Set([...text.matchAll(/^ {2}'([a-z][\w.-]*)':/gim)].map(([, key]) => key)),
  ]);
  expect(all.length).toBe(new Set(all).size);
  expect(all.length).toBe(keys.length);
});

test('every sentence that the core speaks in is in the catalogue', () => {
  const missing: string[] = [];
  let seen = 0;
  for (const { path, text } of sources('main')) {
    // message('key'), and both ends of message(x ? 'a' : 'b').
    for (const [, inside = ''] of text.matchAll(/\bmessage\(((?:[^()]|\([^()]*\))*)\)/g)) {
      for (const [, key = ''] of (inside.split(/[{`]/)[0] ?? '').matchAll(/'([a-z][\w.-]+)'/g)) {
        seen += 1;
        if (!(key in en)) missing.push(`${path}: ${key}`);
      }
    }
  }
  expect(missing).toEqual([]);
  expect(seen).toBeGreaterThan(100);
});

test('every key that a step puts in a variable first is in the catalogue', () => {
  const missing: string[] = [];
  for (const { path, text } of sources('main/guide')) {
    for (const [, key = ''] of text.matchAll(
      /'((?:mirror|apt|run|finding|maas|power|restart)\.[a-z0-9.-]+)'/g,
    )) {
      // Ids of steps share the form; their texts are `step.ID.title`.
      if (!(key in en) && !(`step.${key}.title` in en)) missing.push(`${path}: ${key}`);
    }
  }
  expect(missing).toEqual([]);
});

test('every error has a sentence, and no sentence is about an error that does not exist', () => {
  const codes = ErrorCode.options.map((code) => `error.${code}`);
  expect(codes.filter((key) => !(key in en))).toEqual([]);
  // `error.input` is for what a page sent in another form than the contract has.
  const spoken = keys.filter((key) => /^error\.[a-z-]+$/.test(key) && key !== 'error.input');
  expect(spoken.filter((key) => !codes.includes(key))).toEqual([]);
});

test('every state of a finding is named', () => {
  for (const state of FindingState.options) {
    expect(
      keys.some((key) => key.endsWith(`.${state}`)),
      state,
    ).toBe(true);
  }
});

describe('Japanese', () => {
  test('says every sentence in Japanese, not in the English it came from', () => {
    const japanese = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u;
    const left = keys.filter((key) => {
      if (japanese.test(ja[key])) return false;
      // Names, commands, versions and numbers are the same in every language.
      const words = ja[key].replace(/\{\{.+?\}\}/g, '').match(/(?<![\w./~-])[a-z]{2,}(?![\w./-])/g);
      return (words ?? []).length > 1;
    });
    expect(left).toEqual([]);
  });

  test('holds no English sentence inside', () => {
    const left = keys.filter((key) =>
      /\b(?:the|and|is|are|was|were|not|with|from|this|your|has|have)\b [a-z]+/i.test(ja[key]),
    );
    expect(left).toEqual([]);
  });
});

test('values and sizes are filled in; what is missing is left empty, and an unknown key is shown', () => {
  expect(sentence('en', { key: 'run.exit-code', params: { code: 3 } })).toBe(
    'The command ended with exit code 3.',
  );
  expect(sentence('ja', { key: 'mirror.refresh.write', params: { path: '/x' } })).toContain('/x');
  const said = sentence('en', {
    key: 'mirror.disk.short',
    params: { available: 1_500_000_000, needed: 25e9, mount: '/' },
  });
  expect(said).toContain('Only 1.5 GB free on /, but 25 GB needed');
  expect(sentence('en', { key: 'run.exit-code' })).toBe('The command ended with exit code .');
  expect(sentence('en', { key: 'no.such.key' })).toBe('no.such.key');
});

test('a value that looks like a placeholder is not filled in again', () => {
  const params = { key: '{{near}}', near: 'x' };
  expect(sentence('en', { key: 'plan.unknown-key', params })).toContain('“{{near}}”');
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1 kB'],
  [4_100_000_000, '4.1 GB'],
  [123_456_789, '123 MB'],
  [5e15, '5,000 TB'],
  [-5, '0 B'],
])('%i bytes are shown as %s', (bytes, shown) => {
  expect(formatBytes(bytes, 'en')).toBe(shown);
});

test('the language is the one that was set, else the computer’s, else English', () => {
  expect(chooseLanguage('en', 'ja-JP')).toBe('en');
  expect(chooseLanguage('system', 'ja-JP')).toBe('ja');
  expect(chooseLanguage('system', 'JA')).toBe('ja');
  expect(chooseLanguage('system', 'de-DE')).toBe('en');
});
