import type { RefObject } from 'react';
import { useEffect, useRef, useState } from 'react';
import type { PlanImpact } from '../../contract/api.ts';
import type { PlanProblem } from '../../contract/lab-state.ts';
import { calls } from '../core/core-connection.ts';
import { useLab } from '../core/lab-context.ts';
import type { Answer } from '../core/use-answer.ts';
import { useAnswer } from '../core/use-answer.ts';
import { forgetDraft, keepDraft, readDraft } from './draft-store.ts';

/** Typing settles before the core is asked what the text means. */
const SETTLE_MS = 300;

export interface PlanDraft {
  readonly text: string;
  readonly dirty: boolean;
  /** SHA-256 of the file that this text began from. */
  readonly base: string;
  readonly problems: readonly PlanProblem[];
  readonly impact: Answer<PlanImpact>;
  /** Whether problems and impact are about this very text. */
  readonly settled: boolean;
  /** What was typed began from another text than the file has now. */
  readonly outside: boolean;
  readonly editor: RefObject<HTMLTextAreaElement | null>;
  change(text: string): void;
  revert(): void;
  saved(sha256: string): void;
  takeOutside(): void;
  keepMine(): void;
  goTo(problem: PlanProblem): void;
}

/** The text being written, kept over a change of screen, against the file as it is. */
export function usePlanDraft(): PlanDraft {
  const { path, state } = useLab();
  const { plan } = state;
  const kept = readDraft(path);
  const [draft, setDraft] = useState<string | undefined>(kept?.text);
  const [base, setBase] = useState(kept?.base ?? plan.sha256);
  const [asked, setAsked] = useState(draft ?? plan.text);
  const editor = useRef<HTMLTextAreaElement>(null);
  const text = draft ?? plan.text;
  const dirty = draft !== undefined && draft !== plan.text;

  useEffect(() => {
    if (draft === undefined || !dirty) forgetDraft(path);
    else keepDraft(path, { text: draft, base });
  }, [path, draft, base, dirty]);

  // While nothing is typed the draft simply follows the file.
  useEffect(() => {
    if (!dirty) setBase(plan.sha256);
  }, [dirty, plan.sha256]);

  useEffect(() => {
    const timer = setTimeout(() => setAsked(text), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [text]);

  const impact = useAnswer(path, `${plan.sha256} ${asked}`, (signal) =>
    asked === plan.text
      ? Promise.resolve({
          problems: plan.problems,
          added: [],
          removed: [],
          changed: [],
          differences: [],
        })
      : calls.plan.impact({ lab: path, text: asked }, { signal }),
  );
  return {
    text,
    dirty,
    base,
    problems: dirty ? (impact.value?.problems ?? []) : plan.problems,
    impact,
    settled: asked === text && !impact.loading && impact.error === undefined,
    outside: dirty && base !== plan.sha256,
    editor,
    change: (next) => setDraft(next),
    revert: () => setDraft(undefined),
    saved: (sha256) => {
      setBase(sha256);
      setDraft(undefined);
    },
    takeOutside: () => setDraft(undefined),
    keepMine: () => setBase(plan.sha256),
    goTo: (problem) => select(editor.current, problem),
  };
}

/** Puts the cursor at a problem and brings its line into view. */
function select(editor: HTMLTextAreaElement | null, { line, column }: PlanProblem): void {
  if (editor === null) return;
  const lines = editor.value.split('\n');
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  const at = Math.min(editor.value.length, start + column - 1);
  editor.focus();
  editor.setSelectionRange(at, start + (lines[line - 1]?.length ?? 0));
  const height = Number.parseFloat(getComputedStyle(editor).lineHeight);
  editor.scrollTop = Math.max(0, (line - 4) * height);
}
