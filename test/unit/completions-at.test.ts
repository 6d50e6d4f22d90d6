import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planJsonSchema } from '../../src/main/plan/plan-schema.ts';
import { readPlan } from '../../src/main/plan/read-plan.ts';
import { catalogues, en } from '../../src/messages/catalogues.ts';
import { completionsAt } from '../../src/renderer/plan/completions-at.ts';
import { PlanSchema } from '../../src/renderer/plan/plan-schema.ts';

const schema = PlanSchema.parse(JSON.parse(JSON.stringify(planJsonSchema())));

/** `|` is the cursor. */
function at(marked: string) {
  const offset = marked.indexOf('|');
  const text = marked.replace('|', '');
  const found = completionsAt(text, offset, schema);
  return {
    labels: found?.options.map(({ label }) => label) ?? [],
    first: found?.options[0],
    /** The text after the first one, or the one named, is accepted. */
    accept: (label?: string) => {
      const chosen = found?.options.find((option) => label === undefined || option.label === label);
      if (found === undefined || chosen === undefined) throw new Error('nothing to accept');
      return text.slice(0, found.from) + chosen.insert + text.slice(found.to);
    },
  };
}

const HOSTS = `hosts:
  mirror:
    role: mirror
    address: 10.0.0.2
  maas-1:
    address: 10.0.0.3
`;

describe('keys', () => {
  test('an empty file offers all keys of a plan, with what each is for', () => {
    const { labels, first } = at('|');
    expect(labels.slice(0, 3)).toEqual(['version', 'name', 'id']);
    expect(labels).toEqual(expect.arrayContaining(['proxy', 'hosts', 'networks', 'mirror']));
    expect(first).toMatchObject({ mark: 'required', description: 'Version of this file format' });
  });

  test('what begins with the word comes first, then what has a part that does', () => {
    const { labels } = at('hosts:\n  a:\n    auth:\n      pass|');
    expect(labels).toEqual(['password', 'key_passphrase']);
  });

  test('keys that the mapping has already are not offered again, above or below', () => {
    const { labels } = at(`${HOSTS}mirror:\n  host: a\n  |\n  line: v3\n`);
    expect(labels).not.toContain('host');
    expect(labels).not.toContain('line');
    expect(labels).toContain('directory');
  });

  test('a host that the person named has the keys of a host', () => {
    const { labels, first } = at('hosts:\n  my.rack-7:\n    |');
    expect(labels).toContain('sudo_password');
    expect(first?.path).toBe('hosts.NAME.role');
  });

  test('the name of a host is the person’s own', () => {
    expect(at('hosts:\n  |').labels).toEqual([]);
  });

  test('comments and empty lines above are passed over', () => {
    expect(at('mirror: # the mirror\n\n# a note\n  ke|').labels).toEqual(['keyring']);
  });

  test('a scalar is followed by a space, a mapping by an indented line, a list by a dash', () => {
    expect(at('na|').accept()).toBe('name: ');
    expect(at('mirror:\n  fil|').accept()).toBe('mirror:\n  filters:\n    ');
    expect(at('proxy:\n  no|').accept()).toBe('proxy:\n  no_proxy:\n    - ');
  });

  test('the rest of the word is replaced, and a colon that is there stays', () => {
    expect(at('mirror:\n  di|rect: /x').accept()).toBe('mirror:\n  directory: /x');
  });
});

describe('values', () => {
  test('the words of an enumeration are offered, with what each means and which is the default', () => {
    expect(at('mirror:\n  line: |').labels).toEqual(['v2', 'v3']);
    const { first } = at('mirror:\n  refresh: |');
    expect(first).toMatchObject({
      label: 'nightly',
      mark: 'default',
      description: 'Every night',
      path: 'mirror.refresh.nightly',
    });
  });

  test('yes and no, constants and defaults are values too', () => {
    expect(at('mirror:\n  bootloaders: |').labels).toEqual(['true', 'false']);
    expect(at('version: |').labels).toEqual(['1']);
    expect(at('hosts:\n  a:\n    port: |').first).toMatchObject({ label: '22', mark: 'default' });
    expect(at('mirror:\n  web_root: /v|').labels).toEqual(['/var/www/html']);
  });

  test('a host is named by the hosts of the file', () => {
    expect(at(`${HOSTS}mirror:\n  host: |`).labels).toEqual(['mirror', 'maas-1']);
    expect(at(`mirror:\n  seen_from: m|\n${HOSTS}`).labels).toEqual(['mirror', 'maas-1']);
    expect(at(`${HOSTS}sites:\n  rack:\n    shell: |`).labels).toEqual(['mirror', 'maas-1']);
  });

  test('a word that is complete is left alone', () => {
    expect(at('mirror:\n  line: v3|').labels).toEqual([]);
    expect(at('mirror:\n  line: v|3').labels).toEqual(['v2', 'v3']);
  });

  test('free text, quoted and flow values are left alone', () => {
    for (const text of ['name: |', 'name: a|', 'mirror:\n  line: "|', 'mirror: { li|']) {
      expect(at(text).labels, text).toEqual([]);
    }
  });
});

test('nothing is offered in a comment, in a block of text or under a value', () => {
  for (const text of [
    '# na|',
    'name: x # ro|',
    'name: >\n  mi|',
    'name: x\n  mi|',
    '   mi|',
    '\tmi|',
    'hosts:\n  a:\n    no_such:\n      ro|',
    'constructor:\n  |',
  ]) {
    expect(at(text).labels, text).toEqual([]);
  }
});

test('whatever is written, a completion lies in the text and accepting it changes nothing else', () => {
  const piece = fc.constantFrom(
    ...[
      'hosts',
      'mirror',
      'role',
      'line',
      ':',
      ': ',
      '\n',
      '  ',
      '- ',
      '#',
      '"',
      'v',
      'é',
      '|',
      '{',
    ],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.nat(), (pieces, where) => {
      const text = pieces.join('');
      const offset = text.length === 0 ? 0 : where % (text.length + 1);
      const found = completionsAt(text, offset, schema);
      if (found === undefined) return;
      expect(found.from).toBeLessThanOrEqual(offset);
      expect(found.to).toBeGreaterThanOrEqual(offset);
      expect(text.slice(found.from, found.to)).toMatch(/^[\w./-]*$/);
      expect(text.slice(found.from, offset)).toBe(found.typed);
      expect(found.options.length).toBeGreaterThan(0);
      expect(new Set(found.options.map(({ label }) => label)).size).toBe(found.options.length);
    }),
    { numRuns: 2000 },
  );
});

test('a key that is accepted is never one that the plan does not know', () => {
  const indents = fc.constantFrom('', '  ', '    ');
  fc.assert(
    fc.property(indents, fc.constantFrom('a', 'm', 'p', 'r', 's', ''), (indent, typed) => {
      const text = `${HOSTS}mirror:\n${indent}${typed}`;
      const found = completionsAt(text, text.length, schema);
      for (const { insert, kind } of found?.options ?? []) {
        expect(kind).toBe('key');
        const next = `${text.slice(0, found?.from)}${insert}`;
        const keys = readPlan(next).problems.map(({ reason }) => reason.key);
        expect(keys, next).not.toContain('plan.unknown-key');
      }
    }),
  );
});

/** Every described place of the schema: its path as completion names it, and its English text. */
function described(part: PlanSchema, path = ''): [string, string][] {
  const below = (name: string) => (path === '' ? name : `${path}.${name}`);
  const found: [string, string][] = Object.entries(part.properties ?? {}).flatMap(([name, child]) =>
    described(child, below(name)),
  );
  if (typeof part.additionalProperties === 'object') {
    found.push(...described(part.additionalProperties, below('NAME')));
  }
  if (path !== '' && !path.endsWith('NAME') && part.description !== undefined) {
    found.push([path, part.description]);
  }
  for (const [index, text] of (part.enumDescriptions ?? []).entries()) {
    found.push([below(String(part.enum?.[index])), text]);
  }
  return found;
}

test('every key of a plan is described, in the schema and in both languages by the same words', () => {
  const all = described(schema);
  expect(all.length).toBeGreaterThan(40);
  const own = Object.entries(en).filter(([key]) => key.startsWith('plan.key.'));
  expect(Object.fromEntries(own)).toEqual(
    Object.fromEntries(all.map(([path, text]) => [`plan.key.${path}`, text])),
  );
  for (const [key] of own) expect(Object.keys(catalogues.ja)).toContain(key);
});
