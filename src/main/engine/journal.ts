import { existsSync, renameSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { LabwrightError } from '../../contract/error.ts';
import type { Finding } from '../../contract/finding.ts';
import { JournalEntry, type JournalRow } from '../../contract/journal.ts';
import { Fact } from './facts.ts';

/**
 * `entries` is append-only, by trigger as well as by habit. `facts` is a cache of the last
 * observation of each kind, so that a window opens with what was last known. `outputs` has what an
 * action printed, where that is more than the last lines that its entry holds.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS entries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, who TEXT NOT NULL,
    kind TEXT NOT NULL, run TEXT, body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS entries_kind ON entries (kind, seq);
  CREATE INDEX IF NOT EXISTS entries_run ON entries (run, seq);
  CREATE TRIGGER IF NOT EXISTS entries_stay BEFORE UPDATE ON entries
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
  CREATE TRIGGER IF NOT EXISTS entries_remain BEFORE DELETE ON entries
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
  CREATE TABLE IF NOT EXISTS facts (
    target TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (target, key)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS outputs (
    run TEXT NOT NULL, action TEXT NOT NULL, body TEXT NOT NULL, truncated INTEGER NOT NULL,
    PRIMARY KEY (run, action)
  ) STRICT;
`;

/** Another process may read this lab's history meanwhile; each of us waits for the other. */
const BUSY_MS = 10_000;

interface StoredRow {
  seq: number;
  at: number;
  who: string;
  body: string;
}

function open(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: BUSY_MS });
  try {
    // WAL and FULL: a row is on the disk before the action that it announces starts.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    const check = database.prepare('PRAGMA quick_check(1)').get() as { quick_check?: string };
    if (check.quick_check !== 'ok') throw new Error(`quick_check: ${check.quick_check}`);
    database.exec(SCHEMA);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Reads what can still be read of a damaged journal, row by row. */
function salvage(path: string): StoredRow[] {
  const rows: StoredRow[] = [];
  try {
    const damaged = new DatabaseSync(path, { readOnly: true });
    try {
      // Otherwise a file shorter than its header says is refused as a whole (SQLite, lockBtree).
      damaged.enableDefensive(false);
      damaged.exec('PRAGMA writable_schema = ON');
      for (const row of damaged.prepare('SELECT seq, at, who, body FROM entries').iterate()) {
        rows.push(row as unknown as StoredRow);
      }
    } finally {
      damaged.close();
    }
  } catch {
    // As far as it went.
  }
  return rows;
}

function toRow(stored: StoredRow): JournalRow | undefined {
  let body: unknown;
  try {
    body = JSON.parse(stored.body);
  } catch {
    return undefined;
  }
  const entry = JournalEntry.safeParse(body);
  if (!entry.success) return undefined;
  return { seq: stored.seq, at: stored.at, who: stored.who, entry: entry.data };
}

export interface KeptOutput {
  readonly text: string;
  /** The beginning is missing: it was too long. */
  readonly truncated: boolean;
}

export interface JournalQuery {
  readonly before?: number;
  readonly limit: number;
  readonly search?: string;
  readonly kinds?: readonly string[];
}

const MATCHING = `
  WHERE seq < ? AND (? = '' OR body LIKE ? ESCAPE '\\' OR who LIKE ? ESCAPE '\\')
    AND (? = 0 OR kind IN (SELECT value FROM json_each(?)))`;

function matching({
  before,
  search,
  kinds = [],
}: Omit<JournalQuery, 'limit'>): (string | number)[] {
  const pattern = likePattern(search);
  return [
    before ?? Number.MAX_SAFE_INTEGER,
    search ?? '',
    pattern,
    pattern,
    kinds.length,
    JSON.stringify(kinds),
  ];
}

/** The lab's append-only history. */
export class Journal {
  readonly #database: DatabaseSync;
  readonly #now: () => number;
  readonly #who: string;
  /** Set when the file was damaged and has been set aside. */
  readonly damaged: LabwrightError | undefined;

  private constructor(
    database: DatabaseSync,
    options: { now: () => number; who: string },
    damaged?: LabwrightError,
  ) {
    this.#database = database;
    this.#now = options.now;
    this.#who = options.who;
    this.damaged = damaged;
  }

  static open(path: string, options: { now: () => number; who: string }): Journal {
    try {
      return new Journal(open(path), options);
    } catch (cause) {
      // Disk trouble is not damage: nothing may be moved then.
      if (
        !existsSync(path) ||
        !/malformed|not a database|quick_check|corrupt/i.test(String(cause))
      ) {
        throw new LabwrightError('plan-unreadable', { path }, { cause, detail: String(cause) });
      }
      const kept = `${path}.damaged-${options.now()}`;
      const rows = salvage(path);
      for (const end of ['', '-wal', '-shm']) {
        if (existsSync(path + end)) renameSync(path + end, kept + end);
      }
      const database = open(path);
      const insert = database.prepare(
        'INSERT INTO entries (seq, at, who, kind, run, body) VALUES (?, ?, ?, ?, ?, ?)',
      );
      for (const row of rows) {
        const entry = toRow(row)?.entry;
        if (entry) insert.run(row.seq, row.at, row.who, entry.kind, runOf(entry), row.body);
      }
      return new Journal(
        database,
        options,
        new LabwrightError('journal-damaged', { kept }, { cause }),
      );
    }
  }

  /** Appends and syncs; returns when the row is on the disk. */
  append(entry: JournalEntry): JournalRow {
    const at = this.#now();
    const { lastInsertRowid } = this.#database
      .prepare('INSERT INTO entries (at, who, kind, run, body) VALUES (?, ?, ?, ?, ?)')
      .run(at, this.#who, entry.kind, runOf(entry), JSON.stringify(entry));
    return { seq: Number(lastInsertRowid), at, who: this.#who, entry };
  }

  /** Youngest first. */
  list(query: JournalQuery): { rows: JournalRow[]; more: boolean } {
    const stored = this.#database
      .prepare(`SELECT seq, at, who, body FROM entries ${MATCHING} ORDER BY seq DESC LIMIT ?`)
      .all(...matching(query), query.limit + 1) as unknown as StoredRow[];
    const rows = stored.slice(0, query.limit).flatMap((row) => toRow(row) ?? []);
    return { rows, more: stored.length > query.limit };
  }

  /** How many rows match. */
  count(query: Omit<JournalQuery, 'limit'>): number {
    const { n } = this.#database
      .prepare(`SELECT count(*) AS n FROM entries ${MATCHING}`)
      .get(...matching(query)) as { n: number };
    return n;
  }

  /** All rows of a run, oldest first. */
  ofRun(run: string): JournalRow[] {
    const stored = this.#database
      .prepare('SELECT seq, at, who, body FROM entries WHERE run = ? ORDER BY seq')
      .all(run) as unknown as StoredRow[];
    return stored.flatMap((row) => toRow(row) ?? []);
  }

  /** Ids of the youngest runs, oldest first. */
  runs(limit: number): string[] {
    const stored = this.#database
      .prepare("SELECT run FROM entries WHERE kind = 'run-started' ORDER BY seq DESC LIMIT ?")
      .all(limit) as unknown as { run: string }[];
    return stored.map(({ run }) => run).reverse();
  }

  /** All rows of some kinds, oldest first. */
  ofKinds(...kinds: JournalEntry['kind'][]): JournalRow[] {
    const stored = this.#database
      .prepare(
        'SELECT seq, at, who, body FROM entries WHERE kind IN (SELECT value FROM json_each(?)) ORDER BY seq',
      )
      .all(JSON.stringify(kinds)) as unknown as StoredRow[];
    return stored.flatMap((row) => toRow(row) ?? []);
  }

  /** The last finding of every instance. */
  lastFindings(): Record<string, Finding> {
    const findings: Record<string, Finding> = {};
    for (const { entry } of this.ofKinds('finding')) {
      if (entry.kind === 'finding') findings[entry.finding.id] = entry.finding;
    }
    return findings;
  }

  facts(): Fact[] {
    const stored = this.#database.prepare('SELECT body FROM facts').all() as { body: string }[];
    return stored.flatMap(({ body }) => {
      const fact = Fact.safeParse(JSON.parse(body));
      return fact.success ? [fact.data] : [];
    });
  }

  saveFact(fact: Fact): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO facts (target, key, body) VALUES (?, ?, ?)')
      .run(fact.target, fact.key, JSON.stringify(fact));
  }

  /** Keeps what an action printed, made inert and without secrets, for who asks for all of it. */
  keepOutput(run: string, action: string, output: KeptOutput): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO outputs (run, action, body, truncated) VALUES (?, ?, ?, ?)')
      .run(run, action, output.text, output.truncated ? 1 : 0);
  }

  outputOf(run: string, action: string): KeptOutput | undefined {
    const stored = this.#database
      .prepare('SELECT body, truncated FROM outputs WHERE run = ? AND action = ?')
      .get(run, action) as { body: string; truncated: number } | undefined;
    return stored && { text: stored.body, truncated: stored.truncated === 1 };
  }

  /** Groups writes that need no sync of their own. */
  transaction(work: () => void): void {
    this.#database.exec('BEGIN');
    try {
      work();
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.#database.close();
  }
}

function runOf(entry: JournalEntry): string | null {
  return 'run' in entry ? entry.run : null;
}

function likePattern(search: string | undefined): string {
  return `%${(search ?? '').replace(/[\\%_]/g, '\\$&')}%`;
}
