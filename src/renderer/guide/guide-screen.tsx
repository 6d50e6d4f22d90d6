import { useState } from 'react';
import { EmptyState } from '../components/empty-state.tsx';
import { Button } from '../components/kit.ts';
import { Age } from '../components/when.tsx';
import { useLab } from '../core/lab-context.ts';
import { goTo, useRoute } from '../core/route.ts';
import { useText } from '../text/use-text.ts';
import { ChapterList } from './chapter-list.tsx';
import { countSteps, lastLook, nextStep, offersActions, stepOrder } from './guide-order.ts';
import { PreviewPanel } from './preview-panel.tsx';
import { RunBanner } from './run-banner.tsx';
import { isOpenRun, runningStep } from './run-states.ts';
import { StepDetail } from './step-detail.tsx';

/** What a combined preview is about. */
interface Wanted {
  readonly title: string;
  readonly steps: readonly string[];
}

export function GuideScreen() {
  const { t } = useText();
  const { path, state, writable } = useLab();
  const { item } = useRoute();
  const [wanted, setWanted] = useState<Wanted | undefined>(undefined);
  const ids = stepOrder(state.chapters);
  const counts = countSteps(ids, state.findings);
  const next = nextStep(state);
  const lookedAt = state.checkedAt ?? lastLook(state.findings);
  const selected =
    item !== undefined && ids.includes(item) ? item : (runningStep(state.runs) ?? next ?? ids[0]);
  const busy = state.runs.some(isOpenRun);
  const appliable = ids.filter((id) => offersActions(state.findings[id]?.state));

  if (ids.length === 0) {
    return (
      <>
        <h1>{t('nav.guide')}</h1>
        <EmptyState
          icon="guide"
          title={t('guide.empty')}
          action={
            <Button onClick={() => goTo({ lab: path, screen: 'plan', item: undefined })}>
              {t('guide.emptyPlan')}
            </Button>
          }
        >
          {state.plan.problems.length > 0 ? t('guide.emptyBroken') : t('guide.emptyText')}
        </EmptyState>
      </>
    );
  }
  return (
    <>
      <div className="lw-guide__head">
        <h1>{t('nav.guide')}</h1>
        <p className="lw-muted" data-testid="guide-progress">
          {t('guide.progress', { done: counts.done, total: counts.total })}
          {counts.claimed > 0 ? ` · ${t('guide.progressClaimed', { n: counts.claimed })}` : ''}
          {counts.skipped > 0 ? ` · ${t('guide.progressSkipped', { n: counts.skipped })}` : ''}
          {lookedAt === undefined ? (
            ` · ${t('guide.notChecked')}`
          ) : (
            <>
              {' · '}
              {t('guide.checked')} <Age at={lookedAt} />
            </>
          )}
        </p>
        <Button
          disabled={!writable || busy || appliable.length === 0}
          onClick={() => setWanted({ title: t('guide.applyAllTitle'), steps: ids })}
        >
          {t('guide.applyAll')}
        </Button>
      </div>
      <RunBanner />
      <div className="lw-guide">
        <ChapterList
          selected={selected}
          next={next}
          mayApply={writable && !busy}
          onApply={(title, steps) => setWanted({ title, steps })}
        />
        {selected === undefined ? null : <StepDetail key={selected} id={selected} />}
      </div>
      {wanted === undefined ? null : (
        <PreviewPanel
          title={wanted.title}
          steps={wanted.steps}
          onClose={() => setWanted(undefined)}
        />
      )}
    </>
  );
}
