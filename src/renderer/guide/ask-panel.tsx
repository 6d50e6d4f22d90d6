import type { ReactNode } from 'react';
import { useState } from 'react';
import { flushSync } from 'react-dom';
import type { Preview } from '../../contract/action.ts';
import { ErrorNote } from '../components/error-note.tsx';
import { Button } from '../components/kit.ts';
import { focusScreen } from '../core/focus-screen.ts';
import { useLab } from '../core/lab-context.ts';
import { useAnswer } from '../core/use-answer.ts';
import { useCall } from '../core/use-call.ts';
import { SidePanel } from '../frame/side-panel.tsx';
import { useText } from '../text/use-text.ts';
import { PlannedActions } from './planned-actions.tsx';
import { PreviewSteps } from './preview-steps.tsx';
import { RiskConsent } from './risk-consent.tsx';
import { isOpenRun } from './run-states.ts';

interface AskPanelProps {
  readonly title: string;
  /** What is asked about; with another one everything is asked anew. */
  readonly subject: string;
  readonly button: string;
  readonly tone: 'positive' | 'negative';
  readonly ask: (signal: AbortSignal) => Promise<Preview>;
  readonly start: (digest: string) => Promise<unknown>;
  readonly onClose: () => void;
  /** The button that opened it is gone once it was started: the keyboard goes to the screen. */
  readonly opensOnce?: boolean;
  /** Above the preview: what it means, and choices. They may look at the preview. */
  readonly children?: (shown: Preview | undefined) => ReactNode;
}

/** What something would do that a person asks for, and the question whether it shall be done. */
export function AskPanel(props: AskPanelProps) {
  const { title, subject, button, tone, ask, start, onClose, opensOnce = false, children } = props;
  const { t } = useText();
  const { state, writable } = useLab();
  const [agreedTo, setAgreedTo] = useState('');
  const call = useCall();
  // Once it is shown it stays as it is: what is agreed to must not change under the reader's eyes.
  const preview = useAnswer(subject, '', ask);
  const shown = preview.value;
  const busy = state.runs.some(isOpenRun);
  const risks = [...new Set(shown?.steps.flatMap((step) => step.risks) ?? [])];
  const agreed = shown !== undefined && agreedTo === shown.digest;
  return (
    <SidePanel
      title={title}
      onClose={onClose}
      buttons={
        <>
          <RiskConsent
            risks={risks}
            agreed={agreed}
            onAgree={(yes) => setAgreedTo(yes && shown !== undefined ? shown.digest : '')}
          />
          <ErrorNote error={call.error}>
            <p className="lw-row">
              <Button
                small
                onClick={() => {
                  call.clear();
                  preview.again();
                }}
              >
                {t('guide.previewAgain')}
              </Button>
            </p>
          </ErrorNote>
          {busy ? <p className="lw-help">{t('guide.busy')}</p> : null}
          <div className="lw-buttons">
            <Button
              appearance={tone}
              disabled={
                !writable ||
                busy ||
                call.busy ||
                preview.loading ||
                shown === undefined ||
                shown.steps.length === 0 ||
                (risks.length > 0 && !agreed)
              }
              onClick={async () => {
                const digest = shown?.digest ?? '';
                if (!(await call.run(() => start(digest)))) return;
                flushSync(onClose);
                if (opensOnce) focusScreen();
              }}
            >
              {button}
            </Button>
          </div>
        </>
      }
    >
      {children?.(shown)}
      {shown === undefined ? (
        preview.loading ? (
          <p className="lw-muted">{t('guide.previewLoading')}</p>
        ) : null
      ) : shown.steps.length === 1 && shown.left.length === 0 ? (
        <PlannedActions actions={shown.steps.flatMap((step) => step.actions)} />
      ) : (
        <PreviewSteps preview={shown} />
      )}
      <ErrorNote error={preview.error} />
    </SidePanel>
  );
}
