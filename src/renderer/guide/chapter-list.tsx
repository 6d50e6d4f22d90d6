import type { KeyboardEvent } from 'react';
import { Icon } from '../components/icon.tsx';
import { Button } from '../components/kit.ts';
import { useLab } from '../core/lab-context.ts';
import { routeHash } from '../core/route.ts';
import { useText } from '../text/use-text.ts';
import { chapterState, countSteps, hasManyTargets, offersActions } from './guide-order.ts';
import { splitInstance, stepTitle } from './step-name.ts';

interface ChapterListProps {
  readonly selected: string | undefined;
  readonly next: string | undefined;
  readonly mayApply: boolean;
  readonly onApply: (title: string, steps: readonly string[]) => void;
}

export function ChapterList({ selected, next, mayApply, onApply }: ChapterListProps) {
  const text = useText();
  const { t, say } = text;
  const { path, state, stale } = useLab();
  return (
    <nav className="lw-chapters" aria-label={t('guide.steps')} onKeyDown={walk}>
      {state.chapters.map((chapter) => {
        const ids = chapter.steps.map((step) => step.id);
        const counts = countSteps(ids, state.findings);
        const standing = chapterState(ids, state.findings);
        const title = say({ key: `chapter.${chapter.id}.title` });
        return (
          <section key={chapter.id} aria-label={title}>
            <header>
              <span className={`lw-state is-${standing}`}>
                <Icon name={standing} />
              </span>
              <h2>
                {chapter.number} {title}
              </h2>
              <span className="lw-chapters__count">
                {t('guide.chapterProgress', { done: counts.done, total: counts.total })}
              </span>
              <Button
                small
                appearance="base"
                disabled={!mayApply || !ids.some((id) => offersActions(state.findings[id]?.state))}
                onClick={() => onApply(t('guide.applyChapterOf', { title }), ids)}
              >
                {t('guide.applyChapter')}
              </Button>
            </header>
            <ol>
              {chapter.steps.map((step) => {
                const found = state.findings[step.id];
                const standing = found?.state ?? 'unknown';
                const checking = !stale && state.checking.includes(step.target);
                return (
                  <li key={step.id}>
                    <a
                      href={routeHash({ lab: path, screen: 'guide', item: step.id })}
                      aria-current={step.id === selected ? 'step' : undefined}
                      data-step={step.id}
                      data-state={standing}
                    >
                      <span className={`lw-state is-${standing} ${checking ? 'is-checking' : ''}`}>
                        <Icon name={standing} />
                      </span>
                      <span className="lw-chapters__title">
                        {stepTitle(text, step.step)}
                        {hasManyTargets(state.chapters, step.step) ? (
                          <code>{splitInstance(step.id).target}</code>
                        ) : null}
                      </span>
                      {step.id === next ? (
                        <span className="lw-chapters__next">{t('guide.next')}</span>
                      ) : null}
                      <span className={`lw-chapters__word is-${standing}`}>
                        {t(`state.${standing}`)}
                      </span>
                    </a>
                  </li>
                );
              })}
            </ol>
          </section>
        );
      })}
    </nav>
  );
}

/** Up and down between the steps; Enter opens, as on any link. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('a[data-step]')];
  const at = links.indexOf(document.activeElement as HTMLElement);
  if (at < 0) return;
  event.preventDefault();
  links[at + (event.key === 'ArrowDown' ? 1 : -1)]?.focus();
}
