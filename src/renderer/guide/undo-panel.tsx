import { useState } from 'react';
import { flushSync } from 'react-dom';
import { ErrorNote } from '../components/error-note.tsx';
import { Button } from '../components/kit.ts';
import { calls } from '../core/core-connection.ts';
import { focusScreen } from '../core/focus-screen.ts';
import { useLab } from '../core/lab-context.ts';
import { useAnswer } from '../core/use-answer.ts';
import { useCall } from '../core/use-call.ts';
import { SidePanel } from '../frame/side-panel.tsx';
import { useText } from '../text/use-text.ts';
import { PreviewSteps } from './preview-steps.tsx';
import { RiskConsent } from './risk-consent.tsx';

/** What taking a run back would do; only what the journal proves that we made. */
export function UndoPanel({ run, onClose }: { run: string; onClose: () => void }) {
  const { t } = useText();
  const { path, writable } = useLab();
  const [agreedTo, setAgreedTo] = useState('');
  const undo = useCall();
  const preview = useAnswer(run, '', (signal) =>
    calls.runs.previewUndo({ lab: path, run }, { signal }),
  );
  const shown = preview.value;
  const risks = [...new Set(shown?.steps.flatMap((step) => step.risks) ?? [])];
  const agreed = shown !== undefined && agreedTo === shown.digest;
  return (
    <SidePanel
      title={t('undo.title')}
      onClose={onClose}
      buttons={
        <>
          <RiskConsent
            risks={risks}
            agreed={agreed}
            onAgree={(yes) => setAgreedTo(yes && shown !== undefined ? shown.digest : '')}
          />
          <ErrorNote error={undo.error} />
          <div className="lw-buttons">
            <Button
              appearance="negative"
              disabled={
                !writable ||
                undo.busy ||
                shown === undefined ||
                shown.steps.length === 0 ||
                (risks.length > 0 && !agreed)
              }
              onClick={async () => {
                const digest = shown?.digest ?? '';
                if (!(await undo.run(() => calls.runs.undo({ lab: path, run, digest })))) return;
                // Closing gives the keyboard to the button that opened this: gone in a moment.
                flushSync(onClose);
                focusScreen();
              }}
            >
              {t('undo.button')}
            </Button>
          </div>
        </>
      }
    >
      <p className="lw-help">{t('undo.help')}</p>
      {shown === undefined ? (
        preview.loading ? (
          <p className="lw-muted">{t('guide.previewLoading')}</p>
        ) : null
      ) : (
        <PreviewSteps preview={shown} />
      )}
      <ErrorNote error={preview.error} />
    </SidePanel>
  );
}
