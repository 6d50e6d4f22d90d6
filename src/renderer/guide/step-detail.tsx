import { useLayoutEffect, useRef, useState } from 'react';
import { ErrorNote } from '../components/error-note.tsx';
import { Icon } from '../components/icon.tsx';
import { Button } from '../components/kit.ts';
import { StateBadge } from '../components/state-badge.tsx';
import { calls } from '../core/core-connection.ts';
import { focusScreen } from '../core/focus-screen.ts';
import { useLab } from '../core/lab-context.ts';
import { useCall } from '../core/use-call.ts';
import { useText } from '../text/use-text.ts';
import { ClaimNote } from './claim-note.tsx';
import { Found } from './found.tsx';
import { lastRunOf } from './run-states.ts';
import { splitInstance, stepTitle } from './step-name.ts';
import { StepRunView } from './step-run-view.tsx';
import { UndoPanel } from './undo-panel.tsx';
import { WaitsFor } from './waits-for.tsx';
import { WillDo } from './will-do.tsx';

/** Whether the keyboard was in the step that was shown before: it goes on to the one that follows. */
let hadKeyboard = false;

/** Everything about one step: why, what was found, what will be done, how it went. */
export function StepDetail({ id }: { id: string }) {
  const text = useText();
  const { t, say, has } = text;
  const { path, state, stale } = useLab();
  const [undoing, setUndoing] = useState<string | undefined>(undefined);
  const check = useCall();
  const article = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    if (hadKeyboard && document.activeElement === document.body) focusScreen();
    hadKeyboard = false;
    const shown = article.current;
    return () => {
      hadKeyboard = shown?.contains(document.activeElement) === true;
    };
  }, []);
  const { step, target } = splitInstance(id);
  const finding = state.findings[id];
  const last = lastRunOf(state.runs, id);
  const checking = !stale && (check.busy || state.checking.includes(target));
  const why = `step.${step}.why`;
  const title = stepTitle(text, step);
  return (
    <article
      ref={article}
      className="lw-step"
      aria-labelledby="step-title"
      data-testid="step-detail"
    >
      <header>
        <h2 id="step-title" tabIndex={-1}>
          {title}
        </h2>
        <span className="lw-step__target" title={t('guide.target')}>
          {target}
        </span>
        <StateBadge state={finding?.state ?? 'unknown'} />
        <Button
          small
          hasIcon
          appearance="base"
          disabled={stale || checking}
          onClick={() =>
            check.run(() => calls.guide.check({ lab: path, steps: [id], fresh: true }))
          }
        >
          <Icon name={checking ? 'running' : 'check'} />
          <span>{checking ? t('guide.checking') : t('guide.check')}</span>
        </Button>
      </header>
      <ErrorNote error={check.error} />
      {has(why) ? <p className="lw-step__why">{say({ key: why })}</p> : null}
      <section className="lw-step__part" aria-labelledby="step-found">
        <h3 id="step-found">{t('guide.found')}</h3>
        <div>
          <Found finding={finding} />
          <WaitsFor ids={finding?.waitsFor ?? []} />
          {finding === undefined ? null : <ClaimNote finding={finding} />}
        </div>
      </section>
      {last === undefined ? null : (
        <StepRunView run={last.run} step={last.step} onUndo={() => setUndoing(last.run.id)} />
      )}
      <WillDo id={id} finding={finding} title={title} />
      {undoing === undefined ? null : (
        <UndoPanel run={undoing} onClose={() => setUndoing(undefined)} />
      )}
    </article>
  );
}
