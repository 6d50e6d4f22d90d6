import { useEffect, useRef } from 'react';
import type { RunState } from '../../contract/run.ts';
import { announce } from '../components/announcer.tsx';
import { useLab } from '../core/lab-context.ts';
import { useText } from '../text/use-text.ts';

/** Tells a screen reader when a run ends or wants a decision, on whatever screen. */
export function RunEndAnnouncer() {
  const { t } = useText();
  const { state } = useLab();
  const known = useRef<Map<string, RunState> | undefined>(undefined);
  useEffect(() => {
    const before = known.current;
    known.current = new Map(state.runs.map((run) => [run.id, run.state]));
    if (before === undefined) return;
    for (const run of state.runs) {
      const was = before.get(run.id);
      if (run.state === 'running' || was === run.state || was === undefined) continue;
      announce(`${t(`run.kind.${run.kind}`)}: ${t(`run.state.${run.state}`)}`);
    }
  }, [state.runs, t]);
  return null;
}
