import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JournalEntry } from '../../src/contract/journal.ts';
import { message } from '../../src/contract/message.ts';
import { Journal } from '../../src/main/engine/journal.ts';

let folder: string;
let path: string;
let journal: Journal | undefined;
let now = 0;

const open = (who = 'ann') => {
  journal = Journal.open(path, { now: () => ++now, who });
  return journal;
};
const note = (text: string): JournalEntry => ({ kind: 'note', text: message(text) });
const texts = (rows: { entry: JournalEntry }[]) =>
  rows.map(({ entry }) => (entry.kind === 'note' ? entry.text.key : entry.kind));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'labwright-journal-'));
  path = join(folder, 'journal.db');
  now = 0;
});

afterEach(() => {
  journal?.close();
  journal = undefined;
  rmSync(folder, { recursive: true });
});

describe('the journal', () => {
  test('keeps what was appended, with who and when, over a restart', () => {
    open('ann').append(note('first'));
    journal?.close();
    open('bob').append(note('second'));
    expect(journal?.list({ limit: 10 }).rows).toEqual([
      { seq: 2, at: 2, who: 'bob', entry: note('second') },
      { seq: 1, at: 1, who: 'ann', entry: note('first') },
    ]);
  });

  test('can be neither changed nor shortened, by any program', () => {
    open().append(note('first'));
    const other = new DatabaseSync(path);
    expect(() => other.exec("UPDATE entries SET who = 'x'")).toThrow('append-only');
    expect(() => other.exec('DELETE FROM entries')).toThrow('append-only');
    other.close();
    expect(journal?.list({ limit: 1 }).rows[0]?.who).toBe('ann');
  });

  test('gives pages, youngest first, without gaps or repeats', () => {
    open();
    for (let i = 1; i <= 25; i++) journal?.append(note(`n${i}`));
    const seen: string[] = [];
    let before: number | undefined;
    for (;;) {
      const page = journal!.list({ limit: 10, ...(before === undefined ? {} : { before }) });
      seen.push(...texts(page.rows));
      if (!page.more) break;
      before = page.rows.at(-1)?.seq;
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, i) => `n${25 - i}`));
  });

  test('knows that a full last page is the last', () => {
    open();
    for (let i = 0; i < 10; i++) journal?.append(note('n'));
    expect(journal?.list({ limit: 10 }).more).toBe(false);
    expect(journal?.list({ limit: 9 }).more).toBe(true);
  });

  test.each([
    ['100%', ['at 100% now']],
    ['a_b', ['file a_b']],
    ['back\\\\slash', ['back\\slash']],
    ["it's", ["it's"]],
    ['"; DROP', []],
    ['bob', ['by bob']],
  ])('searches for %j literally', (search, expected) => {
    open();
    for (const text of [
      'at 100% now',
      'at 1000 now',
      'file a_b',
      'file axb',
      'back\\slash',
      "it's",
    ]) {
      journal?.append(note(text));
    }
    journal?.close();
    open('bob').append(note('by bob'));
    expect(texts(journal?.list({ limit: 10, search }).rows ?? [])).toEqual(expected);
  });

  test('narrows to kinds', () => {
    open();
    journal?.append(note('a'));
    journal?.append({ kind: 'plan-changed', how: 'saved', sha256: 'x' });
    expect(texts(journal?.list({ limit: 9, kinds: ['plan-changed'] }).rows ?? [])).toEqual([
      'plan-changed',
    ]);
    expect(journal?.list({ limit: 9, kinds: [] }).rows).toHaveLength(2);
  });

  test('gives the rows of one run in their order, and the runs youngest last', () => {
    open();
    const start = (run: string): JournalEntry => ({
      kind: 'run-started',
      run,
      what: 'apply',
      steps: [],
      digest: '',
    });
    journal?.append(start('r1'));
    journal?.append(start('r2'));
    journal?.append({ kind: 'run-ended', run: 'r1', state: 'succeeded' });
    expect(texts(journal?.ofRun('r1') ?? [])).toEqual(['run-started', 'run-ended']);
    expect(journal?.runs(5)).toEqual(['r1', 'r2']);
    expect(journal?.runs(1)).toEqual(['r2']);
  });

  test('passes over rows of a newer version instead of failing', () => {
    open().append(note('first'));
    const other = new DatabaseSync(path);
    other.exec(
      `INSERT INTO entries (at, who, kind, run, body) VALUES (1, 'x', 'new', NULL, '{"kind":"new"}'), (1, 'x', 'bad', NULL, 'not json')`,
    );
    other.close();
    expect(texts(journal?.list({ limit: 9 }).rows ?? [])).toEqual(['first']);
  });

  test('keeps the last answer of each probe', () => {
    open();
    const fact = { target: 'a', key: 'k', at: 1, command: 'c', output: 'o', stale: false };
    journal?.saveFact({ ...fact, value: 1 });
    journal?.saveFact({ ...fact, value: { list: [2] } });
    journal?.close();
    expect(open().facts()).toEqual([{ ...fact, value: { list: [2] } }]);
  });

  test('takes back a group of writes that breaks off', () => {
    open();
    expect(() =>
      journal?.transaction(() => {
        journal?.append(note('a'));
        throw new Error('broken off');
      }),
    ).toThrow('broken off');
    expect(journal?.list({ limit: 9 }).rows).toEqual([]);
  });
});

describe('a damaged file', () => {
  function filled(): void {
    open();
    for (let i = 1; i <= 400; i++) journal?.append(note(`row ${i} ${'x'.repeat(100)}`));
    journal?.close();
    journal = undefined;
  }
  const aside = () => readdirSync(folder).filter((name) => name.includes('.damaged-'));

  test('that is cut off is kept aside, what can be read of it goes on, and it is said', () => {
    filled();
    const size = readFileSync(path).length;
    truncateSync(path, Math.floor(size / 2));
    const cut = readFileSync(path);
    open();
    expect(journal?.damaged?.code).toBe('journal-damaged');
    expect(readFileSync(join(folder, aside()[0]!))).toEqual(cut);
    const rows = journal?.ofKinds('note') ?? [];
    expect(rows.length).toBeGreaterThan(10);
    expect(texts(rows)[0]).toMatch(/^row 1 x/);
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index + 1));
    const { seq } = journal!.append(note('after'));
    expect(seq).toBe(rows.length + 1);
  });

  test.each([
    ['rubbish', Buffer.from('this is not a database'.repeat(100))],
    ['a picture', Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47]), Buffer.alloc(5000, 7)])],
  ])('that is %s is kept aside and a new journal begun', (_what, bytes) => {
    writeFileSync(path, bytes);
    open().append(note('after'));
    expect(journal?.damaged?.code).toBe('journal-damaged');
    expect(readFileSync(join(folder, aside()[0]!))).toEqual(bytes);
    journal?.close();
    expect(open().damaged).toBeUndefined();
    expect(texts(journal?.ofKinds('note') ?? [])).toEqual(['after']);
  });

  test('is not what a missing folder is: nothing is moved then', () => {
    path = join(folder, 'nowhere', 'journal.db');
    expect(() => open()).toThrow(expect.objectContaining({ code: 'plan-unreadable' }));
    expect(aside()).toEqual([]);
  });
});
