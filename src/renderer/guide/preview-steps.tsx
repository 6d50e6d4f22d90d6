import type { Preview } from '../../contract/action.ts';
import { Disclosure } from '../components/disclosure.tsx';
import { useText } from '../text/use-text.ts';
import { PlannedActions } from './planned-actions.tsx';
import { splitInstance, stepTitle } from './step-name.ts';

/** A combined preview: every step with its actions, then what is left out and why. */
export function PreviewSteps({ preview }: { preview: Preview }) {
  const text = useText();
  const { t, say } = text;
  return (
    <>
      {preview.steps.length === 0 ? <p className="lw-muted">{t('guide.nothingToDo')}</p> : null}
      <ol className="lw-preview">
        {preview.steps.map((step) => (
          <li key={step.id}>
            <h3>
              {stepTitle(text, step.step)} <code>{whatAndWhere(step)}</code>
            </h3>
            {step.predicted ? (
              <p className="lw-help">
                <span className="lw-tag is-information">{t('guide.predicted')}</span>{' '}
                {t('guide.predictedHelp')}
              </p>
            ) : null}
            <PlannedActions actions={step.actions} />
          </li>
        ))}
      </ol>
      {preview.left.length === 0 ? null : (
        <Disclosure summary={t('guide.leftOut', { n: preview.left.length })}>
          <ul className="lw-notes">
            {preview.left.map(({ id, reason }) => (
              <li key={id}>
                {stepTitle(text, splitInstance(id).step)}: {say(reason)}
              </li>
            ))}
          </ul>
        </Disclosure>
      )}
    </>
  );
}

/** Three machines of one host are three steps: each goes by its own name. */
function whatAndWhere({ id, target }: { readonly id: string; readonly target: string }): string {
  const owner = splitInstance(id).target;
  return owner === target ? target : `${owner} · ${target}`;
}
