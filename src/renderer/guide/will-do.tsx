import { useState } from 'react';
import type { Finding } from '../../contract/finding.ts';
import { CommandBlock } from '../components/command-block.tsx';
import { ErrorNote } from '../components/error-note.tsx';
import { Button } from '../components/kit.ts';
import { calls } from '../core/core-connection.ts';
import { focusScreen } from '../core/focus-screen.ts';
import { useLab } from '../core/lab-context.ts';
import { goTo } from '../core/route.ts';
import { useAnswer } from '../core/use-answer.ts';
import { useCall } from '../core/use-call.ts';
import { openTerminal } from '../terminal/dock-state.ts';
import { useText } from '../text/use-text.ts';
import { ClaimForm } from './claim-form.tsx';
import { CopyShellButton } from './copy-shell-button.tsx';
import { MeasureButton, Measuring } from './measure-button.tsx';
import { PlannedActions } from './planned-actions.tsx';
import { RiskConsent } from './risk-consent.tsx';
import { isOpenRun, lastRunOf } from './run-states.ts';
import { SnapshotFirst } from './snapshot-first.tsx';
import { splitInstance } from './step-name.ts';
import { typedCommand } from './typed-command.ts';

interface WillDoProps {
  readonly id: string;
  readonly finding: Finding | undefined;
  readonly title: string;
}

/** The actions of one step and the buttons that lead on. What is shown is what is run. */
export function WillDo({ id, finding, title }: WillDoProps) {
  const { t, say } = useText();
  const { path, state, writable } = useLab();
  const [agreedTo, setAgreedTo] = useState('');
  const apply = useCall();
  const terminal = useCall();
  const { step, target: owner } = splitInstance(id);
  // A machine's step is about the machine, and done on its host.
  const target = finding?.target ?? owner;
  // A check can change what would be done and leave the finding as it was.
  const version = `${state.plan.sha256} ${finding?.state} ${finding?.at} ${state.checkedAt ?? ''}`;
  const [snapshot, setSnapshot] = useState(false);
  const preview = useAnswer(`${id} ${snapshot}`, version, (signal) =>
    calls.guide.preview({ lab: path, steps: [id], snapshot }, { signal }),
  );
  const planned = preview.value?.steps.find((each) => each.id === id);
  const left = preview.value?.left.find((each) => each.id === id);
  const busy = state.runs.some(isOpenRun);
  const last = lastRunOf(state.runs, id);
  if (last !== undefined && last.run.state === 'running') return null;
  const digest = preview.value?.digest ?? '';
  const agreed = planned !== undefined && agreedTo === digest;
  const offers = planned !== undefined && planned.actions.length > 0;
  const typed = typedCommand(planned?.actions ?? [], target);
  const manual = planned?.actions.some((action) => action.kind === 'manual') === true;
  const settled = ['done', 'claimed', 'skipped'].includes(finding?.state ?? '');
  // A site has no shell of its own; what is done there goes over its API.
  const hostIsKnown = state.plan.plan?.hosts[target] !== undefined;
  return (
    <section className="lw-step__part" aria-labelledby="step-will-do" aria-busy={preview.loading}>
      <h3 id="step-will-do">{t('guide.willDo')}</h3>
      <div>
        {offers ? (
          <PlannedActions
            actions={preview.value?.steps.flatMap((each) => each.actions) ?? planned.actions}
          />
        ) : preview.value !== undefined ? (
          <p className="lw-muted">
            {left === undefined
              ? t('guide.nothingToDo')
              : finding?.state === 'unknown'
                ? t('guide.willDoLater')
                : finding?.state === 'manual'
                  ? t('guide.willDoByHand')
                  : say(left.reason)}
          </p>
        ) : preview.loading ? (
          <p className="lw-muted">{t('guide.previewLoading')}</p>
        ) : null}
        {finding?.keystrokes === undefined || settled ? null : (
          <CommandBlock text={finding.keystrokes} what={t('guide.keystrokes')} />
        )}
        <ErrorNote error={preview.error}>
          <p className="lw-row">
            <Button small onClick={preview.again}>
              {t('common.tryAgain')}
            </Button>
          </p>
        </ErrorNote>
        <SnapshotFirst offers={preview.value?.snapshots} wanted={snapshot} onWant={setSnapshot} />
        <RiskConsent
          risks={planned?.risks ?? []}
          agreed={agreed}
          onAgree={(yes) => setAgreedTo(yes ? digest : '')}
        />
        <ErrorNote error={apply.error}>
          {apply.error?.code === 'preview-outdated' ? (
            <p className="lw-row">
              <Button
                small
                onClick={() => {
                  apply.clear();
                  preview.again();
                }}
              >
                {t('guide.previewAgain')}
              </Button>
            </p>
          ) : null}
        </ErrorNote>
        <ErrorNote error={terminal.error} />
        <div className="lw-buttons">
          {offers ? (
            <Button
              appearance="positive"
              disabled={
                !writable ||
                busy ||
                apply.busy ||
                preview.loading ||
                (planned.risks.length > 0 && !agreed)
              }
              onClick={() => {
                // The person stays with this step when it is done and another one is next.
                goTo({ item: id });
                // This button goes away with the start of the run; the keyboard stays here too.
                focusScreen();
                void apply.run(() =>
                  calls.guide.apply({ lab: path, steps: [id], snapshot, digest }),
                );
              }}
            >
              {apply.busy ? t('guide.starting') : t('guide.apply')}
            </Button>
          ) : null}
          {hostIsKnown ? (
            <Button
              disabled={terminal.busy || !writable}
              onClick={() => terminal.run(() => openTerminal(path, target, typed, id))}
            >
              {t('guide.openTerminal')}
            </Button>
          ) : null}
          {offers && !manual ? <CopyShellButton steps={[id]} snapshot={snapshot} /> : null}
          <MeasureButton id={id} step={step} />
          {settled || !writable ? null : <ClaimForm id={id} title={title} key={step} />}
        </div>
        <Measuring id={id} step={step} />
        {offers && !manual && hostIsKnown && typed === '' ? (
          <p className="lw-help">{t('guide.notTyped')}</p>
        ) : null}
        {busy && offers ? <p className="lw-help">{t('guide.busy')}</p> : null}
      </div>
    </section>
  );
}
