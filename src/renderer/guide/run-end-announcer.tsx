import { useEffect, useRef } from 'react';
import type { Note } from '../../contract/api.ts';
import type { Run, RunState } from '../../contract/run.ts';
import { announce } from '../components/announcer.tsx';
import { useLab } from '../core/lab-context.ts';
import { tellOutside } from '../core/tell-outside.ts';
import type { Text } from '../text/use-text.ts';
import { useText } from '../text/use-text.ts';
import { stepTitle } from './step-name.ts';
import { worthTelling } from './worth-telling.ts';

/** Tells when a run ends or wants a decision: a screen reader at once, the desktop if it is worth it. */
export function RunEndAnnouncer() {
  const text = useText();
  const { state } = useLab();
  const known = useRef<Map<string, RunState> | undefined>(undefined);
  useEffect(() => {
    const before = known.current;
    known.current = new Map(state.runs.map((run) => [run.id, run.state]));
    if (before === undefined) return;
    for (const run of state.runs) {
      const was = before.get(run.id);
      if (run.state === 'running' || was === run.state || was === undefined) continue;
      announce(ending(text, run));
      if (worthTelling(was, run, { hidden: document.hidden, now: Date.now() })) {
        tellOutside(run.id, noteOf(text, run, state.plan.plan?.name ?? state.path));
      }
    }
  }, [state, text]);
  return null;
}

function ending({ t }: Text, run: Run): string {
  return `${t(`run.kind.${run.kind}`)}: ${t(`run.state.${run.state}`)}`;
}

function noteOf(text: Text, run: Run, lab: string): Note {
  const at = run.steps.find(({ state }) => state === 'failed' || state === 'paused');
  const done = run.steps.filter(({ state }) => state === 'done').length;
  const progress = text.t('guide.progress', { done, total: run.steps.length });
  return {
    title: `${lab} – ${ending(text, run)}`.slice(0, 120),
    body: (at === undefined ? progress : stepTitle(text, at.step)).slice(0, 300),
  };
}
