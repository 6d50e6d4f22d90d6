import { useState } from 'react';
import type { Run } from '../../contract/run.ts';
import { ErrorNote } from '../components/error-note.tsx';
import { Button } from '../components/kit.ts';
import { Notice } from '../components/notice.tsx';
import { calls } from '../core/core-connection.ts';
import { useLab } from '../core/lab-context.ts';
import { goTo } from '../core/route.ts';
import { useCall } from '../core/use-call.ts';
import { useText } from '../text/use-text.ts';
import { CancelButton } from './cancel-button.tsx';
import { ChangedPanel } from './changed-panel.tsx';
import { endRun } from './end-run.ts';
import { ProgressBar } from './progress-bar.tsx';
import { currentStep, isOpenRun } from './run-states.ts';
import { stepTitle } from './step-name.ts';

/** The run that is under way or waits for a decision, above the guide. */
export function RunBanner() {
  const { state } = useLab();
  const run = state.runs.findLast(isOpenRun);
  if (run === undefined) return null;
  // Whoever only reads cannot know whether it goes on in the app that owns the lab.
  if (state.access === 'read-only') return <ElsewhereBanner />;
  return run.state === 'running' ? <RunningBanner run={run} /> : <WaitingBanner run={run} />;
}

function ElsewhereBanner() {
  const { t } = useText();
  return (
    <Notice tone="information" title={t('run.elsewhere')}>
      <p>{t('run.elsewhereHelp')}</p>
    </Notice>
  );
}

function RunningBanner({ run }: { run: Run }) {
  const text = useText();
  const { t, say } = text;
  const step = currentStep(run);
  const action = step?.actions.find((each) => each.state === 'running');
  const place = step === undefined ? run.steps.length : run.steps.indexOf(step) + 1;
  const title = step === undefined ? '' : stepTitle(text, step.step);
  return (
    <section className="lw-run-banner" aria-label={t('run.running')} data-testid="run-banner">
      <p>
        <strong>{t(`run.kind.${run.kind}`)}</strong>{' '}
        {t('run.place', { n: place, total: run.steps.length })} ·{' '}
        {step === undefined ? (
          title
        ) : (
          <button
            type="button"
            className="lw-link"
            onClick={() => goTo({ screen: 'guide', item: step.id })}
          >
            {title}
          </button>
        )}
        {action === undefined ? null : ` · ${say(action.action.title)}`}
      </p>
      {action?.progress === undefined ? null : (
        <ProgressBar progress={action.progress} label={say(action.action.title)} />
      )}
      <CancelButton run={run} />
    </section>
  );
}

function WaitingBanner({ run }: { run: Run }) {
  const text = useText();
  const { t } = text;
  const { path, writable } = useLab();
  const [comparing, setComparing] = useState(false);
  const call = useCall();
  const step = currentStep(run);
  const interrupted = run.state === 'interrupted';
  const changed = run.steps.find((each) => each.changed !== undefined);
  const title = step === undefined ? '' : stepTitle(text, step.step);
  return (
    <Notice
      tone="caution"
      title={t(interrupted ? 'run.interrupted' : 'run.paused')}
      actions={
        <>
          {changed === undefined ? (
            <Button
              small
              appearance="positive"
              disabled={!writable || call.busy}
              onClick={() => call.run(() => calls.runs.resume({ lab: path, run: run.id }))}
            >
              {t('run.resume')}
            </Button>
          ) : (
            <Button small appearance="positive" onClick={() => setComparing(true)}>
              {t('run.showDifference')}
            </Button>
          )}
          <Button
            small
            disabled={!writable || call.busy}
            onClick={() => call.run(() => endRun(path, run))}
          >
            {t('run.dismiss')}
          </Button>
        </>
      }
    >
      <p>{t(interrupted ? 'run.interruptedHelp' : 'run.pausedHelp', { title })}</p>
      <ErrorNote error={call.error} />
      {comparing && changed !== undefined ? (
        <ChangedPanel run={run} step={changed} onClose={() => setComparing(false)} />
      ) : null}
    </Notice>
  );
}
