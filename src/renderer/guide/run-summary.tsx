import { useState } from 'react';
import type { Run } from '../../contract/run.ts';
import { ErrorNote } from '../components/error-note.tsx';
import { Button } from '../components/kit.ts';
import { Moment } from '../components/when.tsx';
import { calls } from '../core/core-connection.ts';
import { useLab } from '../core/lab-context.ts';
import { goTo } from '../core/route.ts';
import { useCall } from '../core/use-call.ts';
import { useText } from '../text/use-text.ts';
import { CancelButton } from './cancel-button.tsx';
import { DropSnapshotsPanel } from './drop-snapshots-panel.tsx';
import { endRun } from './end-run.ts';
import { ProgressBar } from './progress-bar.tsx';
import { keepsSnapshot, mayBeUndone } from './run-states.ts';
import { stepTitle } from './step-name.ts';
import { UndoPanel } from './undo-panel.tsx';

/** One run in the list of jobs. */
export function RunSummary({ run }: { run: Run }) {
  const text = useText();
  const { t, say } = text;
  const { path, state, writable } = useLab();
  const [undoing, setUndoing] = useState(false);
  const [dropping, setDropping] = useState(false);
  const call = useCall();
  const interrupted = run.state === 'interrupted';
  return (
    <article className="lw-job">
      <p className="lw-step__run-head">
        <strong>{t(`run.kind.${run.kind}`)}</strong>
        <span className={`lw-run-word is-${run.state}`}>{t(`run.state.${run.state}`)}</span>
        <span className="lw-muted">
          <Moment at={run.endedAt ?? run.startedAt} />
        </span>
      </p>
      <ul>
        {run.steps.map((step) => {
          const action = step.actions.find((each) => each.state === 'running');
          return (
            <li key={step.id}>
              <button
                type="button"
                className="lw-link"
                onClick={() => goTo({ screen: 'guide', item: step.id })}
              >
                {stepTitle(text, step.step)}
              </button>{' '}
              <span className="lw-muted">{t(`run.step.${step.state}`)}</span>
              {action?.progress === undefined ? null : (
                <ProgressBar progress={action.progress} label={say(action.action.title)} />
              )}
            </li>
          );
        })}
      </ul>
      <ErrorNote error={call.error} />
      <p className="lw-row">
        <CancelButton run={run} />
        {interrupted ? (
          <Button
            small
            disabled={!writable || call.busy}
            onClick={() => call.run(() => calls.runs.resume({ lab: path, run: run.id }))}
          >
            {t('run.resume')}
          </Button>
        ) : null}
        {interrupted || run.state === 'paused' ? (
          <Button
            small
            disabled={!writable || call.busy}
            onClick={() => call.run(() => endRun(path, run))}
          >
            {t('run.dismiss')}
          </Button>
        ) : null}
        {mayBeUndone(run, state.runs) ? (
          <Button small disabled={!writable} onClick={() => setUndoing(true)}>
            {t('undo.open')}
          </Button>
        ) : null}
        {run.state === 'succeeded' && keepsSnapshot(state, run.id) ? (
          <Button small disabled={!writable} onClick={() => setDropping(true)}>
            {t('run.dropSnapshot')}
          </Button>
        ) : null}
      </p>
      {dropping ? <DropSnapshotsPanel run={run.id} onClose={() => setDropping(false)} /> : null}
      {undoing ? <UndoPanel run={run.id} onClose={() => setUndoing(false)} /> : null}
    </article>
  );
}
