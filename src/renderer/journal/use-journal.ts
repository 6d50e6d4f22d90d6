import { useCallback, useEffect, useRef, useState } from 'react';
import type { JournalRow } from '../../contract/journal.ts';
import { calls } from '../core/core-connection.ts';
import { useLab } from '../core/lab-context.ts';
import type { ShownError } from '../core/shown-error.ts';
import { shownError } from '../core/shown-error.ts';
import type { Group } from './kinds.ts';
import { KINDS_OF } from './kinds.ts';

const PAGE = 100;
/** A run writes many rows in a moment; the list is read again when they have settled. */
const SETTLE_MS = 700;

interface Journal {
  readonly rows: readonly JournalRow[] | undefined;
  readonly more: boolean;
  readonly busy: boolean;
  readonly error: ShownError | undefined;
  readonly refresh: () => void;
  readonly older: () => void;
}

interface Held {
  readonly question: string;
  readonly rows: readonly JournalRow[];
  readonly more: boolean;
}

/** The journal, newest first. New rows come in at the top; older pages are asked for. */
export function useJournal(search: string, group: Group): Journal {
  const { path, state } = useLab();
  const [held, setHeld] = useState<Held | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ShownError | undefined>(undefined);
  const question = JSON.stringify([path, search, group]);
  const asked = useRef(question);
  asked.current = question;

  const read = useCallback(
    async (before: number | undefined) => {
      setBusy(true);
      try {
        const answer = await calls.journal.list({
          lab: path,
          limit: PAGE,
          ...(before === undefined ? {} : { before }),
          ...(search === '' ? {} : { search }),
          ...(group === 'all' ? {} : { kinds: [...KINDS_OF[group]] }),
        });
        if (asked.current !== question) return;
        setError(undefined);
        setHeld((last) => merge(last, question, answer, before));
      } catch (thrown) {
        if (asked.current === question) setError(shownError(thrown));
      } finally {
        setBusy(false);
      }
    },
    [path, search, group, question],
  );

  useEffect(() => {
    void read(undefined);
  }, [read]);

  const first = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever changes in the lab may have left a row.
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    const timer = setTimeout(() => void read(undefined), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [state.findings, state.runs, state.plan.sha256, state.hosts]);

  const current = held?.question === question ? held : undefined;
  return {
    rows: current?.rows,
    more: current?.more === true,
    busy,
    error,
    refresh: () => void read(undefined),
    older: () => void read(current?.rows.at(-1)?.seq),
  };
}

function merge(
  last: Held | undefined,
  question: string,
  answer: { rows: JournalRow[]; more: boolean },
  before: number | undefined,
): Held {
  if (last === undefined || last.question !== question) return { question, ...answer };
  const bySeq = new Map([...last.rows, ...answer.rows].map((row) => [row.seq, row]));
  const oldest = answer.rows.at(-1)?.seq;
  const known = last.rows.at(-1)?.seq;
  // A refresh says nothing about what lies beyond pages that were read before.
  const reachesFurther = before !== undefined || known === undefined || (oldest ?? 0) <= known;
  return {
    question,
    rows: [...bySeq.values()].sort((a, b) => b.seq - a.seq),
    more: reachesFurther ? answer.more : last.more,
  };
}
