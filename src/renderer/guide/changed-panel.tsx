import { useState } from 'react';
import type { Run, StepRun } from '../../contract/run.ts';
import { ErrorNote } from '../components/error-note.tsx';
import { Button } from '../components/kit.ts';
import { calls } from '../core/core-connection.ts';
import { useLab } from '../core/lab-context.ts';
import { useCall } from '../core/use-call.ts';
import { SidePanel } from '../frame/side-panel.tsx';
import { useText } from '../text/use-text.ts';
import { PlannedActions } from './planned-actions.tsx';
import { RiskConsent } from './risk-consent.tsx';
import { stepTitle } from './step-name.ts';

interface ChangedPanelProps {
  readonly run: Run;
  readonly step: StepRun;
  readonly onClose: () => void;
}

/** What was shown beside what would be done now; nothing goes on before someone has agreed. */
export function ChangedPanel({ run, step, onClose }: ChangedPanelProps) {
  const text = useText();
  const { t } = text;
  const { path, writable } = useLab();
  const [agreed, setAgreed] = useState(false);
  const call = useCall();
  const changed = step.changed;
  if (changed === undefined) return null;
  const shown = step.actions.map((each) => each.action);
  return (
    <SidePanel
      title={t('run.differenceOf', { title: stepTitle(text, step.step) })}
      onClose={onClose}
      buttons={
        <>
          <RiskConsent risks={changed.risks} agreed={agreed} onAgree={setAgreed} />
          <ErrorNote error={call.error} />
          <div className="lw-buttons">
            <Button
              appearance="positive"
              disabled={!writable || call.busy || (changed.risks.length > 0 && !agreed)}
              onClick={async () => {
                const { digest } = changed;
                const accepted = await call.run(() =>
                  calls.runs.acceptChange({ lab: path, run: run.id, digest }),
                );
                if (accepted) onClose();
              }}
            >
              {t('run.acceptChange')}
            </Button>
            <Button onClick={onClose}>{t('common.notNow')}</Button>
          </div>
        </>
      }
    >
      <h3>{t('run.wasShown')}</h3>
      <PlannedActions actions={shown} differFrom={changed.actions} />
      <h3>{t('run.wouldBeDone')}</h3>
      <PlannedActions actions={changed.actions} differFrom={shown} />
    </SidePanel>
  );
}
