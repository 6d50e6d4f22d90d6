import { useEffect, useState } from 'react';
import { flushSync } from 'react-dom';
import type { Preview } from '../../contract/action.ts';
import { ErrorNote } from '../components/error-note.tsx';
import { Button } from '../components/kit.ts';
import { Notice } from '../components/notice.tsx';
import { calls } from '../core/core-connection.ts';
import { focusScreen } from '../core/focus-screen.ts';
import { useLab } from '../core/lab-context.ts';
import { useAnswer } from '../core/use-answer.ts';
import { useCall } from '../core/use-call.ts';
import { SidePanel } from '../frame/side-panel.tsx';
import { useText } from '../text/use-text.ts';
import { CopyShellButton } from './copy-shell-button.tsx';
import { PreviewSteps } from './preview-steps.tsx';
import { RiskConsent } from './risk-consent.tsx';
import { SnapshotFirst } from './snapshot-first.tsx';

interface PreviewPanelProps {
  readonly title: string;
  readonly steps: readonly string[];
  readonly onClose: () => void;
}

/** What a chapter or everything would do, before anything is done. */
export function PreviewPanel({ title, steps, onClose }: PreviewPanelProps) {
  const { t } = useText();
  const { path, state, writable } = useLab();
  const [agreedTo, setAgreedTo] = useState('');
  const apply = useCall();
  // Once the check that was under way has ended, the list no longer changes by itself: not under the
  // reader's eyes. What changes later is announced, and shown when the reader asks for it.
  const [settled, setSettled] = useState(false);
  const checking = state.checking.length > 0;
  useEffect(() => {
    if (!checking) setSettled(true);
  }, [checking]);
  // Asked again whenever a finding changes or a check ends: facts can change what would be done
  // and leave every finding as it was.
  const standing = steps.map((id) => state.findings[id]?.state ?? '').join(' ');
  const [snapshot, setSnapshot] = useState(false);
  const about = `${steps.join(' ')} ${snapshot}`;
  const preview = useAnswer(about, `${standing} ${state.checkedAt ?? ''}`, (signal) =>
    calls.guide.preview({ lab: path, steps: [...steps], snapshot }, { signal }),
  );
  const latest = preview.value;
  const [held, setHeld] = useState<Preview>();
  const shown = settled ? (held ?? latest) : latest;
  useEffect(() => {
    if (latest === undefined) return;
    setHeld((last) =>
      !settled || last === undefined || last.digest === latest.digest ? latest : last,
    );
  }, [latest, settled]);
  const outdated = shown !== undefined && latest !== undefined && shown.digest !== latest.digest;
  const showLatest = () => {
    setHeld(latest);
    apply.clear();
    preview.again();
  };
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
          <ErrorNote error={apply.error}>
            <p className="lw-row">
              <Button small onClick={showLatest}>
                {t('guide.previewAgain')}
              </Button>
            </p>
          </ErrorNote>
          {outdated ? (
            <Notice tone="information">
              <p>{t('guide.previewOutdated')}</p>
              <p className="lw-row">
                <Button small onClick={showLatest}>
                  {t('guide.previewAgain')}
                </Button>
              </p>
            </Notice>
          ) : null}
          <div className="lw-buttons">
            <Button
              appearance="positive"
              disabled={
                !writable ||
                !settled ||
                apply.busy ||
                shown === undefined ||
                outdated ||
                shown.steps.length === 0 ||
                (risks.length > 0 && !agreed)
              }
              onClick={async () => {
                const started = await apply.run(() =>
                  calls.guide.apply({
                    lab: path,
                    steps: [...steps],
                    snapshot,
                    digest: shown?.digest ?? '',
                  }),
                );
                if (!started) return;
                // Closing gives the keyboard to the button that opened this: disabled in a moment.
                flushSync(onClose);
                focusScreen();
              }}
            >
              {t('guide.applySteps', { n: shown?.steps.length ?? 0 })}
            </Button>
            <CopyShellButton steps={steps} snapshot={snapshot} />
          </div>
        </>
      }
    >
      <SnapshotFirst
        offers={shown?.snapshots}
        wanted={snapshot}
        onWant={(wanted) => {
          // The reader changed it: what is shown now is no longer what was asked for.
          setHeld(undefined);
          setSnapshot(wanted);
        }}
      />
      {settled ? null : <p className="lw-muted">{t('top.checking')}</p>}
      {shown === undefined ? (
        preview.loading ? (
          <p className="lw-muted">{t('guide.previewLoading')}</p>
        ) : null
      ) : (
        <PreviewSteps preview={shown} />
      )}
      <ErrorNote error={preview.error}>
        <p className="lw-row">
          <Button small onClick={preview.again}>
            {t('common.tryAgain')}
          </Button>
        </p>
      </ErrorNote>
    </SidePanel>
  );
}
