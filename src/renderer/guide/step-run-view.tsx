import type { Run, StepRun } from '../../contract/run.ts';
import { Button } from '../components/kit.ts';
import { Moment } from '../components/when.tsx';
import { useLab } from '../core/lab-context.ts';
import { useText } from '../text/use-text.ts';
import { ActionRunView } from './action-run-view.tsx';
import { CancelButton } from './cancel-button.tsx';
import { FailureBlock } from './failure-block.tsx';
import { isOpenRun, mayBeUndone } from './run-states.ts';

/** States of a step that has begun, or would have next, and has no end. */
const GOING: ReadonlySet<StepRun['state']> = new Set(['waiting', 'checking', 'running', 'proving']);

interface StepRunViewProps {
  readonly run: Run;
  readonly step: StepRun;
  readonly onUndo: () => void;
}

/** How a step goes now, or how it went last. */
export function StepRunView({ run, step, onUndo }: StepRunViewProps) {
  const { t } = useText();
  const { state, writable } = useLab();
  const open = isOpenRun(run);
  const interrupted = run.state === 'interrupted' && GOING.has(step.state);
  const failure = step.failure ?? step.actions.find((each) => each.failure)?.failure;
  // What goes on in the app that owns the lab is not known to one that only reads.
  if (open && state.access === 'read-only') return null;
  return (
    <section className="lw-step__part" aria-labelledby="step-run" data-testid="step-run">
      <h3 id="step-run">{t(open ? 'run.now' : 'run.last')}</h3>
      <div>
        <p className="lw-step__run-head">
          <span>{t(`run.kind.${run.kind}`)}</span>
          {interrupted ? (
            <span className="lw-run-word is-paused">{t('run.state.interrupted')}</span>
          ) : (
            <span className={`lw-run-word is-${step.state}`}>{t(`run.step.${step.state}`)}</span>
          )}
          <span className="lw-muted">
            <Moment at={run.endedAt ?? run.startedAt} />
          </span>
          {mayBeUndone(run, state.runs) ? (
            <Button small appearance="base" disabled={!writable} onClick={onUndo}>
              {t('undo.open')}
            </Button>
          ) : null}
          <CancelButton run={run} />
        </p>
        {open || failure !== undefined ? (
          <ol className="lw-action-runs">
            {step.actions.map((action) => (
              <ActionRunView
                key={action.id}
                run={run.id}
                action={action}
                interrupted={interrupted}
              />
            ))}
          </ol>
        ) : null}
        {failure === undefined ? null : <FailureBlock failure={failure} actions={step.actions} />}
      </div>
    </section>
  );
}
